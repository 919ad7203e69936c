// Convolution as a matrix product whose second operand, the patches of the image, exists only in packed form.
// Row k of the patch matrix is one element of the kernel window (channel, kernel row, kernel column), a column is one
// output position. x [n, cin, h, w], weight [cout, cin / groups, kh, kw], out [n, cout, oh, ow].
//
// An image with padding is copied into a frame of zeros first. Then the element of row k at position p lies at
// image + offset(k) + start(p), whatever the geometry, and the positions of one output row lie side by side (stride 1).
import { word, at, put } from "./lanes";
import { splat } from "./math";
import { KC, MC, NC, STEP, panelA, panelB, packA, packB, blockProduct, transpose4, sgemm, sgemmWorkBytes } from "./gemm";
import { MR, NR } from "./generated/tile";
import { depthwise, depthwiseBackwardInput, depthwiseBackwardWeight } from "./depthwise";

/** Floats of the patch gradients that exist at one time, where a stride keeps them from being added at once. */
const COLUMN_BUFFER: i32 = 262144;

// The geometry of the convolution at hand; every entry sets it first. Sizes with padding are the frame's.
export let height: i32 = 0, width: i32 = 0, kernelH: i32 = 0, kernelW: i32 = 0, outH: i32 = 0, outW: i32 = 0;
export let strideH: i32 = 0, strideW: i32 = 0, padH: i32 = 0, padW: i32 = 0, dilationH: i32 = 0, dilationW: i32 = 0;
export let frameH: i32 = 0, frameW: i32 = 0;
let inner: i32 = 0, rows: i32 = 0, patch: i32 = 0, positions: i32 = 0;
// Parts of the workspace behind the panels of the product.
let offsets: usize = 0, frames: usize = 0, blocks: usize = 0;

function setGeometry(channels: i32, outputs: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32, ow: i32, sh: i32, sw: i32, ph: i32, pw: i32, dh: i32, dw: i32): void {
  height = h; width = w; kernelH = kh; kernelW = kw; outH = oh; outW = ow;
  strideH = sh; strideW = sw; padH = ph; padW = pw; dilationH = dh; dilationW = dw;
  if (kh * kw == 1 && sh * sw == 1 && ph + pw == 0) {
    // A single element as the window: the image is one long row.
    height = outH = 1;
    width = outW = h * w;
  }
  frameH = height + 2 * ph;
  frameW = width + 2 * pw;
  inner = channels; rows = outputs; patch = channels * kh * kw; positions = oh * ow;
}

// @ts-ignore: decorator
@inline function rounded(bytes: usize): usize { return (bytes + 15) & ~15; }

/** Images whose positions are the depth of one block of products. */
// @ts-ignore: decorator
@inline function imagesAtOnce(): i32 { return max(1, KC / positions); }

function placeParts(work: usize): void {
  offsets = work + <usize>sgemmWorkBytes();
  frames = offsets + rounded(<usize>patch << 2);
  blocks = frames + rounded(<usize>(imagesAtOnce() * inner * frameH * frameW) << 2);
}

function setWorkspace(work: usize): void {
  placeParts(work);
  for (let k = 0; k < patch; k++) {
    const area = kernelH * kernelW, within = k % area;
    const row = (within / kernelW) * dilationH, col = (within % kernelW) * dilationW;
    store<i32>(word(offsets, k), ((k / area) * frameH * frameW + row * frameW + col) << 2);
  }
}

/** Workspace for a convolution from `channels` to `outputs` in each group. */
export function conv2dWorkBytes(channels: i32, outputs: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32, ow: i32, sh: i32, sw: i32, ph: i32, pw: i32, dh: i32, dw: i32): i32 {
  setGeometry(channels, outputs, h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw);
  placeParts(0);
  // The weights of one block for all images, one wide gradient, or the gradients of patches.
  const forward = <usize>((outputs + MR) * KC) << 2;
  const backward = (<usize>(kh * kw * (MC + MR) * KC) << 2) + (<usize>(min(outputs, KC) * outH * frameW) << 2);
  const columns = <usize>max(COLUMN_BUFFER, patch * NR) << 2;
  return <i32>(blocks + max(max(forward, backward), columns));
}

// Loops, because memory.copy and memory.fill are calls and rows of images are short.
// @ts-ignore: decorator
@inline function copyWords(to: usize, from: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) v128.store(word(to, i), v128.load(word(from, i)));
  for (; i < n; i++) store<u32>(word(to, i), load<u32>(word(from, i)));
}

