/** What is done with the table as a whole: search, choose columns, copy. */
import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { plural } from "../../src/run/numbers.ts";
import { ExportMenu } from "../export/exportMenu.tsx";
import { Icon, IconButton } from "../frame/icon.tsx";
import type { Store } from "../store.ts";
import { columnIds, columns, type ColumnId } from "./columns.ts";
import { suggestions } from "./search.ts";
import type { TableView } from "./view.ts";

export function TableTools({ store, view, searchBox }: { store: Store; view: TableView; searchBox: RefObject<HTMLInputElement | null> }) {
  return (
    <>
      <SearchBox view={view} box={searchBox} store={store} />
      <ColumnsMenu view={view} />
      <IconButton icon="copy" label="Copy the table as Markdown" onClick={() => view.copy()} testId="copy-table" />
      <ExportMenu store={store} title="the module table" exportable={() => view.exportable()} />
    </>
  );
}

function SearchBox({ store, view, box }: { store: Store; view: TableView; box: RefObject<HTMLInputElement | null> }) {
  const list = useId();
  const found = view.found.value;
  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape" && view.search.peek() !== "") view.search.value = "";
    else if (event.key === "Enter" || event.key === "ArrowDown" || event.key === "Escape") {
      const first = view.rows.peek().find(({ isAbove }) => !isAbove);
      if (event.key !== "Escape" && first) store.dispatch({ type: "chooseModule", module: first.module.id });
      box.current!.closest(".tree-pane")!.querySelector<HTMLElement>("[role=treegrid]")!.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="table-search">
      <Icon name="search" />
      <input
        ref={box}
        type="search"
        value={view.search.value}
        list={list}
        placeholder="Search modules"
        title="Search names, types and states: frozen, not called, eval (Ctrl+F)"
        aria-label="Search modules by name, type or state"
        spellcheck={false}
        onInput={(event) => (view.search.value = event.currentTarget.value)}
        onKeyDown={press}
        data-testid="table-search"
      />
      <datalist id={list}>
        {suggestions(view.model).map((text) => (
          <option key={text} value={text} />
        ))}
      </datalist>
      <span class="muted" role="status" data-testid="table-found">
        {found !== null && (found === 0 ? "none" : plural(found, "module"))}
      </span>
    </div>
  );
}

/** A button, and below it the list of all columns with those marked that are shown. */
function ColumnsMenu({ view }: { view: TableView }) {
  const isOpen = useSignal(false);
  const menu = useRef<HTMLDivElement>(null);
  const close = (focus: boolean) => {
    isOpen.value = false;
    if (focus) menu.current!.querySelector("button")!.focus();
  };
  // Before the next key can come, as in the menus.
  useLayoutEffect(() => {
    if (!isOpen.value) return;
    menu.current!.querySelector("input")!.focus();
    const leave = (event: Event) => {
      if (!menu.current!.contains(event.target as Node)) close(false);
    };
    document.addEventListener("pointerdown", leave);
    document.addEventListener("focusin", leave);
    return () => {
      document.removeEventListener("pointerdown", leave);
      document.removeEventListener("focusin", leave);
    };
  }, [isOpen.value]);
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !isOpen.peek()) return;
    close(true);
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={menu} class="columns-menu" onKeyDown={press}>
      <button
        type="button"
        class="text-toggle"
        aria-expanded={isOpen.value}
        aria-haspopup="true"
        onClick={() => (isOpen.value = !isOpen.value)}
        data-testid="columns-menu"
      >
        Columns
      </button>
      {isOpen.value && <ColumnsList view={view} />}
    </div>
  );
}

function ColumnsList({ view }: { view: TableView }) {
  const shown = view.columns.value;
  const chosen = view.choices.value.columns;
  const toggle = (id: ColumnId) => view.choose({ columns: columnIds.filter((one) => (one === id ? !shown.includes(id) : shown.includes(one))) });
  return (
    <div class="columns-list" role="group" aria-label="Columns">
      <label>
        <input
          type="checkbox"
          checked={chosen === null}
          onChange={() => view.choose({ columns: chosen === null ? [...shown] : null })}
          data-testid="column-automatic"
        />
        As many as fit
      </label>
      {columnIds.map((id) => (
        <label key={id} title={columns[id].hint}>
          <input type="checkbox" checked={shown.includes(id)} onChange={() => toggle(id)} data-testid={`column-${id}`} />
          {columns[id].title}
        </label>
      ))}
    </div>
  );
}
