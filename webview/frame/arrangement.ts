/** What stands where in the panel: the module table, and one or two groups of tabs. Pure. */
import type { RunMode } from "../../src/protocol/index.ts";

/** In the order in which they stand. */
export const tabIds = ["modules", "curves", "layer", "gradients", "graph", "data", "control", "output"] as const;

export type TabId = (typeof tabIds)[number];

/**
 * `tabs`: the module table is one of the tabs. `above`, `beside`: it stands above one group of tabs, or beside it. `wide`:
 * beside two.
 */
export type Layout = "tabs" | "above" | "beside" | "wide";

export type GroupName = "main" | "side";

/** Widths, in pixels, from which the table has room above and beside the tabs, and a second group beside the first. */
const aboveFrom = 560;
const besideFrom = 1_000;
const wideFrom = 1_800;
/** The height that table and tabs need, one above the other. */
const heightForTwo = 640;

export function layoutFor({ width, height }: { readonly width: number; readonly height: number }): Layout {
  if (width >= besideFrom) return width >= wideFrom ? "wide" : "beside";
  return width >= aboveFrom && height >= heightForTwo ? "above" : "tabs";
}

/** What was chosen in each group; `null` until something was. */
export type ChosenTabs = Readonly<Record<GroupName, TabId | null>>;

interface Place {
  readonly layout: Layout;
  readonly mode: RunMode;
  /** The run is none of Kindling's own. */
  readonly onlyWatched?: boolean;
  /** Some pass through the models was told. */
  readonly hasPasses?: boolean;
}

/** Of a training alone: an inspection is one step, which makes no curve, whose batch is gone, and which nobody can steer. */
const ofTraining: ReadonlySet<TabId> = new Set(["curves", "data", "control"]);
/** Of a run that hears what it is told. */
const ofOwn: ReadonlySet<TabId> = new Set(["data", "control"]);

/** What the groups may offer. */
export function offeredTabs({ layout, mode, onlyWatched = false, hasPasses = false }: Place): readonly TabId[] {
  const isOffered = (id: TabId): boolean => {
    if (id === "modules") return layout === "tabs";
    if (onlyWatched && (ofOwn.has(id) || (id === "graph" && !hasPasses))) return false;
    return mode === "train" || !ofTraining.has(id);
  };
  return tabIds.filter(isOffered);
}

/** Which tab each group shows: what was chosen if it is offered, else the first that no other group shows. */
export function shownTabs(offered: readonly TabId[], chosen: ChosenTabs, layout: Layout): Partial<Record<GroupName, TabId>> {
  const main = pick(offered, chosen.main);
  if (layout !== "wide" || main === undefined) return main === undefined ? {} : { main };
  const others = offered.filter((id) => id !== main);
  const side = pick(others, chosen.side);
  return side === undefined ? { main } : { main, side };
}

function pick(offered: readonly TabId[], wanted: TabId | null): TabId | undefined {
  return offered.find((id) => id === wanted) ?? offered.find((id) => id !== "modules") ?? offered[0];
}

/** Two groups never show the same: who takes what the other shows gives its own for it. */
export function chooseTab(shown: Partial<Record<GroupName, TabId>>, group: GroupName, tab: TabId): ChosenTabs {
  const other = group === "main" ? "side" : "main";
  const swapped = shown[other] === tab ? shown[group] : shown[other];
  return { main: null, side: null, [group]: tab, [other]: swapped ?? null };
}

/** With `tab` in sight: as it is where a group shows it already, else in the main group. */
export function openTab(shown: Partial<Record<GroupName, TabId>>, chosen: ChosenTabs, tab: TabId): ChosenTabs {
  return shown.main === tab || shown.side === tab ? chosen : { ...chosen, main: tab };
}
