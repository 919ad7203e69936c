/** What parameters and buffers are called in the modules that were called outermost. */
import type { Module } from "../../engine/nn/module.ts";
import type { Tensor } from "../../engine/tensor.ts";

export class StatePaths {
  readonly #paths = new WeakMap<Tensor, string>();

  /** A module is called that no other calls. */
  name(root: Module): void {
    for (const [path, parameter] of root.namedParameters()) this.#paths.set(parameter, path);
    for (const [path, buffer] of root.namedBuffers()) this.#paths.set(buffer, path);
  }

  /** `layer1.weight`; empty for a tensor of no module that was called. */
  of(tensor: Tensor): string {
    return this.#paths.get(tensor) ?? "";
  }
}
