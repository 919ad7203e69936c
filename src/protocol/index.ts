export type * from "./health.ts";
export type * from "./model.ts";
export type * from "./position.ts";
export * from "./run.ts";
export * from "./sample.ts";
export type * from "./statistics.ts";
export type * from "./work.ts";
export type * from "./steering.ts";
