/** Layer normalisation. Forward beside backward. */
import { isGradEnabled } from "../../autograd/gradMode.ts";
import { record, type Operation } from "../../autograd/node.ts";
import { KindlingError, ShapeError } from "../../errors.ts";
import { kernels } from "../../memory/linear.ts";
import { numelOf, sameShape, shapeText, type Shape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { contiguous } from "../conversion.ts";
import { at, make } from "../internal/make.ts";
import { reshape } from "../views.ts";
import { atOrNone, checkFloats, composedGradients, inOrder, present, type Affine } from "./affine.ts";

interface RowData extends Affine {
  readonly rows: number;
  readonly cols: number;
  readonly shape: Shape;
}

const layerNormOp: Operation<RowData> = {
  name: "NativeLayerNormBackward0",
  backward(node, gradient) {
    const data = node.data;
    const { rows, cols, shape } = data;
    const [x, mean, inverseStd] = [node.saved(0), node.saved(1), node.saved(2)];
    const weight = data.weighted ? node.saved(3) : null;
    if (isGradEnabled()) return inOrder(data, ...composedOfRows(gradient, x, weight, data));
    const upstream = contiguous(gradient);
    const outX = node.needs(0) ? make(x.shape) : null;
    const outWeight = data.weighted ? make(shape) : null;
    const outBias = data.shifted ? make(shape) : null;
    const [to, toWeight, toBias] = [atOrNone(outX), atOrNone(outWeight), atOrNone(outBias)];
    const from = at(upstream);
    kernels.layerNormBackward(from, at(x), at(mean), at(inverseStd), atOrNone(weight), to, toWeight, toBias, rows, cols);
    return inOrder(data, outX, outWeight, outBias);
  },
};

function composedOfRows(gradient: Tensor, x: Tensor, weight: Tensor | null, { rows, cols, shape, eps }: RowData): [Tensor, Tensor, Tensor] {
  const matrix = (values: Tensor): Tensor => reshape(values, [rows, cols]);
  const sharing = { statistics: [1], parameters: [0] };
  const [ofX, ofWeight, ofBias] = composedGradients(matrix(gradient), matrix(x), weight && reshape(weight, [cols]), sharing, eps, null);
  return [reshape(ofX, x.shape), reshape(ofWeight, shape), reshape(ofBias, shape)];
}

/**
 * Normalises each row over its last dimensions, then scales and shifts it.
 *
 * Shapes: input `[…, ...normalizedShape]` → the same; weight and bias `normalizedShape`.
 * @param eps added to the variance
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.layer_norm.html
 * @api nn.functional.layerNorm
 */
export function layerNorm(input: Tensor, normalizedShape: Shape, weight: Tensor | null = null, bias: Tensor | null = null, eps = 1e-5): Tensor {
  checkFloats("layer_norm", input, weight, bias);
  checkNormalizedShape(input, normalizedShape, { weight, bias });
  const [x, scale, shift] = [contiguous(input), weight && contiguous(weight), bias && contiguous(bias)];
  const cols = numelOf(normalizedShape);
  const rows = cols === 0 ? 0 : input.numel() / cols;
  const [result, mean, inverseStd] = [make(input.shape), make([rows]), make([rows])];
  const [to, toMean, toStd] = [at(result), at(mean), at(inverseStd)];
  kernels.layerNorm(at(x), atOrNone(scale), atOrNone(shift), to, toMean, toStd, rows, cols, eps);
  const data: RowData = { rows, cols, shape: normalizedShape, eps, weighted: scale !== null, shifted: shift !== null };
  return record(layerNormOp, result, [x, ...present(scale, shift)], [x, mean, inverseStd, ...present(scale)], data, [mean, inverseStd]);
}

/** The last dimensions of the input are those of `shape`, as are those of the parameters, of which the kernels read one value for each element. */
export function checkNormalizedShape(input: Tensor, shape: Shape, parameters: Readonly<Record<string, Tensor | null>>): void {
  if (shape.length === 0)
    throw new KindlingError("Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = []");
  for (const [name, parameter] of Object.entries(parameters)) {
    if (parameter === null || sameShape(parameter.shape, shape)) continue;
    throw new ShapeError(
      `Expected ${name} to be of same shape as normalized_shape, but got ${name} of shape ${shapeText(parameter.shape)} and normalized_shape = ${shapeText(shape)}`,
      parameter.shape,
      shape,
    );
  }
  if (input.shape.length >= shape.length && sameShape(input.shape.slice(input.shape.length - shape.length), shape)) return;
  throw new ShapeError(
    `Given normalized_shape=${shapeText(shape)}, expected input with shape [*, ${shape.join(", ")}], but got input of size${shapeText(input.shape)}`,
    input.shape,
    shape,
  );
}
