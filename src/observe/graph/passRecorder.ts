/**
 * Records what a program computes, from the first call of a module on: calls, operations in them, and which tensor went where.
 * A tensor is known by itself; an alias that the engine made of it by the memory that both share.
 */
import { isGradEnabled } from "../../engine/autograd/gradMode.ts";
import type { ComputedLoss, OperationWatch } from "../../engine/instrument.ts";
import { Kind } from "../../engine/memory/storage.ts";
import type { AnyModule, Module } from "../../engine/nn/module.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { SourcePosition } from "../../protocol/index.ts";
import { tensorsOf } from "../program/tensorsOf.ts";
import { Draft, type Made, type Used } from "./draft.ts";
import { operationName } from "./operationNames.ts";

/** Of so many operations and calls a pass is kept; what comes after is left out. */
const maximumDrafts = 3_000;

export interface RecorderOptions {
  /** Whether the user wrote the class: what happens inside is theirs to see. */
  isOwn(module: AnyModule): boolean;
  /** The user's line that runs now. @param below whose frames don't count */
  position(below: Function): SourcePosition | undefined;
}

/** What went wrong, and where. */
export interface FailedDraft {
  readonly error: unknown;
  readonly draft: Draft;
}

export class PassRecorder implements OperationWatch {
  readonly #options: RecorderOptions;
  readonly #isLate: boolean;
  readonly #made = new WeakMap<Tensor, Made>();
  /** Who wrote last to a memory. */
  readonly #written = new WeakMap<Tensor["storage"], Made>();
  readonly #open: Draft[] = [];
  #isDifferentiating = 0;
  /** All that isn't inside of a call. */
  readonly top: Draft[] = [];
  #count = 0;
  /** Calls under way that are left out. */
  #skipped = 0;
  failure: FailedDraft | undefined;
  /** Milliseconds that recording took. */
  cost = 0;

  /** @param isLate it began when much of the pass was over: what calls are given may have been computed before */
  constructor(options: RecorderOptions, isLate = false) {
    this.#options = options;
    this.#isLate = isLate;
  }

  get isFull(): boolean {
    return this.#count >= maximumDrafts;
  }

  // --- what the engine tells ----------------------------------------------------------------------------------------

