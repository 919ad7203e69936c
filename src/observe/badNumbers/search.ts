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
import { CallStack } from "../program/construction.ts";
import type { ProgramSource } from "../program/programSource.ts";
import { tensorsOf } from "../program/tensorsOf.ts";
import { isLossName } from "./alarm.ts";
import { blame, culprit, together, type Bad, type ModulePlace, type Origin, type Owner, type Way } from "./origins.ts";
import { places } from "./placing.ts";

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
interface Call {
  readonly stack: CallStack;
  readonly module: ModulePlace | undefined;
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
  readonly #calls = new WeakMap<Node, Call>();
  readonly #waiting = new WeakMap<Node, Waiting>();
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
  readonly #paths = new WeakMap<Tensor, string>();

  constructor(options: SearchOptions) {
    this.#options = options;
  }

  // --- forward ------------------------------------------------------------------------------------------------------

  readonly forwardStarts = (module: AnyModule, inputs: readonly unknown[]): void => {
    if (this.#open.length === 0) {
      this.#name(module as Module);
      for (const tensor of tensorsOf(inputs)) this.#given(tensor, module.constructor.name, this.forwardStarts, true);
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
    this.#place(outputs, this.ran);
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
    const call = source.gradFn && this.#calls.get(source.gradFn);
    if (node && call && !this.#calls.has(node)) this.#calls.set(node, call);
  };

  #blame(operation: Pick<AnyOperation, "name">, inputs: readonly Tensor[], output: Tensor, seen: Extent, data: unknown, saved: readonly Tensor[]): void {
    const name = operationName(operation.name);
    const stack = new CallStack(this.ran);
    const isInner = this.#passes.length > 0;
    // What a derivative computes with is told of when it is done; what the user's own code computes there isn't.
    if (isInner && samePosition(stack, this.#passes.at(-1)!, this.#options.source)) return;
    const read = [...inputs, ...saved.filter((tensor) => !inputs.includes(tensor) && tensor !== output)].filter(isFloat);
    const known = read.flatMap((tensor) => (tensor === output ? this.#knownBefore(tensor, name) : this.#known(tensor, name, this.ran)) ?? []);
    const inputsBefore = read.map((tensor) => (tensor === output ? this.#before.get(tensor) : undefined) ?? extentOf(tensor));
    const scalar = scalarOf(data);
    const way: Way = places(name, scalar) ? "placed" : "computed";
    const bad = blame(seen, known, this.#origin({ way, name, stack, inputs: inputsBefore, scalar, output: seen }));
    // What it is made of, such as the operations within a function of the user's own, told of it before.
    const inner = read.includes(output) || known.length > 0 ? undefined : this.#bad.get(output.storage);
    this.#bad.set(output.storage, this.#remember(output, inner && culprit(inner)?.way !== "given" ? inner : bad));
  }

  /** The same of a tensor that was changed in place, as it was before. */
  #knownBefore(tensor: Tensor, name: string): Bad | undefined {
    const before = this.#before.get(tensor);
    if (!before || before.nan + before.positive + before.negative === 0) return undefined;
    return this.#bad.get(tensor.storage) ?? this.#given(tensor, name, this.ran, false);
  }

  /** What is known of a tensor; of one that holds NaN or ∞ from the start, that it does. */
  #known(tensor: Tensor, name: string, below: Function): Bad | undefined {
    const seen = this.#look(tensor);
    return seen && (this.#bad.get(tensor.storage) ?? this.#given(tensor, name, below, false));
  }

  /** A tensor that no operation made. @param isData whether the outermost module is called with it */
  #given(tensor: Tensor, name: string, below: Function, isData: boolean): Bad | undefined {
    if (this.#bad.has(tensor.storage)) return undefined;
    const output = this.#look(tensor);
    if (!output) return undefined;
    const owner = this.#ownerOf(tensor, isData || output.nan > 0);
    const origin = this.#origin({ way: "given", name, stack: new CallStack(below), inputs: [], output, owner });
    const bad = { ...(output.nan > 0 && { nan: origin }), ...(output.positive + output.negative > 0 && { infinite: origin }) };
    this.#bad.set(tensor.storage, bad);
    return bad;
  }

  #ownerOf(tensor: Tensor, isData: boolean): Owner | undefined {
    const { kind } = tensor.storage;
    if (kind === Kind.Parameter || kind === Kind.Buffer) return { kind: kind === Kind.Parameter ? "parameter" : "buffer", path: this.#pathOf(tensor) };
    return isData ? { kind: "data", ...(this.#batch !== undefined && { batch: this.#batch }) } : undefined;
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
  #place(outputs: readonly Tensor[], below: Function): void {
    const node = outputs[0]?.gradFn;
    if (!node || this.#calls.has(node)) return;
    if (this.#passes.length > 0) this.#made.push(node);
    else this.#calls.set(node, { stack: new CallStack(below), module: this.#module() });
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
    }
  };

  readonly passed = (node: Node, _time: number, given: readonly (Tensor | null)[], results: readonly (Tensor | null)[]): void => {
    if (this.#isOver || this.#isLooking) return;
    const call = this.#calls.get(node);
    // A derivative that is differentiated again belongs to where the operation itself was called.
    for (const made of this.#made.splice(0)) if (call) this.#calls.set(made, call);
    const came = given.some((gradient) => gradient && this.#look(gradient)) ? this.#waitingAt(node) : undefined;
    results.forEach((result, i) => {
      const seen = result && node.next[i] ? this.#look(result) : undefined;
      if (seen) this.#wait(node.next[i]!, this.#blameDerivative(node, call, came, result!, seen));
    });
  };

  #blameDerivative(node: Node, call: Call | undefined, came: Bad | undefined, result: Tensor, seen: Extent): Bad {
    const own = this.#bad.get(result.storage);
    if (own) return own;
    const name = operationName(node.name);
    const saved = this.#savedBy(node);
    const stack = call?.stack ?? this.#passes.at(-1) ?? new CallStack(this.passed);
    const origin = this.#origin({
      way: "differentiated",
      name,
      stack,
      inputs: saved.map(extentOf),
      scalar: scalarOf(node.data),
      output: seen,
      module: call?.module,
    });
    // What was computed wrong forward and only hidden then comes first, as its derivative reads it.
    const read = saved.flatMap((tensor) => (this.#look(tensor) ? (this.#bad.get(tensor.storage) ?? []) : []));
    return blame(seen, [...read, ...(came ? [came] : [])], origin);
  }

  #savedBy(node: Node): Tensor[] {
    try {
      return Array.from({ length: node.savedCount }, (_, i) => node.saved(i)).filter(isFloat);
    } catch {
      // Changed since, or given free by a derivative of the user's own.
      return [];
    }
  }

  #waitingAt(node: Node): Bad | undefined {
    const waiting = this.#waiting.get(node);
    return waiting?.pass === this.#pass ? waiting.bad : undefined;
  }

  #wait(node: Node, bad: Bad): void {
    const present = this.#waitingAt(node);
    this.#waiting.set(node, { pass: this.#pass, bad: present ? together([present, bad]) : bad });
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
        if (seen) return this.#tell(this.#ofGradient(parameter, gradient!, seen, stack), { kind: "gradient", path: this.#pathOf(parameter), stack });
        const bad = this.#known(parameter, "step", this.beforeStep);
        if (bad) return this.#tell(bad, { kind: "parameter", path: this.#pathOf(parameter), stack });
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
        return this.#tell({ nan: origin }, { kind: "parameter", path: this.#pathOf(parameter), stack });
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
    const came = this.#bad.get(gradient.storage) ?? (node ? this.#waiting.get(node)?.bad : undefined);
    if (came && culprit(came)) return came;
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
    facts: Omit<Origin, "order" | "module" | "scalar" | "owner"> & { module?: ModulePlace | undefined; scalar?: number | undefined; owner?: Owner | undefined },
  ): Origin {
    const { scalar, owner, ...rest } = facts;
    return { module: this.#module(), ...rest, order: this.#order++, ...(scalar !== undefined && { scalar }), ...(owner && { owner }) };
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

  #module(): ModulePlace | undefined {
    const [outermost] = this.#open;
    const innermost = this.#open.at(-1);
    if (!outermost || !innermost) return undefined;
    const path = (outermost as Module).namedModules().find(([, module]) => module === innermost)?.[0] ?? "";
    return { path, type: innermost.constructor.name, model: outermost.constructor.name };
  }

  #name(root: Module): void {
    for (const [path, parameter] of root.namedParameters()) this.#paths.set(parameter, path);
    for (const [path, buffer] of root.namedBuffers()) this.#paths.set(buffer, path);
  }

  #pathOf(tensor: Tensor): string {
    return this.#paths.get(tensor) ?? "";
  }
}

const isFloat = (tensor: Tensor): boolean => tensor.dtype === "float32" && tensor.numel() > 0;
const extentOf = (tensor: Tensor): Extent => extent(tensor);

/** A number that an operation was given beside its tensors. */
function scalarOf(data: unknown): number | undefined {
  if (typeof data === "number") return data;
  if (typeof data !== "object" || data === null) return undefined;
  const { scalar, shapeB, exponent, value } = data as { scalar?: unknown; shapeB?: unknown; exponent?: unknown; value?: unknown };
  const number = shapeB === null ? scalar : (exponent ?? value);
  return typeof number === "number" ? number : undefined;
}

function samePosition(one: CallStack, other: CallStack, source: ProgramSource): boolean {
  const [a, b] = [one.position(source), other.position(source)];
  return a?.file === b?.file && a?.line === b?.line && a?.column === b?.column;
}