// @ts-ignore: decorator
@inline function addWords(to: usize, from: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) v128.store(word(to, i), f32x4.add(v128.load(word(to, i)), v128.load(word(from, i))));
  for (; i < n; i++) put(to, i, at(to, i) + at(from, i));
}

function fillWords(to: usize, value: f32, n: i32): void {
  const v = splat(value);
  let i = 0;
  for (; i + 4 <= n; i += 4) v128.store(word(to, i), v);
  for (; i < n; i++) put(to, i, value);
}

/** `channels` planes of an image in frames of zeros: at `to`, or where they are if there is no padding. */
export function framed(image: usize, channels: i32, to: usize): usize {
  if (padH + padW == 0) return image;
  const start = to;
  memory.fill(to, 0, <usize>(channels * frameH * frameW) << 2);
  for (let c = 0; c < channels; c++) {
    let row = word(to, padH * frameW + padW);
    for (let y = 0; y < height; y++) {
      copyWords(row, image, width);
      image += <usize>width << 2;
      row += <usize>frameW << 2;
    }
    to += <usize>(frameH * frameW) << 2;
  }
  return start;
}

/** Copies the inside of `channels` frames, or adds it to what is there. */
export function unframed(frame: usize, channels: i32, to: usize, adds: bool): void {
  for (let c = 0; c < channels; c++) {
    let row = word(frame, padH * frameW + padW);
    for (let y = 0; y < height; y++) {
      if (adds) addWords(to, row, width);
      else copyWords(to, row, width);
      to += <usize>width << 2;
      row += <usize>frameW << 2;
    }
    frame += <usize>(frameH * frameW) << 2;
  }
}

/** Where position `p` begins within a plane, in bytes. */
// @ts-ignore: decorator
@inline function startOf(p: i32): usize {
  return <usize>((p / outW) * strideH * frameW + (p % outW) * strideW) << 2;
}

/** `n` positions side by side, from all of `depth` rows of patches into the columns of a panel. No vector leaves the run. */
// @ts-ignore: decorator
@inline function copyRun(vectors: i32, from: usize, table: usize, depth: i32, to: usize, n: i32): void {
  const last = <usize>(n - 4) << 2;
  for (let d = 0; d < depth; d++) {
    const p = from + <usize>load<i32>(word(table, d));
    if (vectors > 1) v128.store(to, v128.load(p));
    if (vectors > 2) v128.store(to, v128.load(p, 16), 16);
    if (vectors > 3) v128.store(to, v128.load(p, 32), 32);
    v128.store(to + last, v128.load(p + last));
    to += STEP;
  }
}

function packRun(from: usize, table: usize, depth: i32, to: usize, n: i32): void {
  if (n >= 13) copyRun(4, from, table, depth, to, n);
  else if (n >= 9) copyRun(3, from, table, depth, to, n);
  else if (n >= 5) copyRun(2, from, table, depth, to, n);
  else if (n == 4) copyRun(1, from, table, depth, to, n);
  else {
    for (let d = 0; d < depth; d++) {
      const p = from + <usize>load<i32>(word(table, d));
      for (let i = 0; i < n; i++) put(to, i, at(p, i));
      to += STEP;
    }
  }
}

/** Packs rows [k, k + depth) and positions [first, first + count) of the patches as the second operand. */
function packPatches(image: usize, k: i32, depth: i32, first: i32, count: i32, out: usize): void {
  const table = word(offsets, k);
  for (let j = 0; j < count; j += NR) {
    const columns = min(NR, count - j);
    if (columns < NR) memory.fill(out, 0, STEP * depth);
    for (let c = 0; c < columns;) {
      const p = first + j + c;
      const run = strideW == 1 ? min(outW - p % outW, columns - c) : 1;
      packRun(image + startOf(p), table, depth, word(out, c), run);
      c += run;
    }
    out += STEP * depth;
  }
}

/** Rows [k, k + 4) of patches, `n` positions side by side, as four columns of a panel. */
// @ts-ignore: decorator
@inline function turnRun(p0: usize, p1: usize, p2: usize, p3: usize, to: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) turnFour(p0, p1, p2, p3, to, i);
  if (i == n) return;
  // The last four overlap those before; a run of fewer goes one by one.
  if (n >= 4) turnFour(p0, p1, p2, p3, to, n - 4);
  else for (; i < n; i++) {
    const q = to + STEP * i;
    put(q, 0, at(p0, i)); put(q, 1, at(p1, i)); put(q, 2, at(p2, i)); put(q, 3, at(p3, i));
  }
}

