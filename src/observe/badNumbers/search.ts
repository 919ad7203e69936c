/**
 * Looks for the operation that made the first NaN or ∞ of those that a loss, a gradient or a parameter is broken by: watches
 * every operation of a run, forward and backward. That costs about as much as the run, so it is done in a second run of the
 * same program (`src/runner/search.ts`).
 */
import type { AnyOperation, Node } from "../../engine/autograd/node.ts";
import type { DataLoader } from "../../engine/data/dataLoader.ts";
import type { Instrument, OperationWatch } from "../../engine/instrument.ts";
import { Kind } from "../../engine/memory/storage.ts";
import type { AnyModule, Module } from "../../engine/nn/module.ts";
import { extent, isAllFinite, type Extent } from "../../engine/ops/statistics.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import { Tensor } from "../../engine/tensor.ts";
import { operationName } from "../graph/operationNames.ts";
import { StatePaths } from "../models/statePaths.ts";
import { savedBy } from "../program/backwardGraph.ts";
import { CallStack } from "../program/construction.ts";
import type { ProgramSource } from "../program/programSource.ts";
import { tensorsOf } from "../program/tensorsOf.ts";
import { isLossName } from "./alarm.ts";
import { blame, culprit, together, type Bad, type ModuleCall, type Origin, type Owner, type Way } from "./origins.ts";
import { moves, places, scalarOf } from "./placing.ts";

/** What was broken first of all that matters, and what broke it. */
export interface Found {
  readonly origin: Origin;
  readonly broken: Broken;
  /** Losses that went backward before, from the first. */
  readonly losses: readonly number[];
  /** The greatest learning rate that optimizers stepped with. */
  readonly rate: number | undefined;
}

export type Broken =
  | { readonly kind: "loss"; readonly stack: CallStack }
  | { readonly kind: "gradient" | "parameter"; readonly path: string; readonly stack: CallStack };

export interface SearchOptions {
  readonly source: ProgramSource;
  /** Each loss that goes backward, with NaN for what is no single number; false ends the search. */
  readonly agrees: (loss: number) => boolean;
  readonly found: (found: Found) => void;
}

/** Where an operation of the graph was called. */
interface Place {
  readonly stack: CallStack;
  readonly call: ModuleCall | undefined;
}

/** What waits at a node of the graph, in one backward pass. */
interface Waiting {
  readonly pass: number;
  readonly bad: Bad;
}

export class Search implements Instrument, OperationWatch {
  readonly #options: SearchOptions;
  readonly #bad = new WeakMap<Tensor["storage"], Bad>();
  /** What those that are changed in place were like before. */
  readonly #before = new WeakMap<Tensor, Extent>();
  readonly #places = new WeakMap<Node, Place>();
  readonly #waiting = new WeakMap<Node, Waiting>();
  /** Leaves whose gradients the pass under way breaks. */
  #broken = new Set<Tensor>();
  /** What the user's own code broke last within a pass, in a hook for example. */
  #inner: Waiting | undefined;
  readonly #open: AnyModule[] = [];
  /** `backward()`s and the like under way, innermost last, and the nodes that were made while they differentiate. */
  readonly #passes: CallStack[] = [];
  #made: Node[] = [];
  #pass = 0;
  #order = 0;
  #isOver = false;
  #isLooking = false;
  #batch: number | undefined;
  readonly #losses: number[] = [];
  #rate: number | undefined;
  #lastNumber: Bad | undefined;
  readonly #paths = new StatePaths();

  constructor(options: SearchOptions) {
    this.#options = options;
  }

  // --- forward ------------------------------------------------------------------------------------------------------

  readonly forwardStarts = (module: AnyModule, inputs: readonly unknown[]): void => {
    if (this.#open.length === 0) {
      this.#paths.name(module as Module);
      for (const tensor of tensorsOf(inputs)) this.#known(tensor, module.constructor.name, this.forwardStarts, true);
    }
    this.#open.push(module);
  };

  forward(): void {
    this.#open.pop();
  }

  forwardFailed(): void {
    this.#open.pop();
  }

  batch(_loader: DataLoader, index: number): void {
    this.#batch = index;
  }

  epochEnd(): void {
    this.#batch = undefined;
  }

