/** `optim.lrScheduler`: schedules for learning rates. */
export * from "./base.ts";
export * from "./combined.ts";
export * from "./cycles.ts";
export * from "./formulas.ts";
export * from "./plateau.ts";
