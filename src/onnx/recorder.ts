/** Writes down which operations a forward pass consists of, from its inputs on. */
import type { AnyOperation } from "../engine/autograd/node.ts";
import type { DType } from "../engine/dtype.ts";
import { watchOperations, type OperationWatch } from "../engine/instrument.ts";
import { stretch } from "../engine/memory/reading.ts";
import type { Storage } from "../engine/memory/storage.ts";
import { asStrided } from "../engine/ops/stridedViews.ts";
import { toTypedArray } from "../engine/ops/reading.ts";
import type { Shape } from "../engine/shape.ts";
import { Tensor } from "../engine/tensor.ts";
import { diagonalOf, placesOf, type Diagonal, type Places } from "./windows.ts";
import { Refusal } from "./refusal.ts";

/** A tensor that an operation takes: what an earlier one gave (`from` counts all of them), or a constant. */
export interface Seen {
  readonly from: number | Constant;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A tensor that no operation before it gave: a parameter, or what the program made by itself. */
export interface Constant {
  readonly values: ArrayLike<number>;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Of a parameter or buffer, as `stateDict()` has it. */
  readonly name?: string;
  /** Why it can't be one. */
  readonly trouble?: string;
}

export interface Step {
  readonly name: string;
  readonly data: unknown;
  readonly inputs: readonly Seen[];
  readonly outputs: readonly { readonly shape: Shape; readonly dtype: DType }[];
  /** The number of its first output. */
  readonly first: number;
  readonly mark: unknown;
}

/** A view of a part. */
type Look = (tensor: Tensor) => Tensor;

/** What a tensor looks at: whoever looks at the same sees the same. */
interface Sight {
  readonly key: string;
  readonly version: number;
  readonly id: number;
}

interface AttentionData {
  readonly layout: { split(inputs: readonly Tensor[]): readonly Tensor[]; splitOutput(output: Tensor): Tensor };
  readonly isCausal: boolean;
  readonly scale: number;
  readonly dropoutP: number;
  readonly mask: Tensor | null;
}

/**
 * What has nothing to do with the input, in what was made in a forward pass: plain numbers, and what operations gave for
 * nothing else; with its storage's version.
 */
const plain = new WeakMap<Storage, number>();

const readByProgram =
  "reads values here that depend on the input, and what a program makes of them can't be in a file, which does the same for every input. Compute with tensors (`where`, `maskedFill`, `gather`), or read them outside of forward";
const writesPart = "writes into a part of a tensor in place; write `cat`, `where` or `sliceScatter` there";
const unknownOrigin =
  "uses a tensor here that it computed from the input by something that has no ONNX form, or that is left from an earlier call. Compute it by other operations, or outside of forward";

/** Operations that read more than their inputs. */
const readsSaved = new Set([
  "WhereBackward0",
  "MaskedFillBackward0",
  "ScatterBackward0",
  "ScatterAddBackward0",
  "NativeBatchNormBackward0",
  "NllLossBackward0",
]);
/** Operations that give the places of what they give as well. */
const givesPlaces = new Set(["MaxBackward0", "MinBackward0", "SortBackward0", "MaxPool2DWithIndicesBackward0", "CummaxBackward0"]);

export class Recorder implements OperationWatch {
  readonly steps: Step[] = [];
  readonly #looks = new Map<Storage, Sight[]>();
  readonly #constants = new Map<Storage, Map<string, Constant>>();
  readonly #names: ReadonlyMap<string, string>;
  readonly #storageNumbers: Map<Storage, number>;
  readonly #mark: () => unknown;
  /** A constant that is about to be written over, as it is before. */
  #changed: { readonly storage: Storage; readonly key: string; readonly constant: Constant } | undefined;
  #count = 0;
  #isOff = false;
  /** What operations have read of the input's values, and not told yet what they made of it. */
  readonly #read = new Set<Storage>();
  /** Where a random number was drawn first. */
  drawn: { readonly mark: unknown } | undefined;

  /**
   * @param named parameters and buffers by their names
   * @param mark what tells where the program is
   */
  constructor(named: ReadonlyMap<string, Tensor>, mark: () => unknown) {
    this.#mark = mark;
    this.#storageNumbers = new Map();
    this.#names = new Map([...named].map(([name, tensor]) => [this.#place(tensor), name]));
  }

  /** A tensor that the pass begins with. */
  input(tensor: Tensor): void {
    this.#put(tensor, this.#count++);
  }

  /** Runs the pass, and says which of its steps gave what. */
  run<T>(pass: () => T): T {
    const [wasOpen, random] = [stretch.isOpen, Math.random];
    watchOperations(this);
    // What is made from here on is known by it.
    stretch.isOpen = true;
    Math.random = () => {
      this.draws();
      return random();
    };
    try {
      return pass();
    } finally {
      Math.random = random;
      stretch.isOpen = wasOpen;
      watchOperations(null);
    }
  }

