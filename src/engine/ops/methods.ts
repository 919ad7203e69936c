/**
 * Functions that are methods of tensors as they stand: `sinh(x)` is also `x.sinh()`. The lists here give the methods and
 * their types; tensor.ts itself has those with overloads, with forms of their own, or on hot paths.
 */
import { Tensor } from "../tensor.ts";
import * as counting from "./counting.ts";
import * as cumulative from "./cumulative.ts";
import { replaceBy } from "./inplace.ts";
import { addmm } from "./matmul.ts";
import * as named from "./named.ts";
import * as ordering from "./ordering.ts";
import * as products from "./products.ts";
import type { Typed } from "./types.ts";

/** Those whose result has the input's shape, so that it may also be written over the input. */
const elementwise = {
  addmm,
  addmv: products.addmv, addr: products.addr, baddbmm: products.baddbmm, addbmm: products.addbmm,
  cumprod: cumulative.cumprod,
};

/** Methods of tensor.ts that have no form of their own in place. */
const alsoInPlace = {
  renorm: counting.renorm,
  cumsum: (input: Tensor, dim: number, options?: Typed) => input.cumsum(dim, options),
};

const { sort, argsort, msort, topk, kthvalue, median, nanmedian, mode, quantile, nanquantile, unique, uniqueConsecutive } = ordering;
const { cummax, cummin, logcumsumexp, diff } = cumulative;
const { countNonzero, nansum, nanmean, aminmax, dist, bincount, histc, cov, corrcoef, renorm } = counting;
const { mv, vdot, ger, inner, kron, cross } = products;

/** Those with results of other shapes. */
const others = {
  sort, argsort, msort, topk, kthvalue, median, nanmedian, mode, quantile, nanquantile, unique, uniqueConsecutive,
  cummax, cummin, logcumsumexp, diff, countNonzero, nansum, nanmean, aminmax, dist, bincount, histc, cov, corrcoef, renorm,
  mv, vdot, ger, inner, kron, cross,
};

type Method<F> = F extends {
  (self: Tensor, ...args: infer FirstArgs): infer First;
  (self: Tensor, ...args: infer SecondArgs): infer Second;
  (self: Tensor, ...args: never[]): unknown;
} ? { (...args: FirstArgs): First; (...args: SecondArgs): Second }
  : F extends (self: Tensor, ...args: infer Args) => infer Result ? (...args: Args) => Result : never;
type InPlace<F> = F extends (self: Tensor, ...args: infer Args) => unknown ? <Self extends Tensor>(this: Self, ...args: Args) => Self : never;

type Elementwise = typeof elementwise;
type WithInPlace = Elementwise & typeof alsoInPlace;
type Methods = { [Name in keyof Elementwise]: Method<Elementwise[Name]> } & { [Name in keyof typeof others]: Name extends `${string}_` ? InPlace<(typeof others)[Name]> : Method<(typeof others)[Name]> };
type InPlaceMethods = { [Name in keyof WithInPlace as `${Name}_`]: InPlace<WithInPlace[Name]> };

declare module "../tensor.ts" {
  interface Tensor extends Methods, InPlaceMethods {}
}

type Operation = (self: Tensor, ...args: unknown[]) => unknown;

function define(name: string, method: (this: Tensor, ...args: unknown[]) => unknown): void {
  Object.defineProperty(Tensor.prototype, name, { value: method, writable: true, configurable: true });
}

/** The form that takes optional arguments by name as well, where there is one. Types come from the plain forms. */
function flexible(name: string, plain: Operation): Operation {
  return (named as unknown as Record<string, Operation | undefined>)[name] ?? plain;
}

for (const [name, plain] of Object.entries({ ...elementwise, ...others } as unknown as Record<string, Operation>)) {
  const operation = flexible(name, plain);
  define(name, function (...args) {
    return operation(this, ...args);
  });
}
for (const [name, plain] of Object.entries({ ...elementwise, ...alsoInPlace } as unknown as Record<string, Operation>)) {
  const operation = flexible(name, plain);
  define(`${name}_`, function (...args) {
    return replaceBy(this, (before) => {
      const result = operation(before, ...args) as Tensor;
      return result.dtype === "bool" ? result.to(this.dtype) : result;
    });
  });
}
