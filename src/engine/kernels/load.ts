/** Compiles and instantiates the kernels, the best build that this JavaScript engine can run. */
import type { Kernels } from "./exports.ts";
import { elements, productsPlain, productsRelaxed } from "./generated.ts";

export type KernelBuild = "plain" | "relaxed";

let build: KernelBuild = "plain";

/** Which build is in use. */
export function kernelBuild(): KernelBuild {
  return build;
}

/** The kernels on the given linear memory; `wanted` picks a build instead of the best one. */
export function loadKernels(memory: WebAssembly.Memory, wanted?: KernelBuild): Kernels {
  const relaxed = decode(productsRelaxed);
  build = wanted ?? (WebAssembly.validate(relaxed) ? "relaxed" : "plain");
  return instantiateKernels(memory, decode(elements), build === "relaxed" ? relaxed : decode(productsPlain));
}

/** Both modules on one memory, as one object. */
export function instantiateKernels(
  memory: WebAssembly.Memory,
  elementsModule: Uint8Array<ArrayBuffer>,
  productsModule: Uint8Array<ArrayBuffer>,
): Kernels {
  const [elementKernels, products] = [elementsModule, productsModule].map(
    (bytes) => new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports,
  );
  return { ...elementKernels, ...products } as unknown as Kernels;
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
