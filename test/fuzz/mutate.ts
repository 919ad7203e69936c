/** Damage to files, the same for the same seed. */

/** Whole numbers from 0 to `below` − 1; mulberry32. */
export function randomBelow(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

type Random = (below: number) => number;
type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

/** Sizes that readers stumble over. */
const treacherous = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let position = 0;
  for (const part of parts) {
    out.set(part, position);
    position += part.length;
  }
  return out;
}

/** Writes a number of `size` bytes, in either byte order, somewhere. */
const editLength =
  (size: 1 | 2 | 4 | 8): Mutation =>
  (bytes, random) => {
    const out = joined(bytes, new Uint8Array(8));
    const view = new DataView(out.buffer);
    const at = random(bytes.length + 1);
    const value = random(3) === 0 ? random(2 ** 16) : treacherous[random(treacherous.length)]!;
    const little = random(2) === 0;
    if (size === 1) view.setUint8(at, value);
    else if (size === 2) view.setUint16(at, value, little);
    else if (size === 4) view.setUint32(at, value, little);
    else view.setBigUint64(at, BigInt(value) << BigInt(random(33)), little);
    return out.subarray(0, bytes.length);
  };

const mutations: readonly Mutation[] = [
  function flipBits(bytes, random) {
    const out = bytes.slice();
    for (let i = random(4); i >= 0 && out.length > 0; i--) out[random(out.length)]! ^= 1 << random(8);
    return out;
  },
  function truncate(bytes, random) {
    return bytes.slice(0, random(bytes.length + 1));
  },
  function insert(bytes, random) {
    const at = random(bytes.length + 1);
    return joined(
      bytes.subarray(0, at),
      Uint8Array.from({ length: 1 + random(16) }, () => random(256)),
      bytes.subarray(at),
    );
  },
  function remove(bytes, random) {
    const at = random(bytes.length + 1);
    return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + random(16)));
  },
  function splice(bytes, random, other) {
    const start = random(other.length + 1);
    const piece = other.subarray(start, start + random(64));
    const at = random(bytes.length + 1);
    return joined(bytes.subarray(0, at), piece, bytes.subarray(at + (random(2) === 0 ? piece.length : 0)));
  },
  editLength(1),
  editLength(2),
  editLength(4),
  editLength(8),
];

/** One to three damages, one after the other. @param other a second valid file, of which pieces may be spliced in */
export function mutate(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let out = bytes;
  for (let i = random(3); i >= 0; i--) out = mutations[random(mutations.length)]!(out, random, other);
  return out;
}
