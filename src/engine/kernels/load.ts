/** Compiles and instantiates the kernels: the fastest build that this JavaScript engine runs, and runs rightly. */
import { allBuilds, knownBuilds, majorOf, type KernelBuild } from "./builds.ts";
import type { Kernels } from "./exports.ts";
import * as generated from "./generated.ts";
import { kept } from "./kept.ts";
import { fastest } from "./measure.ts";
import { multipliesRightly } from "./selfTest.ts";

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
  getBuiltinModule?(name: "node:os"): { cpus(): readonly { readonly model: string }[] } | undefined;
}

const here: Surroundings = (globalThis as { process?: Surroundings }).process ?? {};

/**
 * The kernels on the given linear memory, which has to be shared and untouched.
 * @param wanted by default what the environment says in `KINDLING_KERNELS`. `best`: the fastest, be it that V8's flags, which
 *   are the whole process's, are set for it. The name of a build: that one, or where it can't be had the next one. Anything
 *   else, or nothing: the fastest that leaves the process alone.
 */
export function loadKernels(memory: WebAssembly.Memory, wanted = here.env?.["KINDLING_KERNELS"], machine = here): LoadedKernels {
  const named = allBuilds.find((build) => build === wanted);
  if (named !== undefined) return firstOf(allBuilds.slice(allBuilds.indexOf(named)), memory, machine);
  const known = knownBuilds(machine.versions?.v8, machine.arch);
  if (known === null) return measured(memory, machine);
  return firstOf(
    known.filter((build) => build !== "revectorized" || wanted === "best"),
    memory,
    machine,
  );
}

function firstOf(builds: readonly KernelBuild[], memory: WebAssembly.Memory, machine: Surroundings): LoadedKernels {
  for (const build of builds) {
    const loaded = attempt(build, memory, machine);
    if (loaded !== null) return loaded;
  }
  return instantiate(memory, "plain");
}

/** `null` where this build can't be had. */
function attempt(build: KernelBuild, memory: WebAssembly.Memory, machine: Surroundings): LoadedKernels | null {
  if (build === "revectorized") return loadRevectorized(memory, machine);
  return WebAssembly.validate(decode(products[build])) ? instantiate(memory, build) : null;
}

/**
 * Where nobody has measured before, of the builds that need nothing of the process the faster one, measured once. The answer
 * is kept for this V8 on this processor: builds round differently, so that one run must not have this and the next that. For
 * the same reason nothing is measured where nothing can be kept.
 */
function measured(memory: WebAssembly.Memory, machine: Surroundings): LoadedKernels {
  const relaxed = attempt("relaxed", memory, machine);
  if (relaxed === null || !multipliesRightly(relaxed.kernels, memory)) return instantiate(memory, "plain");
  const processor = machine.getBuiltinModule?.("node:os")?.cpus()[0]?.model ?? "";
  const answer = kept(["kernels", machine.versions?.v8, machine.arch, processor].join(" "), () => {
    const both = [relaxed, instantiate(memory, "plain")];
    return both[
      fastest(
        both.map(({ kernels }) => kernels),
        memory,
      )
    ]!.build;
  });
  return answer === "plain" ? instantiate(memory, "plain") : relaxed;
}

/**
 * V8's pass that joins pairs of vectors is an experiment, so it is on only while the products are compiled, at once by the
 * optimising compiler, and what came out is put to the test. Returns `null` where that can't be done or fails.
 */
function loadRevectorized(memory: WebAssembly.Memory, machine: Surroundings): LoadedKernels | null {
  const v8 = machine.getBuiltinModule?.("node:v8");
  const major = majorOf(machine.versions?.v8);
  if (v8 === undefined || machine.arch !== "x64" || !(major >= 13)) return null;
  // Code that was made without Liftoff has no feedback from it, and from 14 on V8 ends the process where it looks for that
  // to go back to it. So it never does: this flag stays.
  if (major >= 14) v8.setFlagsFromString("--no-wasm-deopt");
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
