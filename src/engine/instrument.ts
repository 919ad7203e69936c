/**
 * The seam through which a run can be watched and steered from outside the engine.
 * The engine never knows who watches; with no instrument set each call site costs one comparison.
 */
import type { AnyOperation, Node } from "./autograd/node.ts";
import type { DataLoader } from "./data/dataLoader.ts";
import type { AnyModule } from "./nn/module.ts";
import type { LRScheduler } from "./optim/lrScheduler/base.ts";
import type { Optimizer } from "./optim/optimizer.ts";
import type { Generator } from "./random/generator.ts";
import type { NumpyLegacyGenerator } from "./random/numpyLegacy.ts";
import type { Tensor } from "./tensor.ts";

/** Callbacks are synchronous. Those marked "may block or throw" are where a run is paused, stopped or ended. */
export interface Instrument {
  /** At the end of `nn.Module`'s own constructor: the subclass has assigned nothing yet. */
  moduleConstructed?(module: AnyModule): void;
  /** `deepcopy` made these, the outer before the inner. */
  modulesCopied?(copies: readonly AnyModule[]): void;
  /** The program made a stream of random numbers of its own. */
  generatorConstructed?(generator: Generator | NumpyLegacyGenerator): void;
  /** Before a module's hooks and `forward` run. Nested calls report outside in. May block or throw. */
  forwardStarts?(module: AnyModule, inputs: readonly unknown[]): void;
  /** What is to stand in the place of a module's output, after its hooks; `undefined` leaves it. Asked before `forward` is told. */
  instead?(module: AnyModule, output: unknown): unknown;
  /** After a module was called, with what its hooks made of the output. Nested calls report inside out. */
  forward?(module: AnyModule, inputs: readonly unknown[], output: unknown): void;
  /** A module call threw; called innermost first, once per enclosing module. */
  forwardFailed?(module: AnyModule, error: unknown): void;
  /** At the end of `optim.Optimizer`'s constructor. */
  optimizerConstructed?(optimizer: Optimizer): void;
  /** One of the losses of `nn.functional` was computed. */
  loss?(computed: ComputedLoss): void;
  beforeBackward?(loss: Tensor): void;
  /**
   * Whether parameters were frozen from outside the program, which can't know of it: a `backward()` that reaches nothing
   * else has nothing to do then, rather than being a mistake.
   */
  isFrozenOnPurpose?(): boolean;
  afterBackward?(loss: Tensor): void;
  /** Before parameters change. May block or throw. */
  beforeStep?(optimizer: Optimizer): void;
  afterStep?(optimizer: Optimizer): void;
  /** At the beginning of a schedule's constructor: there is no rate yet. */
  schedulerConstructed?(scheduler: Resumable): void;
  /** A schedule went on by a step: not the one that its constructor takes, which sets the first rates. */
  schedulerStepped?(scheduler: LRScheduler): void;
  /** At the end of a loader's constructor. */
  loaderConstructed?(loader: DataLoader): void;
  /** An iteration over a loader begins. May block or throw. */
  epochStart?(loader: DataLoader): void;
  /** Before batch `index` is handed out. May block or throw. */
  batch?(loader: DataLoader, index: number): void;
  /** The loader ran out of batches (not called when the loop is left early). */
  epochEnd?(loader: DataLoader): void;
  /** `log({ … })` */
  log?(values: Readonly<Record<string, unknown>>): void;
}

/** What can be put down, and taken up again later. */
export interface Resumable {
  stateDict(): Record<string, unknown>;
  loadStateDict(stateDict: Readonly<Record<string, unknown>>): void;
}

/** What `nn.functional`'s losses tell of themselves. */
export interface ComputedLoss {
  /** As users write it: `crossEntropy`. */
  readonly name: string;
  readonly value: Tensor;
  readonly input: Tensor;
  readonly target: Tensor;
  /** The same loss, with the same options, of another input and target: of each element, unreduced. */
  readonly each: (input: Tensor, target: Tensor) => Tensor;
}

/**
 * Sees every operation; set only while a step is looked at closely, because it costs each of them a call.
 * Operations that a backward pass computes with are told too.
 */
export interface OperationWatch {
  /**
   * After an operation gave its outputs; one in place gives what it wrote to. `data` is what its record remembers besides
   * tensors, `saved` the tensors that its derivative reads. Operations without a derivative have the name that users call them
   * by, and neither. Inputs that no gradient could flow to, such as indices, are only among what is saved.
   */
  ran(operation: Pick<AnyOperation, "name">, inputs: readonly Tensor[], outputs: readonly Tensor[], data: unknown, saved?: readonly Tensor[]): void;
  /** Before the values of a tensor are changed in place. */
  changes?(tensor: Tensor): void;
  /** `tensor` is from now on what `source` is: it was overwritten with it, or comes from the same operation. */
  became?(tensor: Tensor, source: Tensor): void;
  /**
   * Before values leave a tensor for JavaScript. `by` is what the program called, which sees them, or how many they are; without
   * it an operation computes with them, and tells of what it gave.
   */
  reads?(tensor: Tensor, by?: string): void;
  /** A tensor was made of plain numbers. */
  made?(tensor: Tensor): void;
  /** A random number is about to be drawn. */
  draws?(): void;
  /** A backward pass, or `autograd.grad`, begins or ends. What runs in between differentiates. */
  differentiates?(isUnderWay: boolean): void;
  /**
   * After a node of the graph passed its gradients on in a backward pass; milliseconds that it took, the gradients that it was
   * given and those that it gives, which are scratch memory: nothing of them may be kept.
   */
  passed?(node: Node, milliseconds: number, given: readonly (Tensor | null)[], results: readonly (Tensor | null)[]): void;
}

let operations: OperationWatch | null = null;

/** What looks at operations now, or `null`. */
export function operationWatch(): OperationWatch | null {
  return operations;
}

/** Sets (or with `null` removes) what looks at operations. */
export function watchOperations(next: OperationWatch | null): void {
  operations = next;
}

/** Tells of an operation that has no derivative. @returns `output` */
export function tellOperation<T extends Tensor>(name: string, inputs: readonly Tensor[], output: T, data?: unknown): T {
  operations?.ran({ name }, inputs, [output], data);
  return output;
}

/** Tells that the program sees values of a tensor, or what follows from them, by calling `name`. */
export function tellReading(name: string, tensor: Tensor): void {
  operations?.reads?.(tensor, name);
}

let current: Instrument | null = null;

/** The instrument in use, or `null`. */
export function instrument(): Instrument | null {
  return current;
}

/** Sets (or with `null` removes) the one instrument. */
export function setInstrument(next: Instrument | null): void {
  current = next;
}

/** Puts named values on the run's charts at the current step; outside a run it does nothing. */
export function log(values: Readonly<Record<string, unknown>>): void {
  current?.log?.(values);
}
