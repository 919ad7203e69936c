// Strided windows of memory to dense memory and back, fills, conversions, and rows picked by index.
import { COUNTER } from "./scratch";
import { word, at } from "./lanes";
import { splat } from "./math";

/** Elements of a window: the product of the `rank` sizes at `sizes`. */
export function windowSize(rank: i32, sizes: usize): i32 {
  let n = 1;
  for (let d = 0; d < rank; d++) n *= load<i32>(word(sizes, d));
  return n;
}

// Copies `count` elements of the window, from the one that is `first` in row-major order, to or from dense memory.
// `shift` is 2 for elements of four bytes and 0 for bytes; it and `back` are constants wherever this is used.
// @ts-ignore: decorator
@inline function walk(dense: usize, window: usize, rank: i32, sizes: usize, strides: usize, first: i32, count: i32, shift: usize, back: bool): void {
  if (count == 0) return;
  if (rank == 0) { copyRun(dense, window, 1, 1 << shift, shift, back); return; }
  let rest = first;
  for (let d = rank - 1; d >= 0; d--) {
    const size = load<i32>(word(sizes, d));
    const i = rest % size;
    rest /= size;
    store<i32>(word(COUNTER, d), i);
    window += <usize>(i * load<i32>(word(strides, d))) << shift;
  }
  const last = rank - 1;
  const length = load<i32>(word(sizes, last));
  const step = <usize>load<i32>(word(strides, last)) << shift;
  for (;;) {
    const start = load<i32>(word(COUNTER, last));
    const run = min(length - start, count);
    copyRun(dense, window, run, step, shift, back);
    count -= run;
    if (count == 0) return;
    dense += <usize>run << shift;
    // On to the next row: back to the start of this one, and one step in the first dimension that has one left.
    window -= step * start;
    store<i32>(word(COUNTER, last), 0);
    for (let d = last - 1; d >= 0; d--) {
      const stride = <usize>load<i32>(word(strides, d)) << shift;
      const i = load<i32>(word(COUNTER, d)) + 1;
      const size = load<i32>(word(sizes, d));
      window += stride;
      if (i < size) { store<i32>(word(COUNTER, d), i); break; }
      window -= stride * size;
      store<i32>(word(COUNTER, d), 0);
    }
  }
}

// @ts-ignore: decorator
@inline function copyRun(dense: usize, window: usize, n: i32, step: usize, shift: usize, back: bool): void {
  if (step == <usize>1 << shift && n >= 16) {
    if (back) memory.copy(window, dense, <usize>n << shift);
    else memory.copy(dense, window, <usize>n << shift);
    return;
  }
  for (let i = 0; i < n; i++) {
    if (shift == 2) {
      if (back) store<u32>(window, load<u32>(dense));
      else store<u32>(dense, load<u32>(window));
    } else if (back) store<u8>(window, load<u8>(dense));
    else store<u8>(dense, load<u8>(window));
    dense += 1 << shift;
    window += step;
  }
}

export function gatherRange(out: usize, x: usize, rank: i32, sizes: usize, strides: usize, first: i32, count: i32): void {
  walk(out, x, rank, sizes, strides, first, count, 2, false);
}

export function gatherRange1(out: usize, x: usize, rank: i32, sizes: usize, strides: usize, first: i32, count: i32): void {
  walk(out, x, rank, sizes, strides, first, count, 0, false);
}

function scatterRange(x: usize, out: usize, rank: i32, sizes: usize, strides: usize, count: i32): void {
  walk(x, out, rank, sizes, strides, 0, count, 2, true);
}

/** out[j, i] = x[i, j] for x [rows, cols]; `ldx` and `ldo` are the bytes from one row to the next. */
function transpose(x: usize, ldx: usize, out: usize, ldo: usize, rows: i32, cols: i32): void {
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    let from = x + ldx * i;
    let to = out + (<usize>i << 2);
    let j = 0;
    for (; j + 4 <= cols; j += 4) {
      const a = v128.load(from), b = v128.load(from + ldx), c = v128.load(from + 2 * ldx), d = v128.load(from + 3 * ldx);
      const ab = v128.shuffle<u32>(a, b, 0, 4, 1, 5), abHigh = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
      const cd = v128.shuffle<u32>(c, d, 0, 4, 1, 5), cdHigh = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<u64>(ab, cd, 0, 2));
      v128.store(to + ldo, v128.shuffle<u64>(ab, cd, 1, 3));
      v128.store(to + 2 * ldo, v128.shuffle<u64>(abHigh, cdHigh, 0, 2));
      v128.store(to + 3 * ldo, v128.shuffle<u64>(abHigh, cdHigh, 1, 3));
      from += 16;
      to += 4 * ldo;
    }
    for (; j < cols; j++) {
      for (let r: usize = 0; r < 4; r++) store<u32>(to + (r << 2), load<u32>(from + ldx * r));
      from += 4;
      to += ldo;
    }
  }
  for (; i < rows; i++) {
    let from = x + ldx * i;
    let to = out + (<usize>i << 2);
    for (let j = 0; j < cols; j++) { store<u32>(to, load<u32>(from)); from += 4; to += ldo; }
  }
}

