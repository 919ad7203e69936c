/** Borders around the positions of `[batch, channels, …]`, as modules. */
import { pad, type PaddingMode } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import { Module } from "./module.ts";
import { number, sizes } from "./printing.ts";

/** One size for all sides, or left, right, top, bottom … */
type Borders = number | readonly number[];

abstract class Padding extends Module {
  readonly padding: readonly number[];

  constructor(rank: number, padding: Borders) {
    super();
    this.padding = typeof padding === "number" ? new Array<number>(2 * rank).fill(padding) : [...padding];
  }

  protected abstract readonly mode: PaddingMode;

  override forward(x: Tensor): Tensor {
    return pad(x, this.padding, this.mode);
  }

  override extraRepr(): string {
    return sizes(this.padding);
  }
}

abstract class ConstantPad extends Padding {
  readonly value: number;
  protected override readonly mode = "constant";

  constructor(rank: number, padding: Borders, value: number) {
    super(rank, padding);
    this.value = value;
  }

  override forward(x: Tensor): Tensor {
    return pad(x, this.padding, "constant", this.value);
  }

  override extraRepr(): string {
    return `padding=${sizes(this.padding)}, value=${number(this.value)}`;
  }
}

/** A border of one value over length. */
export class ConstantPad1d extends ConstantPad {
  constructor(padding: Borders, value: number) {
    super(1, padding, value);
  }
}

/** A border of zeros over length. */
export class ZeroPad1d extends Padding {
  protected override readonly mode = "constant";

  constructor(padding: Borders) {
    super(1, padding);
  }
}

/** A border that mirrors the input, without its edge, over length. */
export class ReflectionPad1d extends Padding {
  protected override readonly mode = "reflect";

  constructor(padding: Borders) {
    super(1, padding);
  }
}

/** A border of the edge's values over length. */
export class ReplicationPad1d extends Padding {
  protected override readonly mode = "replicate";

  constructor(padding: Borders) {
    super(1, padding);
  }
}

/** A border from the other side over length. */
export class CircularPad1d extends Padding {
  protected override readonly mode = "circular";

  constructor(padding: Borders) {
    super(1, padding);
  }
}

/** A border of one value over height and width. */
export class ConstantPad2d extends ConstantPad {
  constructor(padding: Borders, value: number) {
    super(2, padding, value);
  }
}

/** A border of zeros over height and width. */
export class ZeroPad2d extends Padding {
  protected override readonly mode = "constant";

  constructor(padding: Borders) {
    super(2, padding);
  }
}

/** A border that mirrors the input, without its edge, over height and width. */
export class ReflectionPad2d extends Padding {
  protected override readonly mode = "reflect";

  constructor(padding: Borders) {
    super(2, padding);
  }
}

/** A border of the edge's values over height and width. */
export class ReplicationPad2d extends Padding {
  protected override readonly mode = "replicate";

  constructor(padding: Borders) {
    super(2, padding);
  }
}

/** A border from the other side over height and width. */
export class CircularPad2d extends Padding {
  protected override readonly mode = "circular";

  constructor(padding: Borders) {
    super(2, padding);
  }
}

/** A border of one value over depth, height and width. */
export class ConstantPad3d extends ConstantPad {
  constructor(padding: Borders, value: number) {
    super(3, padding, value);
  }
}

/** A border of zeros over depth, height and width. */
export class ZeroPad3d extends Padding {
  protected override readonly mode = "constant";

  constructor(padding: Borders) {
    super(3, padding);
  }
}

/** A border that mirrors the input, without its edge, over depth, height and width. */
export class ReflectionPad3d extends Padding {
  protected override readonly mode = "reflect";

  constructor(padding: Borders) {
    super(3, padding);
  }
}

/** A border of the edge's values over depth, height and width. */
export class ReplicationPad3d extends Padding {
  protected override readonly mode = "replicate";

  constructor(padding: Borders) {
    super(3, padding);
  }
}

/** A border from the other side over depth, height and width. */
export class CircularPad3d extends Padding {
  protected override readonly mode = "circular";

  constructor(padding: Borders) {
    super(3, padding);
  }
}
