/** One tensor as something wrote it: what, on which line, and from which others. */
import type { Extent } from "../../engine/ops/statistics.ts";
import type { WritingKind } from "../../protocol/index.ts";
import { blame, type Bad, type ModuleCall, type Origin, type Owner, type Way } from "../badNumbers/origins.ts";
import type { CallStack } from "../program/construction.ts";

export interface WritingFacts {
  readonly kind: WritingKind;
  /** The operation; of what was there before that which reads it first. */
  readonly name: string;
  readonly stack: CallStack;
  readonly call: ModuleCall | undefined;
  readonly shape: readonly number[];
  readonly output: Extent;
  readonly sources: readonly Writing[];
  /** Numbers that it computed from; by default those of its sources. */
  readonly inputs?: readonly Extent[];
  /** Whether it put values there as they are. */
  readonly isPlaced?: boolean;
  readonly scalar?: number | undefined;
  readonly owner?: Owner | undefined;
  /** What was there before, as users know it. */
  readonly title?: string;
  /** What an update added. */
  readonly change?: Extent;
}

/** It is an origin, should what isn't finite of it have begun there. */
export class Writing implements Origin {
  readonly kind: WritingKind;
  readonly way: Way;
  readonly order: number;
  readonly name: string;
  readonly title: string;
  readonly stack: CallStack;
  readonly call: ModuleCall | undefined;
  readonly shape: readonly number[];
  readonly output: Extent;
  readonly sources: readonly Writing[];
  readonly inputs: readonly Extent[];
  declare readonly scalar?: number;
  declare readonly owner?: Owner;
  declare readonly change?: Extent;
  /** Where its NaN and ∞ began. */
  readonly bad: Bad;

  constructor(order: number, facts: WritingFacts) {
    const { kind, name, stack, call, shape, output, sources, scalar, owner, change } = facts;
    this.order = order;
    this.kind = kind;
    this.way = facts.isPlaced ? "placed" : wayOf(kind);
    this.name = name;
    this.title = facts.title ?? name;
    this.stack = stack;
    this.call = call;
    this.shape = [...shape];
    this.output = output;
    this.sources = sources;
    this.inputs = facts.inputs ?? sources.map((source) => source.output);
    if (scalar !== undefined) this.scalar = scalar;
    if (owner) this.owner = owner;
    if (change) this.change = change;
    this.bad = isFinite(output) ? {} : this.#blame();
  }

  #blame(): Bad {
    if (this.way !== "given") return blame(this.output, badOf(this.sources), this);
    const { nan, positive, negative } = this.output;
    return { ...(nan > 0 && { nan: this }), ...(positive + negative > 0 && { infinite: this }) };
  }
}

function isFinite({ nan, positive, negative }: Extent): boolean {
  return nan + positive + negative === 0;
}

function badOf(sources: readonly Writing[]): Bad[] {
  return sources.flatMap(({ bad }) => (bad.nan || bad.infinite ? [bad] : []));
}

function wayOf(kind: WritingKind): Way {
  switch (kind) {
    case "computed":
    case "differentiated":
    case "updated":
      return kind;
    case "summed":
    case "hooked":
      return "computed";
    default:
      return "given";
  }
}
