/**
 * All typed arrays of a message in one buffer. VS Code sends each buffer beside the message, and counts what it sends with
 * a byte: of more than some 250 the rest arrives empty. A run has two for each step that was measured.
 */

type Numbers = Float64Array | Float32Array | Uint32Array;

/** So that an array of any kind may begin there. */
const alignment = 8;

/** @returns the same message, with the same values; what holds no typed array is left as it is */
export function inOneBuffer(message: unknown): unknown {
  const places = new Map<Numbers, number>();
  let size = 0;
  forEachArray(message, (array) => {
    if (places.has(array)) return;
    places.set(array, size);
    size += Math.ceil(array.byteLength / alignment) * alignment;
  });
  if (places.size <= 1) return message;
  const buffer = new ArrayBuffer(size);
  const moved = new Map<Numbers, Numbers>();
  for (const [array, at] of places) moved.set(array, copyAt(array, buffer, at));
  return withArrays(message, moved);
}

function copyAt(array: Numbers, buffer: ArrayBuffer, at: number): Numbers {
  const kind = array.constructor as new (buffer: ArrayBuffer, at: number, length: number) => Numbers;
  const copy = new kind(buffer, at, array.length);
  copy.set(array);
  return copy;
}

function forEachArray(value: unknown, call: (array: Numbers) => void): void {
  if (typeof value !== "object" || value === null) return;
  if (ArrayBuffer.isView(value)) return call(value as Numbers);
  for (const part of partsOf(value)) forEachArray(part, call);
}

/** Columns of numbers have no parts to look into. */
function partsOf(value: object): readonly unknown[] {
  if (!Array.isArray(value)) return Object.values(value);
  return typeof value[0] === "object" ? value : [];
}

function withArrays(value: unknown, moved: ReadonlyMap<unknown, unknown>): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (moved.has(value)) return moved.get(value);
  if (Array.isArray(value)) return partsOf(value).length > 0 ? value.map((part) => withArrays(part, moved)) : value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withArrays(part, moved)]));
}
