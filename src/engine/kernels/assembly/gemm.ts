// C = A·B by the loops of BLIS: blocks of B [KC, NC] and A [MC, KC] are packed into panels that the register tile
// streams through. Packing reads through strides, so a transposed operand costs no more than a plain one.
import { MR, NR, tile, packRows, madd } from "./generated/tile";

const KC: i32 = 256;
const MC: i32 = 96;
const NC: i32 = 1024;
const EDGE: usize = memory.data(256, 16);

export function sgemmWorkBytes(): i32 {
  return ((MC + MR) * KC + (NC + NR) * KC) * 4;
}

function packA(a: usize, rs: usize, cs: usize, rows: i32, depth: i32, out: usize): void {
  for (let i = 0; i < rows; i += MR) {
    const p = a + <usize>i * rs;
    if (rows - i >= MR) {
      packRows(p, rs, cs, depth, out);
      out += <usize>(depth * MR) << 2;
      continue;
    }
    for (let k = 0; k < depth; k++) {
      for (let r = 0; r < MR; r++) {
        store<f32>(out, i + r < rows ? load<f32>(p + <usize>r * rs + <usize>k * cs) : 0);
        out += 4;
      }
    }
  }
}

function packB(b: usize, rs: usize, cs: usize, depth: i32, cols: i32, out: usize): void {
  for (let j = 0; j < cols; j += NR) {
    let p = b + <usize>j * cs;
    if (cols - j >= NR && cs == 4) {
      for (let k = 0; k < depth; k++) {
        v128.store(out, v128.load(p));
        v128.store(out, v128.load(p, 16), 16);
        p += rs; out += 32;
      }
    } else if (cols - j >= NR) {
      for (let k = 0; k < depth; k++) {
        let q = p;
        for (let c = 0; c < NR; c++) { store<f32>(out + (<usize>c << 2), load<f32>(q)); q += cs; }
        p += rs; out += <usize>NR << 2;
      }
    } else {
      for (let k = 0; k < depth; k++) {
        let q = p;
        for (let c = 0; c < NR; c++) {
          store<f32>(out + (<usize>c << 2), j + c < cols ? load<f32>(q) : 0);
          q += cs;
        }
        p += rs; out += <usize>NR << 2;
      }
    }
  }
}

/** A tile that hangs over the edge is computed whole beside C, and the part that is inside is carried over. */
function edgeTile(depth: i32, a: usize, b: usize, c: usize, ldc: usize, rows: i32, cols: i32, accumulate: bool): void {
  tile(depth, a, b, EDGE, <usize>NR << 2, false);
  for (let r = 0; r < rows; r++) {
    for (let q = 0; q < cols; q++) {
      const to = c + <usize>r * ldc + (<usize>q << 2);
      const value = load<f32>(EDGE + (<usize>(r * NR + q) << 2));
      store<f32>(to, accumulate ? load<f32>(to) + value : value);
    }
  }
}

/** Few rows: packing would cost more than it saves. B's rows have to be dense. */
function thin(m: i32, n: i32, k: i32, a: usize, rsa: usize, csa: usize, b: usize, rsb: usize, c: usize, ldc: usize, accumulate: bool): void {
  for (let i = 0; i < m; i++) {
    const row = a + <usize>i * rsa;
    const out = c + <usize>i * ldc;
    let j = 0;
    for (; j + 8 <= n; j += 8) {
      const to = out + (<usize>j << 2);
      let s0 = accumulate ? v128.load(to) : f32x4.splat(0);
      let s1 = accumulate ? v128.load(to, 16) : f32x4.splat(0);
      let p = row, q = b + (<usize>j << 2);
      for (let d = 0; d < k; d++) {
        const x = v128.load_splat<f32>(p);
        s0 = madd(x, v128.load(q), s0);
        s1 = madd(x, v128.load(q, 16), s1);
        p += csa; q += rsb;
      }
      v128.store(to, s0);
      v128.store(to, s1, 16);
    }
    for (; j < n; j++) {
      const to = out + (<usize>j << 2);
      let s: f32 = accumulate ? load<f32>(to) : 0;
      let p = row, q = b + (<usize>j << 2);
      for (let d = 0; d < k; d++) { s += load<f32>(p) * load<f32>(q); p += csa; q += rsb; }
      store<f32>(to, s);
    }
  }
}

export function sgemm(m: i32, n: i32, k: i32, a: usize, rsa: usize, csa: usize, b: usize, rsb: usize, csb: usize, c: usize, ldc: usize, accumulate: i32, work: usize): void {
  rsa <<= 2; csa <<= 2; rsb <<= 2; csb <<= 2; ldc <<= 2;
  if (k == 0) {
    if (!accumulate) for (let i = 0; i < m; i++) memory.fill(c + <usize>i * ldc, 0, <usize>n << 2);
    return;
  }
  if (m < 4 && csb == 4) { thin(m, n, k, a, rsa, csa, b, rsb, c, ldc, accumulate != 0); return; }
  const panelA = work;
  const panelB = work + (<usize>((MC + MR) * KC) << 2);
  for (let jc = 0; jc < n; jc += NC) {
    const nc = min(n - jc, NC);
    for (let pc = 0; pc < k; pc += KC) {
      const kc = min(k - pc, KC);
      const adds = accumulate != 0 || pc != 0;
      packB(b + <usize>pc * rsb + <usize>jc * csb, rsb, csb, kc, nc, panelB);
      for (let ic = 0; ic < m; ic += MC) {
        const mc = min(m - ic, MC);
        packA(a + <usize>ic * rsa + <usize>pc * csa, rsa, csa, mc, kc, panelA);
        for (let jr = 0; jr < nc; jr += NR) {
          const pb = panelB + (<usize>(jr * kc) << 2);
          for (let ir = 0; ir < mc; ir += MR) {
            const pa = panelA + (<usize>(ir * kc) << 2);
            const to = c + <usize>(ic + ir) * ldc + (<usize>(jc + jr) << 2);
            if (mc - ir >= MR && nc - jr >= NR) tile(kc, pa, pb, to, ldc, adds);
            else edgeTile(kc, pa, pb, to, ldc, min(mc - ir, MR), min(nc - jr, NR), adds);
          }
        }
      }
    }
  }
}
