// One step of recurrent cells for rows of sequences, and its gradient. Gates of one row lie side by side, each `size`
// long. A row's last units, fewer than a vector, are worked on one by one by the same code. Each loop has one elementary
// function: with several in one there aren't enough registers.
import { read, write, word } from "./lanes";
import { splat, add, sub, mul, fma, sigmoid4, tanh4 } from "./math";
import { unary } from "./unary";

const TANH: i32 = 10;
const SIGMOID: i32 = 11;

/** gradient · (1 − s)·s for a sigmoid's value s */
// @ts-ignore: decorator
@inline function throughSigmoid(gradient: v128, s: v128): v128 { return mul(gradient, mul(sub(splat(1), s), s)); }

/** gradient · (1 − t²) for a hyperbolic tangent's value t */
// @ts-ignore: decorator
@inline function throughTanh(gradient: v128, t: v128): v128 { return mul(gradient, sub(splat(1), mul(t, t))); }

// --- long short-term memory: gates are input, forget, candidate and output ---

// @ts-ignore: decorator
@inline function lstmUnits(gates: usize, gate: usize, cell: usize, tanhCell: usize, hidden: usize, wide: bool): void {
  const c = fma(read(gates + gate, wide), read(cell, wide), mul(read(gates, wide), read(gates + 2 * gate, wide)));
  const t = tanh4(c);
  write(cell, c, wide); write(tanhCell, t, wide); write(hidden, mul(read(gates + 3 * gate, wide), t), wide);
}

export function lstmCell(gates: usize, cell: usize, tanhCell: usize, hidden: usize, rows: i32, size: i32): void {
  const gate = word(0, size);
  for (let r = 0; r < rows; r++) {
    unary(SIGMOID, gates, gates, 2 * size, 0, 0);
    unary(TANH, gates + 2 * gate, gates + 2 * gate, size, 0, 0);
    unary(SIGMOID, gates + 3 * gate, gates + 3 * gate, size, 0, 0);
    const end = gates + gate;
    for (; gates + 16 <= end; gates += 16) {
      lstmUnits(gates, gate, cell, tanhCell, hidden, true);
      cell += 16; tanhCell += 16; hidden += 16;
    }
    for (; gates < end; gates += 4) {
      lstmUnits(gates, gate, cell, tanhCell, hidden, false);
      cell += 4; tanhCell += 4; hidden += 4;
    }
    gates += 3 * gate;
  }
}

// @ts-ignore: decorator
@inline function lstmGradients(
  gates: usize, gate: usize, tanhCell: usize, cellBefore: usize, dHidden: usize, dCell: usize, dGates: usize, wide: bool,
): void {
  const i = read(gates, wide), f = read(gates + gate, wide), g = read(gates + 2 * gate, wide), o = read(gates + 3 * gate, wide);
  const t = read(tanhCell, wide), dh = read(dHidden, wide);
  const dc = add(read(dCell, wide), throughTanh(mul(dh, o), t));
  write(dGates, throughSigmoid(mul(dc, g), i), wide);
  write(dGates + gate, throughSigmoid(mul(dc, read(cellBefore, wide)), f), wide);
  write(dGates + 2 * gate, throughTanh(mul(dc, i), g), wide);
  write(dGates + 3 * gate, throughSigmoid(mul(dh, t), o), wide);
  write(dCell, mul(dc, f), wide);
}

export function lstmCellBackward(
  gates: usize, tanhCell: usize, cellBefore: usize, dHidden: usize, dCell: usize, dGates: usize, rows: i32, size: i32,
): void {
  const gate = word(0, size);
  for (let r = 0; r < rows; r++) {
    const end = gates + gate;
    for (; gates + 16 <= end; gates += 16) {
      lstmGradients(gates, gate, tanhCell, cellBefore, dHidden, dCell, dGates, true);
      tanhCell += 16; cellBefore += 16; dHidden += 16; dCell += 16; dGates += 16;
    }
    for (; gates < end; gates += 4) {
      lstmGradients(gates, gate, tanhCell, cellBefore, dHidden, dCell, dGates, false);
      tanhCell += 4; cellBefore += 4; dHidden += 4; dCell += 4; dGates += 4;
    }
    gates += 3 * gate; dGates += 3 * gate;
  }
}

