// Pooling over planes [h, w].
import { word, at, put } from "./lanes";

/** Whether `v` takes the place of `best`: the first element is taken whatever it is; among NaNs the last wins, as in PyTorch. */
// @ts-ignore: decorator
@inline function wins(v: f32, best: f32): bool { return <bool>(i32(v > best) | i32(v != v)); }

/** The window whose first row and column are `top` and `left` may hang over the edge. */
// @ts-ignore: decorator
@inline function maxOfWindow(x: usize, out: usize, indices: usize, h: i32, w: i32, top: i32, left: i32, kh: i32, kw: i32, dh: i32, dw: i32): void {
  let best: f32 = 0;
  let where = -1;
  for (let i = 0, row = top; i < kh; i++, row += dh) {
    if (<u32>row >= <u32>h) continue;
    for (let j = 0, col = left; j < kw; j++, col += dw) {
      if (<u32>col >= <u32>w) continue;
      const v = at(x, row * w + col);
      const take = i32(where < 0) | i32(wins(v, best));
      best = select<f32>(v, best, take);
      where = select<i32>(row * w + col, where, take);
    }
  }
  store<f32>(out, best);
  store<i32>(indices, where);
}

/** Four neighbouring windows that lie inside the plane in all their columns; `step` (1 or 2) is from one to the next. */
// @ts-ignore: decorator
@inline function maxOfFour(step: i32, x: usize, out: usize, indices: usize, h: i32, w: i32, top: i32, left: i32, kh: i32, kw: i32, dh: i32, dw: i32): void {
  const lanes = step == 1 ? i32x4(0, 1, 2, 3) : i32x4(0, 2, 4, 6);
  let best = f32x4.splat(0), where = i32x4.splat(-1), first = true;
  for (let i = 0, row = top; i < kh; i++, row += dh) {
    if (<u32>row >= <u32>h) continue;
    for (let j = 0, col = left; j < kw; j++, col += dw) {
      const p = word(x, row * w + col);
      const v = step == 1 ? v128.load(p) : v128.shuffle<u32>(v128.load(p), v128.load(p, 12), 0, 2, 5, 7);
      const place = i32x4.add(i32x4.splat(row * w + col), lanes);
      const take = v128.or(f32x4.gt(v, best), f32x4.ne(v, v));
      best = first ? v : v128.bitselect(v, best, take);
      where = first ? place : v128.bitselect(place, where, take);
      first = false;
    }
  }
  v128.store(out, best);
  v128.store(indices, where);
}

export function maxPool2d(x: usize, out: usize, indices: usize, planes: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32, ow: i32, sh: i32, sw: i32, ph: i32, pw: i32, dh: i32, dw: i32): void {
  // Windows in [inner, outer) lie inside in all their columns.
  const inner = (pw + sw - 1) / sw, span = w - 1 - (kw - 1) * dw + pw;
  const outer = span < 0 ? 0 : min(span / sw + 1, ow);
  for (let c = 0; c < planes; c++) {
    for (let y = 0; y < oh; y++) {
      const top = y * sh - ph;
      for (let k = 0; k < ow;) {
        const four = sw <= 2 && k >= inner && k < outer && outer - inner >= 4;
        // The last four overlap those before.
        if (four) k = min(k, outer - 4);
        const left = k * sw - pw, to = word(out, k), places = word(indices, k);
        if (!four) maxOfWindow(x, to, places, h, w, top, left, kh, kw, dh, dw);
        else if (sw == 1) maxOfFour(1, x, to, places, h, w, top, left, kh, kw, dh, dw);
        else maxOfFour(2, x, to, places, h, w, top, left, kh, kw, dh, dw);
        k += four ? 4 : 1;
      }
      out += <usize>ow << 2; indices += <usize>ow << 2;
    }
    x += <usize>(h * w) << 2;
  }
}

export function maxPool2dBackward(g: usize, indices: usize, out: usize, planes: i32, outSize: i32, size: i32): void {
  memory.fill(out, 0, <usize>planes * size << 2);
  for (let c = 0; c < planes; c++) {
    for (let i = 0; i < outSize; i++) {
      const p = word(out, load<i32>(indices));
      store<f32>(p, load<f32>(p) + load<f32>(g));
      g += 4; indices += 4;
    }
    out += <usize>size << 2;
  }
}

