// C = A·B by the loops of BLIS: blocks of B [KC, NC] and A [MC, KC] are packed into panels that the register tile
// streams through. Packing reads through strides, so a transposed operand costs no more than a plain one.
// Inside this file strides are in bytes.
import { EDGE } from "./scratch";
import { word } from "./lanes";
import { MR, NR, tile, packRows, packDenseRows, packDenseColumns, packWide, madd } from "./generated/tile";

export const KC: i32 = 256;
export const MC: i32 = 96;
export const NC: i32 = 1024;
/** Bytes from one depth of a packed panel of B to the next. */
export const STEP: usize = <usize>NR << 2;
const PANEL_A: usize = <usize>((MC + MR) * KC) << 2;
const PANEL_B: usize = <usize>((NC + NR) * KC) << 2;
/** With so few rows of A a packed B wouldn't be read often enough to pay for the packing. */
const DIRECT_ROWS: i32 = 18;

export function sgemmWorkBytes(): i32 {
  return <i32>(PANEL_A + PANEL_B);
}

/** Where the packed panels lie in the workspace. */
// @ts-ignore: decorator
@inline export function panelA(work: usize): usize { return work; }
// @ts-ignore: decorator
@inline export function panelB(work: usize): usize { return work + PANEL_A; }

/** Panels of MR rows, depth by depth; the last is filled up with zeros. */
export function packA(a: usize, rs: usize, cs: usize, rows: i32, depth: i32, out: usize): void {
  for (let i = 0; i < rows; i += MR) {
    const p = a + rs * i;
    if (rows - i >= MR) {
      if (cs == 4) packDenseRows(p, rs, depth, out);
      else if (rs == 4) packDenseColumns(p, cs, depth, out);
      else packRows(p, rs, cs, depth, out);
      out += <usize>(depth * MR) << 2;
      continue;
    }
    for (let k = 0; k < depth; k++) {
      let q = p + cs * k;
      for (let r = 0; r < MR; r++) {
        store<f32>(out, i + r < rows ? load<f32>(q) : 0);
        out += 4; q += rs;
      }
    }
  }
}

/** Panels of NR columns, depth by depth; the last is filled up with zeros. */
export function packB(b: usize, rs: usize, cs: usize, depth: i32, cols: i32, out: usize): void {
  for (let j = 0; j < cols; j += NR) {
    const p = b + cs * j;
    if (cols - j < NR) packEdge(p, rs, cs, depth, cols - j, out);
    else if (cs == 4) packWide(p, rs, depth, out);
    else if (rs == 4) packTransposed(p, cs, depth, out);
    else packEdge(p, rs, cs, depth, NR, out);
    out += <usize>(depth * NR) << 2;
  }
}

/** Four depths at a time, as transposed 4×4 blocks. */
function packTransposed(p: usize, cs: usize, depth: i32, out: usize): void {
  let k = 0;
  for (; k + 4 <= depth; k += 4) {
    let q = p + (<usize>k << 2);
    for (let c: usize = 0; c < STEP; c += 16) {
      transpose4(v128.load(q), v128.load(q + cs), v128.load(q + 2 * cs), v128.load(q + 3 * cs), out + c);
      q += 4 * cs;
    }
    out += 4 * STEP;
  }
  for (; k < depth; k++) {
    let q = p + (<usize>k << 2);
    for (let c = 0; c < NR; c++) { store<f32>(word(out, c), load<f32>(q)); q += cs; }
    out += STEP;
  }
}

/** Four rows of a block as columns, in four depths of a panel. */
// @ts-ignore: decorator
@inline export function transpose4(a: v128, b: v128, c: v128, d: v128, out: usize): void {
  const ab = v128.shuffle<u32>(a, b, 0, 4, 1, 5), abHigh = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
  const cd = v128.shuffle<u32>(c, d, 0, 4, 1, 5), cdHigh = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<u64>(ab, cd, 0, 2));
  v128.store(out + STEP, v128.shuffle<u64>(ab, cd, 1, 3));
  v128.store(out + 2 * STEP, v128.shuffle<u64>(abHigh, cdHigh, 0, 2));
  v128.store(out + 3 * STEP, v128.shuffle<u64>(abHigh, cdHigh, 1, 3));
}

