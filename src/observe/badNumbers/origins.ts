/**
 * Where NaN and ∞ come from. Each tensor that holds some is known with the operation that began it; an operation that only
 * passes on what it was given began nothing. ∞ that was put somewhere on purpose, as masks do it with −∞, begins nothing either.
 */
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

/** The module that ran. */
export interface ModulePlace {
  /** Path from the outermost module; empty for that itself. */
  readonly path: string;
  readonly type: string;
  /** The outermost's class. */
  readonly model: string;
}

export interface Origin {
  readonly way: Way;
  /** Grows with time. */
  readonly order: number;
  /** The operation as users call it; of what was given what it went into. */
  readonly name: string;
  readonly stack: CallStack;
  readonly module: ModulePlace | undefined;
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

export type Owner = { readonly kind: "parameter" | "buffer"; readonly path: string } | { readonly kind: "data"; readonly batch?: number };

/** What is known of a tensor's NaN and ∞. */
export interface Bad {
  readonly nan?: Origin;
  readonly infinite?: Origin;
}

/** Whether nothing is wrong with it: a constant ∞ is meant. */
export function isMeant({ way, output, owner }: Origin): boolean {
  return output.nan === 0 && (way === "placed" || (way === "given" && owner === undefined));
}

/** What began first. */
export function first(origins: readonly (Origin | undefined)[]): Origin | undefined {
  return origins.reduce((earliest, origin) => (origin && (!earliest || origin.order < earliest.order) ? origin : earliest), undefined);
}

/** Of several tensors together. */
export function together(all: readonly Bad[]): Bad {
  const nan = first(all.map((bad) => bad.nan));
  const infinite = firstUnmeant(all) ?? first(all.map((bad) => bad.infinite));
  return { ...(nan && { nan }), ...(infinite && { infinite }) };
}

function firstUnmeant(all: readonly Bad[]): Origin | undefined {
  return first(all.map(({ infinite }) => (infinite && !isMeant(infinite) ? infinite : undefined)));
}

/**
 * What an operation's output is to be blamed on.
 * @param inputs what is known of those of its inputs that hold NaN or ∞
 * @param own the operation itself
 */
export function blame(output: Extent, inputs: readonly Bad[], own: Origin): Bad {
  const given = together(inputs);
  const isInfinite = output.positive + output.negative > 0;
  const ofInfinity =
    given.infinite && !isMeant(given.infinite) ? { ...given.infinite, next: given.infinite.next ?? { name: own.name, stack: own.stack } } : own;
  return {
    ...(output.nan > 0 && { nan: given.nan ?? ofInfinity }),
    ...(isInfinite && { infinite: given.infinite ?? own }),
  };
}

/** What the number that matters is to be blamed on. */
export function culprit({ nan, infinite }: Bad): Origin | undefined {
  return nan ?? infinite;
}