  /** What the tensor is now. */
  seen(tensor: Tensor): Seen {
    const { shape, dtype } = tensor;
    const looks = this.#looks.get(tensor.storage);
    const key = keyOf(tensor);
    const look = looks?.findLast((each) => each.key === key);
    if (look?.version === tensor.storage.version) return { from: look.id, shape, dtype };
    return { from: this.#constant(tensor, looks !== undefined), shape, dtype };
  }

  ran(operation: Pick<AnyOperation, "name">, inputs: readonly Tensor[], outputs: readonly Tensor[], data: unknown, saved: readonly Tensor[] = []): void {
    if (this.#isOff) return;
    this.#isOff = true;
    try {
      this.#ran(operation.name, inputs, outputs, data, saved);
    } finally {
      this.#isOff = false;
    }
  }

  changes(tensor: Tensor): void {
    if (this.#isOff) return;
    const { storage, shape, dtype } = tensor;
    const isKnown = this.#looks.has(storage);
    const values = (): ArrayLike<number> => this.#quietly(() => toTypedArray(tensor.detach()).slice());
    this.#changed = isKnown ? undefined : { storage, key: keyOf(tensor), constant: { values: values(), shape, dtype } };
  }

  reads(tensor: Tensor, by?: string): void {
    if (this.#isOff) return;
    const { from } = this.seen(tensor);
    if (typeof from !== "number" && from.trouble === undefined) return;
    if (by !== undefined) throw new Refusal(`\`${by}\` ${readByProgram}`, this.#mark());
    this.#read.add(tensor.storage);
  }

  made(tensor: Tensor): void {
    if (!this.#isOff && this.#read.size === 0) this.#isPlain(tensor);
  }

  draws(): void {
    if (!this.#isOff) this.drawn ??= { mark: this.#mark() };
  }

  became(tensor: Tensor, source: Tensor): void {
    // An operation's second output comes from the same one; it is told of by itself.
    if (this.#isOff || tensor.dtype !== source.dtype || this.#isKnown(tensor)) return;
    const { from } = this.#quietly(() => this.seen(source));
    if (typeof from === "number") this.#put(tensor, from);
    else this.#forget(tensor, from.trouble === undefined);
    if (tensor.base !== null) this.#quietly(() => this.#wroteInto(tensor));
  }

  #ran(name: string, given: readonly Tensor[], results: readonly Tensor[], told: unknown, saved: readonly Tensor[]): void {
    let [inputs, outputs, data] = [given, results, told];
    if (name === "ScaledDotProductAttentionBackward0") {
      const { layout, isCausal, scale, mask, dropoutP } = told as AttentionData;
      inputs = [...layout.split(given.slice(0, given.length - (mask ? 1 : 0))), ...(mask ? [mask] : [])];
      data = { isCausal, scale, dropoutP, order: orderOf(layout.splitOutput(results[0]!)) };
    } else if (name === "ScatterViewBackward0") {
      const [whole] = results as [Tensor];
      data = partOf(whole, (told as Look)(whole));
    } else if (name === "NllLossBackward0") {
      // What the sum is divided by follows from the classes.
      const { divisor: _, ...rest } = told as { readonly divisor: number };
      data = { ...rest, ofLogits: saved[0] !== saved[1] };
    }
    for (const { storage } of [...given, ...saved]) this.#read.delete(storage);
    if (readsSaved.has(name)) inputs = [...given, ...saved];
    if (givesPlaces.has(name)) outputs = [...results, ...saved];
    const wrote = name.endsWith("_") && name !== "copy_" && name !== "fill_" ? inputs[0] : undefined;
    const seen = inputs.map((input) => (input === wrote ? this.#before(input) : this.seen(input)));
    if (!seen.some(({ from }) => typeof from === "number" || from.trouble === writesPart)) {
      const isPlain = seen.every(({ from }) => (from as Constant).trouble === undefined);
      for (const output of outputs) this.#forget(output, isPlain);
      if (name.endsWith("_")) this.#wroteInto(results[0]!);
      return;
    }
    this.steps.push({ name, data, inputs: seen, outputs: outputs.map(({ shape, dtype }) => ({ shape, dtype })), first: this.#count, mark: this.#mark() });
    for (const output of outputs) this.#put(output, this.#count++);
    if (name.endsWith("_")) this.#wroteInto(results[0]!);
  }

  /** A view was written to: its base is another one now. */
  #wroteInto(view: Tensor): void {
    const { base } = view;
    if (base === null || keyOf(base) === keyOf(view)) return;
    const isKnown = this.#isKnown(view);
    const before = this.#before(base, view);
    // Constants in constants need no steps.
    if (!isKnown && typeof before.from !== "number") return;
    const written: Seen = isKnown ? this.seen(view) : { from: this.#constant(view, false), shape: view.shape, dtype: view.dtype };
    const isWhole = base.dense && view.dense && base.numel() === view.numel();
    const part = isWhole ? undefined : partOf(base, view);
    if (!isWhole && !part) return;
    const [name, inputs, data] = isWhole ? ["ViewBackward0", [written], undefined] : ["ScatterViewBackward0", [before, written], part];
    this.steps.push({ name, data, inputs, outputs: [{ shape: base.shape, dtype: base.dtype }], first: this.#count, mark: this.#mark() });
    this.#put(base, this.#count++);
  }

  /** What a tensor was before it, or a part of it, was written over just now. */
  #before(tensor: Tensor, part?: Tensor): Seen {
    const { shape, dtype, storage } = tensor;
    const key = keyOf(tensor);
    const looks = this.#looks.get(storage);
    const look = looks?.findLast((each) => each.key === key);
    if (look?.version === storage.version - 1) return { from: look.id, shape, dtype };
    if (part === undefined && this.#changed?.key === key && this.#changed.storage === storage) return { from: this.#changed.constant, shape, dtype };
    const isKnown = part !== undefined && !looks?.some((each) => each.key !== keyOf(part));
    return { from: isKnown ? this.#without(tensor, part) : this.#constant(tensor, true), shape, dtype };
  }

  /** A constant but for a part, which is of no interest. */
  #without(tensor: Tensor, part: Tensor): Constant {
    return this.#quietly(() => {
      const copy = tensor.detach().clone();
      asStrided(copy, part.shape, part.strides, part.offset - tensor.offset).fill_(0);
      return { values: toTypedArray(copy), shape: tensor.shape, dtype: tensor.dtype };
    });
  }

  #isKnown(tensor: Tensor): boolean {
    return this.#looks.get(tensor.storage)?.some(({ key, version }) => key === keyOf(tensor) && version === tensor.storage.version) ?? false;
  }

  #put(tensor: Tensor, id: number): void {
    const looks = this.#looks.get(tensor.storage) ?? [];
    looks.push({ key: keyOf(tensor), version: tensor.storage.version, id });
    this.#looks.set(tensor.storage, looks);
  }

  /** It is a constant from now on. */
  #forget(tensor: Tensor, isPlain: boolean): void {
    if (isPlain) this.#isPlain(tensor);
    const looks = this.#looks.get(tensor.storage);
    if (!looks) return;
    const key = keyOf(tensor);
    const others = looks.filter((look) => look.key !== key);
    if (others.length > 0) this.#looks.set(tensor.storage, others);
    else this.#looks.delete(tensor.storage);
  }

  #isPlain({ storage }: Tensor): void {
    plain.set(storage, storage.version);
  }

  #constant(tensor: Tensor, isPart: boolean): Constant {
    const { storage, shape, dtype } = tensor;
    const key = `${keyOf(tensor)}@${storage.version}`;
    const known = this.#constants.get(storage)?.get(key);
    if (known) return known;
    const name = this.#names.get(this.#place(tensor));
    const isUnknown = storage.computed && name === undefined && plain.get(storage) !== storage.version;
    const trouble = isPart ? writesPart : isUnknown ? unknownOrigin : undefined;
    const made: Constant = {
      values: this.#quietly(() => toTypedArray(tensor.detach()).slice()),
      shape,
      dtype,
      ...(name !== undefined && { name }),
      ...(trouble !== undefined && { trouble }),
    };
    const ofStorage = this.#constants.get(storage) ?? new Map<string, Constant>();
    this.#constants.set(storage, ofStorage.set(key, made));
    return made;
  }

  #place(tensor: Tensor): string {
    const number = this.#storageNumbers.get(tensor.storage) ?? this.#storageNumbers.size;
    this.#storageNumbers.set(tensor.storage, number);
    return `${number}:${keyOf(tensor)}`;
  }

  #quietly<T>(look: () => T): T {
    const wasOff = this.#isOff;
    this.#isOff = true;
    try {
      return look();
    } finally {
      this.#isOff = wasOff;
    }
  }

  differentiates(isUnderWay: boolean): void {
    if (isUnderWay) throw new Refusal("forward computes gradients, which have no ONNX form", this.#mark());
  }
}

/** Which part of the whole a view is; `undefined` where that has no form. */
function partOf(whole: Tensor, view: Tensor): { readonly places: readonly Places[] } | { readonly diagonal: Diagonal } | undefined {
  const places = placesOf(whole, view);
  if (places) return { places };
  const diagonal = diagonalOf(whole, view);
  return diagonal && { diagonal };
}

/** Steps along dimensions of size 1 lead nowhere. */
function keyOf({ offset, shape, strides, dtype }: Tensor): string {
  return `${dtype} ${offset} ${shape.map((size, i) => (size === 1 ? "1" : `${size}/${strides[i]}`)).join(",")}`;
}

/** In which order the dimensions of a view lie in memory. */
function orderOf({ shape, strides }: Tensor): readonly number[] {
  return shape.map((_, i) => i).sort((a, b) => strides[b]! - strides[a]! || shape[b]! - shape[a]! || a - b);
}
