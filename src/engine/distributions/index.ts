/** `distributions`: probability distributions to draw from, and the probabilities of what was drawn. */
export * from "./bernoulli.ts";
export * from "./categorical.ts";
export { type Constraint } from "./constraints.ts";
export * from "./distribution.ts";
export * from "./exponential.ts";
export * from "./independent.ts";
export * as kl from "./kl.ts";
export { klDivergence, registerKl } from "./kl.ts";
export * from "./laplace.ts";
export * from "./logNormal.ts";
export * from "./multivariateNormal.ts";
export * from "./normal.ts";
export * from "./uniform.ts";
