/** What is known of an operation by its name, and by what its record remembers. */
import { isView } from "../graph/operationNames.ts";

/** Those that write values and compute none. */
const writing = /^(maskedFill|fill|copy|where|full|pad|constantPad|scatter|indexFill|indexPut|indexCopy|maskedScatter|put)/;

/**
 * Whether it puts a constant somewhere: −∞ among it is meant, as masks mean it.
 * @param scalar a number among its operands
 */
export function places(name: string, scalar: number | undefined): boolean {
  return writing.test(name) || (scalar !== undefined && !Number.isFinite(scalar));
}

/** Whether it only puts together what is there, as batches are. */
export function moves(name: string): boolean {
  return isView(name) || /^(stack|cat|index|indexSelect|gather|take|split|unbind|narrow|reshape|contiguous)$/.test(name);
}

/** A number that an operation was given beside its tensors. */
export function scalarOf(data: unknown): number | undefined {
  if (typeof data === "number") return data;
  if (typeof data !== "object" || data === null) return undefined;
  const { scalar, shapeB, exponent, value } = data as { scalar?: unknown; shapeB?: unknown; exponent?: unknown; value?: unknown };
  const number = shapeB === null ? scalar : (exponent ?? value);
  return typeof number === "number" ? number : undefined;
}
