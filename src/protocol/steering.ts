/** What a program can be told while it runs, besides to pause, to go on and to stop. */
import type { Change } from "./interventions.ts";
import type { SourcePosition } from "./position.ts";
import type { LookRequest } from "./sample.ts";

export type Steering =
  | PanelSteering /** All weights, and what optimizers remember of them, are written to that `.safetensors` file. */
  | { readonly type: "capture"; readonly file: string };

/** What the panel can tell it. */
export type PanelSteering =
  /** Each model's next step is measured, whatever its schedule says. */
  | { readonly type: "measure" }
  /** The next whole step is told tensor by tensor, and measured; a run that is paused goes on to its end and is paused again. */
  | { readonly type: "trace" }
  /** The program goes on and is paused there. */
  | { readonly type: "advance"; readonly to: Destination }
  /** From the next step on. */
  | { readonly type: "change"; readonly change: Change }
  /** Puts back what was there before that intervention. */
  | { readonly type: "undo"; readonly intervention: number }
  /** From the next step on. */
  | { readonly type: "watch"; readonly watch: WatchSettings }
  /** A person looks at a sample on its way through a model; `null`: no longer. */
  | { readonly type: "look"; readonly look: LookRequest | null };

/** Where a program that goes on is paused. */
export type Destination =
  /** After the next batch: where a turn of the loop with a `backward()` in it is over. */
  | { readonly kind: "batch" }
  /** Before the next call of a module, or after the batch where none comes. */
  | { readonly kind: "module" }
  /** Before the next call outside of the module that is being called. */
  | { readonly kind: "out" }
  /** Before that step, from 0: when so many were taken. */
  | { readonly kind: "step"; readonly step: number }
  /** Before the first step of that epoch, from 0. */
  | { readonly kind: "epoch"; readonly epoch: number };

/** What is measured, and how often. */
export interface WatchSettings {
  readonly what: "all" | "chosen" | "off";
  /** Those that are chosen, each with all that is below it. */
  readonly modules: readonly ModuleTarget[];
  /** Upper bound for the watch's share of the run's time, 0 to 1. */
  readonly budget: number;
  /** Every step, whatever it costs. */
  readonly everyStep: boolean;
}

/** A module of a model. */
export interface ModuleTarget {
  /** `ModelInfo.id` */
  readonly model: number;
  /** `ModuleInfo.path` */
  readonly path: string;
}

/** Where a program that is paused stands. */
export interface Place {
  /** The step that it is in, or about to take, from 0. */
  readonly step: number;
  readonly epoch: number;
  /** The module that is about to be called, where it is paused within a step. */
  readonly module?: {
    readonly path: string;
    readonly type: string;
    /** `ModelInfo.id`, where a model has it. */
    readonly model?: number;
    /** The user's line that calls it. */
    readonly position?: SourcePosition;
  };
  /** Number of changes that wait for the end of the step. */
  readonly waiting: number;
}
