/** Modules that learn the sizes of their inputs from the first one. Until then their parameters are uninitialized. */
import { KindlingError } from "../errors.ts";
import { empty, ones, zeros } from "../ops/creation.ts";
import type { Int, Size } from "../ops/types.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, type ConvPaddingMode } from "./conv.ts";
import { Linear } from "./linear.ts";
import { BatchNorm1d, BatchNorm2d, BatchNorm3d, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d } from "./normalization.ts";
import { Parameter } from "./parameter.ts";

/**
 * A parameter whose shape isn't known yet.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.parameter.UninitializedParameter.html
 * @api nn.UninitializedParameter
 */
export class UninitializedParameter extends Parameter {
  constructor(requiresGrad = true) {
    super(empty([0]), requiresGrad);
  }

  override numel(): number {
    throw new KindlingError(
      "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in `load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call `forward` to initialize the parameters before accessing their attributes.",
    );
  }

  override toString(): string {
    return "<UninitializedParameter>";
  }
}

/**
 * A buffer whose shape isn't known yet.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.parameter.UninitializedBuffer.html
 * @api nn.UninitializedBuffer
 */
export class UninitializedBuffer extends UninitializedParameter {
  constructor(requiresGrad = false) {
    super(requiresGrad);
  }
}

/**
 * What waits for its first input: learns its sizes from it, makes its parameters, and is of its plain class from then on,
 * which is called with the same.
 */
function called<Args extends unknown[], Out>(
  module: object,
  Plain: { prototype: { forward(...args: Args): Out } },
  learn: (own: never, input: Tensor) => void,
  input: Tensor,
  ...args: unknown[]
): Out {
  learn(module as never, input);
  Object.setPrototypeOf(module, Plain.prototype);
  (module as { resetParameters(): void }).resetParameters();
  return Plain.prototype.forward.apply(module, [input, ...args] as unknown as Args);
}

/**
 * `Linear` that takes `inFeatures` from its first input.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LazyLinear.html
 * @api nn.LazyLinear
 * @factory
 */
export class LazyLinear extends Linear {
  constructor(outFeatures: Int, bias = true) {
    super(0, 0, false);
    (this as { outFeatures: number }).outFeatures = outFeatures;
    this.weight = new UninitializedParameter();
    this.bias = waiting(bias);
  }

  override forward(input: Tensor): Tensor {
    return called(this, Linear, learnFeatures, input);
  }
}

/** `null` for a bias that isn't wanted, as the plain classes have it. */
const waiting = (wanted: boolean): Parameter => (wanted ? new UninitializedParameter() : null) as Parameter;

interface Affine {
  weight: Parameter;
  bias: Parameter | null;
}

function learnFeatures(own: Affine & { inFeatures: number; outFeatures: number }, input: Tensor): void {
  own.inFeatures = input.size(-1);
  own.weight = new Parameter(empty([own.outFeatures, own.inFeatures]));
  if (own.bias) own.bias = new Parameter(empty([own.outFeatures]));
}

interface Convolutional extends Affine {
  inChannels: number;
  outChannels: number;
  groups: number;
  kernelSize: Shape;
}

/** Before the first input. */
function wait(module: object, outChannels: number, bias: boolean): void {
  const own = module as Convolutional;
  if (outChannels % own.groups !== 0) throw new KindlingError("out_channels must be divisible by groups");
  own.outChannels = outChannels;
  own.weight = new UninitializedParameter();
  own.bias = waiting(bias);
}

const learnChannels =
  (transposed: boolean) =>
  (own: Convolutional, input: Tensor): void => {
    own.inChannels = input.size(-1 - own.kernelSize.length);
    if (own.inChannels % own.groups !== 0) throw new KindlingError("in_channels must be divisible by groups");
    const shape = transposed ? [own.inChannels, own.outChannels / own.groups] : [own.outChannels, own.inChannels / own.groups];
    own.weight = new Parameter(empty([...shape, ...own.kernelSize]));
    if (own.bias) own.bias = new Parameter(empty([own.outChannels]));
  };

/**
 * `Conv1d` that takes `inChannels` from its first input.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LazyConv1d.html
 * @api nn.LazyConv1d
 * @factory
 */
export class LazyConv1d extends Conv1d {
  constructor(
    outChannels: Int,
    kernelSize: Size,
    stride: Size = 1,
    padding: Size | "same" | "valid" = 0,
    dilation: Size = 1,
    groups: Int = 1,
    bias = true,
    paddingMode: ConvPaddingMode = "zeros",
  ) {
    super(0, 0, kernelSize, stride, padding, dilation, groups, false, paddingMode);
    wait(this, outChannels, bias);
  }

