/** `nn.utils`: gradients within bounds, parameters as vectors, weights in other forms, sequences in one tensor. */
export * from "./clipGrad.ts";
export * from "./fusion.ts";
export * as parametrizations from "./parametrizations.ts";
export * as parametrize from "./parametrize.ts";
export * as prune from "./prune.ts";
export { removeSpectralNorm, removeWeightNorm, spectralNorm, weightNorm } from "./reparameterized.ts";
export * as rnn from "./rnn.ts";
export * from "./skipInit.ts";
export * as stateless from "./stateless.ts";
export * from "./vectors.ts";
