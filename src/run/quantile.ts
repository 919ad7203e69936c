/** @param ascending at least one @returns between two values on a straight line, as NumPy does */
export function quantile(ascending: readonly number[], share: number): number {
  const at = share * (ascending.length - 1);
  const below = Math.floor(at);
  const [low, high] = [ascending[below]!, ascending[Math.min(below + 1, ascending.length - 1)]!];
  return low + (at - below) * (high - low);
}