  readonly ran: OperationWatch["ran"] = (operation, inputs, outputs, data, saved = []) => {
    if (this.#isOver || this.#isLooking) return;
    this.#locate(outputs, this.ran);
    for (const output of outputs) {
      const seen = this.#look(output);
      if (!seen) this.#forget(output);
      else this.#blame(operation, inputs, output, seen, data, saved);
    }
  };

  readonly changes = (tensor: Tensor): void => {
    if (this.#isOver || this.#isLooking || !isFloat(tensor)) return;
    this.#before.set(
      tensor,
      this.#quietly(() => extent(tensor)),
    );
  };

  readonly became = (tensor: Tensor, source: Tensor): void => {
    const bad = this.#bad.get(source.storage);
    if (bad) this.#bad.set(tensor.storage, bad);
    else this.#forget(tensor);
    const node = tensor.gradFn;
    const place = source.gradFn && this.#places.get(source.gradFn);
    if (node && place && !this.#places.has(node)) this.#places.set(node, place);
  };

  #blame(operation: Pick<AnyOperation, "name">, inputs: readonly Tensor[], output: Tensor, seen: Extent, data: unknown, saved: readonly Tensor[]): void {
    const name = operationName(operation.name);
    const stack = new CallStack(this.ran);
    const isInner = this.#passes.length > 0;
    // What a derivative computes with is told of when it is done; what the user's own code computes there isn't.
    if (isInner && samePosition(stack, this.#passes.at(-1)!, this.#options.source)) return;
    const read = inputs.filter(isFloat);
    const others = saved.filter((tensor) => isFloat(tensor) && tensor !== output && !read.includes(tensor) && this.#look(tensor));
    const known = [
      ...(name === "grad" ? inputs.flatMap((tensor) => this.#waitingAt(tensor.gradientEdge()!) ?? []) : []),
      ...read.flatMap((tensor) => (tensor === output ? this.#knownBefore(tensor, name) : this.#known(tensor, name, this.ran)) ?? []),
      // Among these is what the operation made for itself.
      ...others.flatMap((tensor) => this.#bad.get(tensor.storage) ?? []),
    ];
    const inputsBefore = read.map((tensor) => (tensor === output ? this.#before.get(tensor) : undefined) ?? extentOf(tensor));
    const scalar = scalarOf(data);
    const way: Way = places(name, scalar) ? "placed" : "computed";
    const bad = blame(seen, known, this.#origin({ way, name, stack, inputs: inputsBefore, scalar, output: seen }));
    // What it is made of, such as the operations within a function of the user's own, told of it before.
    const inner = read.includes(output) || known.length > 0 ? undefined : this.#bad.get(output.storage);
    const blamed = inner && culprit(inner)?.way !== "given" ? inner : bad;
    if (isInner) this.#inner = { pass: this.#pass, bad: blamed };
    this.#bad.set(output.storage, this.#remember(output, blamed));
  }

  /** The same of a tensor that was changed in place, as it was before. */
  #knownBefore(tensor: Tensor, name: string): Bad | undefined {
    const before = this.#before.get(tensor);
    if (!before || before.nan + before.positive + before.negative === 0) return undefined;
    return this.#bad.get(tensor.storage) ?? this.#given(tensor, before, name, this.ran);
  }

  /**
   * What is known of a tensor; of one that holds NaN or ∞ from the start, that it does.
   * @param isData whether the outermost module is called with it
   */
  #known(tensor: Tensor, name: string, below: Function, isData = false): Bad | undefined {
    const seen = this.#look(tensor);
    if (!seen) return undefined;
    const known = this.#bad.get(tensor.storage);
    const owner = known && culprit(known)?.owner;
    return known && (owner?.kind !== "data" || owner.isUsed) ? known : this.#given(tensor, seen, name, below, isData);
  }

  /** A tensor that no operation made, or that was only put together of such. */
  #given(tensor: Tensor, output: Extent, name: string, below: Function, isData = false): Bad {
    // −∞ alone is a mask, be it given to a model.
    const owner = this.#ownerOf(tensor, output.nan > 0 || (isData && output.positive > 0), !moves(name));
    const origin = this.#origin({ way: "given", name, stack: new CallStack(below), inputs: [], output, owner });
    const bad = { ...(output.nan > 0 && { nan: origin }), ...(output.positive + output.negative > 0 && { infinite: origin }) };
    this.#bad.set(tensor.storage, bad);
    return bad;
  }

  #ownerOf(tensor: Tensor, isData: boolean, isUsed: boolean): Owner | undefined {
    const { kind } = tensor.storage;
    if (kind === Kind.Parameter || kind === Kind.Buffer) return { kind: kind === Kind.Parameter ? "parameter" : "buffer", path: this.#paths.of(tensor) };
    // A single number is a constant of the program's.
    return isData && tensor.numel() > 1 ? { kind: "data", isUsed, ...(this.#batch !== undefined && { batch: this.#batch }) } : undefined;
  }

  #remember(tensor: Tensor, bad: Bad): Bad {
    if (tensor.numel() === 1) this.#lastNumber = bad;
    return bad;
  }

  /** It holds finite numbers alone now. */
  #forget({ storage, base }: Tensor): void {
    if (base === null && this.#bad.has(storage)) this.#bad.delete(storage);
  }

  /** Where the nodes that outputs came from were called. */
  #locate(outputs: readonly Tensor[], below: Function): void {
    const node = outputs[0]?.gradFn;
    if (!node || this.#places.has(node)) return;
    if (this.#passes.length > 0) this.#made.push(node);
    else this.#places.set(node, { stack: new CallStack(below), call: this.#call() });
  }

  // --- backward -----------------------------------------------------------------------------------------------------

  readonly beforeBackward = (loss: Tensor): void => {
    if (this.#isOver) return;
    const value = loss.numel() === 1 ? this.#quietly(() => loss.item()) : NaN;
    if (!this.#options.agrees(value)) return this.#end();
    const bad = this.#known(loss, "backward", this.beforeBackward);
    if (bad) return this.#tell(bad, { kind: "loss", stack: new CallStack(this.beforeBackward) });
    this.#losses.push(value);
  };

  readonly differentiates = (isUnderWay: boolean): void => {
    if (this.#isLooking) return;
    if (isUnderWay) {
      this.#passes.push(new CallStack(this.differentiates));
      this.#pass++;
    } else {
      this.#passes.pop();
      for (const leaf of this.#broken) if (leaf.gradSlot) this.#bad.set(leaf.gradSlot.storage, this.#waitingAt(leaf.gradientEdge()!)!);
      this.#broken = new Set();
    }
  };

  readonly passed = (node: Node, _time: number, given: readonly (Tensor | null)[], results: readonly (Tensor | null)[]): void => {
    if (this.#isOver || this.#isLooking) return;
    const place = this.#places.get(node);
    // A derivative that is differentiated again belongs to where the operation itself was called.
    for (const made of this.#made.splice(0)) if (place) this.#places.set(made, place);
    const came = given.some((gradient) => gradient && this.#look(gradient)) ? this.#waitingAt(node) : undefined;
    results.forEach((result, i) => {
      const seen = result && node.next[i] ? this.#look(result) : undefined;
      if (seen) this.#wait(node.next[i]!, this.#blameDerivative(node, place, came, result!, seen));
    });
  };

  #blameDerivative(node: Node, place: Place | undefined, came: Bad | undefined, result: Tensor, seen: Extent): Bad {
    const own = this.#bad.get(result.storage);
    if (own) return own;
    const name = operationName(node.operation.name);
    const saved = savedBy(node).filter(isFloat);
    const stack = place?.stack ?? this.#passes.at(-1) ?? new CallStack(this.passed);
    const origin = this.#origin({
      way: "differentiated",
      name,
      stack,
      inputs: saved.map(extentOf),
      scalar: scalarOf(node.data),
      output: seen,
      call: place?.call,
    });
    // What was computed wrong forward and only hidden then comes first, as its derivative reads it.
    const read = saved.flatMap((tensor) => (this.#look(tensor) ? (this.#bad.get(tensor.storage) ?? []) : []));
    return blame(seen, [...read, ...(came ? [came] : [])], origin);
  }

  #waitingAt(node: Node): Bad | undefined {
    const waiting = [this.#waiting.get(node), this.#inner].find((candidate) => candidate?.pass === this.#pass);
    return waiting?.bad;
  }

  #wait(node: Node, bad: Bad): void {
    const present = this.#waiting.get(node);
    this.#waiting.set(node, { pass: this.#pass, bad: present?.pass === this.#pass ? together([present.bad, bad]) : bad });
    if (node.variable) this.#broken.add(node.variable);
  }

  // --- updates ------------------------------------------------------------------------------------------------------

  readonly beforeStep = (optimizer: Optimizer): void => {
    if (this.#isOver) return;
    const stack = new CallStack(this.beforeStep);
    for (const { params, lr } of optimizer.paramGroups) {
      this.#rate = Math.max(this.#rate ?? 0, lr);
      for (const parameter of params) {
        const gradient = parameter.gradSlot;
        const seen = gradient ? this.#look(gradient) : undefined;
        if (seen) return this.#tell(this.#ofGradient(parameter, gradient!, seen, stack), { kind: "gradient", path: this.#paths.of(parameter), stack });
        const bad = this.#known(parameter, "step", this.beforeStep);
        if (bad) return this.#tell(bad, { kind: "parameter", path: this.#paths.of(parameter), stack });
      }
    }
  };

  readonly afterStep = (optimizer: Optimizer): void => {
    if (this.#isOver) return;
    for (const group of optimizer.paramGroups) {
      const scalar = (group as { eps?: number }).eps;
      for (const parameter of group.params) {
        const output = this.#look(parameter);
        if (!output) continue;
        const stack = new CallStack(this.afterStep);
        const inputs = parameter.gradSlot ? [extentOf(parameter.gradSlot)] : [];
        const name = `${optimizer.constructor.name}.step`;
        const origin = this.#origin({ way: "updated", name, stack, inputs, scalar, output });
        return this.#tell({ nan: origin }, { kind: "parameter", path: this.#paths.of(parameter), stack });
      }
    }
  };

  readonly log = (values: Readonly<Record<string, unknown>>): void => {
    if (this.#isOver) return;
    for (const [name, value] of Object.entries(values)) {
      if (!isLossName(name)) continue;
      const bad =
        value instanceof Tensor ? this.#known(value, "log", this.log) : typeof value === "number" && !Number.isFinite(value) ? this.#lastNumber : undefined;
      if (bad) return this.#tell(bad, { kind: "loss", stack: new CallStack(this.log) });
    }
  };

  #ofGradient(parameter: Tensor, gradient: Tensor, output: Extent, stack: CallStack): Bad {
    const node = parameter.gradientEdge();
    const came = this.#bad.get(gradient.storage) ?? (node ? this.#waitingAt(node) : undefined);
    if (came) return came;
    const origin = this.#origin({ way: "computed", name: "backward", stack, inputs: [], output });
    return { nan: origin };
  }

  // --- what all of them come to -------------------------------------------------------------------------------------

  #tell(bad: Bad, broken: Broken): void {
    const origin = culprit(bad);
    if (!origin) return;
    this.#end();
    this.#options.found({ origin, broken, losses: this.#losses, rate: this.#rate });
  }

  #end(): void {
    this.#isOver = true;
  }

  #origin(
    facts: Omit<Origin, "order" | "call" | "scalar" | "owner"> & { call?: ModuleCall | undefined; scalar?: number | undefined; owner?: Owner | undefined },
  ): Origin {
    const { scalar, owner, ...rest } = facts;
    return { call: this.#call(), ...rest, order: this.#order++, ...(scalar !== undefined && { scalar }), ...(owner && { owner }) };
  }

  /** `undefined` for what is finite, or no tensor of floats. */
  #look(tensor: Tensor): Extent | undefined {
    if (!isFloat(tensor)) return undefined;
    return this.#quietly(() => (isAllFinite(tensor) ? undefined : extent(tensor)));
  }

  #quietly<T>(task: () => T): T {
    const before = this.#isLooking;
    this.#isLooking = true;
    try {
      return task();
    } finally {
      this.#isLooking = before;
    }
  }

  #call(): ModuleCall | undefined {
    const [root] = this.#open;
    const module = this.#open.at(-1);
    return root === undefined || module === undefined ? undefined : { module, root };
  }
}

const isFloat = (tensor: Tensor): boolean => tensor.dtype === "float32" && tensor.numel() > 0;
const extentOf = (tensor: Tensor): Extent => extent(tensor);

function samePosition(one: CallStack, other: CallStack, source: ProgramSource): boolean {
  const [a, b] = [one.position(source), other.position(source)];
  return a?.file === b?.file && a?.line === b?.line && a?.column === b?.column;
}
