/**
 * The record of one operation in the graph that backward walks.
 *
 * Ids grow, so any set of reachable nodes taken in descending order of id is a valid order for backward: a node's
 * consumers are always younger than the node.
 */
import { KindlingError } from "../errors.ts";
import { operationWatch } from "../instrument.ts";
import { discard } from "../memory/nursery.ts";
import { shapeText } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { isGradEnabled } from "./gradMode.ts";

/**
 * One kind of operation: what PyTorch calls its gradient, and how gradients flow back through it.
 * `Data` is what each of its nodes remembers besides tensors.
 */
export interface Operation<Data = undefined> {
  /** PyTorch's name of the gradient function, e.g. `AddBackward0`. */
  readonly name: string;
  /** What the program sees in its place: PyTorch computes in one step what several do here, of which this is the last. */
  readonly shown?: string;
  /**
   * Gradients with respect to the inputs, in their order; `null` where there is none or `node.needs(i)` is false.
   * `gradients` has one entry per output; only operations with several outputs ever see `null` in it.
   */
  backward(node: Node<Data>, ...gradients: Tensor[]): readonly (Tensor | null)[];
  /** Its `backward` runs code of the program's. */
  readonly runsProgram?: true;
}

/** Of whatever data. */
// oxlint-disable-next-line no-explicit-any
export type AnyOperation = Operation<any>;

/** Sees (and, if it returns a tensor, replaces) the finished gradient of one output. */
export interface GradientHook {
  readonly output: number;
  /** Hooks are user code. Watchers look at scratch memory and must keep nothing. `retain` keeps the finished gradient. */
  readonly kind: "hook" | "watcher" | "retain";
  readonly call: (gradient: Tensor) => Tensor | null | undefined | void;
}

let nextId = 1;
const NOTHING: readonly Tensor[] = [];

/** All nodes have one shape: `Data` is a matter of types alone. */
// oxlint-disable-next-line no-explicit-any
export class Node<Data = any> {
  readonly id: number;
  operation: Operation<Data>;
  /** For each input the node that made it (or accumulates it, for a leaf); `null` where no gradient is wanted. */
  readonly next: (Node | null)[];
  /** Which output of `next[i]` the input is. */
  readonly nextOutput: number[];
  /** Whatever the operation wants to remember besides tensors. */
  readonly data: Data;
  /** Gradients that have arrived in the present backward pass, by output. */
  gradients: (Tensor | null)[] | null = null;
  hooks: GradientHook[] | null = null;
  /** Number of the backward pass that visited the node last. */
  visited = 0;
  outputs = 1;
  #tensors: readonly Tensor[] | null;
  #versions: number[];
  #own: readonly Tensor[];
  #notes: Record<string, unknown> | undefined;

  constructor(operation: Operation<Data>, inputs: readonly Tensor[], saved: readonly Tensor[], data: Data, own = NOTHING) {
    this.operation = operation;
    this.data = data;
    this.next = new Array<Node | null>(inputs.length);
    this.nextOutput = new Array<number>(inputs.length);
    for (let i = 0; i < inputs.length; i++) {
      const input = inputs[i]!;
      this.next[i] = input.gradientEdge();
      this.nextOutput[i] = input.outputIndex;
    }
    // Only now: an input's own node may just have been made, and has to be the older one.
    this.id = nextId++;
    for (const tensor of saved) if (tensor.storage.inference) throw inferenceSaved();
    this.#tensors = saved;
    this.#own = own;
    this.#versions = new Array<number>(saved.length);
    for (let i = 0; i < saved.length; i++) this.#versions[i] = saved[i]!.storage.version;
  }

  get name(): string {
    return this.operation.shown ?? this.operation.name;
  }

  /** For each input the node that takes its gradient (`null` where none is wanted), and which of that node's outputs it is. */
  get nextFunctions(): readonly (readonly [Node | null, number])[] {
    return this.next.map((node, i) => [node, this.nextOutput[i]!]);
  }

