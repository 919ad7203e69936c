/** What a person changed in a run while it ran. Together they say exactly how the run differs from what its file alone would do. */

/** The value of an optimizer's option. */
export type OptionValue = number | boolean | readonly number[];

export type Change =
  /** The module with all that is below it, or the parameter, of that path; an empty path is the whole model. */
  | { readonly kind: "freeze"; readonly model: number; readonly path: string; readonly frozen: boolean }
  /** All parameters of the model are frozen but those of that path, which are not. */
  | { readonly kind: "freezeOthers"; readonly model: number; readonly path: string }
  /** An option of one group of an optimizer (`OptimizerInfo.id`), in the program's spelling: `weightDecay`. */
  | { readonly kind: "option"; readonly optimizer: number; readonly group: number; readonly name: string; readonly value: OptionValue }
  /** The probability of every dropout at or below that path. */
  | { readonly kind: "dropout"; readonly model: number; readonly path: string; readonly p: number };

export interface Intervention {
  /** From 0, in the order in which they took effect. */
  readonly id: number;
  /** Number of steps taken before it; it holds from that step on. */
  readonly step: number;
  readonly epoch: number;
  /** Number of `backward()`s of that step before it; absent for none: it came before the step. */
  readonly backwards?: number;
  /** How often the program had passed between two steps by then: exactly where it happened. */
  readonly passage?: number;
  /** What was asked for; of one that undoes another, what that other had asked for. */
  readonly change: Change;
  /** What it is about in the user's terms: `encoder.fc1`, `lr of head`. */
  readonly target: string;
  /** Whether it was frozen, the option's value, the probability; `null` where not all of it had the same. */
  readonly from: OptionValue | null;
  readonly to: OptionValue | null;
  /** What the user should know of its effect. */
  readonly note?: string;
  /** The intervention that it takes back. */
  readonly undoes?: number;
}
