// Convolution as a matrix product whose second operand, the patches of the image, exists only in packed form.
// Row k of the patch matrix is one element of the kernel window (channel, kernel row, kernel column), a column is one
// output position. x [n, cin, h, w], weight [cout, cin / groups, kh, kw], out [n, cout, oh, ow].
import { CHUNK_A, LINES } from "./scratch";
import { word, at, put } from "./lanes";
import { splat } from "./math";
import { sumRun } from "./reduce";
import { KC, MC, NC, STEP, panelA, panelB, packA, packB, blockProduct, sgemm, sgemmWorkBytes } from "./gemm";
import { NR } from "./generated/tile";

/** One row of patches for as many positions as a packed block has. */
const LINE: usize = CHUNK_A;
/** Floats of the patch gradients that exist at one time. */
const COLUMN_BUFFER: i32 = 262144;

// The geometry of the convolution at hand; every entry sets it first.
let height: i32 = 0, width: i32 = 0, kernelH: i32 = 0, kernelW: i32 = 0, outH: i32 = 0, outW: i32 = 0;
let strideH: i32 = 0, strideW: i32 = 0, padH: i32 = 0, padW: i32 = 0, dilationH: i32 = 0, dilationW: i32 = 0;

function setGeometry(h: i32, w: i32, kh: i32, kw: i32, oh: i32, ow: i32, sh: i32, sw: i32, ph: i32, pw: i32, dh: i32, dw: i32): void {
  height = h; width = w; kernelH = kh; kernelW = kw; outH = oh; outW = ow;
  strideH = sh; strideW = sw; padH = ph; padW = pw; dilationH = dh; dilationW = dw;
}

// Loops, because memory.copy and memory.fill are calls and rows of images are short.
// @ts-ignore: decorator
@inline function copyWords(to: usize, from: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) v128.store(word(to, i), v128.load(word(from, i)));
  for (; i < n; i++) store<u32>(word(to, i), load<u32>(word(from, i)));
}

// @ts-ignore: decorator
@inline function clearWords(to: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) v128.store(word(to, i), splat(0));
  for (; i < n; i++) store<u32>(word(to, i), 0);
}

// @ts-ignore: decorator
@inline function addWords(to: usize, from: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) v128.store(word(to, i), f32x4.add(v128.load(word(to, i)), v128.load(word(from, i))));
  for (; i < n; i++) put(to, i, at(to, i) + at(from, i));
}

/** Row `k` of the patches of `image` for `count` positions from `first` on; or with `back` adds the line to the image. */
// @ts-ignore: decorator
@inline function walkLine(image: usize, k: i32, first: i32, count: i32, line: usize, back: bool): void {
  const area = kernelH * kernelW;
  const channel = k / area, within = k % area;
  const plane = word(image, channel * height * width);
  const dy = (within / kernelW) * dilationH - padH, dx = (within % kernelW) * dilationW - padW;
  let y = first / outW, from = first % outW;
  while (count > 0) {
    const run = min(outW - from, count);
    const row = y * strideH + dy;
    if (<u32>row >= <u32>height) {
      if (!back) clearWords(line, run);
    } else {
      const source = word(plane, row * width);
      const start = from * strideW + dx;
      if (strideW == 1) {
        // Zeros where the window hangs over, the image where it doesn't.
        const lead = min(max(-start, 0), run);
        const end = min(max(width - start, lead), run);
        if (back) addWords(word(source, start + lead), word(line, lead), end - lead);
        else {
          clearWords(line, lead);
          copyWords(word(line, lead), word(source, start + lead), end - lead);
          clearWords(word(line, end), run - end);
        }
      } else {
        for (let i = 0, col = start; i < run; i++, col += strideW) {
          const inside = <u32>col < <u32>width;
          if (!back) put(line, i, inside ? at(source, col) : 0);
          else if (inside) put(source, col, at(source, col) + at(line, i));
        }
      }
    }
    line += <usize>run << 2;
    count -= run;
    y++;
    from = 0;
  }
}

