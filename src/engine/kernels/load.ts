/** Compiles and instantiates the kernels: the best build that this JavaScript engine runs, and runs rightly. */
import type { Kernels } from "./exports.ts";
import * as generated from "./generated.ts";
import { multipliesRightly } from "./selfTest.ts";

/** `plain` multiplies and adds apart; `relaxed` fuses the two; `revectorized` also has V8 join 128-bit vectors to 256 bits. */
export type KernelBuild = "plain" | "relaxed" | "revectorized";

export interface LoadedKernels {
  readonly build: KernelBuild;
  readonly kernels: Kernels;
  /** What another thread instantiates to have the same kernels. */
  readonly modules: readonly WebAssembly.Module[];
}

const products: Readonly<Record<KernelBuild, string>> = {
  plain: generated.productsPlain,
  relaxed: generated.productsRelaxed,
  revectorized: generated.productsRevectorized,
};

/** What of Node is of use here, where this is Node. */
interface Surroundings {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly arch?: string;
  readonly versions?: { readonly v8?: string };
  getBuiltinModule?(name: "node:v8"): { setFlagsFromString(flags: string): void } | undefined;
}

const surroundings = (globalThis as { process?: Surroundings }).process;

/**
 * The kernels on the given linear memory, which has to be shared and untouched.
 * @param wanted a build to take instead of the best one; by default what the environment says in `KINDLING_KERNELS`. The
 *   revectorized build is taken only if asked for, because V8's flags, which it needs, are the whole process's.
 */
export function loadKernels(memory: WebAssembly.Memory, wanted = surroundings?.env?.["KINDLING_KERNELS"]): LoadedKernels {
  if (wanted === "revectorized") {
    const loaded = loadRevectorized(memory);
    if (loaded !== null) return loaded;
  }
  return instantiate(memory, wanted !== "plain" && WebAssembly.validate(decode(products.relaxed)) ? "relaxed" : "plain");
}

/**
 * V8's pass that joins pairs of vectors is an experiment, so it is on only while the products are compiled, at once by the
 * optimising compiler, and what came out is put to the test. Returns `null` where that can't be done or fails.
 */
function loadRevectorized(memory: WebAssembly.Memory): LoadedKernels | null {
  const v8 = surroundings?.getBuiltinModule?.("node:v8");
  const version = Number.parseInt(surroundings?.versions?.v8 ?? "", 10);
  if (v8 === undefined || surroundings?.arch !== "x64" || !(version >= 13)) return null;
  v8.setFlagsFromString("--experimental-wasm-revectorize");
  v8.setFlagsFromString("--no-liftoff");
  try {
    const loaded = instantiate(memory, "revectorized");
    return multipliesRightly(loaded.kernels, memory) ? loaded : null;
  } finally {
    v8.setFlagsFromString("--liftoff");
    v8.setFlagsFromString("--no-experimental-wasm-revectorize");
  }
}

function instantiate(memory: WebAssembly.Memory, build: KernelBuild): LoadedKernels {
  const modules = [generated.elements, products[build]].map((text) => new WebAssembly.Module(decode(text)));
  return { build, modules, kernels: instantiateKernels(memory, modules) };
}

/** All modules on one memory, as one object. */
export function instantiateKernels(memory: WebAssembly.Memory, modules: readonly WebAssembly.Module[]): Kernels {
  const parts = modules.map((module) => new WebAssembly.Instance(module, { env: { memory } }).exports);
  return Object.assign({}, ...parts) as Kernels;
}

/**
 * A module as build.mjs wrote it. It isn't compressed there, and read by a plain loop: both make the engine's bundle no
 * smaller than it could be, but unpacking would take a third of the time in which the engine is loaded.
 */
export function decode(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
