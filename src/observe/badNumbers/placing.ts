/** Operations that put a constant somewhere: ∞ among it is meant, as masks mean it. */

/** Those that write values and compute none. */
const writing = /^(maskedFill|fill|copy|where|full|pad|constantPad|scatter|indexFill|indexPut|indexCopy|maskedScatter|put)/;

/** @param scalar a number among its operands */
export function places(name: string, scalar: number | undefined): boolean {
  return writing.test(name) || (scalar !== undefined && !Number.isFinite(scalar));
}
