/**
 * Functions that are methods of tensors as they stand: `sinh(x)` is also `x.sinh()`. One list gives the methods and
 * their types; those of tensor.ts itself are the ones with overloads or with forms of their own.
 */
import { Tensor } from "../tensor.ts";
import * as elementary from "./elementary.ts";
import * as pairs from "./pairs.ts";

const { roundTo: _roundTo, ...elementaryMethods } = elementary;
const { asTensorLike: _asTensorLike, clampBetween: _clampBetween, ...pairMethods } = pairs;
const methods = { ...elementaryMethods, ...pairMethods };

type Method<F> = F extends (self: Tensor, ...args: infer Args) => infer Result ? (...args: Args) => Result : never;
type Methods = { [Name in keyof typeof methods]: Method<(typeof methods)[Name]> };

declare module "../tensor.ts" {
  // oxlint-disable-next-line no-empty-object-type
  interface Tensor extends Methods {}
}

for (const [name, operation] of Object.entries(methods)) {
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, ...args: unknown[]): unknown {
      return (operation as (self: Tensor, ...args: unknown[]) => unknown)(this, ...args);
    },
    writable: true,
    configurable: true,
  });
}
