/**
 * Where NaN and ∞ come from. Each tensor that holds some is known with the operation that began it; an operation that only
 * passes on what it was given began nothing. −∞ that was put somewhere as a mask is as it should be: what makes NaN of it by
 * itself, such as a softmax of a row with nothing else, begins it.
 */
import type { AnyModule } from "../../engine/nn/module.ts";
import type { Extent } from "../../engine/ops/statistics.ts";
import type { CallStack } from "../program/construction.ts";

/** How numbers that aren't finite came to be. */
export type Way =
  /** An operation computed them. */
  | "computed"
  /** The derivative of an operation did. */
  | "differentiated"
  /** An operation put them there as they are: a constant. */
  | "placed"
  /** They were there before any operation: data, or parameters as they were set. */
  | "given"
  /** An optimizer's step made them. */
  | "updated";

/** The module that ran, and the outermost around it. */
export interface ModuleCall {
  readonly module: AnyModule;
  readonly root: AnyModule;
}

export interface Origin {
  readonly way: Way;
  /** Grows with time. */
  readonly order: number;
  /** The operation as users call it; of what was given what it went into. */
  readonly name: string;
  readonly stack: CallStack;
  readonly call: ModuleCall | undefined;
  /** What it computed from: its inputs, or what its derivative reads. */
  readonly inputs: readonly Extent[];
  /** A number among its operands. */
  readonly scalar?: number;
  readonly output: Extent;
  /** Of what was given, whose it is. */
  readonly owner?: Owner;
  /** What made NaN of this ∞. */
  readonly next?: Pick<Origin, "name" | "stack">;
}

export type Owner =
  | { readonly kind: "parameter" | "buffer"; readonly path: string }
  /** `isUsed`: something computed with it; before, it was only put together. */
  | { readonly kind: "data"; readonly batch?: number; readonly isUsed: boolean };

/** What is known of a tensor's NaN and ∞. */
export interface Bad {
  readonly nan?: Origin;
  readonly infinite?: Origin;
}

/** Whether it looks as if it were meant: a constant −∞. */
function isMask({ way, output, owner }: Origin): boolean {
  return output.nan === 0 && output.positive === 0 && (way === "placed" || (way === "given" && owner === undefined));
}

/** What masks are for. */
const takesMasks = /softmax|logsumexp|attention/i;

/** What began first. */
export function first(origins: readonly (Origin | undefined)[]): Origin | undefined {
  return origins.reduce((earliest, origin) => (origin && (!earliest || origin.order < earliest.order) ? origin : earliest), undefined);
}

/** Of several tensors together. */
export function together(all: readonly Bad[]): Bad {
  const nan = first(all.map((bad) => bad.nan));
  const infinite = firstButMasks(all) ?? first(all.map((bad) => bad.infinite));
  return { ...(nan && { nan }), ...(infinite && { infinite }) };
}

function firstButMasks(all: readonly Bad[]): Origin | undefined {
  return first(all.map(({ infinite }) => (infinite && !isMask(infinite) ? infinite : undefined)));
}

/**
 * What an operation's output is to be blamed on.
 * @param inputs what is known of those of its inputs that hold NaN or ∞
 * @param own the operation itself
 */
export function blame(output: Extent, inputs: readonly Bad[], own: Origin): Bad {
  const given = together(inputs);
  const isInfinite = output.positive + output.negative > 0;
  const { infinite } = given;
  const isForMasks = infinite !== undefined && isMask(infinite) && takesMasks.test(own.name);
  const ofInfinity = infinite && !isForMasks ? { ...infinite, next: infinite.next ?? { name: own.name, stack: own.stack } } : own;
  return {
    ...(output.nan > 0 && { nan: given.nan ?? ofInfinity }),
    ...(isInfinite && { infinite: infinite ?? own }),
  };
}

/** What the number that matters is to be blamed on. */
export function culprit({ nan, infinite }: Bad): Origin | undefined {
  return nan ?? infinite;
}
