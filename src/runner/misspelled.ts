/** Names that the engine has in another spelling: `x.index_select` is `x.indexSelect` here. */
import * as engine from "../engine/index.ts";

/** Everything that users reach with a dot. */
const places: readonly object[] = [
  engine,
  engine.Tensor.prototype,
  engine.nn,
  engine.nn.Module.prototype,
  engine.nn.functional,
  engine.nn.init,
  engine.nn.utils,
  engine.nn.utils.rnn,
  engine.nn.utils.prune,
  engine.nn.utils.parametrize,
  engine.optim,
  engine.optim.Optimizer.prototype,
  engine.optim.lrScheduler,
  engine.optim.swaUtils,
  engine.data,
  engine.autograd,
  engine.autograd.FunctionCtx.prototype,
  engine.distributions,
  engine.distributions.Distribution.prototype,
  engine.linalg,
  engine.cuda,
];

const plain = (name: string): string => name.replaceAll("_", "").toLowerCase() + (name.endsWith("_") ? "_" : "");

/** "; did you mean indexSelect?" where a message of JavaScript's is about such a name, else "". */
export function rightSpelling(message: string): string {
  const wrong = /(?:^|\.)(\w+) is not a (?:function|constructor)$/.exec(message)?.[1];
  if (wrong === undefined) return "";
  const names = places.flatMap((place) => Object.getOwnPropertyNames(place));
  const alike = names.filter((name) => plain(name) === plain(wrong));
  if (alike.length === 0 || alike.includes(wrong)) return "";
  // Classes begin with a capital, functions don't.
  return `; did you mean ${alike.find((name) => name[0] === wrong[0]) ?? alike[0]}?`;
}
