/** `nn`: modules, their losses, first values and functional forms. */
export * from "./activation.ts";
export * from "./adaptiveSoftmax.ts";
export * from "./attention.ts";
export * from "./containers.ts";
export * from "./conv.ts";
export * from "./distance.ts";
export * from "./dropout.ts";
export * from "./embedding.ts";
export * from "./flatten.ts";
export type { BackwardHook, BackwardPreHook, ForwardHook, ForwardPreHook, GradientReplacement, Gradients } from "./hooks.ts";
export * as init from "./init.ts";
export * from "./lazy.ts";
export * from "./linear.ts";
export * from "./loss.ts";
export {
  Module,
  type AnyModule,
  type IncompatibleKeys,
  type NamedOptions,
  type RecurseOptions,
  type StateDict,
} from "./module.ts";
export * from "./normalization.ts";
export * from "./padding.ts";
export * from "./parameter.ts";
export * from "./parameterContainers.ts";
export * from "./pooling.ts";
export * from "./recurrent.ts";
export * from "./transformer.ts";
export * as utils from "./utils/index.ts";
export * from "./vision.ts";