// --- gated recurrent unit: gates are reset, update and candidate ---

/** Reset and update: a = σ(a + b) */
function sigmoidOfSum(a: usize, b: usize, n: i32): void {
  const end = word(a, n);
  for (; a + 16 <= end; a += 16, b += 16) v128.store(a, sigmoid4(add(v128.load(a), v128.load(b))));
  for (; a < end; a += 4, b += 4) write(a, sigmoid4(add(read(a, false), read(b, false))), false);
}

// @ts-ignore: decorator
@inline function gruUnits(gates: usize, fromHidden: usize, gate: usize, hidden: usize, candidate: usize, wide: bool): void {
  const m = read(fromHidden + 2 * gate, wide);
  const n = tanh4(fma(read(gates, wide), m, read(gates + 2 * gate, wide)));
  write(gates + 2 * gate, n, wide); write(candidate, m, wide);
  write(hidden, fma(read(gates + gate, wide), sub(read(hidden, wide), n), n), wide);
}

export function gruCell(gates: usize, fromHidden: usize, hidden: usize, candidate: usize, rows: i32, size: i32): void {
  const gate = word(0, size);
  for (let r = 0; r < rows; r++) {
    sigmoidOfSum(gates, fromHidden, 2 * size);
    const end = gates + gate;
    for (; gates + 16 <= end; gates += 16) {
      gruUnits(gates, fromHidden, gate, hidden, candidate, true);
      fromHidden += 16; hidden += 16; candidate += 16;
    }
    for (; gates < end; gates += 4) {
      gruUnits(gates, fromHidden, gate, hidden, candidate, false);
      fromHidden += 4; hidden += 4; candidate += 4;
    }
    gates += 2 * gate; fromHidden += 2 * gate;
  }
}

// @ts-ignore: decorator
@inline function gruGradients(
  gates: usize, gate: usize, candidate: usize, hiddenBefore: usize, dHidden: usize, dGates: usize, dFromHidden: usize, wide: bool,
): void {
  const r = read(gates, wide), z = read(gates + gate, wide), n = read(gates + 2 * gate, wide);
  const dh = read(dHidden, wide);
  const dz = throughSigmoid(mul(dh, sub(read(hiddenBefore, wide), n)), z);
  const dn = throughTanh(mul(dh, sub(splat(1), z)), n);
  const dr = throughSigmoid(mul(dn, read(candidate, wide)), r);
  write(dGates, dr, wide); write(dGates + gate, dz, wide); write(dGates + 2 * gate, dn, wide);
  write(dFromHidden, dr, wide); write(dFromHidden + gate, dz, wide); write(dFromHidden + 2 * gate, mul(dn, r), wide);
  write(dHidden, mul(dh, z), wide);
}

export function gruCellBackward(
  gates: usize, candidate: usize, hiddenBefore: usize, dHidden: usize, dGates: usize, dFromHidden: usize, rows: i32, size: i32,
): void {
  const gate = word(0, size);
  for (let r = 0; r < rows; r++) {
    const end = gates + gate;
    for (; gates + 16 <= end; gates += 16) {
      gruGradients(gates, gate, candidate, hiddenBefore, dHidden, dGates, dFromHidden, true);
      candidate += 16; hiddenBefore += 16; dHidden += 16; dGates += 16; dFromHidden += 16;
    }
    for (; gates < end; gates += 4) {
      gruGradients(gates, gate, candidate, hiddenBefore, dHidden, dGates, dFromHidden, false);
      candidate += 4; hiddenBefore += 4; dHidden += 4; dGates += 4; dFromHidden += 4;
    }
    gates += 2 * gate; dGates += 2 * gate; dFromHidden += 2 * gate;
  }
}