function packEdge(p: usize, rs: usize, cs: usize, depth: i32, cols: i32, out: usize): void {
  for (let k = 0; k < depth; k++) {
    let q = p;
    for (let c = 0; c < NR; c++) {
      store<f32>(word(out, c), c < cols ? load<f32>(q) : 0);
      q += cs;
    }
    p += rs; out += STEP;
  }
}

/** A tile that hangs over the edge is computed whole beside C, and the part that is inside is carried over. */
function edgeTile(depth: i32, a: usize, b: usize, stepB: usize, c: usize, ldc: usize, rows: i32, cols: i32, adds: bool): void {
  tile(depth, a, b, stepB, EDGE, STEP, false);
  for (let r = 0; r < rows; r++) {
    const to = c + ldc * r, from = EDGE + STEP * r;
    let q = 0;
    for (; q + 4 <= cols; q += 4) {
      const value = v128.load(word(from, q)), p = word(to, q);
      v128.store(p, adds ? f32x4.add(v128.load(p), value) : value);
    }
    for (; q < cols; q++) {
      const value = load<f32>(word(from, q)), p = word(to, q);
      store<f32>(p, adds ? load<f32>(p) + value : value);
    }
  }
}

/** All tiles of one panel of B with a packed block of A. */
function panelTiles(depth: i32, blockA: usize, rows: i32, b: usize, stepB: usize, cols: i32, c: usize, ldc: usize, adds: bool): void {
  for (let i = 0; i < rows; i += MR) {
    const a = blockA + (<usize>(i * depth) << 2), to = c + ldc * i;
    if (rows - i >= MR && cols >= NR) tile(depth, a, b, stepB, to, ldc, adds);
    else edgeTile(depth, a, b, stepB, to, ldc, min(rows - i, MR), min(cols, NR), adds);
  }
}

/** C[rows, cols] from a packed block of A and a packed block of B. */
export function blockProduct(depth: i32, blockA: usize, rows: i32, blockB: usize, cols: i32, c: usize, ldc: usize, adds: bool): void {
  for (let j = 0; j < cols; j += NR) {
    panelTiles(depth, blockA, rows, blockB + (<usize>(j * depth) << 2), STEP, cols - j, word(c, j), ldc, adds);
  }
}

/** Few rows of A, and B's rows are dense: B is read where it is. Only an incomplete last panel is packed. */
function directProduct(m: i32, n: i32, k: i32, a: usize, rsa: usize, csa: usize, b: usize, rsb: usize, c: usize, ldc: usize, adds: bool, work: usize): void {
  const blockA = panelA(work), edge = panelB(work);
  for (let pc = 0; pc < k; pc += KC) {
    const kc = min(k - pc, KC);
    const rowsB = b + rsb * pc;
    packA(a + csa * pc, rsa, csa, m, kc, blockA);
    let j = 0;
    for (; j + NR <= n; j += NR) panelTiles(kc, blockA, m, word(rowsB, j), rsb, NR, word(c, j), ldc, adds || pc > 0);
    if (j < n) {
      packEdge(word(rowsB, j), rsb, 4, kc, n - j, edge);
      panelTiles(kc, blockA, m, edge, STEP, n - j, word(c, j), ldc, adds || pc > 0);
    }
  }
}

// --- one row ---

