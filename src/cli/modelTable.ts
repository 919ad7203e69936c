/** The table that `kindling inspect` prints of each model. */
import type { ModelClassInfo, ModelInfo, ModuleInfo, ParameterCounts } from "../protocol/index.ts";
import { formatShapes, rootOf, sharedParameters, trainableStatus } from "../run/modules.ts";
import { formatAmount, formatCount, formatMilliseconds } from "../run/numbers.ts";
import { summarize, type ModuleWork, type Works } from "../run/work.ts";
import { plain, type Paint } from "./problemText.ts";

interface Column {
  readonly heading: string;
  /** Numbers stand on the right. */
  readonly isNumber?: boolean;
  text(module: ModuleInfo, work: ModuleWork | undefined): string;
}

const none = "–";

/** Of a module that was called in the step, or has something below it that was. */
function ofWork(heading: string, write: (work: ModuleWork) => string): Column {
  return { heading, isNumber: true, text: (_, work) => (work && (work.calls > 0 || work.whole.forward > 0) ? write(work) : none) };
}

const columns = {
  path: { heading: "path", text: ({ path }) => path || "(model)" },
  type: { heading: "type", text: ({ type }) => type },
  input: { heading: "input", text: ({ inputShapes }) => formatShapes(inputShapes) || none },
  output: { heading: "output", text: ({ outputShapes }) => formatShapes(outputShapes) || none },
  parameters: { heading: "parameters", isNumber: true, text: ({ counts }) => formatCount(counts.total) },
  multiplyAdds: ofWork("multiply-adds", ({ whole }) => formatAmount(whole.multiplyAdds)),
  forward: ofWork("forward", ({ whole }) => formatMilliseconds(whole.forward)),
  backward: ofWork("backward", ({ whole }) => formatMilliseconds(whole.backward)),
  state: { heading: "", text: stateOf },
} as const satisfies Readonly<Record<string, Column>>;

type ColumnName = keyof typeof columns;

/** Columns that give way where a line would be too long, the first first. */
const dispensable: readonly ColumnName[] = ["input", "backward", "forward", "multiplyAdds"];

/** @param width that no line should be longer than, in characters */
export function modelTable(model: ModelInfo, works: Works = new Map(), paint: Paint = plain, width = 100): string {
  const root = rootOf(model);
  const title = model.isVariable ? `${model.name}: ${root.type}` : root.type;
  const summary = summarize(works, model);
  const texts = (name: ColumnName): string[] => model.modules.map((module, i) => columns[name].text(module, summary?.modules[i]));
  const cells = new Map((Object.keys(columns) as ColumnName[]).map((name) => [name, texts(name)]));
  const shown = fitting(cells, width);
  const line = (row: (name: ColumnName) => string): string => `  ${shown.map(([name, size]) => padded(name, row(name), size)).join("  ")}`.trimEnd();
  const rows = model.modules.map((_, i) => line((name) => cells.get(name)![i]!));
  const isTimed = shown.some(([name]) => name === "forward");
  return [
    `${paint("bold", title)}  ${countsText(root.counts)}`,
    paint(
      "dim",
      line((name) => columns[name].heading),
    ),
    ...rows,
    ...(isTimed ? [paint("dim", "  Times are of the first step, which is slower than those to come.")] : []),
    "",
  ].join("\n");
}

/** The columns that fit, with their widths. What is known of no module has none. */
function fitting(cells: ReadonlyMap<ColumnName, readonly string[]>, width: number): (readonly [ColumnName, number])[] {
  const known = [...cells].filter(([name, texts]) => !dispensable.includes(name) || texts.some((text) => text !== none));
  let shown = known.map(([name, texts]) => [name, Math.max(columns[name].heading.length, ...texts.map(({ length }) => length))] as const);
  for (const gone of dispensable) {
    if (shown.reduce((sum, [, size]) => sum + 2 + size, 0) <= width) break;
    shown = shown.filter(([name]) => name !== gone);
  }
  return shown;
}

function padded(name: ColumnName, text: string, size: number): string {
  return "isNumber" in columns[name] ? text.padStart(size) : text.padEnd(size);
}

/** `5,955 params · 5,955 trainable · 0 frozen` */
export function countsText({ total, trainable, frozen }: ParameterCounts): string {
  return `${formatCount(total)} params · ${formatCount(trainable)} trainable · ${formatCount(frozen)} frozen`;
}

/** A class that the run didn't build; `undefined` for those that the tables show. */
export function classText({ name, status }: ModelClassInfo): string | undefined {
  switch (status.kind) {
    case "built":
      return undefined;
    case "tried":
      return `${name} (not constructed by the program)  ${countsText(status.counts)}`;
    case "needsArguments":
      return `${name} (not constructed by the program; needs ${status.parameters.join(", ")})`;
    case "failed":
      return `${name} (not constructed by the program; trying failed: ${status.message})`;
  }
}

function stateOf(module: ModuleInfo): string {
  const status = trainableStatus(module.counts);
  const state = status === "none" ? none : status === "partial" ? `${formatCount(module.counts.frozen)} frozen` : status;
  return [state, ...sharedParameters(module).map(({ name, sharedWith }) => `${name} shared with ${sharedWith}`)].join(", ");
}
