/** What shows whether a layer is well: of its single units, and of how far a step moved its weights. */

/**
 * What the units of one tensor gave in one measured step. A unit is a channel of a convolution's (or its normalization's, or
 * its pooling's) output, else one of the last dimension.
 */
export interface UnitStatistics {
  /** How many there are. */
  readonly count: number;
  /** Those that were zero for every sample. */
  readonly zero: number;
  /** Those that gave every sample the same, zeros among them; absent where there was one sample only. */
  readonly constant?: number;
}

/** Units of a layer behind a ReLU. */
export interface DeadUnits extends UnitStatistics {
  /** Those that were zero for every sample in all of the latest measured steps, as many as `deadFor` asks for. */
  readonly dead: number;
  /** Those of them that had given something else in an earlier measured step. */
  readonly died: number;
  /** The first measured step from which on all of `dead` were zero; absent where there is none. */
  readonly since?: number;
  /** The first of them, from 0; at most 64. */
  readonly units: readonly number[];
}

/** How far one step moved a model's parameters; told after a measured step. */
export interface StepChanges {
  /** `ModelInfo.id` */
  readonly model: number;
  /** As in the `StepStatistics` that this belongs to. */
  readonly step: number;
  /** Parameters that the step could change. */
  readonly parameters: readonly ParameterChange[];
}

export interface ParameterChange {
  /** `ModuleInfo.id` */
  readonly module: number;
  readonly name: string;
  /** Root mean square of what was added to its values. */
  readonly change: number;
}
