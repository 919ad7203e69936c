/** Where the units of a picture are: channels in tiles, features in columns or rows. Pure. */

export interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly count: number;
}

/** So many tiles in a row as fit into `room`, each `width` wide. */
export function gridOf(count: number, width: number, room: number): Grid {
  const columns = Math.max(1, Math.min(count, Math.floor(room / width)));
  return { columns, rows: Math.ceil(count / columns), count };
}

/** The unit at a place of the picture, each from 0 to 1; `null` where there is none. */
export function unitAt({ columns, rows, count }: Grid, x: number, y: number): number | null {
  const [column, row] = [Math.floor(x * columns), Math.floor(y * rows)];
  if (column < 0 || row < 0 || column >= columns || row >= rows) return null;
  const unit = row * columns + column;
  return unit < count ? unit : null;
}

/** Where a unit is, in shares of the picture. */
export function placeOf(
  { columns, rows }: Grid,
  unit: number,
): { readonly left: number; readonly top: number; readonly width: number; readonly height: number } {
  return { left: (unit % columns) / columns, top: Math.floor(unit / columns) / rows, width: 1 / columns, height: 1 / rows };
}

/** `null` if the key means nothing there. */
export function unitAfterKey({ columns, count }: Grid, key: string, unit: number): number | null {
  const within = (next: number): number => Math.min(count - 1, Math.max(0, next));
  if (key === "ArrowRight") return within(unit + 1);
  if (key === "ArrowLeft") return within(unit - 1);
  if (key === "ArrowDown") return within(unit + columns);
  if (key === "ArrowUp") return within(unit - columns);
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}
