/** What the extension and the panel's page tell each other, and how it is written. */
import type { RunEvent, SourcePosition, PanelSteering } from "../protocol/index.ts";
import { dictionary, list, nullable, number, oneOf, optional, record, text, variants, whole } from "./codec.ts";
import type { Family, FamilyRun, Trunk } from "./family.ts";
import { curves, runEvent, runSnapshot, runState, storedSnapshot } from "./records.ts";
import { position } from "./records/position.ts";
import { steering } from "./records/steering.ts";
import type { RunSnapshot } from "./snapshot.ts";

export type ToPanel =
  /** Whose panel it is. */
  | { readonly type: "file"; readonly file: string }
  | { readonly type: "snapshot"; readonly run: RunSnapshot | null }
  /** What that run parts from, and what parts from it; replaces what was told before. `null`: it stands alone. */
  | { readonly type: "family"; readonly runId: string; readonly family: Family | null }
  /** Events of the run whose snapshot was sent last, in order. */
  | { readonly type: "events"; readonly runId: string; readonly events: readonly RunEvent[] }
  /** Since the last snapshot events had less of the curves than there is: the run is faster than can be shown. */
  | { readonly type: "thinned" }
  /** Choose a module from outside (a click in the tree view). */
  | { readonly type: "select"; readonly model: number; readonly module: number }
  /** Put the module table on the clipboard, as it is shown. */
  | { readonly type: "copyTable" }
  /** Ask for `export`, with how the page looks now. */
  | { readonly type: "export" };

/** What a page needs to look as another one does. */
export interface PageLook {
  /** The editor's colours and fonts, by the names of their CSS variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** Of its body. */
  readonly classes: string;
  /** What it remembers, as JSON of its own. */
  readonly memory: string;
}

/** What a page of its own shows. */
export interface PageContent {
  readonly run: RunSnapshot;
  /** As it stood: what a page of its own has no part of can't be shown there. */
  readonly family: Family | null;
}

export type PanelCommand = "train" | "restartWithWeights" | "inspect" | "pause" | "resume" | "stop";

export type FromPanel =
  /** The page is loaded (again) and wants a snapshot. */
  | { readonly type: "ready" }
  /** Something of the run is to be taken away, of which the page was sent a part, and wants a snapshot. */
  | { readonly type: "whole" }
  | { readonly type: "command"; readonly command: PanelCommand }
  | { readonly type: "reveal"; readonly position: SourcePosition }
  /** The user chose a module. */
  | { readonly type: "chosen"; readonly model: number; readonly module: number }
  /** Put on the clipboard, which a page may not touch by itself. */
  | { readonly type: "copy"; readonly text: string }
  /** Put into a file that the user chooses: a text, or bytes in base64. */
  | { readonly type: "save"; readonly name: string; readonly text: string }
  | { readonly type: "saveBytes"; readonly name: string; readonly base64: string }
  /** Make a page of its own of the panel. */
  | { readonly type: "export"; readonly look: PageLook }
  /** The measured step that is looked at; `null`: the newest. */
  | { readonly type: "shownStep"; readonly step: number | null }
  /** Show another run of the family. */
  | { readonly type: "showRun"; readonly run: string }
  /** To the run that the page shows. */
  | { readonly type: "steer"; readonly steering: PanelSteering };

const family = record<Family>({
  shown: text,
  runs: list(
    record<FamilyRun>({
      id: text,
      title: text,
      parent: optional(text),
      from: whole,
      to: whole,
      difference: text,
      state: runState,
      last: optional(record<NonNullable<FamilyRun["last"]>>({ name: text, value: number })),
    }),
  ),
  trunk: optional(record<Trunk>({ until: whole, curves })),
});

/** As plain JSON. */
export const pageContent = record<PageContent>({ run: storedSnapshot, family: nullable(family) });

export const toPanel = variants<ToPanel, "type">("type", {
  file: record({ file: text }),
  snapshot: record({ run: nullable(runSnapshot) }),
  family: record({ runId: text, family: nullable(family) }),
  events: record({ runId: text, events: list(runEvent) }),
  thinned: record({}),
  select: record({ model: whole, module: whole }),
  copyTable: record({}),
  export: record({}),
});

export const fromPanel = variants<FromPanel, "type">("type", {
  ready: record({}),
  whole: record({}),
  command: record({ command: oneOf<PanelCommand>("train", "restartWithWeights", "inspect", "pause", "resume", "stop") }),
  reveal: record({ position }),
  chosen: record({ model: whole, module: whole }),
  copy: record({ text }),
  save: record({ name: text, text }),
  saveBytes: record({ name: text, base64: text }),
  export: record({ look: record<PageLook>({ variables: dictionary(text), classes: text, memory: text }) }),
  shownStep: record({ step: nullable(whole) }),
  showRun: record({ run: text }),
  steer: record({ steering }),
});
