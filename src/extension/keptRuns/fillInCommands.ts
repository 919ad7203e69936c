/** "Fill In": a kept run is asked later for what it did not tell, and is run again in the background for that. */
import { existsSync } from "node:fs";
import * as vscode from "vscode";
import { additionsOf, additionText } from "../../keep/additions.ts";
import { whyNotFilled } from "../../keep/filling.ts";
import { keptRunIn, type KeptRun } from "../../keep/keptRuns.ts";
import { stepsTaken, whyNotRepeated } from "../../keep/past.ts";
import { readRunInTurns } from "../../keep/readRun.ts";
import { fillRequest } from "../../keep/replayRequest.ts";
import type { FillOptions, Problem } from "../../protocol/index.ts";
import { formatCount, plural } from "../../run/numbers.ts";
import { isFinal } from "../../run/standing.ts";
import type { RunnerPool } from "../runs/runnerPool.ts";
import type { RunStore } from "../runs/runStore.ts";
import type { Panels } from "../panel/panels.ts";
import { saveFiles } from "../shared/saving.ts";
import { settingsFor } from "../shared/settings.ts";
import { keptOf, type ShownStep } from "./shownStep.ts";
import { titleOf } from "./keptRunRows.ts";

export interface FillInParts {
  readonly store: RunStore;
  readonly pool: RunnerPool;
  readonly panels: Panels;
}

/** Steps before and after one that are measured with it. */
const around = 10;
/** Milliseconds for which it is said that it is done. */
const shortly = 5_000;

export class FillInCommands {
  readonly #parts: FillInParts;
  /** Folders of the runs that are being filled in. */
  readonly #underWay = new Set<string>();

  constructor(parts: FillInParts) {
    this.#parts = parts;
  }

  async fillIn(run: KeptRun, step?: number): Promise<void> {
    const why = this.#underWay.has(run.folder) ? "This run is being filled in." : (whyNotFilled(run) ?? whyNotRepeated(run, stepsTaken(run)));
    if (why !== undefined) return void vscode.window.showInformationMessage(why);
    const fill = await chosen(run, step);
    if (!fill) return;
    this.#underWay.add(run.folder);
    try {
      await this.#run(run, fill);
    } finally {
      this.#underWay.delete(run.folder);
    }
  }

  /** From a chart or the slider of a panel. */
  async fillInHere(shown: ShownStep): Promise<void> {
    const run = keptOf(shown);
    if (run) return this.fillIn(run, shown.step);
    void vscode.window.showInformationMessage("This run is not kept, so nothing can be added to it. The setting `kindling.runs.keep` keeps those to come.");
  }

  async #run(run: KeptRun, fill: FillOptions): Promise<void> {
    const request = fillRequest(run, fill, settingsFor(run.info.file).runs.limit * 1e6);
    const before = additionsOf(run.folder).length;
    let problem: Problem | undefined;
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: `Filling in ${titleOf(run)}` }, (progress) =>
      this.#parts.pool.take().run(request, {
        event(event) {
          if (event.type === "progress") progress.report({ message: `step ${formatCount(event.progress.step)}` });
          // What the run itself complained of it did then; the last word says why nothing was added.
          if (event.type === "problem" && (event.problem.severity === "error" || event.problem.code === "fillIn")) problem = event.problem;
        },
      }),
    );
    const [added] = additionsOf(run.folder).slice(before);
    if (!added) return problem && tell(problem);
    await this.#show(run);
    void vscode.window.setStatusBarMessage(`$(check) Filled in: ${additionText(added.addition)}`, shortly);
  }

  /** Where the run is shown already, it has what was added now; else it is shown in a panel of its own. */
  async #show({ folder, id, info: { file } }: KeptRun): Promise<void> {
    const kept = keptRunIn(folder);
    if (!kept) return;
    const { run } = await readRunInTurns(kept);
    const { store, panels } = this.#parts;
    const train = store.get(file)?.train;
    const isTheFiles = train && isFinal(train.state) && keptOf(train)?.id === id;
    if (isTheFiles) store.fillIn(file, { ...run, runId: train.runId, startedAt: train.startedAt });
    if (isTheFiles && panels.has(file)) panels.show(file);
    else panels.showKept(run, titleOf(kept));
  }
}

async function chosen(run: KeptRun, step: number | undefined): Promise<FillOptions | undefined> {
  const { file } = run.info;
  const taken = stepsTaken(run);
  const stretch = step === undefined ? undefined : { from: Math.max(0, step - around), to: Math.min(taken, step + around + 1) };
  const items: (vscode.QuickPickItem & { readonly fill: FillOptions })[] = [
    ...(existsSync(file)
      ? [{ label: "What the File Logs Now", detail: "Runs the file as it is now; nothing else of the training may be another.", fill: { file } }]
      : []),
    ...(stretch
      ? [
          {
            label: `All Layers in Steps ${formatCount(stretch.from)} to ${formatCount(stretch.to - 1)}`,
            detail: "Histograms of every one.",
            fill: { samples: stretch },
          },
        ]
      : []),
    {
      label: "All Layers in Every Step",
      detail: `Histograms of ${plural(taken, "step")}; takes a few times as long as the run did.`,
      fill: { samples: { from: 0, to: taken } },
    },
  ];
  const picked = await vscode.window.showQuickPick(items, { title: `Fill In ${titleOf(run)}`, placeHolder: "What is to be added to the run?" });
  if (picked?.fill.file === undefined) return picked?.fill;
  return (await saveFiles([file])).areSaved ? picked.fill : undefined;
}

function tell({ message, position, severity }: Problem): void {
  if (severity !== "error" || !position) return void vscode.window.showInformationMessage(message);
  const goTo = `Go to Line ${position.line}`;
  void vscode.window.showWarningMessage(message, goTo).then(async (answer) => {
    if (answer !== goTo) return;
    const start = new vscode.Position(position.line - 1, position.column - 1);
    await vscode.window.showTextDocument(vscode.Uri.file(position.file), { selection: new vscode.Range(start, start) });
  });
}
