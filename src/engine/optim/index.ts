/** `optim`: optimizers, and schedules for their learning rates. */
export * from "./adam.ts";
export * as lrScheduler from "./lrScheduler.ts";
export * from "./optimizer.ts";
export * from "./sgd.ts";
