/** A run among those that it parts from and those that part from it, as the panel shows them. */
import type { RunState } from "../protocol/index.ts";
import type { Curves } from "./curves.ts";

export interface Family {
  /** Id of the one that the panel shows. */
  readonly shown: string;
  /** Each behind the one that it parts from. */
  readonly runs: readonly FamilyRun[];
  /** What the shown one shares with those that it parts from; none of one that parts from none. */
  readonly trunk?: Trunk;
}

export interface FamilyRun {
  readonly id: string;
  /** Its name, or when it began. */
  readonly title: string;
  /** Id of the run that it parts from. */
  readonly parent?: string;
  /** Where it parts, and where it ended or is: steps since the beginning of the first of all. */
  readonly from: number;
  readonly to: number;
  /** What is another from there on, in words; none of the first. */
  readonly difference: string;
  readonly state: RunState;
  /** Where its loss ended; of one without, the first of its series. */
  readonly last?: { readonly name: string; readonly value: number };
}

export interface Trunk {
  /** Before that step, as the shown run counts them, all is as in the run that it parts from. */
  readonly until: number;
  /** Before its own first step, where it goes on in other code: at steps that are counted back from there. */
  readonly curves: Curves;
}
