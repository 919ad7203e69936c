/** Runs kernels on their own memory: all builds, as V8 first compiles them and as it compiles them once they are hot. */
import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import type { Kernels } from "../../../src/engine/kernels/exports.ts";
import { elements, productsPlain, productsRelaxed, productsRevectorized } from "../../../src/engine/kernels/generated.ts";
import { decode, instantiateKernels } from "../../../src/engine/kernels/load.ts";

// Node 20 has the relaxed instructions behind this flag, later ones without.
const v8Version = Number.parseInt(process.versions.v8, 10);
if (v8Version < 12) setFlagsFromString("--experimental-wasm-relaxed-simd");
// As load.ts does before it turns Liftoff off and on.
if (v8Version >= 14) setFlagsFromString("--no-wasm-deopt");

/** Every value that single-precision arithmetic treats differently. */
export const SPECIAL = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  3.5,
  1e-45,
  -1e-45,
  1e-40,
  -1e-40,
  1.1754943508222875e-38,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  Infinity,
  -Infinity,
  NaN,
];

/** Sizes around the width of a vector, of a block and of a chunk. */
export const SIZES = [0, 1, 3, 4, 5, 7, 17, 100, 1030];

const CANARY = 0x7fabcdef;

export class Machine {
  readonly memory: WebAssembly.Memory;
  readonly kernels: Kernels;
  #top = 0;
  #guards: number[] = [];

  constructor(elementsModule: Uint8Array<ArrayBuffer>, productsModule: Uint8Array<ArrayBuffer>) {
    this.memory = new WebAssembly.Memory({ initial: 1024, maximum: 65_536, shared: true });
    this.kernels = instantiateKernels(
      this.memory,
      [elementsModule, productsModule].map((bytes) => new WebAssembly.Module(bytes)),
    );
    this.reset();
  }

  /** Forgets all allocations. */
  reset(): void {
    this.#top = Math.ceil(this.kernels.heapBase.value / 64) * 64;
    this.#guards = [];
  }

