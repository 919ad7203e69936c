/** The module table as the list of rows that are visible, and what each key does in it. Pure. */
import type { ModelInfo, ModuleInfo } from "../../src/protocol/index.ts";
import type { PlaceKind } from "../../src/run/modulePlaces.ts";
import { ancestors, expansionKey } from "../state.ts";
import type { Sorting } from "./choices.ts";
import { columns, type Facts } from "./columns.ts";

export interface Row {
  readonly module: ModuleInfo;
  /** 1 for the root, as ARIA counts. */
  readonly level: number;
  readonly hasChildren: boolean;
  readonly expanded: boolean;
  /** Place among its siblings, from 1, and how many they are. */
  readonly position: number;
  readonly siblings: number;
  /** It is there only because something below it was searched for. */
  readonly isAbove: boolean;
}

/** Pixels. */
export const rowHeight = 22;

/** A tree with more rows than this opens with only its root's children. */
const openEntirelyUpTo = 200;

interface Structure {
  readonly levels: Int32Array;
  readonly children: Int32Array;
  readonly positions: Int32Array;
}

const structures = new WeakMap<ModelInfo, Structure>();

function structureOf(model: ModelInfo): Structure {
  let structure = structures.get(model);
  if (!structure) {
    structure = measure(model);
    structures.set(model, structure);
  }
  return structure;
}

function measure({ modules }: ModelInfo): Structure {
  const levels = new Int32Array(modules.length);
  const children = new Int32Array(modules.length);
  const positions = new Int32Array(modules.length);
  modules.forEach((module, i) => {
    const { parent } = module;
    levels[i] = parent === null ? 1 : levels[parent]! + 1;
    if (parent !== null) children[parent] = children[parent]! + 1;
    positions[i] = parent === null ? 1 : children[parent]!;
  });
  return { levels, children, positions };
}

/**
 * The visible rows from top to bottom; `choices` holds what was opened or closed by hand. The rows above `chosen` are open
 * whatever it says.
 */
export function visibleRows(model: ModelInfo, choices: Readonly<Record<string, boolean>>, chosen: ModuleInfo | null = null): Row[] {
  const above = new Set(chosen ? ancestors(model, chosen) : []);
  const { levels, children, positions } = structureOf(model);
  const defaultLevels = model.modules.length <= openEntirelyUpTo ? Infinity : 1;
  const rows: Row[] = [];
  let hiddenBelow = Infinity;
  model.modules.forEach((module, i) => {
    const level = levels[i]!;
    if (level > hiddenBelow) return;
    const hasChildren = children[i]! > 0;
    const expanded = hasChildren && (above.has(module) || (choices[expansionKey(model, module)] ?? level <= defaultLevels));
    hiddenBelow = hasChildren && !expanded ? level : Infinity;
    const siblings = module.parent === null ? 1 : children[module.parent]!;
    rows.push({ module, level, hasChildren, expanded, position: positions[i]!, siblings, isAbove: false });
  });
  return rows;
}

/** What was searched for, and the rows above it. */
export function foundRows(model: ModelInfo, found: ReadonlySet<number>): Row[] {
  const shown = new Set(found);
  for (const id of found) for (const { id: above } of ancestors(model, model.modules[id]!)) shown.add(above);
  const { levels, positions, children } = structureOf(model);
  const parents = new Set(model.modules.flatMap(({ id, parent }) => (parent !== null && shown.has(id) ? [parent] : [])));
  return model.modules
    .filter(({ id }) => shown.has(id))
    .map((module) => ({
      module,
      level: levels[module.id]!,
      hasChildren: children[module.id]! > 0,
      expanded: parents.has(module.id),
      position: positions[module.id]!,
      siblings: module.parent === null ? 1 : children[module.parent]!,
      isAbove: !found.has(module.id),
    }));
}

