/** `autograd`: gradients as a function, and the switches of grad mode. */
export { backward, grad, type BackwardOptions, type GradOptions } from "./backward.ts";
export { enableGrad, inferenceMode, isGradEnabled, noGrad } from "./gradMode.ts";
