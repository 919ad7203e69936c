/** All operations. Importing this file lets tensors and autograd call them. */
import { bindArithmetic } from "../autograd/arithmetic.ts";
import { bindOperations } from "../tensor.ts";
import { add } from "./binary.ts";
import { denseCopy } from "./internal/copy.ts";
import { onesLike, zeros } from "./creation.ts";
import * as operations from "./operations.ts";
import { add_ } from "./inplace.ts";
import { stack } from "./join.ts";
import { sumTo } from "./internal/sumTo.ts";
import { detach } from "./views.ts";

export * from "./operations.ts";

bindOperations(operations);
bindArithmetic({
  onesLike,
  zeros: (shape) => zeros(shape),
  sumTo,
  stack,
  add,
  addInto: (target, source) => void add_(target, source),
  clone: denseCopy,
  detach,
});