  override forward(input: Tensor): Tensor {
    return called(this, Conv1d, learnChannels(false), input);
  }
}

/**
 * `ConvTranspose1d` that takes `inChannels` from its first input.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose1d.html
 * @api nn.LazyConvTranspose1d
 * @factory
 */
export class LazyConvTranspose1d extends ConvTranspose1d {
  constructor(
    outChannels: Int,
    kernelSize: Size,
    stride: Size = 1,
    padding: Size = 0,
    outputPadding: Size = 0,
    groups: Int = 1,
    bias = true,
    dilation: Size = 1,
    paddingMode: ConvPaddingMode = "zeros",
  ) {
    super(0, 0, kernelSize, stride, padding, outputPadding, groups, false, dilation, paddingMode);
    wait(this, outChannels, bias);
  }

  override forward(input: Tensor, outputSize: Shape | null = null): Tensor {
    return called(this, ConvTranspose1d, learnChannels(true), input, outputSize);
  }
}

/**
 * `Conv2d` that takes `inChannels` from its first input.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LazyConv2d.html
 * @api nn.LazyConv2d
 * @factory
 */
export class LazyConv2d extends Conv2d {
  constructor(
    outChannels: Int,
    kernelSize: Size,
    stride: Size = 1,
    padding: Size | "same" | "valid" = 0,
    dilation: Size = 1,
    groups: Int = 1,
    bias = true,
    paddingMode: ConvPaddingMode = "zeros",
  ) {
    super(0, 0, kernelSize, stride, padding, dilation, groups, false, paddingMode);
    wait(this, outChannels, bias);
  }

  override forward(input: Tensor): Tensor {
    return called(this, Conv2d, learnChannels(false), input);
  }
}

/**
 * `ConvTranspose2d` that takes `inChannels` from its first input.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose2d.html
 * @api nn.LazyConvTranspose2d
 * @factory
 */
export class LazyConvTranspose2d extends ConvTranspose2d {
  constructor(
    outChannels: Int,
    kernelSize: Size,
    stride: Size = 1,
    padding: Size = 0,
    outputPadding: Size = 0,
    groups: Int = 1,
    bias = true,
    dilation: Size = 1,
    paddingMode: ConvPaddingMode = "zeros",
  ) {
    super(0, 0, kernelSize, stride, padding, outputPadding, groups, false, dilation, paddingMode);
    wait(this, outChannels, bias);
  }

  override forward(input: Tensor, outputSize: Shape | null = null): Tensor {
    return called(this, ConvTranspose2d, learnChannels(true), input, outputSize);
  }
}

/**
 * `Conv3d` that takes `inChannels` from its first input.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LazyConv3d.html
 * @api nn.LazyConv3d
 * @factory
 */
export class LazyConv3d extends Conv3d {
  constructor(
    outChannels: Int,
    kernelSize: Size,
    stride: Size = 1,
    padding: Size | "same" | "valid" = 0,
    dilation: Size = 1,
    groups: Int = 1,
    bias = true,
    paddingMode: ConvPaddingMode = "zeros",
  ) {
    super(0, 0, kernelSize, stride, padding, dilation, groups, false, paddingMode);
    wait(this, outChannels, bias);
  }

  override forward(input: Tensor): Tensor {
    return called(this, Conv3d, learnChannels(false), input);
  }
}

/**
 * `ConvTranspose3d` that takes `inChannels` from its first input.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose3d.html
 * @api nn.LazyConvTranspose3d
 * @factory
 */
export class LazyConvTranspose3d extends ConvTranspose3d {
  constructor(
    outChannels: Int,
    kernelSize: Size,
    stride: Size = 1,
    padding: Size = 0,
    outputPadding: Size = 0,
    groups: Int = 1,
    bias = true,
    dilation: Size = 1,
    paddingMode: ConvPaddingMode = "zeros",
  ) {
    super(0, 0, kernelSize, stride, padding, outputPadding, groups, false, dilation, paddingMode);
    wait(this, outChannels, bias);
  }

  override forward(input: Tensor, outputSize: Shape | null = null): Tensor {
    return called(this, ConvTranspose3d, learnChannels(true), input, outputSize);
  }
}

interface Normal {
  numFeatures: number;
  weight: Parameter | null;
  bias: Parameter | null;
  runningMean: Tensor | null;
  runningVar: Tensor | null;
}

