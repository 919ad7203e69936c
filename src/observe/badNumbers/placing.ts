/** Operations that compute nothing. */
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