// @ts-ignore: decorator
@inline function turnFour(p0: usize, p1: usize, p2: usize, p3: usize, to: usize, i: i32): void {
  transpose4(v128.load(word(p0, i)), v128.load(word(p1, i)), v128.load(word(p2, i)), v128.load(word(p3, i)), to + STEP * i);
}

/**
 * Packs the transposed patches: positions [first, first + depth) are the depth, rows [k, k + count) the columns. A panel is
 * `whole` deep, of which this is a part. Columns beyond `count` repeat the last one.
 */
function packPatchesTransposed(image: usize, k: i32, count: i32, first: i32, depth: i32, out: usize, whole: i32): void {
  for (let j = 0; j < count; j += NR) {
    for (let c = j; c < min(j + NR, count); c += 4) {
      const p0 = row(image, k, c, count), p1 = row(image, k, c + 1, count), p2 = row(image, k, c + 2, count), p3 = row(image, k, c + 3, count);
      let to = word(out, c - j);
      for (let p = first, end = first + depth; p < end;) {
        const run = strideW == 1 ? min(outW - p % outW, end - p) : 1;
        const start = startOf(p);
        turnRun(p0 + start, p1 + start, p2 + start, p3 + start, to, run);
        p += run;
        to += STEP * run;
      }
    }
    out += STEP * whole;
  }
}

// @ts-ignore: decorator
@inline function row(image: usize, k: i32, c: i32, count: i32): usize {
  return image + <usize>load<i32>(word(offsets, k + min(c, count - 1)));
}

/** With one channel in and few out in each group there is too little to multiply. */
// @ts-ignore: decorator
@inline function isDepthwise(): bool { return inner == 1 && rows < 4; }

export function conv2d(
  x: usize, weight: usize, bias: usize, out: usize, n: i32, groups: i32, cin: i32, cout: i32, h: i32, w: i32, kh: i32, kw: i32,
  oh: i32, ow: i32, sh: i32, sw: i32, ph: i32, pw: i32, dh: i32, dw: i32, work: usize,
): void {
  setGeometry(cin / groups, cout / groups, h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw);
  setWorkspace(work);
  if (isDepthwise()) { depthwise(x, weight, bias, out, n, cin, rows, frames); return; }
  if (bias) {
    for (let i = 0, plane = out; i < n; i++) {
      for (let c = 0; c < cout; c++) { fillWords(plane, at(bias, c), positions); plane += <usize>positions << 2; }
    }
  }
  for (let g = 0; g < groups; g++) {
    for (let pc = 0; pc < patch; pc += KC) {
      const kc = min(patch - pc, KC);
      // The weights are packed once for all images.
      packA(word(weight, g * rows * patch + pc), <usize>patch << 2, 4, rows, kc, blocks);
      for (let i = 0; i < n; i++) {
        const image = framed(word(x, (i * cin + g * inner) * h * w), inner, frames);
        const to = word(out, (i * cout + g * rows) * positions);
        for (let jc = 0; jc < positions; jc += NC) {
          const nc = min(positions - jc, NC);
          packPatches(image, pc, kc, jc, nc, panelB(work));
          for (let ic = 0; ic < rows; ic += MC) {
            blockProduct(kc, word(blocks, ic * kc), min(rows - ic, MC), panelB(work), nc, word(to, ic * positions + jc), <usize>positions << 2, pc > 0 || bias != 0);
          }
        }
      }
    }
  }
}

export function conv2dBackwardInput(
  g: usize, weight: usize, outX: usize, n: i32, groups: i32, cin: i32, cout: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32,
  ow: i32, sh: i32, sw: i32, ph: i32, pw: i32, dh: i32, dw: i32, work: usize,
): void {
  setGeometry(cin / groups, cout / groups, h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw);
  setWorkspace(work);
  if (isDepthwise()) { depthwiseBackwardInput(g, weight, outX, n, cin, rows, frames); return; }
  memory.fill(outX, 0, <usize>(n * cin * h * w) << 2);
  for (let q = 0; q < groups; q++) {
    const kernel = word(weight, q * rows * patch), image = word(outX, q * inner * h * w), upstream = word(g, q * rows * positions);
    if (strideH == 1 && strideW == 1) shiftedProducts(upstream, kernel, image, n, cin, cout, work);
    else scatteredColumns(upstream, kernel, image, n, cin, cout, work);
  }
}

/**
 * With stride 1: for each element of the window one product of its weights with the whole gradient, added to the input's
 * gradient from that element's place on. So that this is one window of memory, the gradient's rows are spread to the
 * width of the frame, with zeros between them.
 */
