/** What the extension and the page of compared runs tell each other, and how it is written. */
import type { BranchPoint } from "../protocol/index.ts";
import { dictionary, list, nullable, number, optional, record, text, variants, whole } from "./codec.ts";
import type { ComparedRun, SeriesEnd, StepTime } from "./comparison.ts";
import type { FromPanel } from "./panelMessages.ts";
import { runSnapshot } from "./records.ts";

export type ToComparison = {
  readonly type: "compared";
  readonly runs: readonly ComparedRun[];
  /** What is said of groups, a sentence each. */
  readonly sentences: readonly string[];
};

export type FromComparison =
  | Extract<FromPanel, { readonly type: "ready" | "save" | "saveBytes" }>
  /** Show the code of both in the editor's own diff. */
  | { readonly type: "diffCode"; readonly first: string; readonly second: string }
  /** Open a run in a panel of its own. */
  | { readonly type: "show"; readonly run: string };

export const toComparison = variants<ToComparison, "type">("type", {
  compared: record({
    runs: list(
      record<ComparedRun>({
        id: text,
        title: text,
        settings: dictionary(text),
        health: text,
        variant: nullable(text),
        seed: nullable(whole),
        branchOf: optional(record<BranchPoint>({ run: text, step: whole })),
        stepsBefore: optional(whole),
        ends: dictionary(record<SeriesEnd>({ last: number, least: number, largest: number })),
        clock: list(record<StepTime>({ step: number, elapsed: number })),
        run: runSnapshot,
      }),
    ),
    sentences: list(text),
  }),
});

export const fromComparison = variants<FromComparison, "type">("type", {
  ready: record({}),
  save: record({ name: text, text }),
  saveBytes: record({ name: text, base64: text }),
  diffCode: record({ first: text, second: text }),
  show: record({ run: text }),
});