/** c[j] = Σ a[p]·b[p, j] with dense rows of B; `csc` bytes from one result to the next. */
function rowByRows(n: i32, k: i32, a: usize, csa: usize, b: usize, rsb: usize, c: usize, csc: usize, adds: bool): void {
  let j = 0;
  for (; j + 16 <= n; j += 16) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let p = a, q = word(b, j);
    for (let d = 0; d < k; d++) {
      const x = v128.load32_splat(p);
      s0 = madd(x, v128.load(q), s0);
      s1 = madd(x, v128.load(q, 16), s1);
      s2 = madd(x, v128.load(q, 32), s2);
      s3 = madd(x, v128.load(q, 48), s3);
      p += csa; q += rsb;
    }
    const to = c + csc * j;
    putFour(to, csc, s0, adds);
    putFour(to + 4 * csc, csc, s1, adds);
    putFour(to + 8 * csc, csc, s2, adds);
    putFour(to + 12 * csc, csc, s3, adds);
  }
  for (; j + 4 <= n; j += 4) {
    let s = f32x4.splat(0);
    let p = a, q = word(b, j);
    for (let d = 0; d < k; d++) { s = madd(v128.load32_splat(p), v128.load(q), s); p += csa; q += rsb; }
    putFour(c + csc * j, csc, s, adds);
  }
  for (; j < n; j++) {
    let s = f32x4.splat(0);
    let p = a, q = word(b, j);
    for (let d = 0; d < k; d++) { s = madd(v128.load32_zero(p), v128.load32_zero(q), s); p += csa; q += rsb; }
    putOne(c + csc * j, f32x4.extract_lane(s, 0), adds);
  }
}

// @ts-ignore: decorator
@inline function putOne(p: usize, value: f32, adds: bool): void {
  store<f32>(p, adds ? load<f32>(p) + value : value);
}

// @ts-ignore: decorator
@inline function putFour(p: usize, step: usize, value: v128, adds: bool): void {
  if (step == 4) { v128.store(p, adds ? f32x4.add(v128.load(p), value) : value); return; }
  putOne(p, f32x4.extract_lane(value, 0), adds);
  putOne(p + step, f32x4.extract_lane(value, 1), adds);
  putOne(p + 2 * step, f32x4.extract_lane(value, 2), adds);
  putOne(p + 3 * step, f32x4.extract_lane(value, 3), adds);
}

// @ts-ignore: decorator
@inline function laneSum(v: v128): f32 {
  return (f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1)) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/** The same with dense columns of B and a dense row of A: four inner products at a time. */
function rowByColumns(n: i32, k: i32, a: usize, b: usize, csb: usize, c: usize, csc: usize, adds: bool): void {
  const whole = <usize>(k & ~3) << 2, bytes = <usize>k << 2;
  let j = 0;
  for (; j + 4 <= n; j += 4) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    const b0 = b + csb * j, b1 = b0 + csb, b2 = b1 + csb, b3 = b2 + csb;
    let p: usize = 0;
    for (; p < whole; p += 16) {
      const x = v128.load(a + p);
      s0 = madd(x, v128.load(b0 + p), s0);
      s1 = madd(x, v128.load(b1 + p), s1);
      s2 = madd(x, v128.load(b2 + p), s2);
      s3 = madd(x, v128.load(b3 + p), s3);
    }
    for (; p < bytes; p += 4) {
      const x = v128.load32_zero(a + p);
      s0 = madd(x, v128.load32_zero(b0 + p), s0);
      s1 = madd(x, v128.load32_zero(b1 + p), s1);
      s2 = madd(x, v128.load32_zero(b2 + p), s2);
      s3 = madd(x, v128.load32_zero(b3 + p), s3);
    }
    const to = c + csc * j;
    putOne(to, laneSum(s0), adds);
    putOne(to + csc, laneSum(s1), adds);
    putOne(to + 2 * csc, laneSum(s2), adds);
    putOne(to + 3 * csc, laneSum(s3), adds);
  }
  for (; j < n; j++) {
    let s = f32x4.splat(0), t = s;
    const q = b + csb * j;
    let p: usize = 0;
    for (; p + 32 <= whole; p += 32) {
      s = madd(v128.load(a + p), v128.load(q + p), s);
      t = madd(v128.load(a + p, 16), v128.load(q + p, 16), t);
    }
    for (; p < whole; p += 16) s = madd(v128.load(a + p), v128.load(q + p), s);
    for (; p < bytes; p += 4) t = madd(v128.load32_zero(a + p), v128.load32_zero(q + p), t);
    putOne(c + csc * j, laneSum(f32x4.add(s, t)), adds);
  }
}

