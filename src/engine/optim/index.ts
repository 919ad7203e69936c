/** `optim`: optimizers, schedules for their learning rates, and averages of weights. */
export * from "./adadelta.ts";
export * from "./adagrad.ts";
export * from "./adam.ts";
export * from "./adamax.ts";
export * from "./asgd.ts";
export * from "./lbfgs.ts";
export * as lrScheduler from "./lrScheduler/index.ts";
export * from "./nadam.ts";
export * from "./optimizer.ts";
export * from "./radam.ts";
export * from "./rmsprop.ts";
export * from "./rprop.ts";
export * from "./sgd.ts";
export * from "./sparseAdam.ts";
export * as swaUtils from "./swaUtils.ts";
