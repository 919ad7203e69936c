/** All operations. Importing this file also gives tensors their methods. */
import { bindArithmetic } from "../autograd/backward.ts";
import { bindOperations } from "../tensor.ts";
import { add } from "./binary.ts";
import { denseCopy } from "./copy.ts";
import { onesLike } from "./creation.ts";
import * as operations from "./operations.ts";
import { add_ } from "./inplace.ts";
import { detach } from "./views.ts";
import "./methods.ts";

export * from "./operations.ts";

bindOperations(operations);
bindArithmetic({
  onesLike,
  add,
  addInto: (target, source) => void add_(target, source),
  clone: denseCopy,
  detach,
});
