/**
 * The tensor: a window (offset, shape, strides) on a storage, with its place in the autograd graph.
 * Its methods are the functions of `ops/`, bound late so that imports go one way.
 */
import { Node, type Operation } from "./autograd/node.ts";
import { isGradEnabled, isInferenceModeEnabled } from "./autograd/gradMode.ts";
import { processor, type Device } from "./device.ts";
import { itemSize, type DType } from "./dtype.ts";
import { ArgumentError, KindlingError } from "./errors.ts";
import { operationWatch } from "./instrument.ts";
import { discard } from "./memory/nursery.ts";
import { withoutScratch } from "./memory/scratch.ts";
import { Kind, type Storage } from "./memory/storage.ts";
import { beforeChanging, isUndone, keepStorage } from "./memory/undo.ts";
import { contiguousStrides, isContiguous, numelOf, wrapDim, type Shape, type TensorShape } from "./shape.ts";

/** Operations that a tensor's own methods and properties need. */
interface Operations {
  add(input: Tensor, other: Tensor): Tensor;
  describeTensor(input: Tensor): string;
  detach(input: Tensor): Tensor;
  followBase(view: Tensor, base: Tensor): void;
  formatTensor(input: Tensor): string;
  item(input: Tensor): number;
  permute(input: Tensor, dims: readonly number[]): Tensor;
  setData(target: Tensor, source: Tensor): void;
  picturedTensor(input: Tensor): string;
  tensorDetails(input: Tensor): object;
  transpose(input: Tensor, dim0: number, dim1: number): Tensor;
}

let ops: Operations;

/** Called once by `ops/bind.ts`. */
export function bindOperations(operations: Operations): void {
  ops = operations;
}

/** A leaf's end of the graph: backward delivers the leaf's gradient here. */
const accumulate: Operation = {
  name: "AccumulateGrad",
  backward: () => [],
};

const NO_INPUTS: readonly Tensor[] = [];

/**
 * Takes a hook off again: `handle.remove()`, or `using handle = …` for the rest of a block.
 * @api torch.HookHandle
 */
export interface HookHandle extends Disposable {
  remove(): void;
}

/**
 * An n-dimensional array of one element type.
 *
 * Nobody disposes of tensors: one that the program can reach keeps its value, and memory that it can't reach is reused.
 * @api torch.Tensor
 * @base
 */
export class Tensor {
  /** @internal */ storage: Storage;
  /** Where the first element is, counted in elements. @internal */
  offset: number;
  /** Sizes of the dimensions; empty for a scalar. */
  readonly shape: TensorShape;
  /** Steps between neighbours in each dimension, in elements. @internal */
  readonly strides: readonly number[];
  readonly dtype: DType;
  /** Whether elements lie in row-major order without gaps. @internal */
  readonly dense: boolean;
  #node: Node | null = null;
  /** Which output of `gradFn` this is. @internal */
  outputIndex = 0;
  /** The tensor that this one is a view of. @internal */
  base: Tensor | null = null;
  /** How often changes in place gave this tensor another history, which its views then have to follow. @internal */
  rewrites = 0;
  /** Which of the base's histories a view's own is made of. @internal */
  followed = 0;
  /** The gradient without marking it as seen by user code. @internal */
  gradSlot: Tensor | null = null;
  #tracked = false;
  #accumulator: Node | null = null;
  #retention: { remove(): void } | null = null;
  #accumulationHooks: (() => void)[] | null = null;

