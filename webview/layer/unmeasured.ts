/** Why there is nothing to show of a model's inside. */
import type { ModelInfo } from "../../src/protocol/index.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { hasStepped, isFinal } from "../../src/run/standing.ts";

export function whyUnmeasured(run: RunSnapshot, model: ModelInfo | null): string {
  if (!isFinal(run.state)) return run.watch?.what === "off" ? "No step is measured." : "No step was measured yet.";
  if (run.mode === "inspect") return "The inspection measured no step.";
  if (!hasStepped(run)) return "Nothing was measured: the run ended before its first training step.";
  if (run.samples.size > 0) return `Nothing was measured: ${model?.name ?? "this model"} took part in no step; other models did.`;
  return "Nothing was measured: no model took part in a step, or measuring is turned off (kindling.histograms.enabled).";
}
