/** What stands above each model class and instance: places from the text, numbers from the last run; and above their layers. Pure. */
import type { ModelClassInfo, ModelInfo, ParameterCounts, SourcePosition } from "../../protocol/index.ts";
import { groupBy } from "../../run/groupBy.ts";
import { isSteerable } from "../../run/interventions.ts";
import { sameModule, type PlacedModule } from "../../run/modulePlaces.ts";
import { rootOf, trainableStatus } from "../../run/modules.ts";
import { formatCount } from "../../run/numbers.ts";
import { lossTrouble } from "../../run/standing.ts";
import { filesOf, isInspecting, isStale, isTraining, type FileRuns, type Structure } from "../runs/fileRuns.ts";
import type { LayerLens } from "../shared/settings.ts";
import { countsOf, layersIn } from "./layers.ts";
import type { Scan, Site } from "./scanner.ts";

/** Commands of this extension that a lens can call, with their arguments. */
export type LensCommand =
  | { readonly command: "train" | "inspect" | "debug" | "stop" | "restart"; readonly file: string }
  | { readonly command: "openPanel"; readonly file: string; readonly model?: number; readonly module?: number }
  | { readonly command: "freeze" | "unfreeze"; readonly parts: readonly LensPart[] }
  | { readonly command: "addExample"; readonly className: string; readonly parameters: readonly string[] }
  | { readonly command: "trust" }
  | { readonly command: "none" };

/** A module with all that is below it. */
export interface LensPart {
  readonly file: string;
  readonly model: number;
  readonly path: string;
}

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
  /** Whether there is a command that debugs a model file. */
  readonly canDebug: boolean;
  /** Which layers have lenses, too. */
  readonly layers: LayerLens;
  /** Where a place is now of the text that a run read which began then. */
  readonly now: (position: SourcePosition, since: number) => SourcePosition | undefined;
}

/** A class, an instance, or a class with the one instance that stands near it. */
interface Place {
  /** Where the lens is. */
  readonly site: Site;
  /** What it is of: the instance where there is one. */
  readonly of: Site;
}

export function lenses(input: LensInput): readonly Lens[] {
  const structures = input.runs.flatMap(({ structure }) => (structure ? [structure] : []));
  const places = joined(sitesOf(input.scan, input.file, structures));
  const byLine = groupBy(places, ({ site }) => site.line);
  const ofModels = [...byLine].map(([line, own]) => modelLens(line, own, input, structures));
  if (!input.isTrusted || input.layers === "off") return ofModels;
  return [...ofModels, ...layerLenses(input, new Set(byLine.keys()))].sort((a, b) => a.line - b.line);
}

/** Several models that one line declares are told apart by their names, and share the rest. */
function modelLens(line: number, places: readonly Place[], input: LensInput, structures: readonly Structure[]): Lens {
  const { column } = places[0]!.site;
  if (!input.isTrusted) return { line, column, items: [{ title: "Trust this workspace to train", action: { command: "trust" } }] };
  const told = (items: readonly LensItem[], named: (title: string) => string): readonly LensItem[] =>
    places.length === 1 ? items : items.map((item) => ({ ...item, title: named(item.title) }));
  const counts = places.flatMap(({ site, of }) => told(numbers(of, site, input, structures), (title) => `${of.name}: ${title}`));
  const steering = places.flatMap(({ of }) => told(freezing(of, input), (title) => `${title} ${of.name}`));
  return { line, column, items: [...counts, ...warnings(input), ...actions(input), ...steering] };
}

/** As many lines below a class its instance is still near it. */
const nearLines = 10;

/** Two lenses that say the same of a class and of its only instance in sight are one. */
function joined(sites: readonly Site[]): readonly Place[] {
  const nearOf = new Map<Site, Site>();
  for (const site of sites) {
    if (site.kind !== "class") continue;
    const near = sites.filter(
      ({ kind, className, line }) => kind === "instance" && className === site.name && line >= site.line && line <= site.line + nearLines,
    );
    if (near.length === 1) nearOf.set(site, near[0]!);
  }
  const gone = new Set(nearOf.values());
  return sites.filter((site) => !gone.has(site)).map((site) => ({ site, of: nearOf.get(site) ?? site }));
}