function waitForFeatures(module: object): void {
  const own = module as Normal;
  if (own.weight) own.weight = new UninitializedParameter();
  if (own.bias) own.bias = new UninitializedParameter();
}

/** @param dimOf where an input has its channels */
const learnStatistics =
  (dimOf: (input: Tensor) => number) =>
  (own: Normal, input: Tensor): void => {
    const features = input.size(dimOf(input));
    own.numFeatures = features;
    if (own.weight) own.weight = new Parameter(ones([features]));
    if (own.bias) own.bias = new Parameter(zeros([features]));
    if (own.runningMean) own.runningMean = zeros([features]);
    if (own.runningVar) own.runningVar = ones([features]);
  };

/**
 * `BatchNorm1d` that takes `numFeatures` from its first input.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm1d.html
 * @api nn.LazyBatchNorm1d
 * @factory
 */
export class LazyBatchNorm1d extends BatchNorm1d {
  constructor(eps = 1e-5, momentum: number | null = 0.1, affine = true, trackRunningStats = true) {
    super(0, eps, momentum, affine, trackRunningStats);
    waitForFeatures(this);
  }

  override forward(input: Tensor): Tensor {
    return called(
      this,
      BatchNorm1d,
      learnStatistics(() => 1),
      input,
    );
  }
}

/**
 * `BatchNorm2d` that takes `numFeatures` from its first input.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm2d.html
 * @api nn.LazyBatchNorm2d
 * @factory
 */
export class LazyBatchNorm2d extends BatchNorm2d {
  constructor(eps = 1e-5, momentum: number | null = 0.1, affine = true, trackRunningStats = true) {
    super(0, eps, momentum, affine, trackRunningStats);
    waitForFeatures(this);
  }

  override forward(input: Tensor): Tensor {
    return called(
      this,
      BatchNorm2d,
      learnStatistics(() => 1),
      input,
    );
  }
}

/**
 * `BatchNorm3d` that takes `numFeatures` from its first input.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm3d.html
 * @api nn.LazyBatchNorm3d
 * @factory
 */
export class LazyBatchNorm3d extends BatchNorm3d {
  constructor(eps = 1e-5, momentum: number | null = 0.1, affine = true, trackRunningStats = true) {
    super(0, eps, momentum, affine, trackRunningStats);
    waitForFeatures(this);
  }

  override forward(input: Tensor): Tensor {
    return called(
      this,
      BatchNorm3d,
      learnStatistics(() => 1),
      input,
    );
  }
}

/**
 * `InstanceNorm1d` that takes `numFeatures` from its first input.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm1d.html
 * @api nn.LazyInstanceNorm1d
 * @factory
 */
export class LazyInstanceNorm1d extends InstanceNorm1d {
  constructor(eps = 1e-5, momentum: number | null = 0.1, affine = true, trackRunningStats = true) {
    super(0, eps, momentum, affine, trackRunningStats);
    waitForFeatures(this);
  }

  override forward(input: Tensor): Tensor {
    return called(
      this,
      InstanceNorm1d,
      learnStatistics(({ shape }) => (shape.length === 2 ? 0 : 1)),
      input,
    );
  }
}

/**
 * `InstanceNorm2d` that takes `numFeatures` from its first input.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm2d.html
 * @api nn.LazyInstanceNorm2d
 * @factory
 */
export class LazyInstanceNorm2d extends InstanceNorm2d {
  constructor(eps = 1e-5, momentum: number | null = 0.1, affine = true, trackRunningStats = true) {
    super(0, eps, momentum, affine, trackRunningStats);
    waitForFeatures(this);
  }

  override forward(input: Tensor): Tensor {
    return called(
      this,
      InstanceNorm2d,
      learnStatistics(({ shape }) => (shape.length === 3 ? 0 : 1)),
      input,
    );
  }
}

/**
 * `InstanceNorm3d` that takes `numFeatures` from its first input.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm3d.html
 * @api nn.LazyInstanceNorm3d
 * @factory
 */
export class LazyInstanceNorm3d extends InstanceNorm3d {
  constructor(eps = 1e-5, momentum: number | null = 0.1, affine = true, trackRunningStats = true) {
    super(0, eps, momentum, affine, trackRunningStats);
    waitForFeatures(this);
  }

  override forward(input: Tensor): Tensor {
    return called(
      this,
      InstanceNorm3d,
      learnStatistics(({ shape }) => (shape.length === 4 ? 0 : 1)),
      input,
    );
  }
}