/** Modules one by one, by what the column says of each alone; those that it says nothing of at the end. */
export function sortedRows(modules: readonly ModuleInfo[], { column, descending }: Sorting, facts: (module: ModuleInfo) => Facts): Row[] {
  const valueOf = (module: ModuleInfo): number | string | undefined =>
    column === "name" ? module.path || module.name : columns[column].value(facts(module), "own");
  const keyed = modules.map((module) => ({ module, value: valueOf(module) }));
  const known = keyed.filter(({ value }) => isKnown(value));
  const direction = descending ? -1 : 1;
  known.sort((a, b) => direction * compare(a.value!, b.value!));
  const sorted = [...known, ...keyed.filter(({ value }) => !isKnown(value))];
  return sorted.map(({ module }, i) => ({ module, level: 1, hasChildren: false, expanded: false, position: i + 1, siblings: sorted.length, isAbove: false }));
}

function isKnown(value: number | string | undefined): boolean {
  return value !== undefined && value !== 0 && !Number.isNaN(value);
}

function compare(a: number | string, b: number | string): number {
  return typeof a === "number" ? a - Number(b) : names.compare(a, String(b));
}

/** `block2` before `block10`. */
const names = new Intl.Collator("en", { numeric: true });

export type TreeCommand =
  | { readonly type: "focus"; readonly index: number }
  | { readonly type: "expand"; readonly indices: readonly number[]; readonly expanded: boolean }
  /** The line that makes it, or that calls it. */
  | { readonly type: "reveal"; readonly index: number; readonly place: PlaceKind };

/** What a key means on the row at `index`; `null` if nothing. `page` is the number of rows in sight. */
export function keyCommand(rows: readonly Row[], index: number, key: string, page: number, isShift = false): TreeCommand | null {
  const row = rows[index];
  if (!row) return null;
  switch (key) {
    case "ArrowDown":
      return focus(rows, index + 1);
    case "ArrowUp":
      return focus(rows, index - 1);
    case "PageDown":
      return focus(rows, index + page);
    case "PageUp":
      return focus(rows, index - page);
    case "Home":
      return focus(rows, 0);
    case "End":
      return focus(rows, rows.length - 1);
    case "ArrowRight":
      if (!row.hasChildren) return null;
      return row.expanded ? focus(rows, index + 1) : { type: "expand", indices: [index], expanded: true };
    case "ArrowLeft":
      if (row.expanded) return { type: "expand", indices: [index], expanded: false };
      return row.module.parent === null ? null : focus(rows, parentIndex(rows, index));
    case " ":
      return row.hasChildren ? { type: "expand", indices: [index], expanded: !row.expanded } : null;
    case "*":
      return { type: "expand", indices: closedSiblings(rows, row), expanded: true };
    case "Enter":
      return { type: "reveal", index, place: isShift ? "called" : "made" };
    default:
      return null;
  }
}

function focus(rows: readonly Row[], index: number): TreeCommand {
  return { type: "focus", index: Math.max(0, Math.min(rows.length - 1, index)) };
}

function parentIndex(rows: readonly Row[], index: number): number {
  const { parent } = rows[index]!.module;
  return rows.findIndex((row) => row.module.id === parent);
}

function closedSiblings(rows: readonly Row[], row: Row): number[] {
  return rows.flatMap((other, i) => (other.module.parent === row.module.parent && other.hasChildren && !other.expanded ? [i] : []));
}

/**
 * The row that typed letters lead to: the next whose name, or else whose type, begins with them. A single letter moves on
 * from the current row; more letters may stay on it. -1 if there is none.
 */
export function typeahead(rows: readonly Row[], index: number, typed: string): number {
  const wanted = typed.toLowerCase();
  const start = typed.length > 1 ? 0 : 1;
  for (const text of [(row: Row) => row.module.name, (row: Row) => row.module.type]) {
    for (let offset = start; offset < rows.length + start; offset++) {
      const candidate = (index + offset) % rows.length;
      if (text(rows[candidate]!).toLowerCase().startsWith(wanted)) return candidate;
    }
  }
  return -1;
}

/** The slice of equally high rows that a scrolled view has to draw, with some to spare on both sides. */
export function visibleSlice(count: number, scrollTop: number, height: number, rowHeight: number): { readonly from: number; readonly to: number } {
  const spare = 8;
  const from = Math.max(0, Math.floor(scrollTop / rowHeight) - spare);
  const to = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + spare);
  return { from: Math.min(from, to), to };
}
