/** Which curves stand together on a chart, and what the chart, its lines and its axis are like. Pure. */
import { isTrainingLoss, plainQuantity, readCurveName, type Split } from "../../src/run/curveNames.ts";
import { isDense, type Series } from "../../src/run/series.ts";
import type { Colour } from "../charts/theme.ts";

export interface Line {
  readonly name: string;
  /** As the legend has it. */
  readonly label: string;
  readonly series: Series;
  readonly colour: Colour;
  /** Which line of its chart it is, from 0: lines differ in their dashes, too. */
  readonly place: number;
  /** Whether a smoothed line helps: not for learning rates, which have no noise, nor for means, nor for one value per epoch. */
  readonly smooth: boolean;
  /** Where it is the middle of several: between which values half of them lie, at its own steps. */
  readonly band?: { readonly low: Series; readonly high: Series };
}

/** Curves that share a chart: those of one quantity. */
export interface Chart {
  readonly name: string;
  readonly title: string;
  readonly lines: readonly Line[];
  /** The run's newest step, up to which each line's last value holds; `null` for what is true of its own steps only. */
  readonly heldUntil: number | null;
  /** Rates that never changed: numbers, and no chart. */
  readonly isConstant: boolean;
  /** Whether the value axis is logarithmic unless the user says otherwise. */
  readonly spansDecades: boolean;
}

interface Member {
  readonly name: string;
  readonly series: Series;
  readonly split?: Split;
}

const palette: readonly Colour[] = ["--curve-1", "--curve-2", "--curve-3", "--curve-4", "--curve-5"];

/** A positive curve whose largest value is so many times its smallest is read on a logarithmic axis. */
const decades = 1_000;

/** Loss first, learning rate second, then what the program logged, in the order in which it came. */
export function groupCharts(curves: ReadonlyMap<string, Series>): Chart[] {
  const groups = new Map<string, Member[]>([
    ["loss", []],
    ["lr", []],
  ]);
  const keyOf = groupKeys([...curves.keys()]);
  for (const [name, series] of curves) {
    const key = keyOf(name);
    const { split } = readCurveName(name);
    const members = groups.get(key) ?? [];
    members.push({ name, series, ...(split && { split }) });
    groups.set(key, members);
  }
  const newest = Math.max(...[...curves.values()].map(({ steps, length }) => steps[length - 1] ?? 0));
  return [...groups].flatMap(([key, members], index) => (members.length > 0 ? [chart(key, members, index, newest)] : []));
}

/** Whether its value axis is, by the user's choice or else by its values. */
export function isLogarithmic({ name, spansDecades: spans }: Chart, chosen: Readonly<Record<string, boolean>>): boolean {
  return chosen[name] ?? spans;
}

/**
 * What curves of one chart have in common. Only names that differ in nothing but the data they were taken on go together; a
 * name that says no data joins those that say one: `loss` and `val_loss`.
 */
function groupKeys(names: readonly string[]): (name: string) => string {
  const keys = new Map<string, string>();
  const quantities = new Set<string>();
  for (const name of names) {
    const key = watchedQuantity(name) ?? saidQuantity(name);
    if (key === undefined) continue;
    keys.set(name, key);
    quantities.add(key);
  }
  for (const name of names) {
    const plain = plainQuantity(name);
    // Of two that are spelled differently, `my_acc` and `myAcc`, only one can be meant.
    if (keys.has(name) || !quantities.delete(plain)) continue;
    keys.set(name, plain);
  }
  return (name) => keys.get(name) ?? `=${name}`;
}

/** Of what is watched without being logged. */
function watchedQuantity(name: string): string | undefined {
  if (isTrainingLoss(name) || name === "loss (logged)" || name === "val/loss" || name.startsWith("val/loss/")) return "loss";
  return name === "lr" || name === "lr (logged)" || name.startsWith("lr/") ? "lr" : undefined;
}

function saidQuantity(name: string): string | undefined {
  const { quantity, split } = readCurveName(name);
  return split && quantity;
}

function chart(key: string, members: readonly Member[], index: number, newest: number): Chart {
  const isRate = key === "lr";
  const labels = isRate ? members.map(({ name }) => rateLabel(name)) : lineLabels(key, members);
  const lines = members.map(({ name, series, split }, place): Line => {
    const isMean = split !== undefined && split !== "train";
    const smooth = !isRate && !isMean && isDense(series);
    return { name, label: labels[place]!, series, colour: palette[(index + place) % palette.length]!, place, smooth };
  });
  return {
    name: isRate || key === "loss" ? key : members[0]!.name,
    title: titleOf(key, members),
    lines,
    // A rate is told only when it changes.
    heldUntil: isRate ? newest : null,
    isConstant: isRate && members.every(({ series }) => isConstant(series)),
    spansDecades: spansDecades(members),
  };
}

function titleOf(key: string, members: readonly Member[]): string {
  if (key === "lr") return "learning rate";
  if (members.length === 1) return members[0]!.name;
  if (key === "loss") return "loss";
  const plain = members.find(({ split }) => split === undefined);
  const { spelling } = readCurveName((plain ?? members[0]!).name);
  return spelling || members.map(({ name }) => name).join(", ");
}

function isConstant({ extent: { least, largest, hasHoles } }: Series): boolean {
  return least === largest && !hasHoles;
}

function spansDecades(members: readonly Member[]): boolean {
  const extents = members.map(({ series }) => series.extent).filter(({ least }) => Number.isFinite(least));
  return extents.every(({ least }) => least > 0) && extents.some(({ least, largest }) => largest / least >= decades);
}

/** What tells each line from the others; its whole name where that is not enough. */
function lineLabels(key: string, members: readonly Member[]): readonly string[] {
  if (members.length === 1) return [members[0]!.name];
  const short = members.map((member) => (key === "loss" ? lossLabel(member) : (member.split ?? member.name)));
  return short.map((label, i) => (short.indexOf(label) === short.lastIndexOf(label) ? label : members[i]!.name));
}

/** `train` and `val`, `netD` and `netG`, `val netD`. */
function lossLabel({ name, split }: Member): string {
  if (name === "loss") return "train";
  if (name === "loss (logged)") return "logged";
  const model = name.startsWith("loss/") ? name.slice("loss/".length) : name.startsWith("val/loss/") ? name.slice("val/loss/".length) : undefined;
  if (model === undefined || isTrainingLoss(name)) return model ?? split ?? name;
  return `val ${model}`;
}

/** A group without a name is called by its place in the optimizer's `paramGroups`. */
function rateLabel(name: string): string {
  const own = name.replace(/^lr\//, "");
  return own !== name && /^\d+$/.test(own) ? `group ${own}` : own;
}