/** Products of a few rows. Returns false where B has no dense direction to go along. */
function fewRows(m: i32, n: i32, k: i32, a: usize, rsa: usize, csa: usize, b: usize, rsb: usize, csb: usize, c: usize, rsc: usize, csc: usize, adds: bool, work: usize): bool {
  const columns = rsb == 4 && (csb != 4 || n < 4);
  if (!columns && csb != 4) return false;
  if (columns && csa != 4 && k > NC * KC) return false;
  for (let i = 0; i < m; i++) {
    let row = a + rsa * i;
    if (columns && csa != 4) {
      for (let p = 0; p < k; p++) store<f32>(word(work, p), load<f32>(row + csa * p));
      row = work;
    }
    if (columns) rowByColumns(n, k, row, b, csb, c + rsc * i, csc, adds);
    else rowByRows(n, k, row, csa, b, rsb, c + rsc * i, csc, adds);
  }
  return true;
}

export function sgemm(m: i32, n: i32, k: i32, a: usize, rsa: usize, csa: usize, b: usize, rsb: usize, csb: usize, c: usize, ldc: usize, accumulate: i32, work: usize): void {
  rsa <<= 2; csa <<= 2; rsb <<= 2; csb <<= 2; ldc <<= 2;
  const adds = accumulate != 0;
  if (k == 0) {
    if (!adds) for (let i = 0; i < m; i++) memory.fill(c + ldc * i, 0, <usize>n << 2);
    return;
  }
  if (m < 4 && fewRows(m, n, k, a, rsa, csa, b, rsb, csb, c, ldc, 4, adds, work)) return;
  // Few columns: the same the other way round, Cᵀ = Bᵀ·Aᵀ.
  if (n < 4 && fewRows(n, m, k, b, csb, rsb, a, csa, rsa, c, 4, ldc, adds, work)) return;
  if (m <= DIRECT_ROWS && csb == 4) { directProduct(m, n, k, a, rsa, csa, b, rsb, c, ldc, adds, work); return; }
  const blockA = panelA(work), blockB = panelB(work);
  for (let jc = 0; jc < n; jc += NC) {
    const nc = min(n - jc, NC);
    for (let pc = 0; pc < k; pc += KC) {
      const kc = min(k - pc, KC);
      packB(b + rsb * pc + csb * jc, rsb, csb, kc, nc, blockB);
      for (let ic = 0; ic < m; ic += MC) {
        const mc = min(m - ic, MC);
        packA(a + rsa * ic + csa * pc, rsa, csa, mc, kc, blockA);
        blockProduct(kc, blockA, mc, blockB, nc, word(c + ldc * ic, jc), ldc, adds || pc > 0);
      }
    }
  }
}

/** `batch` products whose operands lie `strideA`, `strideB` and `strideC` elements apart. */
export function sgemmBatched(
  batch: i32, strideA: usize, strideB: usize, strideC: usize, m: i32, n: i32, k: i32, a: usize, rsa: usize, csa: usize,
  b: usize, rsb: usize, csb: usize, c: usize, ldc: usize, accumulate: i32, work: usize,
): void {
  for (let i = 0; i < batch; i++) {
    sgemm(m, n, k, a, rsa, csa, b, rsb, csb, c, ldc, accumulate, work);
    a += strideA << 2; b += strideB << 2; c += strideC << 2;
  }
}
