const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [9, 3, 2, 3], [12, 4]];

/** Of the line at that place in its chart, CSS pixels: lines can be told apart without colours, too. */
export function dashOf(place: number): readonly number[] {
  return dashes[place % dashes.length]!;
}
