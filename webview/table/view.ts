/** What the module table shows, from what was measured, chosen and searched for. */
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { ModelInfo, ModuleInfo } from "../../src/protocol/index.ts";
import type { Sign } from "../../src/run/health/signs.ts";
import { summarize } from "../../src/run/work.ts";
import { exportName, type Exportable } from "../export/exportable.ts";
import type { Store } from "../store.ts";
import type { TableChoices } from "./choices.ts";
import { factsOf, fittingColumns, type ColumnId, type Facts, type Scope } from "./columns.ts";
import { tableCsv } from "./csv.ts";
import { gradientFlow } from "./flow.ts";
import { markdown, type ShownTable } from "./markdown.ts";
import { foundRows, sortedRows, visibleRows, type Row } from "./rows.ts";
import { matches, searchWords } from "./search.ts";
import { summaryItems } from "./summary.ts";

export class TableView {
  readonly #store: Store;
  /** Digits that fit beside the modules' names. */
  readonly room = signal(60);
  /** What stands in the search box. */
  readonly search = signal("");
  readonly words = computed(() => searchWords(this.search.value));
  readonly choices: ReadonlySignal<TableChoices>;
  readonly #works = computed(() => this.#store.run.value?.works);
  readonly #step = computed(() => this.#store.choices.value.step);
  readonly summary = computed(() => {
    const model = this.#store.model.value;
    return this.#works.value && model ? summarize(this.#works.value, model, this.#step.value) : undefined;
  });
  readonly #flow = computed(() => gradientFlow(this.#store.outputSample.value));
  readonly facts = computed<(module: ModuleInfo) => Facts>(() => factsOf(this.model, this.summary.value, this.#flow.value));
  readonly signs: ReadonlySignal<ReadonlyMap<number, Sign>>;
  readonly columns = computed<readonly ColumnId[]>(() => this.choices.value.columns ?? fittingColumns(this.model, this.room.value));
  /** Modules that are compared stand each for itself. */
  readonly scope = computed<Scope>(() => (this.choices.value.sorting ? "own" : "whole"));
  readonly #found = computed(() => (this.words.value.length > 0 ? matches(this.model, this.words.value, this.facts.value) : null));
  /** How many modules were found; `null` while nothing is searched for. */
  readonly found = computed(() => this.#found.value?.size ?? null);
  readonly #expanded: ReadonlySignal<Readonly<Record<string, boolean>>>;
  readonly rows = computed<readonly Row[]>(() => {
    const { sorting } = this.choices.value;
    const found = this.#found.value;
    if (sorting) return sortedRows(found ? this.model.modules.filter(({ id }) => found.has(id)) : this.model.modules, sorting, this.facts.value);
    return found ? foundRows(this.model, found) : visibleRows(this.model, this.#expanded.value, this.#store.module.value);
  });
  readonly items = computed(() => summaryItems(this.model, this.summary.value));

  constructor(store: Store) {
    this.#store = store;
    this.signs = store.signs;
    this.choices = computed(() => store.choices.value.table);
    this.#expanded = computed(() => store.choices.value.expanded);
  }

  /** The table is there only where a model is. */
  get model(): ModelInfo {
    return this.#store.model.value!;
  }

  choose(choices: Partial<TableChoices>): void {
    this.#store.dispatch({ type: "choose", choices: { table: { ...this.choices.value, ...choices } } });
  }

  /** Sorts by a column, the other way round, or not at all any more. @param descending how it begins */
  sort(column: ColumnId | "name", descending: boolean): void {
    const { sorting } = this.choices.value;
    if (sorting?.column !== column) this.choose({ sorting: { column, descending } });
    else this.choose({ sorting: sorting.descending === descending ? { column, descending: !descending } : null });
  }

  /** Puts it on the clipboard as Markdown, with all rows that scrolling would show. */
  copy(): void {
    if (this.#store.model.value) this.#store.post({ type: "copy", text: markdown(this.#shown) });
  }

  /** The same as a file, or its numbers. */
  exportable(): Exportable {
    const shown = this.#shown;
    return { name: exportName(this.#store.runName, shown.model.name, "modules"), md: () => markdown(shown), csv: () => tableCsv(shown) };
  }

  get #shown(): ShownTable {
    const summary = this.items.value.map(({ name, value }) => [name, value] as const);
    return { model: this.model, rows: this.rows.value, columns: this.columns.value, scope: this.scope.value, facts: this.facts.value, summary };
  }
}
