/** The rows of the module table under their headings. Only those in sight are drawn. */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { ModelInfo } from "../../src/protocol/index.ts";
import { Icon } from "../frame/icon.tsx";
import { goTo, menuContext } from "../frame/moduleLinks.tsx";
import { expansionKey } from "../state.ts";
import type { Store } from "../store.ts";
import { columns, gap, widthOf, type ColumnId } from "./columns.ts";
import { ModuleRow } from "./row.tsx";
import { keyCommand, rowHeight, typeahead, visibleSlice, type Row } from "./rows.ts";
import type { TableView } from "./view.ts";

/** Of the row of headings. */
const headHeight = 24;
/** Letters typed with a longer pause between them begin a new search. */
const typeaheadPause = 700;
/** Pixels that the modules' names get at least. */
const nameWidth = 132;
/** Pixels at both ends of a row. */
const margins = 16;

/** One tab stop for the headings and one for the rows; the row in focus is the one whose details are shown. */
export function ModuleGrid({ store, view, model }: { store: Store; view: TableView; model: ModelInfo }) {
  const grid = useRef<HTMLDivElement>(null);
  const scrollTop = useSignal(0);
  const height = useSignal(600);
  const chosen = useComputed(() => store.module.value?.id ?? -1);
  const typed = useRef({ text: "", at: 0 });
  const rows = view.rows.value;

  useEffect(() => {
    const observed = grid.current!;
    const measure = () => {
      const { clientHeight, clientWidth } = observed;
      height.value = clientHeight - headHeight;
      view.room.value = Math.floor((clientWidth - nameWidth - margins) / digitWidth(observed));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(observed);
    return () => observer.disconnect();
  }, [view]);

  useLayoutEffect(() => {
    const index = view.rows.peek().findIndex((row) => row.module.id === chosen.value);
    if (index >= 0) scrollToRow(grid.current!, index);
  }, [chosen.value, model, view.scope.value]);

  const focusRow = (index: number) => {
    const row = view.rows.peek()[index];
    if (!row) return;
    store.dispatch({ type: "chooseModule", module: row.module.id });
    scrollToRow(grid.current!, index);
  };
  const toggle = (toggled: readonly Row[], expanded: boolean) =>
    store.dispatch({ type: "expand", keys: toggled.map((row) => expansionKey(model, row.module)), expanded });

  const press = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const list = view.rows.peek();
    const current = Math.max(
      0,
      list.findIndex((row) => row.module.id === chosen.peek()),
    );
    const command = keyCommand(list, current, event.key, Math.max(1, Math.floor(height.peek() / rowHeight) - 1), event.shiftKey);
    if (command?.type === "focus") focusRow(command.index);
    else if (command?.type === "expand")
      toggle(
        command.indices.map((i) => list[i]!),
        command.expanded,
      );
    else if (command?.type === "reveal") goTo(store, list[command.index]!.module, command.place);
    else if (event.key.length === 1 && event.key !== " ") focusRow(search(typed.current, event.key, event.timeStamp, list, current));
    else return;
    event.preventDefault();
  };

  const { from, to } = visibleSlice(rows.length, scrollTop.value, height.value, rowHeight);
  const shown = rows.slice(from, to);
  const activeShown = shown.some((row) => row.module.id === chosen.value);
  return (
    <div
      ref={grid}
      class="tree"
      role="treegrid"
      tabIndex={0}
      aria-label={`Modules of ${model.name}`}
      aria-rowcount={rows.length + 1}
      aria-colcount={view.columns.value.length + 1}
      {...(activeShown && { "aria-activedescendant": `row-${chosen.value}` })}
      style={gridColumns(view.columns.value, model)}
      data-vscode-context={menuContext(store.module.value)}
      onKeyDown={press}
      onScroll={(event) => (scrollTop.value = event.currentTarget.scrollTop)}
      data-testid="module-tree"
    >
      <Headings view={view} />
      <div
        class="tree-height"
        role="presentation"
        style={{ height: `${rows.length * rowHeight}px` }}
        onClick={(event) => {
          const { index, isTwistie } = placeOf(event);
          const row = rows[index];
          if (row && isTwistie) toggle([row], !row.expanded);
          else focusRow(index);
        }}
        onDblClick={(event) => {
          const { index, isTwistie } = placeOf(event);
          if (rows[index] && !isTwistie) goTo(store, rows[index].module, "made");
        }}
      >
        {shown.map((row, offset) => (
          <ModuleRow key={row.module.id} row={row} index={from + offset} view={view} store={store} chosen={row.module.id === chosen.value} />
        ))}
        {rows.length === 0 && <p class="muted tree-empty">No module matches.</p>}
      </div>
    </div>
  );
}

