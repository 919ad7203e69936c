/** The ways of gradients through the graph: which derivative gave each, where they come together, and what arrives at the leaves. */
import type { Node } from "../../engine/autograd/node.ts";
import { extent } from "../../engine/ops/statistics.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { scalarOf } from "../badNumbers/placing.ts";
import { operationName } from "../graph/operationNames.ts";
import type { CallStack } from "../program/construction.ts";
import type { Authors } from "./authors.ts";
import type { Writing } from "./writing.ts";

export class GradientWays {
  readonly #authors: Authors;
  /** What wrote the output that each node is of. */
  readonly #forward = new WeakMap<Node, Writing>();
  /** Gradients on their way to a node, by its outputs. */
  #waiting = new Map<Node, Writing[][]>();
  readonly #arrived = new WeakMap<Node, readonly (Writing | undefined)[]>();
  /** The `backward()`s and the like under way, innermost last, and nodes that were made in them. */
  readonly #passes: CallStack[] = [];
  #inner: Node[] = [];
  /** Of the last pass. */
  #stack: CallStack | undefined;

  constructor(authors: Authors) {
    this.#authors = authors;
  }

  get isDifferentiating(): boolean {
    return this.#passes.length > 0;
  }

  made(node: Node | null, writing: Writing): void {
    if (node && !this.#forward.has(node)) this.#forward.set(node, writing);
  }

  begin(stack: CallStack): void {
    if (this.#passes.length === 0) this.#waiting = new Map();
    this.#passes.push((this.#stack = stack));
  }

  end(): void {
    this.#passes.pop();
  }

  /** An operation ran within a pass: a derivative that can be differentiated itself. */
  ran(outputs: readonly Tensor[]): void {
    const node = outputs[0]?.gradFn;
    if (node) this.#inner.push(node);
  }

  /** @param read what the node's derivative read */
  passed(node: Node, given: readonly (Tensor | null)[], results: readonly (Tensor | null)[], read: readonly Writing[]): void {
    const forward = this.#forward.get(node);
    for (const inner of this.#inner.splice(0)) if (forward) this.made(inner, forward);
    const waiting = this.#waiting.get(node) ?? [];
    this.#waiting.delete(node);
    const came = given.map((gradient, output) => (gradient ? this.#joined(node, output, waiting[output] ?? [], gradient) : undefined));
    this.#arrived.set(node, came);
    const sources = [...came.filter((one) => one !== undefined), ...read];
    results.forEach((result, i) => {
      const next = node.next[i];
      if (!next || !result) return;
      const writing = this.#authors.write({
        kind: "differentiated",
        name: operationName(node.operation.name),
        stack: forward?.stack ?? this.#stack!,
        call: forward?.call,
        shape: result.shape,
        output: extent(result),
        sources,
        inputs: read.map(({ output }) => output),
        scalar: scalarOf(node.data),
      });
      this.#send(next, node.nextOutput[i]!, writing);
    });
  }

  /** The gradient of a node's output, once it was complete. */
  arrivedAt(node: Node, output: number): Writing | undefined {
    return this.#arrived.get(node)?.[output];
  }

  /** What came to these tensors, where a pass ended at them. */
  waitingAt(tensors: readonly Tensor[]): readonly Writing[] {
    return tensors.flatMap((tensor) => {
      const node = tensor.gradientEdge();
      return (node && this.#waiting.get(node)?.[tensor.outputIndex]) ?? [];
    });
  }

  /** Leaves that got a gradient in the last pass, with what wrote it. */
  *takeLeaves(): Generator<readonly [leaf: Tensor, gradient: Writing]> {
    for (const [node, outputs] of this.#waiting) {
      const leaf = node.variable;
      const gradient = leaf?.gradSlot;
      if (!leaf || !gradient) continue;
      const before = this.#authors.lastKnown(gradient);
      const came = [...(outputs[0] ?? []), ...(before ? [before] : [])];
      yield [leaf, this.#authors.wrote(gradient, this.#joined(node, 0, came, gradient))];
    }
    this.#waiting = new Map();
  }

  #send(node: Node, output: number, writing: Writing): void {
    const outputs = this.#waiting.get(node) ?? [];
    this.#waiting.set(node, outputs);
    (outputs[output] ??= []).push(writing);
  }

  /** One gradient, of all that came to an output and as hooks left it; where nothing came the pass began there. */
  #joined(node: Node, output: number, came: readonly Writing[], gradient: Tensor): Writing {
    const isHooked = node.hooks?.some((hook) => hook.kind === "hook" && hook.output === output) ?? false;
    if (came.length === 1 && !isHooked) return came[0]!;
    const forward = this.#forward.get(node);
    const [kind, name] = isHooked ? (["hooked", "hook"] as const) : came.length > 0 ? (["summed", "sum"] as const) : (["root", "backward"] as const);
    const sources = came.length > 0 || !forward ? came : [forward];
    return this.#authors.write({ kind, name, stack: this.#stack!, call: forward?.call, shape: gradient.shape, output: extent(gradient), sources });
  }
}
