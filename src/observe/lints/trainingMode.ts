/** What of a model does something else in training than in evaluation. */
import { MultiheadAttention } from "../../engine/nn/attention.ts";
import { RandomZeros } from "../../engine/nn/dropout.ts";
import type { Module } from "../../engine/nn/module.ts";
import { RecurrentBase } from "../../engine/nn/recurrent.ts";

interface Running {
  readonly runningMean: unknown;
  readonly momentum: unknown;
}

/** Whether the module does something else in training, and is in training mode. */
export function isOtherInTraining(module: Module): boolean {
  if (!module.training) return false;
  if (module instanceof RandomZeros) return module.p > 0;
  if (module instanceof MultiheadAttention || module instanceof RecurrentBase) return Number(module.dropout) > 0;
  return hasRunning(module);
}

/** A normalization that keeps running statistics. */
export const hasRunning = (module: Module): module is Module & Running => Boolean((module as Partial<Running>).runningMean);

/** What it does in training, as a part of a sentence. */
export function effectOfTraining(module: Module, path: string): string {
  return hasRunning(module)
    ? `\`${path}\` goes by each batch's own statistics, and takes them over into its running ones`
    : `\`${path}\` drops values at random`;
}

/** The same of evaluation. */
export function effectOfEvaluation(module: Module, path: string): string {
  return hasRunning(module) ? `\`${path}\` goes by its running statistics, and takes no batch over into them` : `\`${path}\` drops nothing`;
}
