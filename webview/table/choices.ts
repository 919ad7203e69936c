/** What the user chose of the module table; kept over reloads. */
import { flag, list, nullable, oneOf, record } from "../../src/run/codec.ts";
import { columnIds, type ColumnId } from "./columns.ts";

export interface Sorting {
  readonly column: ColumnId | "name";
  readonly descending: boolean;
}

export interface TableChoices {
  /** `null`: as many as fit, the most important first. */
  readonly columns: readonly ColumnId[] | null;
  /** `null`: the tree, in the order in which modules are registered. */
  readonly sorting: Sorting | null;
}

export const defaultTableChoices: TableChoices = { columns: null, sorting: null };

export const tableChoices = record<TableChoices>({
  columns: nullable(list(oneOf<ColumnId>(...columnIds))),
  sorting: nullable(record<Sorting>({ column: oneOf<Sorting["column"]>("name", ...columnIds), descending: flag })),
});
