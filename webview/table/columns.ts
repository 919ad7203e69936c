/** The columns of the module table: what each says of a module, in words and as a value to sort by. Pure. */
import type { ModelInfo, ModuleInfo } from "../../src/protocol/index.ts";
import { formatShapes, rootOf, sharedParameters, trainableStatus } from "../../src/run/modules.ts";
import { formatAmount, formatBytes, formatCount, formatMilliseconds, formatNumber, formatPercent } from "../../src/run/numbers.ts";
import type { Done, ModuleWork, StepSummary } from "../../src/run/work.ts";
import type { Flow } from "./flow.ts";

/** In the order in which they stand, behind the module's name. */
export const columnIds = [
  "type",
  "hyperparameters",
  "input",
  "output",
  "parameters",
  "share",
  "state",
  "multiplyAdds",
  "memory",
  "forward",
  "backward",
  "time",
  "mode",
  "calls",
  "gradient",
] as const;

export type ColumnId = (typeof columnIds)[number];

/** A module with everything below it, as a tree reads; or by itself, as it is compared with others. */
export type Scope = "whole" | "own";

/** All that is known of a module. */
export interface Facts {
  readonly module: ModuleInfo;
  /** Parameters of the whole model. */
  readonly parameters: number;
  /** What it did in the step that is shown; absent where none was measured. */
  readonly work: ModuleWork | undefined;
  /** Milliseconds of that step. */
  readonly stepTime: number | undefined;
  readonly flow: Flow | undefined;
}

export interface Column {
  readonly title: string;
  /** What it says, in a sentence. */
  readonly hint: string;
  /** Numbers stand on the right, and are sorted from the largest. */
  readonly isNumber: boolean;
  /** In digits' widths; what it needs of a model, or always. */
  readonly width: number | ((model: ModelInfo) => number);
  text(facts: Facts, scope: Scope): string;
  /** What it is sorted by; `undefined` stands at the end. */
  value(facts: Facts, scope: Scope): number | string | undefined;
  /** Of a file's numbers, where they have one. */
  readonly unit?: string;
  /** What a file has, where it isn't `value`. */
  fileValue?(facts: Facts, scope: Scope): number | string | undefined;
}

/** What isn't known, or there is none of. */
const none = "–";

const longest = 18;

/** A shape has more × than letters that are narrow. */
const timesScale = 1.15;

/** As wide as the longest text needs, up to a limit. @param scale of its letters to digits */
function widest(text: (module: ModuleInfo) => string, scale = 1): (model: ModelInfo) => number {
  return ({ modules }) => Math.min(longest, scale * modules.reduce((most, module) => Math.max(most, text(module).length), 0));
}

function textColumn(title: string, hint: string, text: (module: ModuleInfo) => string): Column {
  return { title, hint, isNumber: false, width: widest(text), text: ({ module }) => text(module), value: ({ module }) => text(module) || undefined };
}

function shapeColumn(title: string, hint: string, shapes: (module: ModuleInfo) => readonly (readonly number[])[] | undefined): Column {
  const text = (module: ModuleInfo): string => formatShapes(shapes(module));
  const size = (module: ModuleInfo): number | undefined => shapes(module)?.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return {
    title,
    hint,
    isNumber: true,
    width: widest(text, timesScale),
    text: ({ module }) => text(module),
    value: ({ module }) => size(module),
    fileValue: ({ module }) => text(module),
  };
}

/** Of what was measured in a step. */
function workColumn(title: string, hint: string, kind: keyof Done, write: (value: number) => string, unit?: string): Column {
  const value = ({ work }: Facts, scope: Scope): number | undefined => (work && isAtWork(work) ? work[scope][kind] : undefined);
  return {
    title,
    hint,
    isNumber: true,
    width: 10,
    value,
    ...(unit !== undefined && { unit }),
    text(facts, scope) {
      const known = value(facts, scope);
      return known === undefined ? none : write(known);
    },
  };
}

/** Whether the module, or anything below it, was called: a list of modules never is. */
function isAtWork({ calls, whole }: ModuleWork): boolean {
  return calls > 0 || whole.forward > 0;
}

const ofMedian = "Median of the last sampled steps, without what watching takes.";

