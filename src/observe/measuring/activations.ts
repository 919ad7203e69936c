/**
 * Finds what ReLUs, Sigmoids and Tanhs made of the layers' outputs in one step, be they modules or functions of the program's,
 * and says for which layer: from the graph, which keeps what they gave, so that nothing is computed for it.
 */
import type { Node } from "../../engine/autograd/node.ts";
import type { AnyModule } from "../../engine/nn/module.ts";
import type { Tensor } from "../../engine/tensor.ts";

export type ActivationKind = "relu" | "sigmoid" | "tanh";

const kinds: ReadonlyMap<string, ActivationKind> = new Map([
  ["ReluBackward0", "relu"],
  ["SigmoidBackward0", "sigmoid"],
  ["TanhBackward0", "tanh"],
]);

export interface Activation {
  readonly kind: ActivationKind;
  /** What it gave. */
  readonly values: Tensor;
  /** The layer to whose output it was applied; else the module within which it was. */
  readonly layer: AnyModule;
}

/** Operations between a layer and its activation: pooling, dropout, another shape. */
const farthest = 4;

export class Activations {
  readonly #seen = new WeakSet<Node>();
  readonly #madeBy = new WeakMap<Node, AnyModule>();
  /** Modules whose calls are under way, innermost last. */
  readonly #open: AnyModule[] = [];

  /** A module is about to be called. */
  begin(module: AnyModule, inputs: readonly Tensor[]): Activation[] {
    const within = this.#open.at(-1) ?? module;
    this.#open.push(module);
    return inputs.flatMap((input) => this.#found(input, within));
  }

  /** It was called. */
  end(module: AnyModule, outputs: readonly Tensor[]): Activation[] {
    this.#open.length = Math.max(0, this.#open.lastIndexOf(module));
    const found = outputs.flatMap((output) => this.#found(output, module));
    if (hasOwnParameters(module)) {
      for (const { gradFn } of outputs) if (gradFn && !this.#madeBy.has(gradFn)) this.#madeBy.set(gradFn, module);
    }
    return found;
  }

  /** Those in the tensor's graph that weren't found before. */
  #found(tensor: Tensor, within: AnyModule): Activation[] {
    const found: Activation[] = [];
    const waiting: (Node | null)[] = [tensor.gradFn];
    while (waiting.length > 0) {
      const node = waiting.pop();
      if (!node || this.#seen.has(node)) continue;
      this.#seen.add(node);
      const kind = kinds.get(node.operation.name);
      const values = kind && savedOutput(node);
      if (kind && values) found.push({ kind, values, layer: this.#layerBefore(node) ?? within });
      waiting.push(...node.next);
    }
    return found;
  }

  #layerBefore(node: Node): AnyModule | undefined {
    let at: Node | undefined = node;
    for (let i = 0; i < farthest && at; i++) {
      const sources: Node[] = at.next.filter((next) => next !== null);
      at = sources.length === 1 ? sources[0] : undefined;
      const layer = at && this.#madeBy.get(at);
      if (layer) return layer;
    }
    return undefined;
  }
}

function hasOwnParameters(module: AnyModule): boolean {
  return module.namedParameters("", false).length > 0;
}

/** `undefined` where the program has changed it since. */
function savedOutput(node: Node): Tensor | undefined {
  try {
    return node.saved(0);
  } catch {
    return undefined;
  }
}
