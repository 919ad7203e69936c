/** The module table's numbers, in full precision, as it is shown. Pure. */
import { csvLine } from "../export/exportable.ts";
import { columns } from "./columns.ts";
import type { ShownTable } from "./markdown.ts";

export function tableCsv({ model, rows, columns: ids, scope, facts }: ShownTable): string {
  const shown = ids.map((id) => columns[id]);
  const head = ["Module", ...shown.map(({ title, unit }) => (unit === undefined ? title : `${title} (${unit})`))];
  const lines = rows.map(({ module }) => {
    const known = facts(module);
    const cells = shown.map((column) => (column.fileValue ? column.fileValue(known, scope) : column.value(known, scope)) ?? "");
    return csvLine([module.path || model.name, ...cells]);
  });
  return [csvLine(head), ...lines].join("");
}
