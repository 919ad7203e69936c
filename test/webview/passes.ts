/** Passes as the runner tells them, made by hand. */
import type { CalledModule, Pass, PassEdge, PassNode } from "../../src/protocol/index.ts";
import { file } from "./fakeRun.ts";

export class PassBuilder {
  readonly #nodes: PassNode[] = [];
  readonly #edges: PassEdge[] = [];
  readonly #shape: readonly number[];

  /** @param shape of all tensors for which no other is said */
  constructor(shape: readonly number[] = [32, 8]) {
    this.#shape = shape;
  }

  /** @returns the node's index */
  node(kind: PassNode["kind"], name: string, { parent = null, module, line, shape = this.#shape }: Options = {}, ...from: readonly number[]): number {
    const node: PassNode = {
      kind,
      name,
      parent,
      shapes: kind === "call" ? [] : [shape],
      ...(module && { module }),
      ...(line && { position: { file, line, column: 5 } }),
    };
    const to = this.#nodes.push(node) - 1;
    for (const source of from) this.edge(source, to);
    return to;
  }

  edge(from: number, to: number): void {
    this.#edges.push({ from, to, shape: this.#nodes[from]!.shapes[0] ?? this.#shape, dtype: "float32" });
  }

  /** A call of a layer that does one thing. */
  layer(type: string, module: CalledModule | undefined, parent: number | null, ...from: readonly number[]): number {
    const call = this.node("call", type, { parent, ...(module && { module }) });
    return this.node("operation", type.toLowerCase(), { parent: call }, ...from);
  }

  pass(id = "a", more: Partial<Pass> = {}): Pass {
    return { id, kind: "training", step: 0, nodes: this.#nodes, edges: this.#edges, ...more };
  }
}

interface Options {
  readonly parent?: number | null;
  readonly module?: CalledModule;
  readonly line?: number;
  readonly shape?: readonly number[];
}

/** Blocks of `x + relu(linear(x))`, one behind the other in one model. */
export function residualTower(blocks: number): Pass {
  const builder = new PassBuilder();
  const input = builder.node("input", "input");
  const model = builder.node("call", "Tower", { module: { model: 0, id: 0, name: "model" } });
  let at = input;
  for (let i = 0; i < blocks; i++) {
    const block = builder.node("call", "Block", { parent: model, module: { model: 0, id: 1 + 2 * i, name: String(i) } });
    const linear = builder.layer("Linear", { model: 0, id: 2 + 2 * i, name: "inner" }, block, at);
    const relu = builder.node("operation", "relu", { parent: block, line: 12 }, linear);
    at = builder.node("operation", "add", { parent: block, line: 13 }, relu, at);
  }
  const target = builder.node("input", "target");
  builder.node("loss", "mseLoss", { shape: [] }, at, target);
  return builder.pass();
}

/** So many operations in a row at the top, each third also reading the one three before it. */
export function longChain(count: number): Pass {
  const builder = new PassBuilder();
  let at = builder.layer("Linear", undefined, null, builder.node("input", "input"));
  const all = [at];
  for (let i = 1; i < count; i++) {
    at = builder.node("operation", "mul", {}, at, ...(i % 3 === 0 ? [all[i - 3]!] : []));
    all.push(at);
  }
  return builder.pass();
}
