/** Gives tensors and autograd the operations that they call themselves, so that imports go one way. */
import { bindArithmetic } from "../autograd/arithmetic.ts";
import { bindOperations } from "../tensor.ts";
import { add } from "./binary.ts";
import { onesLike, zeros } from "./creation.ts";
import { describeTensor, picturedTensor, tensorDetails } from "./debugView.ts";
import { formatTensor } from "./format.ts";
import { add_, followBase } from "./inplace.ts";
import { setData } from "./inplaceShape.ts";
import { denseCopy } from "./internal/copy.ts";
import { sumTo } from "./internal/sumTo.ts";
import { stack } from "./join.ts";
import { item } from "./reading.ts";
import { detach, permute, transpose } from "./views.ts";

bindOperations({ add, describeTensor, detach, followBase, formatTensor, item, permute, picturedTensor, setData, tensorDetails, transpose });
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