function patchLine(image: usize, k: i32, first: i32, count: i32, line: usize): void {
  walkLine(image, k, first, count, line, false);
}

function addLine(image: usize, k: i32, first: i32, count: i32, line: usize): void {
  walkLine(image, k, first, count, line, true);
}

/** Packs rows [k, k + depth) and positions [first, first + count) of the patches as the second operand. */
function packPatches(image: usize, k: i32, depth: i32, first: i32, count: i32, out: usize): void {
  const panelBytes = <usize>(depth * NR) << 2;
  const padded = (count + NR - 1) & ~(NR - 1);
  for (let d = 0; d < depth; d++) {
    patchLine(image, k + d, first, count, LINE);
    for (let i = count; i < padded; i++) put(LINE, i, 0);
    let to = out + STEP * d;
    for (let i = 0; i < padded; i += NR) {
      for (let j: usize = 0; j < STEP; j += 16) v128.store(to + j, v128.load(word(LINE, i) + j));
      to += panelBytes;
    }
  }
}

/** Packs the transposed patches: positions [first, first + depth) are the depth, rows [k, k + count) the columns. */
function packPatchesTransposed(image: usize, k: i32, count: i32, first: i32, depth: i32, out: usize): void {
  const step = <usize>depth << 2;
  for (let j = 0; j < count; j += NR) {
    const now = min(NR, count - j);
    for (let c = 0; c < now; c++) patchLine(image, k + j + c, first, depth, LINES + step * c);
    packB(LINES, 4, step, depth, now, out);
    out += step * NR;
  }
}

/** Workspace for a convolution with `patch` = cin / groups · kh · kw elements in its window. */
export function conv2dWorkBytes(patch: i32): i32 {
  return sgemmWorkBytes() + (max(COLUMN_BUFFER, patch * NR) << 2);
}

export function conv2d(
  x: usize, weight: usize, bias: usize, out: usize, n: i32, groups: i32, cin: i32, cout: i32, h: i32, w: i32, kh: i32, kw: i32,
  oh: i32, ow: i32, sh: i32, sw: i32, ph: i32, pw: i32, dh: i32, dw: i32, work: usize,
): void {
  setGeometry(h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw);
  const inner = cin / groups, rows = cout / groups, patch = inner * kh * kw, positions = oh * ow;
  if (bias) {
    for (let i = 0, plane = out; i < n; i++) {
      for (let c = 0; c < cout; c++) { fillWords(plane, at(bias, c), positions); plane += <usize>positions << 2; }
    }
  }
  for (let g = 0; g < groups; g++) {
    for (let ic = 0; ic < rows; ic += MC) {
      const mc = min(rows - ic, MC);
      for (let pc = 0; pc < patch; pc += KC) {
        const kc = min(patch - pc, KC);
        // The weights are packed once for all images.
        packA(word(weight, (g * rows + ic) * patch + pc), <usize>patch << 2, 4, mc, kc, panelA(work));
        for (let i = 0; i < n; i++) {
          const image = word(x, (i * cin + g * inner) * h * w);
          const to = word(out, (i * cout + g * rows + ic) * positions);
          for (let jc = 0; jc < positions; jc += NC) {
            const nc = min(positions - jc, NC);
            packPatches(image, pc, kc, jc, nc, panelB(work));
            blockProduct(kc, panelA(work), mc, panelB(work), nc, word(to, jc), <usize>positions << 2, pc > 0 || bias != 0);
          }
        }
      }
    }
  }
}

function fillWords(to: usize, value: f32, n: i32): void {
  const v = splat(value);
  let i = 0;
  for (; i + 4 <= n; i += 4) v128.store(word(to, i), v);
  for (; i < n; i++) put(to, i, value);
}

