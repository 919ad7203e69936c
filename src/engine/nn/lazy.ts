/** Modules that learn the sizes of their inputs from the first one. Until then their parameters are uninitialized. */
import { KindlingError } from "../errors.ts";
import { empty, ones, zeros } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import {
  Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, type ConvOptions, type ConvTransposeOptions, type Size,
} from "./conv.ts";
import { Linear, type LinearOptions } from "./linear.ts";
import {
  BatchNorm1d, BatchNorm2d, BatchNorm3d, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, type BatchNormOptions,
} from "./normalization.ts";
import { Parameter } from "./parameter.ts";

/** A parameter whose shape isn't known yet. */
export class UninitializedParameter extends Parameter {
  constructor() {
    super(empty([0]));
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

/** A buffer whose shape isn't known yet. */
export const UninitializedBuffer = UninitializedParameter;

/** Fields that a constructor has set and the first input changes. */
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** From now on the module is of its plain class. */
function become(module: object, type: { prototype: object }): void {
  Object.setPrototypeOf(module, type.prototype);
}

/** `Linear` that takes `inFeatures` from its first input. */
export class LazyLinear extends Linear {
  constructor(outFeatures: number, { bias = true }: LinearOptions = {}) {
    super(0, 0, false);
    (this as Writable<Linear>).outFeatures = outFeatures;
    this.weight = new UninitializedParameter();
    this.bias = bias ? new UninitializedParameter() : null;
  }

  override forward(x: Tensor): Tensor {
    const own = this as Writable<Linear>;
    own.inFeatures = x.size(-1);
    this.weight = new Parameter(empty([this.outFeatures, this.inFeatures]));
    if (this.bias) this.bias = new Parameter(empty([this.outFeatures]));
    become(this, Linear);
    this.resetParameters();
    return (this as Linear).forward(x);
  }
}

interface Convolutional {
  inChannels: number;
  outChannels: number;
  groups: number;
  kernelSize: readonly number[];
  weight: Parameter;
  bias: Parameter | null;
  resetParameters(): void;
}

/** Before the first input. */
function wait(module: object, outChannels: number, bias: boolean): void {
  const own = module as Convolutional;
  own.outChannels = outChannels;
  own.weight = new UninitializedParameter();
  own.bias = bias ? new UninitializedParameter() : null;
}

function checkOut(outChannels: number, groups = 1): void {
  if (outChannels % groups !== 0) throw new KindlingError("out_channels must be divisible by groups");
}

function learnChannels(module: object, x: Tensor, transposed: boolean): void {
  const own = module as Convolutional;
  own.inChannels = x.size(-1 - own.kernelSize.length);
  if (own.inChannels % own.groups !== 0) throw new KindlingError("in_channels must be divisible by groups");
  const shape = transposed ? [own.inChannels, own.outChannels / own.groups] : [own.outChannels, own.inChannels / own.groups];
  own.weight = new Parameter(empty([...shape, ...own.kernelSize]));
  if (own.bias) own.bias = new Parameter(empty([own.outChannels]));
}

/** `Conv1d` that takes `inChannels` from its first input. */
export class LazyConv1d extends Conv1d {
  constructor(outChannels: number, kernelSize: Size, { bias = true, ...options }: ConvOptions = {}) {
    super(0, 0, kernelSize, { ...options, bias: false });
    checkOut(outChannels, options.groups);
    wait(this, outChannels, bias);
  }

  override forward(x: Tensor): Tensor {
    learnChannels(this, x, false);
    become(this, Conv1d);
    this.resetParameters();
    return (Conv1d.prototype.forward as (this: unknown, ...args: unknown[]) => Tensor).call(this, x);
  }
}

/** `ConvTranspose1d` that takes `inChannels` from its first input. */
export class LazyConvTranspose1d extends ConvTranspose1d {
  constructor(outChannels: number, kernelSize: Size, { bias = true, ...options }: ConvTransposeOptions = {}) {
    super(0, 0, kernelSize, { ...options, bias: false });
    checkOut(outChannels, options.groups);
    wait(this, outChannels, bias);
  }

  override forward(x: Tensor, outputSize?: readonly number[] | { outputSize?: readonly number[] }): Tensor {
    learnChannels(this, x, true);
    become(this, ConvTranspose1d);
    this.resetParameters();
    return (ConvTranspose1d.prototype.forward as (this: unknown, ...args: unknown[]) => Tensor).call(this, x, outputSize);
  }
}

/** `Conv2d` that takes `inChannels` from its first input. */
export class LazyConv2d extends Conv2d {
  constructor(outChannels: number, kernelSize: Size, { bias = true, ...options }: ConvOptions = {}) {
    super(0, 0, kernelSize, { ...options, bias: false });
    checkOut(outChannels, options.groups);
    wait(this, outChannels, bias);
  }

  override forward(x: Tensor): Tensor {
    learnChannels(this, x, false);
    become(this, Conv2d);
    this.resetParameters();
    return (Conv2d.prototype.forward as (this: unknown, ...args: unknown[]) => Tensor).call(this, x);
  }
}

/** `ConvTranspose2d` that takes `inChannels` from its first input. */
export class LazyConvTranspose2d extends ConvTranspose2d {
  constructor(outChannels: number, kernelSize: Size, { bias = true, ...options }: ConvTransposeOptions = {}) {
    super(0, 0, kernelSize, { ...options, bias: false });
    checkOut(outChannels, options.groups);
    wait(this, outChannels, bias);
  }

  override forward(x: Tensor, outputSize?: readonly number[] | { outputSize?: readonly number[] }): Tensor {
    learnChannels(this, x, true);
    become(this, ConvTranspose2d);
    this.resetParameters();
    return (ConvTranspose2d.prototype.forward as (this: unknown, ...args: unknown[]) => Tensor).call(this, x, outputSize);
  }
}

/** `Conv3d` that takes `inChannels` from its first input. */
export class LazyConv3d extends Conv3d {
  constructor(outChannels: number, kernelSize: Size, { bias = true, ...options }: ConvOptions = {}) {
    super(0, 0, kernelSize, { ...options, bias: false });
    checkOut(outChannels, options.groups);
    wait(this, outChannels, bias);
  }

  override forward(x: Tensor): Tensor {
    learnChannels(this, x, false);
    become(this, Conv3d);
    this.resetParameters();
    return (Conv3d.prototype.forward as (this: unknown, ...args: unknown[]) => Tensor).call(this, x);
  }
}

/** `ConvTranspose3d` that takes `inChannels` from its first input. */
export class LazyConvTranspose3d extends ConvTranspose3d {
  constructor(outChannels: number, kernelSize: Size, { bias = true, ...options }: ConvTransposeOptions = {}) {
    super(0, 0, kernelSize, { ...options, bias: false });
    checkOut(outChannels, options.groups);
    wait(this, outChannels, bias);
  }

  override forward(x: Tensor, outputSize?: readonly number[] | { outputSize?: readonly number[] }): Tensor {
    learnChannels(this, x, true);
    become(this, ConvTranspose3d);
    this.resetParameters();
    return (ConvTranspose3d.prototype.forward as (this: unknown, ...args: unknown[]) => Tensor).call(this, x, outputSize);
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

function learnFeatures(module: object, features: number): void {
  const own = module as Normal;
  own.numFeatures = features;
  if (own.weight) own.weight = new Parameter(ones([features]));
  if (own.bias) own.bias = new Parameter(zeros([features]));
  if (own.runningMean) own.runningMean = zeros([features]);
  if (own.runningVar) own.runningVar = ones([features]);
}

/** `BatchNorm1d` that takes `numFeatures` from its first input. */
export class LazyBatchNorm1d extends BatchNorm1d {
  constructor(options: BatchNormOptions = {}) {
    super(0, options);
    waitForFeatures(this);
  }

  override forward(x: Tensor): Tensor {
    learnFeatures(this, x.size(1));
    become(this, BatchNorm1d);
    return BatchNorm1d.prototype.forward.call(this, x);
  }
}

/** `BatchNorm2d` that takes `numFeatures` from its first input. */
export class LazyBatchNorm2d extends BatchNorm2d {
  constructor(options: BatchNormOptions = {}) {
    super(0, options);
    waitForFeatures(this);
  }

  override forward(x: Tensor): Tensor {
    learnFeatures(this, x.size(1));
    become(this, BatchNorm2d);
    return BatchNorm2d.prototype.forward.call(this, x);
  }
}

/** `BatchNorm3d` that takes `numFeatures` from its first input. */
export class LazyBatchNorm3d extends BatchNorm3d {
  constructor(options: BatchNormOptions = {}) {
    super(0, options);
    waitForFeatures(this);
  }

  override forward(x: Tensor): Tensor {
    learnFeatures(this, x.size(1));
    become(this, BatchNorm3d);
    return BatchNorm3d.prototype.forward.call(this, x);
  }
}

/** `InstanceNorm1d` that takes `numFeatures` from its first input. */
export class LazyInstanceNorm1d extends InstanceNorm1d {
  constructor(options: BatchNormOptions = {}) {
    super(0, { affine: true, trackRunningStats: true, ...options });
    waitForFeatures(this);
  }

  override forward(x: Tensor): Tensor {
    learnFeatures(this, x.size(x.dim() === 2 ? 0 : 1));
    become(this, InstanceNorm1d);
    return InstanceNorm1d.prototype.forward.call(this, x);
  }
}

/** `InstanceNorm2d` that takes `numFeatures` from its first input. */
export class LazyInstanceNorm2d extends InstanceNorm2d {
  constructor(options: BatchNormOptions = {}) {
    super(0, { affine: true, trackRunningStats: true, ...options });
    waitForFeatures(this);
  }

  override forward(x: Tensor): Tensor {
    learnFeatures(this, x.size(x.dim() === 3 ? 0 : 1));
    become(this, InstanceNorm2d);
    return InstanceNorm2d.prototype.forward.call(this, x);
  }
}

/** `InstanceNorm3d` that takes `numFeatures` from its first input. */
export class LazyInstanceNorm3d extends InstanceNorm3d {
  constructor(options: BatchNormOptions = {}) {
    super(0, { affine: true, trackRunningStats: true, ...options });
    waitForFeatures(this);
  }

  override forward(x: Tensor): Tensor {
    learnFeatures(this, x.size(x.dim() === 4 ? 0 : 1));
    become(this, InstanceNorm3d);
    return InstanceNorm3d.prototype.forward.call(this, x);
  }
}
