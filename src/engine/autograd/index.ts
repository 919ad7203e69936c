/** `autograd`: gradients as functions, operations of one's own, and the switches of grad mode. */
export { detectAnomaly, isAnomalyEnabled, setDetectAnomaly, type AnomalyScope } from "./anomaly.ts";
export { backwardOfAll as backward, grad, type BackwardOptions, type GradOptions } from "./backward.ts";
export { AutogradFunction as Function, FunctionContext } from "./function.ts";
export * as functional from "./functional.ts";
export { gradcheck, gradgradcheck, type GradcheckOptions } from "./gradcheck.ts";
export { enableGrad, inferenceMode, isGradEnabled, noGrad, setGradEnabled } from "./gradMode.ts";
export type { Node } from "./node.ts";
