export type * from "./model.ts";
export type * from "./panel.ts";
export type * from "./position.ts";
export * from "./run.ts";
export type * from "./statistics.ts";
export { isFault, safeKernels } from "./restart.ts";
export { deathProblem } from "./death.ts";