export function conv2dBackwardInput(
  g: usize, weight: usize, outX: usize, n: i32, groups: i32, cin: i32, cout: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32,
  ow: i32, sh: i32, sw: i32, ph: i32, pw: i32, dh: i32, dw: i32, work: usize,
): void {
  setGeometry(h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw);
  const inner = cin / groups, rows = cout / groups, patch = inner * kh * kw, positions = oh * ow;
  const columns = work + <usize>sgemmWorkBytes();
  const block = min(positions, max(NR, (COLUMN_BUFFER / max(patch, 1)) & ~(NR - 1)));
  memory.fill(outX, 0, <usize>n * cin * h * w << 2);
  for (let i = 0; i < n; i++) {
    for (let q = 0; q < groups; q++) {
      const image = word(outX, (i * cin + q * inner) * h * w);
      const upstream = word(g, (i * cout + q * rows) * positions);
      const kernel = word(weight, q * rows * patch);
      for (let first = 0; first < positions; first += block) {
        const now = min(block, positions - first);
        sgemm(patch, now, rows, kernel, 1, patch, word(upstream, first), positions, 1, columns, now, 0, work);
        for (let k = 0; k < patch; k++) addLine(image, k, first, now, word(columns, k * now));
      }
    }
  }
}

/** Gradients with respect to the weight and, unless `outBias` is 0, the bias. */
export function conv2dBackwardWeight(
  g: usize, x: usize, outWeight: usize, outBias: usize, n: i32, groups: i32, cin: i32, cout: i32, h: i32, w: i32, kh: i32,
  kw: i32, oh: i32, ow: i32, sh: i32, sw: i32, ph: i32, pw: i32, dh: i32, dw: i32, work: usize,
): void {
  setGeometry(h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw);
  const inner = cin / groups, rows = cout / groups, patch = inner * kh * kw, positions = oh * ow;
  if (outBias) biasGradient(g, outBias, n, cout, positions);
  if (outWeight) memory.fill(outWeight, 0, <usize>cout * patch << 2);
  else return;
  for (let q = 0; q < groups; q++) {
    for (let i = 0; i < n; i++) {
      const image = word(x, (i * cin + q * inner) * h * w);
      const upstream = word(g, (i * cout + q * rows) * positions);
      const to = word(outWeight, q * rows * patch);
      for (let jc = 0; jc < patch; jc += NC) {
        const nc = min(patch - jc, NC);
        for (let pc = 0; pc < positions; pc += KC) {
          const kc = min(positions - pc, KC);
          packPatchesTransposed(image, jc, nc, pc, kc, panelB(work));
          for (let ic = 0; ic < rows; ic += MC) {
            const mc = min(rows - ic, MC);
            packA(word(upstream, ic * positions + pc), <usize>positions << 2, 4, mc, kc, panelA(work));
            blockProduct(kc, panelA(work), mc, panelB(work), nc, word(to, ic * patch + jc), <usize>patch << 2, true);
          }
        }
      }
    }
  }
}

function biasGradient(g: usize, outBias: usize, n: i32, cout: i32, positions: i32): void {
  for (let c = 0; c < cout; c++) {
    let sum: f64 = 0;
    for (let i = 0; i < n; i++) sum += sumRun(word(g, (i * cout + c) * positions), positions);
    put(outBias, c, <f32>sum);
  }
}

/** out[c·kh·kw, oh·ow]: the patches of one image (`unfold`). */
export function im2col(x: usize, out: usize, channels: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32, ow: i32, sh: i32, sw: i32, ph: i32, pw: i32, dh: i32, dw: i32): void {
  setGeometry(h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw);
  const positions = oh * ow;
  for (let k = 0; k < channels * kh * kw; k++) patchLine(x, k, 0, positions, word(out, k * positions));
}

/** The reverse, adding into `out` (`fold`). */
export function col2im(columns: usize, out: usize, channels: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32, ow: i32, sh: i32, sw: i32, ph: i32, pw: i32, dh: i32, dw: i32): void {
  setGeometry(h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw);
  const positions = oh * ow;
  for (let k = 0; k < channels * kh * kw; k++) addLine(out, k, 0, positions, word(columns, k * positions));
}