function sitesOf(scan: Scan, file: string, structures: readonly Structure[]): readonly Site[] {
  const proven = scan.candidates.filter((site) =>
    structures.some((structure) =>
      site.kind === "class" ? nearestClass(structure, file, site) !== undefined : nearestModel(structure, file, site) !== undefined,
    ),
  );
  return [...scan.sites, ...proven].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** @param otherwise says it where a run knows nothing of `site` */
function numbers(site: Site, otherwise: Site, input: LensInput, structures: readonly Structure[]): readonly LensItem[] {
  for (const runs of input.runs) {
    const item = describe(site, input.file, runs) ?? describe(otherwise, input.file, runs);
    if (item) return [item.action.command === "openPanel" ? { ...item, title: marked(item.title, runs, input) } : item];
  }
  const counting = structures.length === 0 && input.runs.some(isInspecting);
  return counting ? [{ title: "counting…", action: { command: "none" } }] : [];
}

/** Numbers that may not be those of the text on the screen say so. */
function marked(title: string, runs: FileRuns, input: LensInput): string {
  if (isStale(runs)) return `≈ ${title} · before the error`;
  return isApproximate(runs, input) ? `≈ ${title}` : title;
}

/** Until an inspection has ended, the numbers are those of the text before. */
function isApproximate(runs: FileRuns, { file, isUnsaved }: LensInput): boolean {
  return isStale(runs) || isInspecting(runs) || [file, ...filesOf(runs)].some(isUnsaved);
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

/** `5,955 params`, `5,955 params · 2,000 frozen`, `5,955 params · frozen` */
function countsText(counts: ParameterCounts): string {
  return `${formatCount(counts.total)} params${frozenText(counts)}`;
}

function frozenText(counts: ParameterCounts): string {
  const status = trainableStatus(counts);
  return status === "frozen" ? " · frozen" : status === "partial" ? ` · ${formatCount(counts.frozen)} frozen` : "";
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
    ...(input.canDebug && !training ? [{ title: "Debug", action: { command: "debug", file: target } } as const] : []),
  ];
}

/** While it trains, an instance can be frozen as a whole. */
function freezing(site: Site, { file, runs: [runs] }: LensInput): readonly LensItem[] {
  const model = site.kind === "instance" && runs?.structure ? nearestModel(runs.structure, file, site) : undefined;
  return runs && model ? freezingItems(runs, [{ model, module: rootOf(model) }]) : [];
}

/** What the training has frozen counts, which an inspection of a later text knows nothing of. */
function freezingItems(runs: FileRuns, layers: readonly PlacedModule[]): readonly LensItem[] {
  if (!runs.train || !isSteerable(runs.train)) return [];
  const { models } = runs.train;
  const trained = layers.flatMap((layer) => sameModule(models, layer) ?? []);
  const status = trainableStatus(countsOf(trained));
  if (status === "none") return [];
  const parts = trained.map(({ model, module }) => ({ file: runs.file, model: model.id, path: module.path }));
  return [status === "trainable" ? { title: "Freeze", action: { command: "freeze", parts } } : { title: "Unfreeze", action: { command: "unfreeze", parts } }];
}

/** @param taken lines of which something is said already */
function layerLenses(input: LensInput, taken: ReadonlySet<number>): readonly Lens[] {
  const runs = input.runs.find(({ structure }) => structure && layersIn(input.file, structure.models).length > 0);
  if (!runs?.structure) return [];
  const { at: since, models } = runs.structure;
  return layersIn(input.file, models).flatMap(({ position, layers }) => {
    const place = input.now(position, since);
    if (!place || taken.has(place.line) || (input.layers === "frozen" && countsOf(layers).frozen === 0)) return [];
    return [{ line: place.line, column: place.column, items: [layersItem(layers, runs, input), ...freezingItems(runs, layers)] }];
  });
}

function layersItem(layers: readonly PlacedModule[], runs: FileRuns, input: LensInput): LensItem {
  const { model, module } = layers[0]!;
  const title = layers.length === 1 ? countsText(module.counts) : severalText(layers);
  return {
    title: isApproximate(runs, input) ? `≈ ${title}` : title,
    action: { command: "openPanel", file: runs.file, model: model.id, module: module.id },
  };
}

/** `4 × 36,928 params`, `4 × 9,248 to 147,712 params` */
function severalText(layers: readonly PlacedModule[]): string {
  const totals = layers.map(({ module }) => module.counts.total);
  const [least, most] = [totals.reduce((a, b) => Math.min(a, b)), totals.reduce((a, b) => Math.max(a, b))];
  const each = least === most ? formatCount(least) : `${formatCount(least)} to ${formatCount(most)}`;
  return `${formatCount(layers.length)} × ${each} params${frozenText(countsOf(layers))}`;
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