/** Whether the window's last two dimensions are a transposed matrix. */
// @ts-ignore: decorator
@inline function isTransposed(rank: i32, meta: usize): bool {
  return rank >= 2 && load<i32>(word(meta, 2 * rank - 2)) == 1 && load<i32>(word(meta, 2 * rank - 1)) != 1;
}

/** Bytes to the start of the window's matrix number `index`. */
function matrixOffset(rank: i32, meta: usize, index: i32): usize {
  let offset: usize = 0;
  for (let d = rank - 3; d >= 0; d--) {
    const size = load<i32>(word(meta, d));
    offset += <usize>((index % size) * load<i32>(word(meta, rank + d))) << 2;
    index /= size;
  }
  return offset;
}

function transposeAll(dense: usize, window: usize, rank: i32, meta: usize, back: bool): void {
  const rows = load<i32>(word(meta, rank - 2)), cols = load<i32>(word(meta, rank - 1));
  const ld = <usize>load<i32>(word(meta, 2 * rank - 1)) << 2;
  const matrices = windowSize(rank - 2, meta);
  for (let m = 0; m < matrices; m++) {
    const start = window + matrixOffset(rank, meta, m);
    // The window's memory is [cols, rows], the dense side [rows, cols].
    if (back) transpose(dense, <usize>cols << 2, start, ld, rows, cols);
    else transpose(start, ld, dense, <usize>cols << 2, cols, rows);
    dense += <usize>(rows * cols) << 2;
  }
}

export function gather4(out: usize, x: usize, rank: i32, meta: usize): void {
  if (isTransposed(rank, meta)) transposeAll(out, x, rank, meta, false);
  else gatherRange(out, x, rank, meta, word(meta, rank), 0, windowSize(rank, meta));
}

export function gather1(out: usize, x: usize, rank: i32, meta: usize): void {
  gatherRange1(out, x, rank, meta, word(meta, rank), 0, windowSize(rank, meta));
}

export function scatter4(out: usize, x: usize, rank: i32, meta: usize): void {
  if (isTransposed(rank, meta)) transposeAll(x, out, rank, meta, true);
  else scatterRange(x, out, rank, meta, word(meta, rank), windowSize(rank, meta));
}

export function scatter1(out: usize, x: usize, rank: i32, meta: usize): void {
  walk(x, out, rank, meta, word(meta, rank), 0, windowSize(rank, meta), 0, true);
}

export function fill(out: usize, value: f32, n: i32): void {
  const v = splat(value);
  let i = 0;
  for (; i + 4 <= n; i += 4) v128.store(word(out, i), v);
  for (; i < n; i++) store<f32>(word(out, i), value);
}

export function fillI32(out: usize, value: i32, n: i32): void {
  fill(out, reinterpret<f32>(value), n);
}

// --- conversions: 0 float32, 1 int32, 2 uint8, 3 bool ---

export function convert(from: i32, to: i32, x: usize, out: usize, n: i32): void {
  if (from == to) {
    memory.copy(out, x, from < 2 ? <usize>n << 2 : n);
  } else if (from == 0 && to == 1) {
    let i = 0;
    for (; i + 4 <= n; i += 4) v128.store(word(out, i), i32x4.trunc_sat_f32x4_s(v128.load(word(x, i))));
    for (; i < n; i++) store<i32>(word(out, i), toI32(at(x, i)));
  } else if (from == 0 && to == 2) {
    for (let i = 0; i < n; i++) store<u8>(out + i, toI32(at(x, i)));
  } else if (from == 0 && to == 3) {
    for (let i = 0; i < n; i++) store<u8>(out + i, at(x, i) != 0);
  } else if (from == 1 && to == 0) {
    let i = 0;
    for (; i + 4 <= n; i += 4) v128.store(word(out, i), f32x4.convert_i32x4_s(v128.load(word(x, i))));
    for (; i < n; i++) store<f32>(word(out, i), <f32>load<i32>(word(x, i)));
  } else if (from == 1 && to == 2) {
    for (let i = 0; i < n; i++) store<u8>(out + i, load<i32>(word(x, i)));
  } else if (from == 1 && to == 3) {
    for (let i = 0; i < n; i++) store<u8>(out + i, load<i32>(word(x, i)) != 0);
  } else if (to == 0) {
    for (let i = 0; i < n; i++) store<f32>(word(out, i), <f32>load<u8>(x + i));
  } else if (to == 1) {
    for (let i = 0; i < n; i++) store<i32>(word(out, i), load<u8>(x + i));
  } else if (to == 3) {
    for (let i = 0; i < n; i++) store<u8>(out + i, load<u8>(x + i) != 0);
  } else {
    // bool to uint8
    memory.copy(out, x, n);
  }
}

/** Towards zero; NaN becomes 0 and what is too large the nearest bound, as in the vector instruction. */
// @ts-ignore: decorator
@inline function toI32(x: f32): i32 {
  return i32x4.extract_lane(i32x4.trunc_sat_f32x4_s(splat(x)), 0);
}