  /** An address with `bytes` behind it, `shift` bytes past a multiple of 64, and guards on both sides. */
  alloc(bytes: number, shift = 0): number {
    const words = new Int32Array(this.memory.buffer);
    const start = Math.ceil((this.#top + 8) / 64) * 64 + shift;
    words[start / 4 - 1] = CANARY;
    const end = Math.ceil((start + bytes) / 4) * 4;
    words[end / 4] = CANARY;
    this.#guards.push(start / 4 - 1, end / 4);
    this.#top = end + 4;
    assert.ok(this.#top < this.memory.buffer.byteLength, "test memory is large enough");
    return start;
  }

  /** A copy of `values` as float32, by default not aligned to vectors. */
  floats(values: ArrayLike<number>, shift = 4): number {
    const address = this.alloc(values.length * 4, shift);
    new Float32Array(this.memory.buffer).set(values, address / 4);
    return address;
  }

  ints(values: ArrayLike<number>): number {
    const address = this.alloc(values.length * 4, 4);
    new Int32Array(this.memory.buffer).set(values, address / 4);
    return address;
  }

  bytes(values: ArrayLike<number>): number {
    const address = this.alloc(values.length);
    new Uint8Array(this.memory.buffer).set(values, address);
    return address;
  }

  /** Room for `n` floats, filled with a number that no kernel computes. */
  room(n: number): number {
    const address = this.alloc(n * 4, 4);
    new Float32Array(this.memory.buffer).fill(-12345.678, address / 4, address / 4 + n);
    return address;
  }

  readFloats(address: number, n: number): number[] {
    this.#checkGuards();
    return Array.from(new Float32Array(this.memory.buffer, address, n));
  }

  readInts(address: number, n: number): number[] {
    this.#checkGuards();
    return Array.from(new Int32Array(this.memory.buffer, address, n));
  }

  readBytes(address: number, n: number): number[] {
    this.#checkGuards();
    return Array.from(new Uint8Array(this.memory.buffer, address, n));
  }

  readDoubles(address: number, n: number): number[] {
    this.#checkGuards();
    return Array.from(new Float64Array(this.memory.buffer, address, n));
  }

  #checkGuards(): void {
    const words = new Int32Array(this.memory.buffer);
    for (const guard of this.#guards) assert.equal(words[guard], CANARY, "a kernel wrote outside its output");
  }
}

/** The same module under another name, or V8 would reuse what it has compiled before. */
function renamed(text: string, name: string): Uint8Array<ArrayBuffer> {
  const bytes = decode(text);
  return new Uint8Array(Buffer.concat([bytes, Buffer.from([0, name.length + 1, name.length]), Buffer.from(name)]));
}

const builds = { plain: productsPlain, relaxed: productsRelaxed, revectorized: productsRevectorized };
const compilers = {
  "as first compiled": ["--no-wasm-tier-up", "--wasm-tier-up"],
  optimised: ["--no-liftoff", "--liftoff"],
} as const;

/** Defines the tests once for each build and each of V8's compilers. */
export function describeKernels(title: string, define: (machine: Machine) => void): void {
  for (const build of Object.keys(builds) as (keyof typeof builds)[]) {
    for (const compiler of Object.keys(compilers) as (keyof typeof compilers)[]) {
      describe(`${title} (${build} build, ${compiler})`, () => {
        const machine = machineFor(build, compiler);
        beforeEach(() => machine.reset());
        define(machine);
      });
    }
  }
}

const machines = new Map<string, Machine>();

function machineFor(build: keyof typeof builds, compiler: keyof typeof compilers): Machine {
  const key = `${build} ${compiler}`;
  const known = machines.get(key);
  if (known) return known;
  const [before, after] = compilers[compiler];
  const joinsVectors = build === "revectorized" && v8Version >= 13;
  if (joinsVectors) setFlagsFromString("--experimental-wasm-revectorize");
  setFlagsFromString(before);
  const machine = new Machine(renamed(elements, compiler), renamed(builds[build], compiler));
  setFlagsFromString(after);
  machines.set(key, machine);
  return machine;
}

/** Numbers that are the same on every run: a sine with an awkward step, `scale` times. */
export function wave(n: number, scale = 1, phase = 0): number[] {
  return Array.from({ length: n }, (_, i) => Math.fround(scale * Math.sin((i + 1) * 1.7 + phase + Math.cos(i * 0.37))));
}

export function rounded(values: readonly number[]): number[] {
  return values.map(Math.fround);
}

/** The distance from `x` to the next float32 of larger magnitude. */
export function ulp(x: number): number {
  const magnitude = Math.max(Math.abs(x), 2 ** -126);
  return 2 ** (Math.floor(Math.log2(magnitude)) - 23);
}

/** Within `ulps` units in the last place, or `atol`, of the exact values; NaN and infinities as they are. */
export function assertUlps(actual: readonly number[], exact: readonly number[], ulps: number, atol = 0, label = ""): void {
  assert.equal(actual.length, exact.length);
  for (let i = 0; i < exact.length; i++) {
    const [a, e] = [actual[i]!, exact[i]!];
    const f = Math.fround(e);
    if (Object.is(a, f) || a === f) continue;
    const difference = Math.abs(a - e);
    if (difference <= ulps * ulp(e) || difference <= atol) continue;
    assert.fail(`${label}[${i}]: ${a} instead of ${e}, ${difference / ulp(e)} ulp`);
  }
}

/** Within `rtol` of the largest magnitude in play. */
export function assertNear(actual: readonly number[], exact: readonly number[], rtol = 2e-6, label = ""): void {
  const scale = Math.max(1, ...exact.filter(Number.isFinite).map(Math.abs));
  assert.equal(actual.length, exact.length);
  for (let i = 0; i < exact.length; i++) {
    const [a, e] = [actual[i]!, exact[i]!];
    if (Object.is(a, e) || a === Math.fround(e)) continue;
    if (!(Math.abs(a - e) <= rtol * scale)) assert.fail(`${label}[${i}]: ${a} instead of ${e}`);
  }
}