  /** Whatever the program wants to remember about the operation. */
  get metadata(): Record<string, unknown> {
    return (this.#notes ??= {});
  }

  /** The leaf whose gradient `AccumulateGrad` takes. */
  get variable(): Tensor | undefined {
    return this.name === "AccumulateGrad" ? (this as Node<Tensor>).data : undefined;
  }

  toString(): string {
    return `<${this.name}>`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** Whether the gradient with respect to input `i` is wanted. */
  needs(i: number): boolean {
    return this.next[i] !== null;
  }

  /** Saved tensor `i`, after making sure that it still has the value that was saved. */
  saved(i: number): Tensor {
    if (this.#tensors === null) {
      throw new KindlingError(
        "Trying to backward through the graph a second time (or directly access saved tensors after they have already " +
          "been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). " +
          "Specify { retainGraph: true } if you need to backward through the graph a second time or if you need to " +
          "access saved tensors after calling backward.",
      );
    }
    const tensor = this.#tensors[i]!;
    if (tensor.storage.version !== this.#versions[i]) throw modifiedInPlace(tensor, this.#versions[i]!);
    return tensor;
  }

  /** How many tensors were saved. */
  get savedCount(): number {
    return this.#versions.length;
  }

  /** A backward pass that is itself recorded may save again what was saved here: memory is then nobody's alone. */
  share(): void {
    this.#own = NOTHING;
  }

  /** Forgets what was saved; a second backward through the node is an error from now on. */
  release(): void {
    if (this.#versions.length > 0) this.#tensors = null;
    discardAll(this.#own);
    this.#own = NOTHING;
  }

  addHook(hook: GradientHook): { remove(): void } {
    const hooks = this.hooks ?? [];
    // Those that may replace the gradient come before those that are to see the finished one.
    const finished = hook.kind === "hook" ? hooks.findIndex((other) => other.kind !== "hook") : -1;
    this.hooks = finished < 0 ? [...hooks, hook] : hooks.toSpliced(finished, 0, hook);
    return {
      remove: () => {
        this.hooks = this.hooks?.filter((other) => other !== hook) ?? null;
      },
    };
  }
}

function discardAll(tensors: readonly Tensor[]): void {
  for (let i = 0; i < tensors.length; i++) discard(tensors[i]!.storage);
}

function inferenceSaved(): KindlingError {
  return new KindlingError(
    "Inference tensors cannot be saved for backward. To work around you can make a clone to get a normal tensor and use it in autograd.",
  );
}

function modifiedInPlace(tensor: Tensor, expected: number): KindlingError {
  const type = tensor.dtype === "float32" ? "torch.FloatTensor" : "torch.LongTensor";
  const origin = tensor.gradFn ? `, which is output ${tensor.outputIndex} of ${tensor.gradFn.name},` : "";
  return new KindlingError(
    "one of the variables needed for gradient computation has been modified by an inplace operation: " +
      `[${type} ${shapeText(tensor.shape)}]${origin} is at version ${tensor.storage.version}; ` +
      `expected version ${expected} instead. Hint: clone() the tensor before changing it, or use the operation's form without the underscore.`,
  );
}

/**
 * Makes `output` the differentiable result of `operation` on `inputs`, if grad mode is on and an input wants gradients.
 * @param saved tensors that `backward` will read with `node.saved(i)`
 * @param own those of `saved` that nobody but `backward` sees: their memory is free as soon as it is done
 * @returns `output`
 */
export function record(
  operation: Operation,
  output: Tensor,
  inputs: readonly Tensor[],
  saved?: readonly Tensor[],
  data?: undefined,
  own?: readonly Tensor[],
): Tensor;
export function record<Data>(
  operation: Operation<Data>,
  output: Tensor,
  inputs: readonly Tensor[],
  saved: readonly Tensor[],
  data: Data,
  own?: readonly Tensor[],
): Tensor;
export function record(operation: AnyOperation, output: Tensor, inputs: readonly Tensor[], saved = NOTHING, data?: unknown, own = NOTHING): Tensor {
  const isInGraph = needsGraph(inputs);
  if (isInGraph) output.attach(new Node(operation, inputs, saved, data, own), 0);
  operationWatch()?.ran(operation, inputs, [output], data, saved);
  if (!isInGraph) discardAll(own);
  return output;
}

/** The same for an operation with several outputs. Integer outputs stay outside the graph. */
export function recordMany(
  operation: Operation,
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  saved?: readonly Tensor[],
  data?: undefined,
  own?: readonly Tensor[],
): void;
export function recordMany<Data>(
  operation: Operation<Data>,
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  saved: readonly Tensor[],
  data: Data,
  own?: readonly Tensor[],
): void;
export function recordMany(
  operation: AnyOperation,
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  saved = NOTHING,
  data?: unknown,
  own = NOTHING,
): void {
  const isInGraph = needsGraph(inputs);
  if (isInGraph) {
    const node = new Node(operation, inputs, saved, data, own);
    node.outputs = outputs.length;
    outputs.forEach((output, i) => {
      if (output.dtype === "float32") output.attach(node, i);
    });
  }
  operationWatch()?.ran(operation, inputs, outputs, data, saved);
  if (!isInGraph) discardAll(own);
}

const renamed = new WeakMap<AnyOperation, Map<string, AnyOperation>>();

/** Shows the program PyTorch's name for a result that PyTorch computes in one step, and several do here. @returns `result` */
export function shownAs(name: string, result: Tensor): Tensor {
  const node = result.gradFn;
  if (node !== null && node.name !== name) node.operation = named(node.operation, name);
  return result;
}

function named(operation: AnyOperation, shown: string): AnyOperation {
  const known = renamed.get(operation) ?? new Map<string, AnyOperation>();
  renamed.set(operation, known);
  const found = known.get(shown) ?? { ...operation, shown };
  known.set(shown, found);
  return found;
}

/** Whether anybody wants to know of a result of these inputs: the graph, or who looks at operations. */
export function needsRecord(inputs: readonly Tensor[]): boolean {
  return needsGraph(inputs) || operationWatch() !== null;
}

/** Whether a result of these inputs is to be part of the graph. */
export function needsGraph(inputs: readonly Tensor[]): boolean {
  if (!isGradEnabled()) return false;
  for (let i = 0; i < inputs.length; i++) if (inputs[i]!.requiresGrad) return true;
  return false;
}

/**
 * A step of the graph, as `x.gradFn` gives it.
 * @api autograd.Node
 */
export type GraphNode = Node;
