/** What modules that hold others, or parameters, have in common. */
import { Module } from "./module.ts";

/** A subclass that has a `forward` is called as that says; what only holds can't be called. */
export interface Holder {
  (...args: Parameters<this["forward"]>): ReturnType<this["forward"]>;
}

/** Registers what it holds, and computes nothing by itself. */
// oxlint-disable-next-line no-explicit-any
export class Holder extends Module<never[], any> {
  // oxlint-disable-line no-unsafe-declaration-merging
}
