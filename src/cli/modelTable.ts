/** The table that `kindling inspect` prints of each model. */
import type { ModelClassInfo, ModelInfo, ModuleInfo, ParameterCounts } from "../protocol/index.ts";
import { rootOf, trainableStatus } from "../run/modules.ts";
import { formatCount } from "../run/numbers.ts";
import { plain, type Paint } from "./problemText.ts";

const headings = ["path", "type", "output shape", "parameters", ""] as const;

export function modelTable(model: ModelInfo, paint: Paint = plain): string {
  const root = rootOf(model);
  const title = model.isVariable ? `${model.name}: ${root.type}` : root.type;
  const rows = model.modules.map(moduleRow);
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, column) => (column === 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join("  ")}`.trimEnd();
  return [`${paint("bold", title)}  ${countsText(root.counts)}`, paint("dim", line(headings)), ...rows.map(line), ""].join("\n");
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

function moduleRow(module: ModuleInfo): string[] {
  const shapes = module.outputShapes?.map((shape) => `[${shape.join(", ")}]`).join(", ") ?? "–";
  return [module.path || "(model)", module.type, shapes, formatCount(module.counts.total), stateOf(module.counts)];
}

function stateOf(counts: ParameterCounts): string {
  const status = trainableStatus(counts);
  if (status === "none") return "–";
  return status === "partial" ? `${formatCount(counts.frozen)} frozen` : status;
}
