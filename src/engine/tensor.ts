/**
 * The tensor: a window (offset, shape, strides) on a storage, with its place in the autograd graph.
 * Its methods are the functions of `ops/`, bound late so that imports go one way.
 */
import { Node, type Operation } from "./autograd/node.ts";
import { isGradEnabled, isInferenceModeEnabled } from "./autograd/gradMode.ts";
import type { BackwardOptions } from "./autograd/backward.ts";
import { itemSize, type DType, type DTypeName, type TypedArray } from "./dtype.ts";
import { ArgumentError, KindlingError } from "./errors.ts";
import { discard } from "./memory/nursery.ts";
import { withoutScratch } from "./memory/scratch.ts";
import { Kind, type Storage } from "./memory/storage.ts";
import type * as Operations from "./ops/index.ts";
import type { VarianceOptions } from "./ops/reductions.ts";
import type { Place } from "./ops/subscript.ts";
import type { ToTarget } from "./ops/copy.ts";
import type {
  Index, NamedAlong, NamedReduction, Reduction, ReductionDims, ScalarOrTensor, Typed, TypedReduction,
} from "./ops/types.ts";
import { contiguousStrides, isContiguous, numelOf, type Shape, type ShapeArguments, type TensorShape } from "./shape.ts";

let ops: typeof Operations;

/** Called once by `ops/index.ts`. */
export function bindOperations(operations: typeof Operations): void {
  ops = operations;
}

/** A leaf's end of the graph: backward delivers the leaf's gradient here. */
const accumulate: Operation = {
  name: "AccumulateGrad",
  backward: () => [],
};

const TYPE_NAMES: Record<DType, string> = {
  float32: "torch.FloatTensor",
  int32: "torch.LongTensor",
  bool: "torch.BoolTensor",
  uint8: "torch.ByteTensor",
};

const NO_INPUTS: readonly Tensor[] = [];

export interface HookHandle extends Disposable {
  remove(): void;
}

