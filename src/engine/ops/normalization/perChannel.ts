/** A scale and a shift for each channel. */
import { ShapeError } from "../../errors.ts";
import { shapeText } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { add, mul } from "../binary.ts";
import { reshape } from "../views.ts";

/** One value for each channel, shaped to go with `[batch, channels, …]`. */
function perChannel(values: Tensor, input: Tensor): Tensor {
  return reshape(
    values,
    input.shape.map((_, i) => (i === 1 ? values.numel() : 1)),
  );
}

export function scaled(result: Tensor, weight: Tensor | null, bias: Tensor | null): Tensor {
  const weighted = weight ? mul(result, perChannel(weight, result)) : result;
  return bias ? add(weighted, perChannel(bias, result)) : weighted;
}

/** One value for each channel. */
export function checkPerChannel(name: string, values: Tensor | null, input: Tensor): void {
  const channels = input.shape[1] ?? 1;
  if (values === null || (values.shape.length === 1 && values.numel() === channels)) return;
  throw new ShapeError(
    `Expected ${name} to be a vector of size equal to the number of channels in input, but got ${name} of shape ${shapeText(values.shape)} and input of shape ${shapeText(input.shape)}`,
    values.shape,
    input.shape,
  );
}
