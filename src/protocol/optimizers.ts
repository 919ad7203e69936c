/** The optimizers of a run, as plain data. */
import type { OptionValue } from "./interventions.ts";
import type { SourcePosition } from "./position.ts";

export interface OptimizerInfo {
  /** Number among the run's optimizers, from 0, in order of construction. */
  readonly id: number;
  /** Class name. */
  readonly type: string;
  readonly groups: readonly ParameterGroupInfo[];
  /** Where it was constructed. */
  readonly constructedAt?: SourcePosition;
}

export interface ParameterGroupInfo {
  /** What the program calls it, or the path of its first parameter, or its number. */
  readonly name: string;
  /** Paths of the first of its parameters, as far as models have them. */
  readonly parameters: readonly string[];
  /** Number of its parameters. */
  readonly count: number;
  /** Those that can be changed while it runs, in the program's spelling. */
  readonly options: Readonly<Record<string, OptionValue>>;
}
