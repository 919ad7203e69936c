// The Mersenne Twister of random/mt19937.ts, four words at a time, and draws in bulk from it.
import { CHUNK, CHUNK_A, TAIL_OUT } from "./scratch";
import { word, copyFew } from "./lanes";

const WORDS: i32 = 624;
const SHIFT: i32 = 397;

/** Four words of the next block, from four of the present one, their right neighbours, and those `SHIFT` further on. */
// @ts-ignore: decorator
@inline function twist(words: usize, i: i32, far: usize): v128 {
  const own = v128.load(word(words, i)), next = v128.load(word(words, i + 1));
  const mixed = v128.bitselect(own, next, i32x4.splat(0x80000000));
  const odd = i32x4.neg(v128.and(mixed, i32x4.splat(1)));
  return v128.xor(v128.xor(v128.load(far), i32x4.shr_u(mixed, 1)), v128.and(odd, i32x4.splat(0x9908b0df)));
}

/** The next block over the present one. Its first four words are put behind its last, whose neighbours they are. */
function renew(words: usize): void {
  v128.store(words, twist(words, 0, word(words, SHIFT)));
  v128.store(word(words, WORDS), v128.load(words));
  let i = 4;
  for (; i < WORDS - SHIFT; i += 4) v128.store(word(words, i), twist(words, i, word(words, i + SHIFT)));
  for (; i < WORDS; i += 4) v128.store(word(words, i), twist(words, i, word(words, i + SHIFT - WORDS)));
}

// @ts-ignore: decorator
@inline function temper(y: v128): v128 {
  y = v128.xor(y, i32x4.shr_u(y, 11));
  y = v128.xor(y, v128.and(i32x4.shl(y, 7), i32x4.splat(0x9d2c5680)));
  y = v128.xor(y, v128.and(i32x4.shl(y, 15), i32x4.splat(0xefc60000)));
  return v128.xor(y, i32x4.shr_u(y, 18));
}

/** The next `count` draws of 32 bits; returns the new position in the block. */
function draw(words: usize, position: i32, out: usize, count: i32): i32 {
  while (count > 0) {
    if (position == WORDS) { renew(words); position = 0; }
    const now = min(WORDS - position, count);
    const from = word(words, position);
    let i = 0;
    for (; i + 4 <= now; i += 4) v128.store(word(out, i), temper(v128.load(word(from, i))));
    if (i < now) {
      v128.store(TAIL_OUT, temper(v128.load(word(from, i))));
      copyFew(word(out, i), TAIL_OUT, now - i);
    }
    out = word(out, now); position += now; count -= now;
  }
  return position;
}

/** Goes past the next `count` draws; returns the new position in the block. */
export function skipDraws(words: usize, position: i32, count: i32): i32 {
  while (count > 0) {
    if (position == WORDS) { renew(words); position = 0; }
    const now = min(WORDS - position, count);
    position += now; count -= now;
  }
  return position;
}

/** Two numbers of 53 bits, each from a high and a low draw, against a threshold: all bits of the lane or none. */
// @ts-ignore: decorator
@inline function below(draws: usize, threshold: v128): v128 {
  const pairs = v128.load(draws);
  const numbers = v128.and(v128.shuffle<u32>(pairs, pairs, 1, 0, 3, 2), i64x2.splat(0x001fffffffffffff));
  return i64x2.lt_s(numbers, threshold);
}

// @ts-ignore: decorator
@inline function fourBelow(draws: usize, threshold: v128): v128 {
  return v128.shuffle<u32>(below(draws, threshold), below(draws + 16, threshold), 0, 2, 4, 6);
}

// @ts-ignore: decorator
@inline function sixteenBelow(draws: usize, threshold: v128): v128 {
  const low = i16x8.narrow_i32x4_s(fourBelow(draws, threshold), fourBelow(draws + 32, threshold));
  const high = i16x8.narrow_i32x4_s(fourBelow(draws + 64, threshold), fourBelow(draws + 96, threshold));
  return v128.and(i8x16.narrow_i16x8_s(low, high), i8x16.splat(1));
}

export function bernoulli(words: usize, position: i32, out: usize, n: i32, p: f64): i32 {
  // u · 2⁻⁵³ < p for a whole number u, without rounding.
  const threshold = i64x2.splat(<i64>NativeMath.ceil(p * 9007199254740992));
  while (n > 0) {
    const now = min(n, CHUNK / 2);
    position = draw(words, position, CHUNK_A, 2 * now);
    let draws = CHUNK_A;
    let i = 0;
    for (; i + 16 <= now; i += 16) { v128.store(out + i, sixteenBelow(draws, threshold)); draws += 128; }
    for (; i < now; i++) { store<u8>(out + i, i64x2.extract_lane(below(draws, threshold), 0) & 1); draws += 8; }
    out += now; n -= now;
  }
  return position;
}
