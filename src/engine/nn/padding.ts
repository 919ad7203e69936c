/** Borders around the positions of `[batch, channels, …]`, as modules. */
import { pad, type PaddingMode } from "../ops/padding.ts";
import type { Size } from "../ops/types.ts";
import type { Tensor } from "../tensor.ts";
import { Module } from "./module.ts";
import { number, sizes } from "./printing.ts";

abstract class Padding extends Module {
  readonly padding: readonly number[];

  constructor(rank: number, padding: Size) {
    super();
    this.padding = typeof padding === "number" ? new Array<number>(2 * rank).fill(padding) : [...padding];
  }

  protected abstract readonly mode: PaddingMode;

  override forward(input: Tensor): Tensor {
    return pad(input, this.padding, this.mode);
  }

  override extraRepr(): string {
    return sizes(this.padding);
  }
}

abstract class ConstantPad extends Padding {
  readonly value: number;
  protected override readonly mode = "constant";

  constructor(rank: number, padding: Size, value: number) {
    super(rank, padding);
    this.value = value;
  }

  override forward(input: Tensor): Tensor {
    return pad(input, this.padding, "constant", this.value);
  }

  override extraRepr(): string {
    return `padding=${sizes(this.padding)}, value=${number(this.value)}`;
  }
}

/**
 * A border of one value over length.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ConstantPad1d.html
 * @api nn.ConstantPad1d
 */
export class ConstantPad1d extends ConstantPad {
  /** @param padding one size for all sides, or left, right, top, bottom … */
  constructor(padding: Size, value: number) {
    super(1, padding, value);
  }
}

/**
 * A border of zeros over length.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ZeroPad1d.html
 * @api nn.ZeroPad1d
 */
export class ZeroPad1d extends Padding {
  protected override readonly mode = "constant";

  /** @param padding one size for all sides, or left, right, top, bottom … */
  constructor(padding: Size) {
    super(1, padding);
  }
}

/**
 * A border that mirrors the input, without its edge, over length.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ReflectionPad1d.html
 * @api nn.ReflectionPad1d
 */
export class ReflectionPad1d extends Padding {
  protected override readonly mode = "reflect";

  /** @param padding one size for all sides, or left, right, top, bottom … */
  constructor(padding: Size) {
    super(1, padding);
  }
}

/**
 * A border of the edge's values over length.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ReplicationPad1d.html
 * @api nn.ReplicationPad1d
 */
export class ReplicationPad1d extends Padding {
  protected override readonly mode = "replicate";

  /** @param padding one size for all sides, or left, right, top, bottom … */
  constructor(padding: Size) {
    super(1, padding);
  }
}

/**
 * A border from the other side over length.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.CircularPad1d.html
 * @api nn.CircularPad1d
 */
export class CircularPad1d extends Padding {
  protected override readonly mode = "circular";

  /** @param padding one size for all sides, or left, right, top, bottom … */
  constructor(padding: Size) {
    super(1, padding);
  }
}

/**
 * A border of one value over height and width.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ConstantPad2d.html
 * @api nn.ConstantPad2d
 */
export class ConstantPad2d extends ConstantPad {
  /** @param padding one size for all sides, or left, right, top, bottom … */
  constructor(padding: Size, value: number) {
    super(2, padding, value);
  }
}

/**
 * A border of zeros over height and width.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ZeroPad2d.html
 * @api nn.ZeroPad2d
 */
export class ZeroPad2d extends Padding {
  protected override readonly mode = "constant";

  /** @param padding one size for all sides, or left, right, top, bottom … */
  constructor(padding: Size) {
    super(2, padding);
  }
}

/**
 * A border that mirrors the input, without its edge, over height and width.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ReflectionPad2d.html
 * @api nn.ReflectionPad2d
 */
export class ReflectionPad2d extends Padding {
  protected override readonly mode = "reflect";

  /** @param padding one size for all sides, or left, right, top, bottom … */
  constructor(padding: Size) {
    super(2, padding);
  }
}

/**
 * A border of the edge's values over height and width.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ReplicationPad2d.html
 * @api nn.ReplicationPad2d
 */
export class ReplicationPad2d extends Padding {
  protected override readonly mode = "replicate";

  /** @param padding one size for all sides, or left, right, top, bottom … */
  constructor(padding: Size) {
    super(2, padding);
  }
}

/**
 * A border from the other side over height and width.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.CircularPad2d.html
 * @api nn.CircularPad2d
 */
export class CircularPad2d extends Padding {
  protected override readonly mode = "circular";

  /** @param padding one size for all sides, or left, right, top, bottom … */
  constructor(padding: Size) {
    super(2, padding);
  }
}

/**
 * A border of one value over depth, height and width.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ConstantPad3d.html
 * @api nn.ConstantPad3d
 */
export class ConstantPad3d extends ConstantPad {
  /** @param padding one size for all sides, or left, right, top, bottom … */
  constructor(padding: Size, value: number) {
    super(3, padding, value);
  }
}

/**
 * A border of zeros over depth, height and width.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ZeroPad3d.html
 * @api nn.ZeroPad3d
 */
export class ZeroPad3d extends Padding {
  protected override readonly mode = "constant";

  /** @param padding one size for all sides, or left, right, top, bottom … */
  constructor(padding: Size) {
    super(3, padding);
  }
}

/**
 * A border that mirrors the input, without its edge, over depth, height and width.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ReflectionPad3d.html
 * @api nn.ReflectionPad3d
 */
export class ReflectionPad3d extends Padding {
  protected override readonly mode = "reflect";

  /** @param padding one size for all sides, or left, right, top, bottom … */
  constructor(padding: Size) {
    super(3, padding);
  }
}

/**
 * A border of the edge's values over depth, height and width.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ReplicationPad3d.html
 * @api nn.ReplicationPad3d
 */
export class ReplicationPad3d extends Padding {
  protected override readonly mode = "replicate";

  /** @param padding one size for all sides, or left, right, top, bottom … */
  constructor(padding: Size) {
    super(3, padding);
  }
}

/**
 * A border from the other side over depth, height and width.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.CircularPad3d.html
 * @api nn.CircularPad3d
 */
export class CircularPad3d extends Padding {
  protected override readonly mode = "circular";

  /** @param padding one size for all sides, or left, right, top, bottom … */
  constructor(padding: Size) {
    super(3, padding);
  }
}
