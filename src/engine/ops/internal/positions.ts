/** Positions, indices and classes: whole numbers that say which element is meant. */
import { KindlingError } from "../../errors.ts";
import type { Tensor } from "../../tensor.ts";
import { to } from "../conversion.ts";
import { valuesOf } from "../reading.ts";

/**
 * An index as `int32`. PyTorch demands int64 here, and `torch.tensor([0, 2])` gives it; JavaScript has no integers to tell
 * apart, so that floats are taken, too, where every one of them is a whole number.
 * @param refusal what PyTorch says where an index has another type
 * @throws KindlingError (or what else is `Refusal`) for truth values, bytes and fractions
 */
export function positions(index: Tensor, refusal: string, Refusal: new (message: string) => Error = KindlingError): Tensor {
  if (index.dtype === "int32") return index;
  if (index.dtype !== "float32" || !isWhole(valuesOf(index))) throw new Refusal(refusal);
  return to(index.detach(), "int32");
}

function isWhole(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isInteger(values[i])) return false;
  return true;
}