// --- by index ---

// out[o, i, :] = x[o, indices[i], :] for x [outer, size, inner]; `shift` as above.
// Returns −1, or the first position whose index is out of range.
// @ts-ignore: decorator
@inline function take(x: usize, indices: usize, out: usize, outer: i32, size: i32, inner: i32, count: i32, shift: usize): i32 {
  const bad = outOfRange(indices, size, count);
  if (bad >= 0) return bad;
  const bytes = <usize>inner << shift;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      copyRun(out, x + bytes * load<u32>(word(indices, i)), inner, 1 << shift, shift, false);
      out += bytes;
    }
    x += bytes * size;
  }
  return -1;
}

export function takeRows(x: usize, indices: usize, out: usize, outer: i32, size: i32, inner: i32, count: i32): i32 {
  return take(x, indices, out, outer, size, inner, count, 2);
}

export function takeByteRows(x: usize, indices: usize, out: usize, outer: i32, size: i32, inner: i32, count: i32): i32 {
  return take(x, indices, out, outer, size, inner, count, 0);
}

/** out[o, indices[i], :] += x[o, i, :] for out [outer, size, inner]. Returns as `takeRows` does. */
export function addRows(out: usize, indices: usize, x: usize, outer: i32, size: i32, inner: i32, count: i32): i32 {
  const bad = outOfRange(indices, size, count);
  if (bad >= 0) return bad;
  const bytes = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      const row = out + bytes * load<u32>(word(indices, i));
      let j = 0;
      for (; j + 4 <= inner; j += 4) v128.store(word(row, j), f32x4.add(v128.load(word(row, j)), v128.load(word(x, j))));
      for (; j < inner; j++) store<f32>(word(row, j), at(row, j) + at(x, j));
      x += bytes;
    }
    out += bytes * size;
  }
  return -1;
}

function outOfRange(indices: usize, size: i32, count: i32): i32 {
  for (let i = 0; i < count; i++) if (<u32>load<i32>(word(indices, i)) >= <u32>size) return i;
  return -1;
}

/** out[i, indices[i]] = 1 and 0 elsewhere, int32. Returns as `takeRows` does. */
export function oneHot(indices: usize, out: usize, count: i32, classes: i32): i32 {
  const bad = outOfRange(indices, classes, count);
  if (bad >= 0) return bad;
  memory.fill(out, 0, <usize>(count * classes) << 2);
  for (let i = 0; i < count; i++) store<i32>(word(out, i * classes + load<i32>(word(indices, i))), 1);
  return -1;
}

// One element for each of a dense index tensor: its place in x is its own place, but along `dim` the index.
// `meta`: the index's sizes, then x's strides. mode 0: out[i] = x[place]; 1: x[place] = out[i]; 2: x[place] += out[i], 3: as int32.
// @ts-ignore: decorator
@inline function alongDim(x: usize, indices: usize, dense: usize, rank: i32, meta: usize, dim: i32, size: i32, mode: i32): i32 {
  const n = windowSize(rank, meta);
  const bad = outOfRange(indices, size, n);
  if (bad >= 0) return bad;
  const stride = load<i32>(word(meta, rank + dim));
  for (let d = 0; d < rank; d++) store<i32>(word(COUNTER, d), 0);
  let place = 0;
  for (let i = 0; i < n; i++) {
    const element = word(x, place + load<i32>(word(indices, i)) * stride);
    if (mode == 0) store<u32>(word(dense, i), load<u32>(element));
    else if (mode == 1) store<u32>(element, load<u32>(word(dense, i)));
    else if (mode == 2) store<f32>(element, load<f32>(element) + at(dense, i));
    else store<i32>(element, load<i32>(element) + load<i32>(word(dense, i)));
    for (let d = rank - 1; d >= 0; d--) {
      const step = d == dim ? 0 : load<i32>(word(meta, rank + d));
      const k = load<i32>(word(COUNTER, d)) + 1;
      const length = load<i32>(word(meta, d));
      place += step;
      if (k < length) { store<i32>(word(COUNTER, d), k); break; }
      place -= step * length;
      store<i32>(word(COUNTER, d), 0);
    }
  }
  return -1;
}

export function gatherAlong(x: usize, indices: usize, out: usize, rank: i32, meta: usize, dim: i32, size: i32): i32 {
  return alongDim(x, indices, out, rank, meta, dim, size, 0);
}

export function scatterAlong(out: usize, indices: usize, x: usize, rank: i32, meta: usize, dim: i32, size: i32): i32 {
  return alongDim(out, indices, x, rank, meta, dim, size, 1);
}

export function scatterAddAlong(out: usize, indices: usize, x: usize, rank: i32, meta: usize, dim: i32, size: i32): i32 {
  return alongDim(out, indices, x, rank, meta, dim, size, 2);
}

export function scatterAddAlongI32(out: usize, indices: usize, x: usize, rank: i32, meta: usize, dim: i32, size: i32): i32 {
  return alongDim(out, indices, x, rank, meta, dim, size, 3);
}
