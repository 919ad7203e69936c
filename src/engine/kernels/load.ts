/** Compiles and instantiates the kernels, the best build that this JavaScript engine can run. */
import type { Kernels } from "./exports.ts";
import { plain, relaxed } from "./generated.ts";

export type KernelBuild = "plain" | "relaxed";

let build: KernelBuild = "plain";

/** Which build is in use. */
export function kernelBuild(): KernelBuild {
  return build;
}

/** The kernels on the given linear memory; `wanted` picks a build instead of the best one. */
export function loadKernels(memory: WebAssembly.Memory, wanted?: KernelBuild): Kernels {
  const bytes = decode(relaxed);
  build = wanted ?? (WebAssembly.validate(bytes) ? "relaxed" : "plain");
  const module = new WebAssembly.Module(build === "relaxed" ? bytes : decode(plain));
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
