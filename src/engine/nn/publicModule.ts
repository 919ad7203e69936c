/** `nn.Module` as users have it. */
import { Module as PlainModule } from "./module.ts";

/**
 * Base class of all networks. Assign layers and parameters to properties in the constructor, and say in `forward` what
 * happens to the input:
 *
 * ```ts
 * class Net extends nn.Module {
 *   fc: nn.Linear;
 *   constructor() {
 *     super();
 *     this.fc = new nn.Linear(20, 3);
 *   }
 *   override forward(x: Tensor) {
 *     return this.fc(x).relu();
 *   }
 * }
 * const y = new Net()(randn(32, 20));
 * ```
 *
 * Modules in plain arrays, maps and objects are not found; use `ModuleList` and `ModuleDict` for those.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Module.html
 * @api nn.Module
 */
export const Module: typeof PlainModule = PlainModule;

/** Any module. What is made by extending the class takes and gives tensors, unless it says otherwise. */
export type Module<Args extends unknown[] = any, Out = any> = PlainModule<Args, Out>; // oxlint-disable-line no-explicit-any
