/** What this machine can do at most from WebAssembly, by the modules of peakModules.ts. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import type { KernelBuild } from "../../../src/engine/kernels/builds.ts";
import type { Arena } from "./arena.ts";
import { bestTime, type Reading } from "./reading.ts";
import { operandSizes } from "./streaming.ts";

const rounds = 10_000;

type Functions = Readonly<Record<string, (a: number, b: number, c: number) => void>>;

/** The build decides what V8 may do: the kernels have the same. */
export function readPeaks(folder: string, build: KernelBuild, arena: Arena): Reading[] {
  const load = (name: string): Functions => {
    const module = new WebAssembly.Module(readFileSync(join(folder, `${name}.wasm`)));
    return new WebAssembly.Instance(module, { env: { memory: arena.memory } }).exports as Functions;
  };
  const plain = load("plain");
  const readings = [readArithmetic("multiply and add", plain, arena), ...readCopies(plain, arena)];
  if (build === "relaxed") readings.push(readArithmetic("multiply-add in one", load("fused"), arena));
  if (build === "revectorized") readings.push(revectorized(() => readArithmetic("multiply-add in one, of 256 bits", load("fused"), arena)));
  return readings;
}

/** V8 compiles what is called in here as it does the products, see load.ts. */
function revectorized<T>(run: () => T): T {
  setFlagsFromString("--experimental-wasm-revectorize");
  setFlagsFromString("--no-liftoff");
  try {
    return run();
  } finally {
    setFlagsFromString("--liftoff");
    setFlagsFromString("--no-experimental-wasm-revectorize");
  }
}

/** Of the numbers of chains the one that is fastest here. */
function readArithmetic(what: string, functions: Functions, arena: Arena): Reading {
  arena.reset();
  const out = arena.room(1024);
  const rates = Object.entries(functions).flatMap(([name, run]) => {
    const chains = Number(/^chains(\d+)$/.exec(name)?.[1] ?? 0);
    return chains === 0 ? [] : [(rounds * chains * 8) / bestTime(() => run(rounds, 0.5, out)) / 1e9];
  });
  return { what, rate: Math.max(...rates), bound: "arithmetic" };
}

function readCopies({ copyVectors, copyBlock }: Functions, arena: Arena): Reading[] {
  return operandSizes.map(({ bound, n }) => {
    arena.reset();
    const [from, to] = [arena.floats(n), arena.floats(n)];
    const seconds = Math.min(...[copyVectors!, copyBlock!].map((copy) => bestTime(() => copy(to, from, 4 * n))));
    return { what: "copy", rate: (8 * n) / seconds / 1e9, bound };
  });
}