function shiftedProducts(upstream: usize, kernel: usize, image: usize, n: i32, cin: i32, cout: i32, work: usize): void {
  const area = kernelH * kernelW, plane = frameH * frameW, wide = (outH - 1) * frameW + outW;
  const isFramed = padH + padW > 0;
  for (let pc = 0; pc < rows; pc += KC) {
    const kc = min(rows - pc, KC);
    const spread = blocks + (<usize>(area * (MC + MR) * KC) << 2);
    for (let ic = 0; ic < inner; ic += MC) {
      const mc = min(inner - ic, MC);
      // A block for each element of the window, packed once for all images.
      const blockBytes = <usize>((mc + MR) * kc) << 2;
      for (let t = 0; t < area; t++) {
        packA(word(kernel, pc * patch + ic * area + t), <usize>area << 2, <usize>patch << 2, mc, kc, blocks + blockBytes * t);
      }
      for (let i = 0; i < n; i++) {
        const gradient = spreadRows(word(upstream, (i * cout + pc) * positions), kc, spread);
        const target = word(image, (i * cin + ic) * height * width);
        if (isFramed) memory.fill(frames, 0, <usize>(mc * plane) << 2);
        const to = isFramed ? frames : target;
        const pitch = <usize>(frameW == outW ? positions : outH * frameW) << 2;
        for (let jc = 0; jc < wide; jc += NC) {
          const nc = min(wide - jc, NC);
          packB(word(gradient, jc), pitch, 4, kc, nc, panelB(work));
          for (let t = 0; t < area; t++) {
            const shift = (t / kernelW) * dilationH * frameW + (t % kernelW) * dilationW;
            blockProduct(kc, blocks + blockBytes * t, mc, panelB(work), nc, word(to, shift + jc), <usize>plane << 2, true);
          }
        }
        if (isFramed) unframed(frames, mc, target, true);
      }
    }
  }
}

/** `count` planes of the gradient with their rows `frameW` apart; as they are if they lie so already. */
function spreadRows(from: usize, count: i32, to: usize): usize {
  if (frameW == outW) return from;
  const start = to;
  for (let r = 0; r < count * outH; r++) {
    copyWords(to, from, outW);
    for (let i = outW; i < frameW; i++) put(to, i, 0);
    from += <usize>outW << 2;
    to += <usize>frameW << 2;
  }
  return start;
}

/** With a stride: the gradients of patches by blocks of positions, each added where its patch was taken from. */
function scatteredColumns(upstream: usize, kernel: usize, image: usize, n: i32, cin: i32, cout: i32, work: usize): void {
  const block = min(positions, max(NR, (COLUMN_BUFFER / patch) & ~(NR - 1)));
  for (let i = 0; i < n; i++) {
    const target = word(image, i * cin * height * width), gradient = word(upstream, i * cout * positions);
    for (let first = 0; first < positions; first += block) {
      const now = min(block, positions - first);
      sgemm(patch, now, rows, kernel, 1, patch, word(gradient, first), positions, 1, blocks, now, 0, work);
      for (let k = 0; k < patch; k++) addLine(target, k, first, now, word(blocks, k * now));
    }
  }
}

/**
 * Gradient with respect to the weight [cout, patch]: its rows [fromRow, toRow) and of these the columns [fromColumn, toColumn).
 * Each value is summed up in the same order, whatever else is computed with it.
 */
export function conv2dBackwardWeight(
  g: usize, x: usize, outWeight: usize, n: i32, groups: i32, cin: i32, cout: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32,
  ow: i32, sh: i32, sw: i32, ph: i32, pw: i32, dh: i32, dw: i32, work: usize, fromRow: i32, toRow: i32, fromColumn: i32, toColumn: i32,
): void {
  setGeometry(cin / groups, cout / groups, h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw);
  setWorkspace(work);
  for (let r = fromRow; r < toRow; r++) memory.fill(word(outWeight, r * patch + fromColumn), 0, <usize>(toColumn - fromColumn) << 2);
  if (isDepthwise()) { depthwiseBackwardWeight(g, x, outWeight, n, cin, rows, frames, fromRow, toRow, fromColumn, toColumn); return; }
  const together = imagesAtOnce();
  for (let q = fromRow / rows; q * rows < toRow; q++) {
    const first = max(fromRow, q * rows), count = min(toRow, (q + 1) * rows) - first;
    for (let i = 0; i < n; i += together) {
      const images = min(together, n - i);
      const upstream = word(g, (i * cout + first) * positions), image = word(x, (i * cin + q * inner) * h * w), to = word(outWeight, first * patch);
      if (images == 1) weightProducts(upstream, image, to, count, fromColumn, toColumn, work);
      else weightProductsOf(images, upstream, image, to, cin, cout, count, fromColumn, toColumn, work);
    }
  }
}