  forwardStarts(module: AnyModule, inputs: readonly unknown[]): void {
    if (this.isFull) return void this.#skipped++;
    const begin = performance.now();
    const draft = this.#add(new Draft("call", module.constructor.name, this.#inside, module));
    draft.isEvaluation = !isGradEnabled() || !(module as Module).training;
    draft.arguments = tensorsOf(inputs).flatMap((tensor) => this.#use(tensor) ?? []);
    this.#open.push(draft);
    this.cost += performance.now() - begin;
  }

  forward(module: AnyModule, output: unknown): void {
    if (this.#skipped > 0) return void this.#skipped--;
    const begin = performance.now();
    const draft = this.#close(module);
    if (draft) this.#returns(draft, tensorsOf(output));
    this.cost += performance.now() - begin;
  }

  forwardFailed(module: AnyModule, error: unknown): void {
    if (this.#skipped > 0) return void this.#skipped--;
    const draft = this.#close(module);
    // Told innermost first.
    if (draft && this.failure?.error !== error) this.failure = { error, draft: this.#failing(draft, error) };
  }

  /** A call that is over, of which no more is known than what went in and came out. */
  called(module: AnyModule, inputs: readonly unknown[], output: unknown): void {
    this.forwardStarts(module, inputs);
    const call = this.#inside;
    if (!call) return;
    const draft = this.#add(new Draft("operation", call.name, call));
    for (const used of call.arguments) draft.takes(used);
    for (const tensor of tensorsOf(output)) this.#give(tensor, draft, true);
    this.forward(module, output);
  }

  /** The program ends with an error. */
  failed(error: unknown): void {
    if (this.failure?.error !== error) this.failure = { error, draft: this.#failing(null, error) };
  }

  readonly ran: OperationWatch["ran"] = (operation, inputs, outputs, _data, saved = []) => {
    if (this.#isDifferentiating > 0 || this.isFull) return;
    const begin = performance.now();
    // Of what is saved only what the program has: indices, masks, conditions.
    const others = saved.filter((tensor) => this.#made.has(tensor) && !inputs.includes(tensor) && !outputs.includes(tensor));
    this.#ran(operationName(operation.name), others.length > 0 ? [...inputs, ...others] : inputs, outputs);
    this.cost += performance.now() - begin;
  };

  readonly became = (tensor: Tensor, source: Tensor): void => {
    const made = this.#made.get(source);
    if (!made || this.#isDifferentiating > 0) return;
    // Overwritten: what reads the memory from now on reads what the operation made.
    if (tensor.storage !== source.storage) {
      if (this.#made.has(tensor)) this.#nameInPlace(made.draft);
      this.#written.set(tensor.storage, made);
    }
    this.#made.set(tensor, made);
  };

  readonly differentiates = (isUnderWay: boolean): void => void (this.#isDifferentiating += isUnderWay ? 1 : -1);

  loss({ name, value, input, target }: ComputedLoss): void {
    const last = this.#made.get(value)?.draft;
    if (!last || last.kind !== "operation") return;
    const ends = new Set([input, target].flatMap((tensor) => this.#find(tensor)?.draft ?? []));
    const siblings = last.parent?.children ?? this.top;
    const parts = partsOf(last, siblings, ends);
    this.#takesTarget(last, target, parts);
    if (parts.length === 1) {
      last.kind = "loss";
      last.name = name;
      return;
    }
    const group = new Draft("loss", name, last.parent);
    siblings.splice(siblings.indexOf(parts[0]!), 0, group);
    for (const part of parts) {
      siblings.splice(siblings.indexOf(part), 1);
      part.parent = group;
      group.children.push(part);
    }
  }

  #takesTarget(last: Draft, target: Tensor, parts: readonly Draft[]): void {
    const used = this.#use(target);
    if (!used) return;
    const { draft } = used.made;
    if (draft.kind === "input") draft.name = "target";
    if (!parts.some(({ inputs }) => inputs.some(({ made }) => made === used.made))) last.takes(used);
  }

  beforeBackward(loss: Tensor): void {
    const made = this.#find(loss);
    if (!made) return;
    made.draft.isRoot = true;
    for (let at: Draft | null = made.draft; at; at = at.parent) if (at.kind === "loss") return;
    this.#end(made, "loss").isRoot = true;
  }

  // --- drafts -------------------------------------------------------------------------------------------------------

  get #inside(): Draft | null {
    return this.#open.at(-1) ?? null;
  }

  #add(draft: Draft): Draft {
    this.#count++;
    (draft.parent?.children ?? this.top).push(draft);
    return draft;
  }

  #remove(draft: Draft): void {
    const siblings = draft.parent?.children ?? this.top;
    siblings.splice(siblings.lastIndexOf(draft), 1);
    this.#count--;
    for (const { made } of draft.inputs) {
      made.uses--;
      // What only it used was on the way to it.
      if (made.draft.kind === "operation" && made.draft.parent === draft.parent && !made.draft.isUsed) this.#remove(made.draft);
    }
  }

  #close(module: AnyModule): Draft | undefined {
    // Calls that began before the recording aren't known.
    if (this.#inside?.module !== module) return undefined;
    return this.#open.pop();
  }

  #ran(name: string, inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
    const isInPlace = outputs.some((output) => inputs.includes(output)) || name.endsWith("_");
    if (outputs.length === 1 && inputs.length > 0 && inputs.every(isState) && inputs[0]!.storage === outputs[0]!.storage) return;
    if (name === "backwardHookFunction") return outputs.forEach((output, i) => this.#alias(output, inputs[i]!));
    const parent = this.#inside;
    const draft = new Draft("operation", name, parent);
    for (const input of inputs) {
      const used = this.#use(input);
      if (used) draft.takes(used);
      else if (isState(input)) draft.state.push([...input.shape]);
    }
    if (!isInPlace) this.#supersede(outputs);
    if (!parent || this.#options.isOwn(parent.module!)) draft.position = this.#options.position(this.ran);
    this.#add(draft);
    draft.isInPlace = isInPlace;
    for (const output of outputs) this.#give(output, draft, isInPlace || inputs.every(({ storage }) => storage !== output.storage));
  }

  /** The operation tells of a result that others have told of before: they are how it is computed. */
  #supersede(outputs: readonly Tensor[]): void {
    for (const output of outputs) {
      const earlier = this.#made.get(output);
      if (earlier?.draft.kind === "operation" && earlier.uses === 0 && !earlier.draft.isUsed) this.#remove(earlier.draft);
    }
  }

  #give(tensor: Tensor, draft: Draft, isWritten: boolean): void {
    const made = draft.makes(tensor.shape, tensor.dtype);
    this.#made.set(tensor, made);
    if (isWritten) this.#written.set(tensor.storage, made);
  }

  #alias(tensor: Tensor, source: Tensor): void {
    const made = this.#find(source);
    if (made) this.#made.set(tensor, made);
  }

  #find(tensor: Tensor): Made | undefined {
    const own = this.#made.get(tensor);
    const written = this.#written.get(tensor.storage);
    // A view of what was overwritten since.
    return own && !(written?.draft.isInPlace && tensor.base !== null) ? own : (written ?? own);
  }

  /** `undefined` for parameters, buffers and constants. */
  #use(tensor: Tensor): Used | undefined {
    const found = this.#find(tensor);
    if (found) return { made: found, isDetached: !this.#made.has(tensor) && tensor.base === null && tensor.gradFn === null && isFloat(tensor) };
    if (isState(tensor) || tensor.shape.length === 0) return undefined;
    const inside = this.#inside;
    // What a layer of the engine's makes for itself is of no interest.
    if (inside && !this.#options.isOwn(inside.module!)) return undefined;
    const unknown = inside && this.#isLate ? new Draft("input", "earlier", null) : new Draft("constant", "constant", inside);
    const draft = this.#add(inside ? unknown : new Draft("input", "input", null));
    const made = draft.makes(tensor.shape, tensor.dtype);
    this.#made.set(tensor, made);
    return { made, isDetached: false };
  }

  /** A call is over. */
  #returns(call: Draft, results: readonly Tensor[]): void {
    if (call.children.length === 0) for (const tensor of results) this.#passThrough(call, tensor);
    this.#takesArguments(call);
    const made = results.flatMap((tensor) => this.#find(tensor) ?? []);
    for (const one of made) one.draft.isResult = true;
    call.outputs.push(...new Set(made));
    const [only, ...others] = call.children;
    if (only?.kind === "loss" && others.length === 0 && !this.#options.isOwn(call.module!)) call.kind = "loss";
  }

  /** What the engine's layers read without telling, such as indices, goes into the first operation in them. */
  #takesArguments(call: Draft): void {
    const [first] = call.children;
    if (first?.kind !== "operation" || this.#options.isOwn(call.module!)) return;
    for (const used of call.arguments) if (!call.children.some((child) => reads(child, used.made))) first.takes(used);
  }

  /** A call that did nothing with what it was given, such as dropout in `eval()`, stands on the way all the same. */
  #passThrough(call: Draft, tensor: Tensor): void {
    const found = this.#find(tensor);
    if (!found) return;
    const draft = this.#add(new Draft("operation", "identity", call));
    draft.takes({ made: found, isDetached: false });
    this.#made.set(tensor, draft.makes(tensor.shape, tensor.dtype));
  }

  #end(made: Made, name: string): Draft {
    const end = this.#add(new Draft("output", name, null));
    end.takes({ made, isDetached: false });
    return end;
  }

  /** What stands for the operation that threw the error. */
  #failing(call: Draft | null, error: unknown): Draft {
    if (call && !this.#options.isOwn(call.module!)) {
      const draft = this.#add(new Draft("operation", call.name, call));
      for (const used of call.arguments) draft.takes(used);
      draft.isResult = true;
      return call;
    }
    const draft = this.#add(new Draft("operation", "", call));
    for (const shape of shapesIn(error)) {
      const made = this.#latest(call, shape);
      if (made) draft.takes({ made, isDetached: false });
    }
    return draft;
  }

  /** What was made last of that shape, in a call or among what it was given. */
  #latest(call: Draft | null, shape: readonly number[]): Made | undefined {
    const inside = (call?.children ?? this.top).flatMap(madeIn);
    const given = call?.arguments.map(({ made }) => made) ?? [];
    return [...given, ...inside].findLast((made) => made.shape.join() === shape.join());
  }

  /** The operation before wrote over its input; the copy of the old values that it computed from is no step of its own. */
  #nameInPlace(draft: Draft): void {
    if (!draft.name.endsWith("_")) draft.name += "_";
    draft.isInPlace = true;
    const [first] = draft.inputs;
    const copy = first?.made.draft;
    if (copy?.name !== "clone" || copy.parent !== draft.parent || copy.position?.line !== draft.position?.line || copy.inputs.length !== 1) return;
    const siblings = copy.parent?.children ?? this.top;
    if (siblings.at(-2) !== copy || siblings.at(-1) !== draft) return;
    draft.inputs[0] = copy.inputs[0]!;
    siblings.splice(-2, 1);
    this.#count--;
  }
}

/** Parameters and buffers, views of them, and leaves that the program trains by hand. */
function isState(tensor: Tensor): boolean {
  const { kind } = tensor.storage;
  if (kind === Kind.Parameter || kind === Kind.Buffer) return true;
  return tensor.base === null && tensor.requiresGrad && tensor.gradFn === null;
}

const isFloat = (tensor: Tensor): boolean => tensor.dtype === "float32";

/** All that is computed on the way from `ends` to `last` among `siblings`, in their order. */
function partsOf(last: Draft, siblings: readonly Draft[], ends: ReadonlySet<Draft>): Draft[] {
  const found = new Set<Draft>();
  const stack = [last];
  for (let at = stack.pop(); at; at = stack.pop()) {
    if (found.has(at) || ends.has(at) || at.kind !== "operation" || at.parent !== last.parent) continue;
    found.add(at);
    for (const { made } of at.inputs) stack.push(made.draft);
  }
  // What one of the ends was computed from belongs to it.
  const before = ancestorsOf(ends);
  return siblings.filter((draft) => found.has(draft) && !before.has(draft));
}

function ancestorsOf(drafts: ReadonlySet<Draft>): ReadonlySet<Draft> {
  const found = new Set<Draft>();
  const stack = [...drafts];
  for (let at = stack.pop(); at; at = stack.pop()) {
    if (found.has(at)) continue;
    found.add(at);
    for (const { made } of at.inputs) stack.push(made.draft);
  }
  return found;
}

function reads({ inputs, children }: Draft, made: Made): boolean {
  return inputs.some((used) => used.made === made) || children.some((child) => reads(child, made));
}

function madeIn(draft: Draft): Made[] {
  return draft.children.length > 0 ? draft.children.flatMap(madeIn) : draft.outputs;
}

/** Errors about shapes say which. */
export function shapesIn(error: unknown): readonly (readonly number[])[] {
  const shapes = typeof error === "object" && error !== null && "shapes" in error ? error.shapes : [];
  return Array.isArray(shapes) ? (shapes as readonly (readonly number[])[]) : [];
}
