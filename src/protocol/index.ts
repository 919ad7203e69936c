export type * from "./model.ts";
export type * from "./position.ts";
export type * from "./printed.ts";
export * from "./run.ts";
export type * from "./statistics.ts";
export type * from "./steering.ts";