/** The channels that columns [from, to) of patches come from, each in its frame. */
function framedFor(from: i32, to: i32, x: usize, frame: usize): usize {
  if (padH + padW == 0) return x;
  const area = kernelH * kernelW, first = from / area;
  framed(word(x, first * height * width), (to - 1) / area + 1 - first, word(frame, first * frameH * frameW));
  return frame;
}

/** Of one image, whose positions may be more than a block is deep. */
function weightProducts(upstream: usize, x: usize, to: usize, count: i32, fromColumn: i32, toColumn: i32, work: usize): void {
  const image = framedFor(fromColumn, toColumn, x, frames);
  for (let jc = fromColumn; jc < toColumn; jc += NC) {
    const nc = min(toColumn - jc, NC);
    for (let pc = 0; pc < positions; pc += KC) {
      const kc = min(positions - pc, KC);
      packPatchesTransposed(image, jc, nc, pc, kc, panelB(work), kc);
      for (let ic = 0; ic < count; ic += MC) {
        const mc = min(count - ic, MC);
        packA(word(upstream, ic * positions + pc), <usize>positions << 2, 4, mc, kc, panelA(work));
        blockProduct(kc, panelA(work), mc, panelB(work), nc, word(to, ic * patch + jc), <usize>patch << 2, true);
      }
    }
  }
}

/** Of several small images at once: their positions follow each other in the depth of the product. */
function weightProductsOf(
  images: i32, upstream: usize, x: usize, to: usize, cin: i32, cout: i32, count: i32, fromColumn: i32, toColumn: i32, work: usize,
): void {
  const whole = images * positions, frame = <usize>(inner * frameH * frameW) << 2;
  const image = <usize>(cin * height * width) << 2, gradient = <usize>(cout * positions) << 2;
  const from = framedFor(fromColumn, toColumn, x, frames), step = from == x ? image : frame;
  for (let i = 1; i < images; i++) framedFor(fromColumn, toColumn, x + image * i, frames + frame * i);
  for (let jc = fromColumn; jc < toColumn; jc += NC) {
    const nc = min(toColumn - jc, NC);
    for (let i = 0; i < images; i++) packPatchesTransposed(from + step * i, jc, nc, 0, positions, panelB(work) + STEP * (i * positions), whole);
    for (let ic = 0; ic < count; ic += MC) {
      const mc = min(count - ic, MC);
      for (let r = 0; r < mc; r += MR) {
        for (let i = 0; i < images; i++) {
          const from = upstream + gradient * i + (<usize>((ic + r) * positions) << 2);
          packA(from, <usize>positions << 2, 4, min(mc - r, MR), positions, word(panelA(work), r * whole + i * positions * MR));
        }
      }
      blockProduct(whole, panelA(work), mc, panelB(work), nc, word(to, ic * patch + jc), <usize>patch << 2, true);
    }
  }
}

// --- patches as a matrix in memory (`unfold`, `fold`), which know no frames ---

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
      if (!back) fillWords(line, 0, run);
    } else {
      const source = word(plane, row * width);
      for (let i = 0, col = from * strideW + dx; i < run; i++, col += strideW) {
        const inside = <u32>col < <u32>width;
        if (!back) put(line, i, inside ? at(source, col) : 0);
        else if (inside) put(source, col, at(source, col) + at(line, i));
      }
    }
    line += <usize>run << 2;
    count -= run;
    y++;
    from = 0;
  }
}

function addLine(image: usize, k: i32, first: i32, count: i32, line: usize): void {
  walkLine(image, k, first, count, line, true);
}

/** out[c·kh·kw, oh·ow]: the patches of one image (`unfold`). */
export function im2col(x: usize, out: usize, channels: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32, ow: i32, sh: i32, sw: i32, ph: i32, pw: i32, dh: i32, dw: i32): void {
  setGeometry(channels, 1, h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw);
  for (let k = 0; k < patch; k++) walkLine(x, k, 0, positions, word(out, k * positions), false);
}

/** The reverse, adding into `out` (`fold`). */
export function col2im(columns: usize, out: usize, channels: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32, ow: i32, sh: i32, sw: i32, ph: i32, pw: i32, dh: i32, dw: i32): void {
  setGeometry(channels, 1, h, w, kh, kw, oh, ow, sh, sw, ph, pw, dh, dw);
  for (let k = 0; k < patch; k++) addLine(out, k, 0, positions, word(columns, k * positions));
}
