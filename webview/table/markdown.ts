/** The module table as Markdown, as it is shown. Pure. */
import type { ModelInfo } from "../../src/protocol/index.ts";
import { columns, type ColumnId, type Facts, type Scope } from "./columns.ts";
import type { Row } from "./rows.ts";

export interface ShownTable {
  readonly model: ModelInfo;
  readonly rows: readonly Row[];
  readonly columns: readonly ColumnId[];
  readonly scope: Scope;
  readonly facts: (module: Row["module"]) => Facts;
  /** What stands below the table: names and values. */
  readonly summary: readonly (readonly [name: string, value: string])[];
}

export function markdown({ model, rows, columns: ids, scope, facts, summary }: ShownTable): string {
  const shown = ids.map((id) => columns[id]);
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;
  return [
    line(["Module", ...shown.map(({ title }) => title)]),
    `| ${["---", ...shown.map(({ isNumber }) => (isNumber ? "---:" : "---"))].join(" | ")} |`,
    ...rows.map(({ module }) => line([module.path || model.name, ...shown.map((column) => column.text(facts(module), scope))])),
    "",
    ...summary.map(([name, value]) => `- ${name}: ${value}`),
    "",
  ].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("|", "\\|").replaceAll("*", "\\*").replaceAll("_", "\\_");
}
