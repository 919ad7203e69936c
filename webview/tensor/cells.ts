/** Where a tensor's values lie in its picture: matrices beside each other, a vector in lines. Pure. */
import type { Tile } from "../charts/pixelCanvas.tsx";

export interface Arrangement {
  readonly tiles: readonly Tile[];
  /** Tiles in a row. */
  readonly columns: number;
  /** Between tiles, in values. */
  readonly gap: number;
  /** CSS pixels for one value. */
  readonly zoom: number;
}

/** A value's place in the picture, in values from the left and from the top. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

const tileGap = 1;
/** CSS pixels that one value takes at most, and one matrix among several at least. */
const [mostZoom, smallestTile] = [16, 64];

/** @param room CSS pixels for its width */
export function arrange(shape: readonly number[], values: Float32Array, room: number): Arrangement {
  const [height, width] = sizeOf(shape);
  const size = Math.max(1, height * width);
  const count = Math.ceil(values.length / size);
  const tiles = Array.from({ length: count }, (_, i) => ({ values: filled(values.subarray(i * size, (i + 1) * size), size), height, width }));
  if (count <= 1) return { tiles, columns: 1, gap: 0, zoom: zoomFor(width, room) };
  const wanted = Math.max(smallestTile, Math.min(room, width * 2));
  const columns = Math.max(1, Math.min(count, Math.floor(room / wanted)));
  return { tiles, columns, gap: tileGap, zoom: zoomFor(columns * (width + tileGap), room) };
}

/** Height and width of one matrix; a vector is put into lines. */
function sizeOf(shape: readonly number[]): readonly [number, number] {
  if (shape.length >= 2) return [shape.at(-2)!, shape.at(-1)!];
  const count = shape[0] ?? 1;
  const width = Math.min(Math.max(1, count), lineLength);
  return [Math.ceil(count / width), width];
}

/** So many values of a vector are in a line. */
const lineLength = 64;

/** The last line of a vector may be shorter. */
function filled(values: Float32Array, size: number): Float32Array {
  if (values.length === size) return values;
  const whole = new Float32Array(size);
  whole.set(values);
  return whole;
}

function zoomFor(width: number, room: number): number {
  const zoom = Math.min(mostZoom, room / Math.max(1, width));
  return zoom >= 1 ? Math.floor(zoom) : zoom;
}

/** The value at a place, by its number row after row; `null` where there is none. */
export function valueAt({ tiles, columns, gap }: Arrangement, count: number, { x, y }: Place): number | null {
  const { height, width } = tiles[0]!;
  const [column, row] = [Math.floor(x / (width + gap)), Math.floor(y / (height + gap))];
  const [inX, inY] = [Math.floor(x) - column * (width + gap), Math.floor(y) - row * (height + gap)];
  if (x < 0 || y < 0 || column >= columns || inX >= width || inY >= height) return null;
  const index = (row * columns + column) * height * width + inY * width + inX;
  return index < count ? index : null;
}

export function placeOf({ tiles, columns, gap }: Arrangement, index: number): Place {
  const { height, width } = tiles[0]!;
  const size = height * width;
  const [tile, within] = [Math.floor(index / size), index % size];
  return { x: (tile % columns) * (width + gap) + (within % width), y: Math.floor(tile / columns) * (height + gap) + Math.floor(within / width) };
}

/** The value that a key leads to; `null` if the key means nothing there. */
export function valueAfterKey(arrangement: Arrangement, count: number, key: string, index: number): number | null {
  const width = arrangement.tiles[0]!.width;
  const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: width, ArrowUp: -width };
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const step = steps[key];
  if (step === undefined) return null;
  return index + step >= 0 && index + step < count ? index + step : index;
}

/** `[3, 17]`: the place in the tensor of a value's number. */
export function indicesOf(shape: readonly number[], index: number): readonly number[] {
  const indices: number[] = [];
  for (let dim = shape.length - 1, rest = index; dim >= 0; dim--) {
    indices.unshift(rest % shape[dim]!);
    rest = Math.floor(rest / shape[dim]!);
  }
  return indices;
}