  /** @internal */
  constructor(storage: Storage, offset: number, shape: Shape, strides: readonly number[] | null, dtype: DType) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape as TensorShape;
    this.strides = strides ?? contiguousStrides(shape);
    this.dtype = dtype;
    this.dense = strides === null || isContiguous(shape, strides);
  }

  // --- what it is ---------------------------------------------------------------------------------------------------

  /** Number of elements. */
  numel(): number {
    return numelOf(this.shape);
  }

  /** Number of dimensions. */
  dim(): number {
    return this.shape.length;
  }

  get ndim(): number {
    return this.shape.length;
  }

  /** Size of the first dimension, Python's `len(x)`. */
  get length(): number {
    if (this.shape.length === 0) throw new ArgumentError("len() of a 0-d tensor", "TypeError");
    return this.shape[0]!;
  }

  /** The shape, or the size of one dimension (negative counts from the end). */
  size(): TensorShape;
  size(dim: number): number;
  size(dim?: number): TensorShape | number {
    return dim === undefined ? this.shape : this.shape[wrapDim(dim, this.shape.length)]!;
  }

  /** How often the values were changed in place. */
  get _version(): number {
    if (this.storage.inference) throw new KindlingError("Inference tensors do not track version counter.");
    return this.storage.version;
  }

  /** Bytes of one element. */
  get itemsize(): number {
    return itemSize(this.dtype);
  }

  /** Bytes of all elements. */
  get nbytes(): number {
    return this.numel() * itemSize(this.dtype);
  }

  /** Whether it is an `nn.Parameter`. */
  get isParameter(): boolean {
    return false;
  }

  /** Where it is: on the processor, as all tensors. */
  get device(): Device {
    return processor;
  }

  get isCpu(): boolean {
    return true;
  }

  get isCuda(): boolean {
    return false;
  }

  /** The number of the graphics card that it is on: −1, on none. */
  getDevice(): number {
    return -1;
  }

  // --- autograd -----------------------------------------------------------------------------------------------------

  /** The operation that made this tensor, or `null` for a leaf. */
  get gradFn(): Node | null {
    this.#followBase();
    return this.#node;
  }

  /** Whether gradients with respect to this tensor are wanted. Only a leaf's can be changed. */
  get requiresGrad(): boolean {
    this.#followBase();
    return this.#tracked;
  }

  /** A view whose base was changed in place since takes its history from the base as it is now. */
  #followBase(): void {
    if (this.base === null || this.base.rewrites === this.followed) return;
    this.followed = this.base.rewrites;
    ops.followBase(this, this.base);
  }

  set requiresGrad(value: boolean) {
    if (value === this.#tracked) return;
    if (typeof value !== "boolean") throw new ArgumentError("requiresGrad must be true or false", "TypeError");
    if (this.gradFn !== null) {
      throw new KindlingError(
        "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph " +
          "that doesn't require differentiation use var_no_grad = var.detach().",
      );
    }
    if (value && this.dtype !== "float32") {
      throw new KindlingError("only Tensors of floating point dtype can require gradients");
    }
    if (value && this.storage.inference && !isInferenceModeEnabled()) {
      throw new KindlingError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.");
    }
    this.#tracked = value;
  }

  /**
   * Says whether gradients with respect to this tensor are wanted, and gives the tensor back.
   * @see https://pytorch.org/docs/stable/generated/torch.Tensor.requires_grad_.html
   */
  requiresGrad_(requiresGrad = true): this {
    this.requiresGrad = requiresGrad;
    return this;
  }

  get isLeaf(): boolean {
    return this.gradFn === null;
  }

  /** The gradient that backward accumulated here, or `null`. */
  get grad(): Tensor | null {
    if (this.gradSlot !== null) this.gradSlot.storage.escaped = true;
    return this.gradSlot;
  }

  set grad(value: Tensor | null) {
    if (value === this.gradSlot) return;
    if (value) this.#requireGradFits(value);
    this.clearGrad();
    if (value === null || value === undefined) return;
    value.storage.escaped = true;
    value.storage.kind = Kind.Gradient;
    this.gradSlot = value;
  }

  #requireGradFits(value: Tensor): void {
    if (value.dtype !== this.dtype) throw new KindlingError("assigned grad has data of a different type");
    if (value.shape.join() !== this.shape.join()) throw new KindlingError("assigned grad has data of a different size");
  }

  /** Forgets the gradient; its memory is used again at once if no user code has seen it. @internal */
  clearGrad(): void {
    if (this.gradSlot === null) return;
    discard(this.gradSlot.storage);
    this.gradSlot = null;
  }

  /** Calls `hook` with this leaf whenever a backward pass has added to its `grad`: the place to step an optimizer early. */
  registerPostAccumulateGradHook(hook: (leaf: this) => void): HookHandle {
    if (!this.requiresGrad) throw new KindlingError("cannot register a hook on a tensor that doesn't require gradient");
    if (!this.isLeaf) throw new KindlingError("post accumulate grad hooks cannot be registered on non-leaf tensors");
    const call = (): void => hook(this);
    this.#accumulationHooks = [...(this.#accumulationHooks ?? []), call];
    const remove = (): void => {
      this.#accumulationHooks = this.#accumulationHooks?.filter((other) => other !== call) ?? null;
    };
    return { remove, [Symbol.dispose]: remove };
  }

  /** To be called after a backward pass added to `grad`. @internal */
  afterAccumulation(): void {
    if (this.#accumulationHooks !== null) for (const call of this.#accumulationHooks) withoutScratch(call);
  }

  /** Accumulates the gradient of a tensor that isn't a leaf in its `grad`, too; after all hooks had their say. */
  retainGrad(): void {
    if (!this.#tracked) throw new KindlingError("can't retain_grad on Tensor that has requires_grad=False");
    if (this.gradFn === null || this.#retention !== null) return;
    this.#retainFrom(this.gradFn);
  }

  /** Whether `retainGrad` was called. */
  get retainsGrad(): boolean {
    return this.#retention !== null;
  }

  #retainFrom(node: Node): void {
    const keep = (gradient: Tensor): void => {
      this.grad = this.gradSlot === null ? gradient : ops.add(this.gradSlot, gradient);
    };
    this.#retention = node.addHook({ output: this.outputIndex, kind: "retain", call: keep });
  }

  /** The node that takes this tensor's gradient; `null` where none is wanted. @internal */
  gradientEdge(): Node | null {
    if (!this.requiresGrad) return null;
    if (this.#node !== null) return this.#node;
    return (this.#accumulator ??= new Node(accumulate, NO_INPUTS, NO_INPUTS, this));
  }

  /** Makes this tensor output `index` of `node`. @internal */
  attach(node: Node, index: number): void {
    this.#node = node;
    this.outputIndex = index;
    this.#tracked = true;
    if (this.#retention === null) return;
    // The gradient that is kept is that of the value as it is now.
    this.#retention.remove();
    this.#retainFrom(node);
  }

  /** To be called before the values are changed in place. @internal */
  beforeChange(): void {
    if (this.strides.some((stride, i) => stride === 0 && this.shape[i]! > 1)) {
      throw new KindlingError(
        "unsupported operation: more than one element of the written-to tensor refers to a single memory location. " +
          "Please clone() the tensor before performing the operation.",
      );
    }
    if (this.storage.inference && !isInferenceModeEnabled()) {
      throw new KindlingError(
        "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor " +
          "before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.",
      );
    }
    const { storage } = this;
    if (isUndone()) beforeChanging(storage, () => keepStorage(storage));
    operationWatch()?.changes?.(this);
    if (!isGradEnabled()) return;
    if (this.requiresGrad && this.#node === null) {
      throw new KindlingError("a leaf Variable that requires grad is being used in an in-place operation.");
    }
    if (this.base === null || !this.base.requiresGrad) return;
    if (this.base.gradFn === null) {
      throw new KindlingError("a view of a leaf Variable that requires grad is being used in an in-place operation.");
    }
    if (!this.#tracked) {
      throw new KindlingError(
        "A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that this use case is " +
          "ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either " +
          "both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).",
      );
    }
  }

  // --- reading ------------------------------------------------------------------------------------------------------

  /** Where JavaScript wants a number, as in `loss < 0.1`, its one element; else its text. */
  [Symbol.toPrimitive](hint: "number" | "string" | "default"): number | string {
    return hint === "number" ? Number(ops.item(this)) : this.toString();
  }

  /** As PyTorch prints it. */
  toString(): string {
    return ops.formatTensor(this);
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return ops.formatTensor(this);
  }

  /** What a debugger shows in its line. */
  [Symbol.for("debug.description")](): string {
    return ops.describeTensor(this);
  }

  /** What a debugger shows of it where it is opened. */
  [Symbol.for("debug.properties")](): object {
    return ops.tensorDetails(this);
  }

  /** Its values, or the beginning of them, for a picture in the debugger. */
  [Symbol.for("kindling.debug.picture")](): string {
    return ops.picturedTensor(this);
  }

  /** The slices along the first dimension. */
  *[Symbol.iterator](): IterableIterator<Tensor> {
    if (this.shape.length === 0) throw new ArgumentError("iteration over a 0-d tensor", "TypeError");
    for (let i = 0; i < this.length; i++) yield this.select(0, i);
  }

  // --- type and copies ----------------------------------------------------------------------------------------------

  /**
   * Cuts this tensor off from what it was made of.
   * @see https://pytorch.org/docs/stable/generated/torch.Tensor.detach_.html
   */
  detach_(): this {
    if (this.base !== null) throw new KindlingError("Can't detach views in-place. Use detach() instead.");
    this.#node = null;
    this.#tracked = false;
    return this;
  }
  /** The values without history; assigned to, the tensor takes over another's values (and shares them with it). */
  get data(): Tensor {
    return ops.detach(this);
  }
  set data(values: Tensor) {
    if (!(values instanceof Tensor)) throw new ArgumentError("Variable data has to be a tensor; to put one number everywhere, use fill_", "TypeError");
    ops.setData(this, values);
  }

  // --- shape --------------------------------------------------------------------------------------------------------

  /** The dimensions in reverse order. */
  get T(): Tensor {
    return ops.permute(
      this,
      this.shape.map((_, i) => this.shape.length - 1 - i),
    );
  }
  /** The last two dimensions swapped. */
  get mT(): Tensor {
    if (this.shape.length < 2) throw new KindlingError(`tensor.mT is only supported on matrices or batches of matrices. Got ${this.shape.length}-D tensor.`);
    return ops.transpose(this, -2, -1);
  }
}
