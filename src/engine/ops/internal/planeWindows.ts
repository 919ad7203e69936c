/** How the windows of a convolution or a pooling lie over a plane. */

/**
 * Sizes of the plane, of the kernel and of the output; then the windows' steps, the border of zeros, and the distance
 * between a window's elements: as the compiled kernels take them.
 */
export type PlaneWindows = readonly [
  h: number,
  w: number,
  kh: number,
  kw: number,
  oh: number,
  ow: number,
  strideH: number,
  strideW: number,
  padH: number,
  padW: number,
  dilationH: number,
  dilationW: number,
];

/** How windows go along each of some dimensions. */
export interface Steps {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
}

export function planeWindows(
  plane: readonly number[],
  kernel: readonly number[],
  output: readonly number[],
  { stride, padding, dilation }: Steps,
): PlaneWindows {
  return [plane[0]!, plane[1]!, kernel[0]!, kernel[1]!, output[0]!, output[1]!, stride[0]!, stride[1]!, padding[0]!, padding[1]!, dilation[0]!, dilation[1]!];
}