/** What a window's sum is divided by, as PyTorch counts it: padding counts, but not what lies beyond the padding. */
// @ts-ignore: decorator
@inline function windowDivisor(y0: i32, x0: i32, kh: i32, kw: i32, h: i32, w: i32, ph: i32, pw: i32, countPadding: i32, divisor: i32): f32 {
  if (divisor) return <f32>divisor;
  const y1 = min(y0 + kh, h + ph), x1 = min(x0 + kw, w + pw);
  if (countPadding) return <f32>((y1 - y0) * (x1 - x0));
  return <f32>((min(y1, h) - max(y0, 0)) * (min(x1, w) - max(x0, 0)));
}

export function avgPool2d(x: usize, out: usize, planes: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32, ow: i32, sh: i32, sw: i32, ph: i32, pw: i32, countPadding: i32, divisor: i32): void {
  for (let c = 0; c < planes; c++) {
    for (let y = 0; y < oh; y++) {
      const y0 = y * sh - ph, top = max(y0, 0), bottom = min(y0 + kh, h);
      for (let k = 0; k < ow; k++) {
        const x0 = k * sw - pw, left = max(x0, 0), right = min(x0 + kw, w);
        let sum: f32 = 0;
        for (let i = top; i < bottom; i++) for (let j = left; j < right; j++) sum += at(x, i * w + j);
        const empty = top >= bottom || left >= right;
        store<f32>(out, empty ? 0 : sum / windowDivisor(y0, x0, kh, kw, h, w, ph, pw, countPadding, divisor));
        out += 4;
      }
    }
    x += <usize>(h * w) << 2;
  }
}

export function avgPool2dBackward(g: usize, out: usize, planes: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32, ow: i32, sh: i32, sw: i32, ph: i32, pw: i32, countPadding: i32, divisor: i32): void {
  memory.fill(out, 0, <usize>planes * h * w << 2);
  for (let c = 0; c < planes; c++) {
    for (let y = 0; y < oh; y++) {
      const y0 = y * sh - ph, top = max(y0, 0), bottom = min(y0 + kh, h);
      for (let k = 0; k < ow; k++) {
        const x0 = k * sw - pw, left = max(x0, 0), right = min(x0 + kw, w);
        const share = load<f32>(g) / windowDivisor(y0, x0, kh, kw, h, w, ph, pw, countPadding, divisor);
        for (let i = top; i < bottom; i++) for (let j = left; j < right; j++) put(out, i * w + j, at(out, i * w + j) + share);
        g += 4;
      }
    }
    out += <usize>(h * w) << 2;
  }
}

// Cell i of `cells` covers [⌊i·size/cells⌋, ⌈(i+1)·size/cells⌉).
// @ts-ignore: decorator
@inline function cellStart(i: i32, cells: i32, size: i32): i32 { return i * size / cells; }
// @ts-ignore: decorator
@inline function cellEnd(i: i32, cells: i32, size: i32): i32 { return ((i + 1) * size + cells - 1) / cells; }

export function adaptiveAvgPool2d(x: usize, out: usize, planes: i32, h: i32, w: i32, oh: i32, ow: i32): void {
  for (let c = 0; c < planes; c++) {
    for (let y = 0; y < oh; y++) {
      const top = cellStart(y, oh, h), bottom = cellEnd(y, oh, h);
      for (let k = 0; k < ow; k++) {
        const left = cellStart(k, ow, w), right = cellEnd(k, ow, w);
        let sum: f64 = 0;
        for (let i = top; i < bottom; i++) for (let j = left; j < right; j++) sum += <f64>at(x, i * w + j);
        store<f32>(out, <f32>(sum / <f64>((bottom - top) * (right - left))));
        out += 4;
      }
    }
    x += <usize>(h * w) << 2;
  }
}

export function adaptiveAvgPool2dBackward(g: usize, out: usize, planes: i32, h: i32, w: i32, oh: i32, ow: i32): void {
  memory.fill(out, 0, <usize>planes * h * w << 2);
  for (let c = 0; c < planes; c++) {
    for (let y = 0; y < oh; y++) {
      const top = cellStart(y, oh, h), bottom = cellEnd(y, oh, h);
      for (let k = 0; k < ow; k++) {
        const left = cellStart(k, ow, w), right = cellEnd(k, ow, w);
        const share = load<f32>(g) / <f32>((bottom - top) * (right - left));
        for (let i = top; i < bottom; i++) for (let j = left; j < right; j++) put(out, i * w + j, at(out, i * w + j) + share);
        g += 4;
      }
    }
    out += <usize>(h * w) << 2;
  }
}
