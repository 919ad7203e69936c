/** Message passing on a graph that is a Map of Sets; labels spread from two seeds. */
import { eye, manualSeed, nn, optim, stack, tensor, zeros, type Tensor } from "kindling";

type Node = string;
class Graph {
  readonly #edges = new Map<Node, Set<Node>>();
  connect(a: Node, ...others: Node[]): this {
    for (const b of others) {
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const) {
        if (!this.#edges.has(from)) this.#edges.set(from, new Set());
        this.#edges.get(from)!.add(to);
      }
    }
    return this;
  }
  get nodes(): Node[] {
    return [...this.#edges.keys()].sort();
  }
  neighbours(node: Node): ReadonlySet<Node> {
    return this.#edges.get(node) ?? new Set();
  }
  degree = (node: Node): number => this.neighbours(node).size;
  *bfs(start: Node): Generator<[Node, number]> {
    const seen = new Set([start]);
    const queue: [Node, number][] = [[start, 0]];
    while (queue.length) {
      const [node, depth] = queue.shift()!;
      yield [node, depth];
      for (const next of [...this.neighbours(node)].sort()) {
        if (seen.has(next)) continue;
        seen.add(next);
        queue.push([next, depth + 1]);
      }
    }
  }
  adjacency(): Tensor {
    const index = Object.fromEntries(this.nodes.map((n, i) => [n, i]));
    const a = zeros(this.nodes.length, this.nodes.length);
    for (const [node, others] of this.#edges) others.forEach((o) => a.setAt([index[node]!, index[o]!], 1));
    return a;
  }
}
const graph = new Graph().connect("a", "b", "c").connect("b", "c").connect("c", "d").connect("d", "e", "f").connect("e", "f");
console.log(graph.nodes.join(""), graph.nodes.map(graph.degree).join(","));
console.log([...graph.bfs("a")].map(([n, d]) => `${n}${d}`).join(" "));
const isolated = graph.nodes.filter((n) => graph.degree(n) === 0);
console.log(
  isolated.length ? isolated : "none isolated",
  graph.nodes.some((n) => graph.degree(n) > 2),
  graph.nodes.findIndex((n) => n === "d"),
);

class GCNLayer extends nn.Module<[x: Tensor, a: Tensor]> {
  weight: nn.Parameter;
  bias: nn.Parameter;
  constructor(inputs: number, outputs: number) {
    super();
    this.weight = new nn.Parameter(zeros(inputs, outputs));
    this.bias = new nn.Parameter(zeros(outputs));
    nn.init.xavierUniform_(this.weight);
  }
  override forward(x: Tensor, a: Tensor): Tensor {
    return a.matmul(x).matmul(this.weight).add(this.bias);
  }
}
class GCN extends nn.Module<[x: Tensor, a: Tensor]> {
  layers = new nn.ModuleDict({ first: new GCNLayer(6, 8), second: new GCNLayer(8, 2) });
  override forward(x: Tensor, a: Tensor): Tensor {
    const hidden = (this.layers.get("first") as GCNLayer)(x, a).relu();
    return (this.layers.get("second") as GCNLayer)(nn.functional.dropout(hidden, 0.2, { training: this.training }), a);
  }
}
manualSeed(8);
const raw = graph.adjacency().add(eye(6));
const d = raw.sum(1).pow(-0.5);
const a = d.unsqueeze(1).mul(raw).mul(d);
const model = new GCN();
const optimizer = new optim.Adagrad(model.parameters(), { lr: 0.1 });
const known = new Map([
  [0, 0],
  [5, 1],
]);
const mask = tensor([...known.keys()], { dtype: "int64" });
const labels = tensor([...known.values()], { dtype: "int64" });
const losses: number[] = [];
for (const _ of Array(10).keys()) {
  optimizer.zeroGrad();
  const loss = nn.functional.nllLoss(model(eye(6), a).logSoftmax(1).indexSelect(0, mask), labels);
  loss.backward();
  optimizer.step();
  losses.push(loss.item());
}
console.log(
  losses
    .map((l) => l.toFixed(4))
    .filter((_, i) => !(i % 3))
    .join(" > "),
);
model.eval();
const out = model(eye(6), a).argmax(1).tolist<number[]>();
const groups: Record<number, Node[]> = {};
out.forEach((label, i) => (groups[label] ??= []).push(graph.nodes[i]!));
console.log(Object.keys(groups).length > 0, Object.values(groups).flat().length, stack([a, raw]).shape.join("x"));