export const columns: Readonly<Record<ColumnId, Column>> = {
  type: textColumn("Type", "The module's class", ({ type }) => type),
  hyperparameters: textColumn("Hyperparameters", "What the module was constructed with", ({ extra }) => extra),
  input: shapeColumn("Input", "Shapes of the tensors that it was given last", (module) => module.inputShapes),
  output: shapeColumn("Output", "Shapes of the tensors that it returned last", (module) => module.outputShapes),
  parameters: {
    title: "Parameters",
    hint: "Number of values in its parameters; shared ones count once",
    isNumber: true,
    width: (model) => formatCount(rootOf(model).counts.total).length,
    text: (facts, scope) => (parametersOf(facts, scope) > 0 ? formatCount(parametersOf(facts, scope)) : ""),
    value: parametersOf,
  },
  share: {
    title: "Share",
    hint: "Share of the model's parameters",
    isNumber: true,
    width: 8,
    text: (facts, scope) => (parametersOf(facts, scope) > 0 ? formatPercent(parametersOf(facts, scope) / facts.parameters) : ""),
    value: parametersOf,
    fileValue: (facts, scope) => (facts.parameters > 0 ? parametersOf(facts, scope) / facts.parameters : undefined),
  },
  state: {
    title: "State",
    hint: "Whether it is frozen, in evaluation, without a call, or shares parameters",
    isNumber: false,
    width: 16,
    text: (facts) => stateWords(facts).join(", "),
    value: (facts) => stateWords(facts).join(", ") || undefined,
  },
  multiplyAdds: workColumn("Multiply-adds", "Multiplications with an addition in a step's forward pass", "multiplyAdds", formatAmount),
  memory: workColumn("Memory", "Memory of the outputs of a step; what several modules return counts once", "outputBytes", formatBytes, "bytes"),
  forward: workColumn("Forward", `Time in its forward. ${ofMedian}`, "forward", formatMilliseconds, "ms"),
  backward: workColumn("Backward", `Time in the gradients of what its forward computes. ${ofMedian}`, "backward", formatMilliseconds, "ms"),
  time: {
    title: "Time",
    hint: `Share of a step's time, forward and backward. ${ofMedian}`,
    isNumber: true,
    width: 8,
    text(facts, scope) {
      const share = timeShare(facts, scope);
      return share === undefined ? none : formatPercent(share);
    },
    value: timeShare,
  },
  mode: {
    title: "Mode",
    hint: "train or eval, as it was in the step",
    isNumber: false,
    width: 5,
    text: modeOf,
    value: modeOf,
  },
  calls: {
    title: "Calls",
    hint: "How often it was called in the step",
    isNumber: true,
    width: 6,
    text: ({ work }) => (work ? formatCount(work.calls) : none),
    value: ({ work }) => work?.calls,
  },
  gradient: {
    title: "Gradient",
    hint: "Strength of the gradient that reaches the module's output: root mean square, logarithmic over six decades",
    isNumber: true,
    width: 7,
    text: gradientText,
    value: ({ flow }) => flow?.strength,
    fileValue: ({ flow }) => (flow?.broken ? NaN : Number.isNaN(flow?.strength) ? undefined : flow?.strength),
  },
};

function parametersOf({ module }: Facts, scope: Scope): number {
  if (scope === "whole") return module.counts.total;
  return module.parameters.reduce((sum, { count, sharedWith }) => sum + (sharedWith === undefined ? count : 0), 0);
}

function timeShare({ work, stepTime }: Facts, scope: Scope): number | undefined {
  if (!work || !stepTime || !isAtWork(work)) return undefined;
  return (work[scope].forward + work[scope].backward) / stepTime;
}

/** A number, or why there is none. */
function gradientText({ module, flow }: Facts): string {
  if (!flow) return none;
  if (flow.broken) return "not finite";
  if (!Number.isNaN(flow.strength)) return formatNumber(flow.strength, 3);
  return trainableStatus(module.counts) === "frozen" ? "frozen" : "none";
}

function modeOf({ module, work }: Facts): string {
  return (work?.training ?? module.training) ? "train" : "eval";
}

/** What is out of the ordinary about it. */
export function stateWords(facts: Facts): string[] {
  const { module, work } = facts;
  const words: string[] = [];
  const status = trainableStatus(module.counts);
  if (status === "frozen") words.push("frozen");
  if (status === "partial") words.push("partly frozen");
  if (work ? !isAtWork(work) : module.outputShapes === undefined && module.parameters.length > 0) words.push("not called");
  if (modeOf(facts) === "eval") words.push("eval");
  for (const { name, sharedWith } of sharedParameters(module)) words.push(`${name} shared with ${sharedWith}`);
  return words;
}

/** What is known of each module, by its id. */
export function factsOf(model: ModelInfo, summary: StepSummary | undefined, flow: ReadonlyMap<number, Flow>): (module: ModuleInfo) => Facts {
  const { total: parameters } = rootOf(model).counts;
  return (module) => ({ module, parameters, work: summary?.modules[module.id], stepTime: summary?.time, flow: flow.get(module.id) });
}

/** Which columns give way last where there isn't room for all, and those that nobody sees who doesn't ask for them. */
const byImportance: readonly ColumnId[] = ["parameters", "gradient", "type", "output", "time", "multiplyAdds", "forward", "backward", "calls"];

/** The columns that fit beside the name, in their order. @param room in digits' widths */
export function fittingColumns(model: ModelInfo, room: number): ColumnId[] {
  const taken = new Set<ColumnId>();
  let left = room;
  for (const id of byImportance) {
    const needed = widthOf(columns[id], model) + gap;
    if (needed > left) continue;
    left -= needed;
    taken.add(id);
  }
  return columnIds.filter((id) => taken.has(id));
}

/** Between two columns. */
export const gap = 1.5;

/** Headings are written smaller, in letters that are narrower than digits. */
const headingScale = 0.85;

export function widthOf({ width, title }: Column, model: ModelInfo): number {
  return Math.max(headingScale * title.length, typeof width === "number" ? width : width(model));
}