/** The row that an event is of, unless it is a button's; rows have no handlers of their own, so that those that stay needn't be drawn again. */
function placeOf(event: Event): { readonly index: number; readonly isTwistie: boolean } {
  const target = event.target as Element;
  const row = target.closest("button") ? null : target.closest("[aria-rowindex]");
  return { index: Number(row?.getAttribute("aria-rowindex")) - 2, isTwistie: target.closest(".twistie") !== null };
}

/** Each heading sorts by its column. */
function Headings({ view }: { view: TableView }) {
  const row = useRef<HTMLDivElement>(null);
  const ids = ["name", ...view.columns.value] as const;
  const { sorting } = view.choices.value;
  const press = (event: KeyboardEvent) => {
    const buttons = [...row.current!.querySelectorAll("button")];
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = buttons[buttons.indexOf(document.activeElement as HTMLButtonElement) + step];
    if (step === 0 || !next) return;
    next.focus();
    event.preventDefault();
  };
  return (
    <div ref={row} class="tree-columns" role="row" aria-rowindex={1} onKeyDown={press}>
      {ids.map((id, i) => (
        <Heading key={id} id={id} view={view} index={i} isStop={id === (sorting?.column ?? "name")} />
      ))}
    </div>
  );
}

function Heading({ id, view, index, isStop }: { id: ColumnId | "name"; view: TableView; index: number; isStop: boolean }) {
  const { title, hint, isNumber } = id === "name" ? { title: "Module", hint: "The module's name", isNumber: false } : columns[id];
  const { sorting } = view.choices.value;
  const own = sorting?.column === id ? sorting : null;
  const next = !own ? `Sort by it, each module alone` : own.descending === isNumber ? "Sort the other way round" : "Back to the tree";
  return (
    <span
      class={`cell-${id}${isNumber ? " number" : ""}`}
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={own ? (own.descending ? "descending" : "ascending") : "none"}
    >
      <button type="button" title={`${hint}\n${next}`} tabIndex={isStop ? 0 : -1} onClick={() => view.sort(id, isNumber)} data-testid={`heading-${id}`}>
        {title}
        {own && <Icon name={own.descending ? "arrow-down" : "arrow-up"} />}
      </button>
    </span>
  );
}

/** Widths are counted in digits, which all have one width. */
function gridColumns(ids: readonly ColumnId[], model: ModelInfo): Record<string, string> {
  const widths = ids.map((id) => widthOf(columns[id], model));
  const total = widths.reduce((sum, width) => sum + width + gap, 0);
  return {
    "--columns": [`minmax(${nameWidth}px, 1fr)`, ...widths.map((width) => `${width}ch`)].join(" "),
    "--table-width": `calc(${nameWidth + margins}px + ${total}ch)`,
  };
}

/** Pixels. */
function digitWidth(element: HTMLElement): number {
  const context = document.createElement("canvas").getContext("2d")!;
  const { fontSize, fontFamily } = getComputedStyle(element);
  context.font = `${fontSize} ${fontFamily}`;
  return context.measureText("0").width || 8;
}

function search(typed: { text: string; at: number }, key: string, at: number, rows: readonly Row[], current: number): number {
  typed.text = at - typed.at > typeaheadPause ? key : typed.text + key;
  typed.at = at;
  return typeahead(rows, current, typed.text);
}

/** Below the headings, which stay. */
function scrollToRow(grid: HTMLElement, index: number): void {
  const top = index * rowHeight;
  const height = grid.clientHeight - headHeight;
  if (top < grid.scrollTop) grid.scrollTop = top;
  else if (top + rowHeight > grid.scrollTop + height) grid.scrollTop = top + rowHeight - height;
}