/**
 * An n-dimensional array of one element type.
 *
 * Nobody disposes of tensors: one that the program can reach keeps its value, and memory that it can't reach is reused.
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
  private node: Node | null = null;
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
  private tracked = false;
  private accumulator: Node | null = null;
  private retention: { remove(): void } | null = null;
  private accumulationHooks: (() => void)[] | null = null;

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
    return dim === undefined ? this.shape : this.shape[ops.wrapDim(dim, this.shape.length)]!;
  }

  stride(): readonly number[] {
    return this.strides;
  }

  isContiguous(): boolean {
    return this.dense;
  }

  isFloatingPoint(): boolean {
    return this.dtype === "float32";
  }

  /** Whether it was made in inference mode. */
  isInference(): boolean {
    return this.storage.inference;
  }

  isComplex(): boolean {
    return false;
  }

  isSigned(): boolean {
    return this.dtype === "float32" || this.dtype === "int32";
  }

  /** Where the first element is in the memory that views share, counted in elements. */
  storageOffset(): number {
    return this.offset;
  }

  /** How often the values were changed in place. */
  get _version(): number {
    if (this.storage.inference) throw new KindlingError("Inference tensors do not track version counter.");
    return this.storage.version;
  }

  /** Number of elements. */
  nelement(): number {
    return this.numel();
  }

  ndimension(): number {
    return this.shape.length;
  }

  /** Bytes of one element. */
  get itemsize(): number {
    return itemSize(this.dtype);
  }

  /** Bytes of all elements. */
  get nbytes(): number {
    return this.numel() * itemSize(this.dtype);
  }

  /** Bytes of one element. */
  elementSize(): number {
    return itemSize(this.dtype);
  }

  /** Whether it is an `nn.Parameter`. */
  get isParameter(): boolean {
    return false;
  }

  get device(): "cpu" {
    return "cpu";
  }

  // --- autograd -----------------------------------------------------------------------------------------------------

  /** The operation that made this tensor, or `null` for a leaf. */
  get gradFn(): Node | null {
    this.followBase();
    return this.node;
  }

  /** Whether gradients with respect to this tensor are wanted. Only a leaf's can be changed. */
  get requiresGrad(): boolean {
    this.followBase();
    return this.tracked;
  }

  /** A view whose base was changed in place since takes its history from the base as it is now. */
  private followBase(): void {
    if (this.base === null || this.base.rewrites === this.followed) return;
    this.followed = this.base.rewrites;
    ops.followBase(this, this.base);
  }

  set requiresGrad(value: boolean) {
    if (value === this.tracked) return;
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
    this.tracked = value;
  }

  requiresGrad_(value = true): this {
    this.requiresGrad = value;
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
    if (value) this.requireGradFits(value);
    this.clearGrad();
    if (value === null || value === undefined) return;
    value.storage.escaped = true;
    value.storage.kind = Kind.Gradient;
    this.gradSlot = value;
  }

  private requireGradFits(value: Tensor): void {
    if (value.dtype !== this.dtype) throw new KindlingError("assigned grad has data of a different type");
    if (value.shape.join() !== this.shape.join()) throw new KindlingError("assigned grad has data of a different size");
  }

  /** Forgets the gradient; its memory is used again at once if no user code has seen it. @internal */
  clearGrad(): void {
    if (this.gradSlot === null) return;
    discard(this.gradSlot.storage);
    this.gradSlot = null;
  }

  /**
   * Computes the gradients of this tensor with respect to the leaves of its graph and adds them to their `grad`.
   * @param gradient weights for a tensor that isn't a scalar
   */
  backward(gradient?: Tensor | null, options?: BackwardOptions): void {
    ops.backward(this, gradient ?? null, options);
  }

  /** Calls `hook` with the gradient with respect to this tensor whenever one is computed; it may return a replacement. */
  registerHook(hook: (gradient: Tensor) => Tensor | null | undefined | void): HookHandle {
    const node = this.gradientEdge();
    if (node === null) throw new KindlingError("cannot register a hook on a tensor that doesn't require gradient");
    const handle = node.addHook({ output: this.outputIndex, kind: "hook", call: hook });
    return { remove: handle.remove, [Symbol.dispose]: handle.remove };
  }

  /** Calls `hook` with this leaf whenever a backward pass has added to its `grad`: the place to step an optimizer early. */
  registerPostAccumulateGradHook(hook: (leaf: this) => void): HookHandle {
    if (!this.requiresGrad) throw new KindlingError("cannot register a hook on a tensor that doesn't require gradient");
    if (!this.isLeaf) throw new KindlingError("post accumulate grad hooks cannot be registered on non-leaf tensors");
    const call = (): void => hook(this);
    this.accumulationHooks = [...(this.accumulationHooks ?? []), call];
    const remove = (): void => {
      this.accumulationHooks = this.accumulationHooks?.filter((other) => other !== call) ?? null;
    };
    return { remove, [Symbol.dispose]: remove };
  }

  /** To be called after a backward pass added to `grad`. @internal */
  afterAccumulation(): void {
    if (this.accumulationHooks !== null) for (const call of this.accumulationHooks) withoutScratch(call);
  }

  /** Accumulates the gradient of a tensor that isn't a leaf in its `grad`, too; after all hooks had their say. */
  retainGrad(): void {
    if (!this.tracked) throw new KindlingError("can't retain_grad on Tensor that has requires_grad=False");
    if (this.gradFn === null || this.retention !== null) return;
    this.retainFrom(this.gradFn);
  }

  /** Whether `retainGrad` was called. */
  get retainsGrad(): boolean {
    return this.retention !== null;
  }

  private retainFrom(node: Node): void {
    const keep = (gradient: Tensor): void => {
      this.grad = this.gradSlot === null ? gradient : ops.add(this.gradSlot, gradient);
    };
    this.retention = node.addHook({ output: this.outputIndex, kind: "retain", call: keep });
  }

  /** The node that takes this tensor's gradient; `null` where none is wanted. @internal */
  gradientEdge(): Node | null {
    if (!this.requiresGrad) return null;
    if (this.node !== null) return this.node;
    return (this.accumulator ??= new Node(accumulate, NO_INPUTS, NO_INPUTS, this));
  }

  /** Makes this tensor output `index` of `node`. @internal */
  attach(node: Node, index: number): void {
    this.node = node;
    this.outputIndex = index;
    this.tracked = true;
    if (this.retention === null) return;
    // The gradient that is kept is that of the value as it is now.
    this.retention.remove();
    this.retainFrom(node);
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
    if (!isGradEnabled()) return;
    if (this.requiresGrad && this.node === null) {
      throw new KindlingError("a leaf Variable that requires grad is being used in an in-place operation.");
    }
    if (this.base === null || !this.base.requiresGrad) return;
    if (this.base.gradFn === null) {
      throw new KindlingError("a view of a leaf Variable that requires grad is being used in an in-place operation.");
    }
    if (!this.tracked) {
      throw new KindlingError(
        "A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that this use case is " +
          "ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either " +
          "both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).",
      );
    }
  }

  // --- reading ------------------------------------------------------------------------------------------------------

  /** The value of a tensor with one element; a boolean for `bool`. */
  item(): number {
    return ops.item(this);
  }

  /**
   * Nested arrays of numbers (booleans for `bool`); a plain number for a scalar. How deep, the program knows: either it
   * says so, `const rows: number[][] = x.tolist()` or `x.tolist<number[][]>()`, or elements are `any`.
   */
  // oxlint-disable-next-line no-explicit-any
  tolist<List = any[]>(): List {
    return ops.tolist(this) as List;
  }

  /** A copy of the values in row-major order. */
  toTypedArray(): TypedArray {
    return ops.toTypedArray(this);
  }

  /** `toTypedArray`: a flat copy. */
  numpy(): TypedArray {
    return ops.toTypedArray(this);
  }

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

  /** The slices along the first dimension. */
  *[Symbol.iterator](): IterableIterator<Tensor> {
    if (this.shape.length === 0) throw new ArgumentError("iteration over a 0-d tensor", "TypeError");
    for (let i = 0; i < this.length; i++) yield this.select(0, i);
  }

  // --- type and copies ----------------------------------------------------------------------------------------------

  detach(): Tensor { return ops.detach(this); }
  detach_(): this {
    if (this.base !== null) throw new KindlingError("Can't detach views in-place. Use detach() instead.");
    this.node = null;
    this.tracked = false;
    return this;
  }
  clone(): Tensor { return ops.clone(this); }
  contiguous(): Tensor { return ops.contiguous(this); }
  /** Converts to a dtype; a device name is accepted and does nothing. */
  to(...targets: readonly ToTarget[]): Tensor { return ops.to(this, ...targets); }
  /** PyTorch's name of the type, `"torch.FloatTensor"`; or the values as another type. */
  type(): string;
  type(dtype: DTypeName): Tensor;
  type(dtype?: DTypeName): string | Tensor { return dtype === undefined ? TYPE_NAMES[this.dtype] : ops.to(this, dtype); }
  typeAs(other: Tensor): Tensor { return ops.to(this, other); }
  float(): Tensor { return ops.to(this, "float32"); }
  int(): Tensor { return ops.to(this, "int32"); }
  long(): Tensor { return ops.to(this, "int32"); }
  /** As float32, the one floating point type. */
  double(): Tensor { return ops.to(this, "float32"); }
  /** As float32, the one floating point type. */
  half(): Tensor { return ops.to(this, "float32"); }
  short(): Tensor { return ops.to(this, "int32"); }
  bool(): Tensor { return ops.to(this, "bool"); }
  byte(): Tensor { return ops.to(this, "uint8"); }
  cpu(): this { return this; }
  /** @throws KindlingError always: there is only the CPU */
  cuda(): never { throw new KindlingError("Torch not compiled with CUDA enabled"); }
  /** The values without history; assigned to, the tensor takes over another's values (and shares them with it). */
  get data(): Tensor { return ops.detach(this); }
  set data(values: Tensor) { ops.setData(this, values); }

  // --- pointwise ----------------------------------------------------------------------------------------------------

  /** This tensor's values where `condition` holds, `other`'s elsewhere. */
  where(condition: Tensor, other: ScalarOrTensor): Tensor { return ops.where(condition, this, other); }
  equal(other: Tensor): boolean { return ops.equal(this, other); }
  allclose(other: Tensor, options?: { rtol?: number; atol?: number }): boolean { return ops.allclose(this, other, options); }

  // --- in place -----------------------------------------------------------------------------------------------------


  // --- reductions ---------------------------------------------------------------------------------------------------

  sum(dim?: ReductionDims | null | NamedReduction, options?: TypedReduction): Tensor { return ops.sum(this, dim as ReductionDims, options); }
  mean(dim?: ReductionDims | null | NamedReduction, options?: TypedReduction): Tensor { return ops.mean(this, dim as ReductionDims, options); }
  prod(dim?: number | null | NamedReduction, options?: TypedReduction): Tensor { return ops.prod(this, dim as number, options); }
  var(dim?: ReductionDims, options?: VarianceOptions): Tensor { return ops.variance(this, dim, options); }
  std(dim?: ReductionDims, options?: VarianceOptions): Tensor { return ops.std(this, dim, options); }
  /** The p-norm (default 2) over all elements or over `dim`. */
  norm(p?: number | "fro" | (NamedReduction & { p?: number | "fro" }), dim?: ReductionDims | null, options?: TypedReduction): Tensor { return ops.norm(this, p as number, dim, options); }
  amax(dim?: ReductionDims, options?: Reduction): Tensor { return ops.amax(this, dim, options); }
  amin(dim?: ReductionDims, options?: Reduction): Tensor { return ops.amin(this, dim, options); }
  argmax(dim?: number, options?: Reduction): Tensor { return ops.argmax(this, dim, options); }
  argmin(dim?: number, options?: Reduction): Tensor { return ops.argmin(this, dim, options); }
  logsumexp(dim: ReductionDims, options?: Reduction): Tensor { return ops.logsumexp(this, dim, options); }
  cumsum(dim: number | NamedAlong, options?: Typed): Tensor { return ops.cumsum(this, dim as number, options); }
  all(dim?: number, options?: Reduction): Tensor { return ops.all(this, dim, options); }
  any(dim?: number, options?: Reduction): Tensor { return ops.any(this, dim, options); }

  // --- products -----------------------------------------------------------------------------------------------------

  matmul(other: Tensor): Tensor { return ops.matmul(this, other); }
  mm(other: Tensor): Tensor { return ops.mm(this, other); }
  bmm(other: Tensor): Tensor { return ops.bmm(this, other); }
  dot(other: Tensor): Tensor { return ops.dot(this, other); }
  outer(other: Tensor): Tensor { return ops.outer(this, other); }

  // --- shape --------------------------------------------------------------------------------------------------------

  view(...shape: ShapeArguments): Tensor { return ops.view(this, ...shape); }
  reshape(...shape: ShapeArguments): Tensor { return ops.reshape(this, ...shape); }
  flatten(startDim?: number, endDim?: number): Tensor { return ops.flatten(this, startDim, endDim); }
  unflatten(dim: number, sizes: Shape): Tensor { return ops.unflatten(this, dim, sizes); }
  squeeze(dim?: number): Tensor { return ops.squeeze(this, dim); }
  unsqueeze(dim: number): Tensor { return ops.unsqueeze(this, dim); }
  transpose(a: number, b: number): Tensor { return ops.transpose(this, a, b); }
  t(): Tensor { return ops.t(this); }
  get T(): Tensor { return ops.permute(this, ...this.shape.map((_, i) => this.shape.length - 1 - i)); }
  /** The last two dimensions swapped. */
  get mT(): Tensor {
    if (this.shape.length < 2) throw new KindlingError(`tensor.mT is only supported on matrices or batches of matrices. Got ${this.shape.length}-D tensor.`);
    return ops.transpose(this, -2, -1);
  }
  permute(...dims: ShapeArguments): Tensor { return ops.permute(this, ...dims); }
  expand(...shape: ShapeArguments): Tensor { return ops.expand(this, ...shape); }
  expandAs(other: Tensor): Tensor { return ops.expand(this, other.shape); }
  viewAs(other: Tensor): Tensor { return ops.view(this, other.shape); }
  reshapeAs(other: Tensor): Tensor { return ops.reshape(this, other.shape); }
  repeat(...times: ShapeArguments): Tensor { return ops.repeat(this, ...times); }
  flip(...dims: ShapeArguments): Tensor { return ops.flip(this, ...dims); }
  split(size: number | readonly number[], dim?: number): Tensor[] { return ops.split(this, size, dim); }
  chunk(chunks: number, dim?: number): Tensor[] { return ops.chunk(this, chunks, dim); }
  unbind(dim?: number): Tensor[] { return ops.unbind(this, dim); }

  squeeze_(dim?: number): this { return ops.squeeze_(this, dim); }
  unsqueeze_(dim: number): this { return ops.unsqueeze_(this, dim); }
  transpose_(a: number, b: number): this { return ops.transpose_(this, a, b); }
  swapaxes_(a: number, b: number): this { return ops.transpose_(this, a, b); }
  swapdims_(a: number, b: number): this { return ops.transpose_(this, a, b); }
  t_(): this { return ops.t_(this); }

  // --- indexing -----------------------------------------------------------------------------------------------------

  /** Entry `index` along `dim`, without that dimension (a view). */
  select(dim: number, index: number): Tensor { return ops.select(this, dim, index); }
  /** `length` entries from `start` along `dim` (a view). */
  narrow(dim: number, start: number, length: number): Tensor { return ops.narrow(this, dim, start, length); }
  /** Every `step`-th entry from `start` up to `end` along `dim` (a view); negative bounds count from the end. */
  slice(dim: number, start?: number | null, end?: number | null, step?: number): Tensor { return ops.slice(this, dim, start, end, step); }
  /**
   * Python's `x[…]`: a number picks, `null` keeps a dimension, `"..."` keeps all that the others leave, `[start, end, step]`
   * slices, a tensor lists positions or is a mask. A view, with tensors among the places a copy.
   */
  at(...places: readonly Place[]): Tensor { return ops.at(this, ...places); }
  /** Writes at `places` in place, as `x[places] = value` in Python: `x.setAt([null, 0], 1)`, `x.setAt(mask, 0)`. */
  setAt(places: number | "..." | Tensor | readonly Place[], value: ScalarOrTensor): this { return ops.setAt(this, places, value); }
  fillDiagonal_(value: number, options?: { wrap?: boolean }): this { return ops.fillDiagonal_(this, value, options); }
  /** Elements by lists of indices or by a mask, as `x[[rows, cols]]` in PyTorch (a copy). */
  index(indices: Index | readonly (Index | null)[]): Tensor { return ops.index(this, indices); }
  indexSelect(dim: number, index: Tensor): Tensor { return ops.indexSelect(this, dim, index); }
  gather(dim: number, index: Tensor): Tensor { return ops.gather(this, dim, index); }
  scatter(dim: number, index: Tensor, source: Tensor | number, options?: { reduce?: "add" | "multiply" }): Tensor { return ops.scatter(this, dim, index, source, options); }
  scatterAdd(dim: number, index: Tensor, source: Tensor): Tensor { return ops.scatterAdd(this, dim, index, source); }
  maskedSelect(mask: Tensor): Tensor { return ops.maskedSelect(this, mask); }
  /** Positions of the elements that aren't zero, one row each; with `asTuple` one vector for each dimension. */
  nonzero(): Tensor;
  nonzero(options: { asTuple: true }): Tensor[];
  nonzero(options?: { asTuple?: boolean }): Tensor | Tensor[] {
    const rows = ops.nonzero(this);
    return options?.asTuple ? ops.unbind(rows, 1) : rows;
  }
}

