// Parts of vectors.

/** Copies 1 to 3 four-byte elements. */
// @ts-ignore: decorator
@inline export function copyFew(to: usize, from: usize, n: i32): void {
  store<u32>(to, load<u32>(from));
  if (n > 1) store<u32>(to, load<u32>(from, 4), 4);
  if (n > 2) store<u32>(to, load<u32>(from, 8), 8);
}

/** A whole vector, or with `wide` false one element in the first lane. `wide` is a constant wherever this is used. */
// @ts-ignore: decorator
@inline export function read(p: usize, wide: bool): v128 {
  return wide ? v128.load(p) : v128.load32_zero(p);
}

// @ts-ignore: decorator
@inline export function write(p: usize, value: v128, wide: bool): void {
  if (wide) v128.store(p, value);
  else v128.store32_lane(p, value, 0);
}

/** Address of the element at `index`. */
// @ts-ignore: decorator
@inline export function word(base: usize, index: i32): usize {
  return base + (<usize>index << 2);
}

// @ts-ignore: decorator
@inline export function at(base: usize, index: i32): f32 {
  return load<f32>(base + (<usize>index << 2));
}

// @ts-ignore: decorator
@inline export function put(base: usize, index: i32, value: f32): void {
  store<f32>(base + (<usize>index << 2), value);
}

/** The sum of the four lanes in double precision. */
// @ts-ignore: decorator
@inline export function total(v: v128): f64 {
  const pair = f64x2.add(f64x2.promote_low_f32x4(v), f64x2.promote_low_f32x4(v128.shuffle<u32>(v, v, 2, 3, 0, 1)));
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}

/** The sum of two vectors of doubles. */
// @ts-ignore: decorator
@inline export function total2(a: v128, b: v128): f64 {
  const pair = f64x2.add(a, b);
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}

/** The upper two lanes as doubles. */
// @ts-ignore: decorator
@inline export function promoteHigh(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<u32>(v, v, 2, 3, 0, 1));
}

/** Two vectors of doubles as one of four float32. */
// @ts-ignore: decorator
@inline export function demote(low: v128, high: v128): v128 {
  return v128.shuffle<u32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}
