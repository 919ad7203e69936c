/** What one measured step says of how a module is, in few words. Pure. */
import type { ModuleStatistics } from "../../protocol/index.ts";
import { formatCount, formatNumber, formatPercent } from "../numbers.ts";
import { rootMeanSquare } from "../rootMeanSquare.ts";
import { relativeChange } from "./facts.ts";

export interface LayerFact {
  readonly id: "zero" | "dead" | "same" | "saturated" | "change" | "gradient" | "nonFinite";
  readonly name: string;
  readonly text: string;
  /** What it is, in a sentence. */
  readonly hint: string;
}

/** Those that are known of the step. */
export function layerFacts(statistics: ModuleStatistics): readonly LayerFact[] {
  return [...unitFacts(statistics), ...parameterFacts(statistics)];
}

function unitFacts({ rectified, units, saturated, outputGradient, output }: ModuleStatistics): LayerFact[] {
  const facts: LayerFact[] = [];
  if (rectified) {
    facts.push({
      id: "zero",
      name: "zero now",
      text: ofAll(rectified.zero, rectified.count),
      hint: "Units that the ReLU behind left at zero for every sample of this step",
    });
    const since = rectified.since === undefined ? "" : ` since step ${formatCount(rectified.since)}`;
    const which = rectified.dead === 0 ? "" : `: ${rectified.units.join(", ")}${rectified.units.length < rectified.dead ? " …" : ""}`;
    facts.push({
      id: "dead",
      name: "dead",
      text: `${ofAll(rectified.dead, rectified.count)}${since}`,
      hint: `Units that were zero for every sample of all the latest measured steps${which}`,
    });
  }
  if (units?.constant) {
    facts.push({
      id: "same",
      name: "same for all",
      text: ofAll(units.constant, units.count),
      hint: "Units of the output that gave every sample of this step the same",
    });
  }
  if (saturated !== undefined) {
    facts.push({
      id: "saturated",
      name: "saturated",
      text: formatPercent(saturated),
      hint: "Share of what the Sigmoid or Tanh behind gave within 1 % of the ends of what it can give",
    });
  }
  if (outputGradient) {
    facts.push({ id: "gradient", name: "∂loss/∂output", text: formatNumber(rootMeanSquare(outputGradient), 3), hint: "Root mean square" });
  }
  const broken = (output?.nonFinite ?? 0) + (outputGradient?.nonFinite ?? 0);
  if (broken > 0)
    facts.push({ id: "nonFinite", name: "NaN or ∞", text: formatCount(broken), hint: "Values of the output and of its gradient that are no finite numbers" });
  return facts;
}

function parameterFacts({ parameters }: ModuleStatistics): LayerFact[] {
  return parameters.flatMap((parameter): LayerFact[] => {
    const ratio = relativeChange(parameter);
    if (ratio === undefined) return [];
    return [
      {
        id: "change",
        name: `step of ${parameter.name}`,
        text: ratio === Infinity ? "from 0" : formatPercent(ratio),
        hint: "By how much of its size (root mean squares) this step moved it; about 0.1 % is usual",
      },
    ];
  });
}

const ofAll = (some: number, all: number): string => `${formatCount(some)} of ${formatCount(all)}`;
