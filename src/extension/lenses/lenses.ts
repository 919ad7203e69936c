/** What stands above each model class and instance: places from the text, numbers from the last run. Pure. */
import type { ModelClassInfo, ModelInfo, ParameterCounts } from "../../protocol/index.ts";
import { isSteerable } from "../../run/interventions.ts";
import { rootOf, trainableStatus } from "../../run/modules.ts";
import { formatCount } from "../../run/numbers.ts";
import { lossTrouble } from "../../run/standing.ts";
import { filesOf, isInspecting, isStale, isTraining, type FileRuns, type Structure } from "../runs/fileRuns.ts";
import type { Scan, Site } from "./scanner.ts";

/** Commands of this extension that a lens can call, with their arguments. */
export type LensCommand =
  | { readonly command: "train" | "inspect" | "stop" | "restart"; readonly file: string }
  | { readonly command: "openPanel"; readonly file: string; readonly model?: number }
  | { readonly command: "freeze" | "unfreeze"; readonly file: string; readonly model: number }
  | { readonly command: "addExample"; readonly className: string; readonly parameters: readonly string[] }
  | { readonly command: "trust" }
  | { readonly command: "none" };

export interface LensItem {
  readonly title: string;
  readonly action: LensCommand;
}

/** All lenses of one line, left to right. */
export interface Lens {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly items: readonly LensItem[];
}

export interface LensInput {
  readonly file: string;
  readonly scan: Scan;
  /** Model files whose run took this file in, the best to ask first. */
  readonly runs: readonly FileRuns[];
  readonly isModelFile: boolean;
  readonly isTrusted: boolean;
  /** Whether what the editor shows of a file is not yet on disk. */
  readonly isUnsaved: (file: string) => boolean;
}

export function lenses(input: LensInput): readonly Lens[] {
  const structures = input.runs.flatMap(({ structure }) => (structure ? [structure] : []));
  return sitesOf(input.scan, input.file, structures).map((site) => ({
    line: site.line,
    column: site.column,
    items: input.isTrusted
      ? [...numbers(site, input, structures), ...warnings(input), ...actions(input), ...freezing(site, input)]
      : [{ title: "Trust this workspace to train", action: { command: "trust" } }],
  }));
}

function sitesOf(scan: Scan, file: string, structures: readonly Structure[]): readonly Site[] {
  const proven = scan.candidates.filter((site) =>
    structures.some((structure) =>
      site.kind === "class" ? nearestClass(structure, file, site) !== undefined : nearestModel(structure, file, site) !== undefined,
    ),
  );
  return [...scan.sites, ...proven].sort((a, b) => a.line - b.line || a.column - b.column);
}

function numbers(site: Site, input: LensInput, structures: readonly Structure[]): readonly LensItem[] {
  for (const runs of input.runs) {
    const item = describe(site, input.file, runs);
    if (item) return [item.action.command === "openPanel" ? { ...item, title: marked(item.title, runs, input) } : item];
  }
  const counting = structures.length === 0 && input.runs.some(isInspecting);
  return counting ? [{ title: "counting…", action: { command: "none" } }] : [];
}

/** Numbers that may not be those of the text on the screen say so. */
function marked(title: string, runs: FileRuns, { file, isUnsaved }: LensInput): string {
  if (isStale(runs)) return `≈ ${title} · before the error`;
  // Until an inspection has ended, the numbers are those of the text before.
  return isInspecting(runs) || [file, ...filesOf(runs)].some(isUnsaved) ? `≈ ${title}` : title;
}

/** What the last training is in trouble with, where it is of this text. */
function warnings({ runs: [runs] }: LensInput): readonly LensItem[] {
  const trouble = runs?.train && !runs.train.edited && lossTrouble(runs.train);
  return runs && trouble ? [{ title: `⚠ ${trouble}`, action: { command: "openPanel", file: runs.file } }] : [];
}

function describe(site: Site, file: string, runs: FileRuns): LensItem | undefined {
  if (!runs.structure) return undefined;
  if (site.kind === "instance") {
    const model = nearestModel(runs.structure, file, site);
    return model && countsItem(rootOf(model).counts, runs.file, model.id);
  }
  const info = nearestClass(runs.structure, file, site);
  return info && classItem(info, runs);
}

function classItem(info: ModelClassInfo, runs: FileRuns): LensItem {
  switch (info.status.kind) {
    case "built":
    case "tried": {
      const model = runs.structure?.models.find((one) => rootOf(one).type === info.name);
      return countsItem(info.status.counts, runs.file, model?.id);
    }
    case "needsArguments": {
      const { parameters } = info.status;
      return {
        title: `needs arguments (${parameters.join(", ")}): add an example`,
        action: { command: "addExample", className: info.name, parameters },
      };
    }
    case "failed":
      return { title: `could not be built: ${info.status.message}`, action: { command: "none" } };
  }
}

function countsItem(counts: ParameterCounts, file: string, model: number | undefined): LensItem {
  return {
    title: countsText(counts),
    action: { command: "openPanel", file, ...(model !== undefined && { model }) },
  };
}

/** `5,955 params`, `5,955 params · 2,000 frozen` */
function countsText({ total, frozen }: ParameterCounts): string {
  return frozen === 0 ? `${formatCount(total)} params` : `${formatCount(total)} params · ${formatCount(frozen)} frozen`;
}

function actions(input: LensInput): readonly LensItem[] {
  const target = input.isModelFile ? input.file : input.runs[0]?.file;
  if (target === undefined) return [];
  const runs = input.runs.find(({ file }) => file === target);
  const training = isTraining(runs);
  return [
    ...(training && runs?.train?.edited ? [{ title: "edited since it started · Restart", action: { command: "restart", file: target } as const }] : []),
    training ? { title: "■ Stop", action: { command: "stop", file: target } } : { title: "▶ Train", action: { command: "train", file: target } },
    { title: "Inspect", action: { command: "inspect", file: target } },
  ];
}

/** While it trains, an instance can be frozen as a whole. */
function freezing(site: Site, { file, runs: [runs] }: LensInput): readonly LensItem[] {
  if (site.kind !== "instance" || !runs?.structure || !runs.train || !isSteerable(runs.train)) return [];
  const model = nearestModel(runs.structure, file, site);
  const status = model && trainableStatus(rootOf(model).counts);
  if (!model || status === "none") return [];
  const command = status === "trainable" ? "freeze" : "unfreeze";
  return [{ title: command === "freeze" ? "Freeze" : "Unfreeze", action: { command, file: runs.file, model: model.id } }];
}

function nearestClass(structure: Structure, file: string, site: Site): ModelClassInfo | undefined {
  const named = structure.classes.filter((info) => info.name === site.name && info.declaredAt.file === file);
  return nearest(named, (info) => info.declaredAt.line, site.line);
}

function nearestModel(structure: Structure, file: string, site: Site): ModelInfo | undefined {
  const named = structure.models.filter((model) => model.name === site.name && model.isVariable && rootOf(model).constructedAt?.file === file);
  return nearest(named, (model) => rootOf(model).constructedAt?.line ?? 0, site.line);
}

function nearest<T>(items: readonly T[], lineOf: (item: T) => number, line: number): T | undefined {
  const distance = (item: T): number => Math.abs(lineOf(item) - line);
  return items.reduce<T | undefined>((best, item) => (best === undefined || distance(item) < distance(best) ? item : best), undefined);
}
