/** Remainders, rounding, bit operations, hashing, shuffling with a generator of one's own. */
import { manualSeed, nn, optim, randn, tensor, type Tensor } from "kindling";

const mod = (a: number, n: number): number => ((a % n) + n) % n;
function wrapAngle(a: number): number {
  const turn = 2 * Math.PI;
  const rest = a % turn;
  return rest < 0 ? rest + turn : rest;
}
class Lcg {
  #state: number;
  constructor(seed = 1) {
    this.#state = seed >>> 0;
  }
  next(): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return this.#state;
  }
  float(): number {
    return this.next() / 2 ** 32;
  }
  int(below: number): number {
    return Math.floor(this.float() * below);
  }
  shuffle<T>(values: readonly T[]): T[] {
    const out = [...values];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      [out[i], out[j]] = [out[j]!, out[i]!];
    }
    return out;
  }
}
function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (const letter of text) {
    hash ^= letter.charCodeAt(0);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}
function popcount(n: number): number {
  let count = 0;
  while (n) {
    count += n & 1;
    n >>>= 1;
  }
  return count;
}
const deltas = [-7, -1, 0, 3, 8];
for (const d of deltas) console.log(d, d % 3, d % -3, mod(d, 3), Math.trunc(d / 2), Math.round(d / 2), ~d, d >> 1, d >>> 28, d | 0);
console.log(deltas.map((d) => d % 4).join(), deltas.map((d, i) => (i - d) % 5).join(" "));
let position = 1;
const track: number[] = [];
for (const move of [-3, 2, -4, 5]) {
  position = (position + move) % 4;
  track.push(position);
}
console.log(track.join(","), (-5.5 % 2).toFixed(1), wrapAngle(-1).toFixed(4), wrapAngle(7).toFixed(4));
const rng = new Lcg(42);
console.log(rng.next(), rng.float().toFixed(6), rng.shuffle([1, 2, 3, 4, 5, 6]).join(""));
console.log(fnv("kindling"), fnv("").toString(16), [1, 255, 1023].map(popcount).join("/"), (255).toString(2).padStart(10, "0"), (-8).toString(2));
const flags = { a: 1 << 0, b: 1 << 1, c: 1 << 2 } as const;
let state = flags.a | flags.c;
state ^= flags.a;
state &= ~flags.b;
console.log(state, (state & flags.c) !== 0, Boolean(state & flags.a), parseInt("ff", 16), Number("0x1f"), Number.parseFloat("3.25abc"));

class HashEmbedding extends nn.Module<[words: string[]]> {
  table: nn.Embedding;
  constructor(
    readonly buckets: number,
    dim: number,
  ) {
    super();
    this.table = new nn.Embedding(buckets, dim);
  }
  override forward(words: string[]): Tensor {
    return this.table(tensor(words.map((w) => fnv(w) % this.buckets)).long());
  }
}
manualSeed(3);
const words = "red green blue cyan red blue".split(" ");
const net = new HashEmbedding(16, 4);
const target = randn(words.length, 4);
const optimizer = new optim.SGD(net.parameters(), { lr: 0.5 });
for (let i = 0; i < 9; i++) {
  const loss = net(words).sub(target).pow(2).mean();
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  if (i % 4 === 0) console.log(`step ${i}: ${loss.item().toFixed(5)}`);
}
const bytes = new Uint8Array([1, 2, 300, -1]);
const ints = Int32Array.from([3, 1, 2]).sort();
const floats = new Float32Array(4).fill(0.5);
floats[1]! += 2;
console.log(
  [...bytes].join(),
  ints.join("-"),
  floats.reduce((a, b) => a + b, 0),
  Math.max(...floats),
  ints.length,
);
