/** Kept runs that are brought back to a step, to be looked at there, or to go on from there another way. */
import * as vscode from "vscode";
import type { KeptRun } from "../../keep/keptRuns.ts";
import { stepsTaken, whyNotRepeated, whyNotResumed } from "../../keep/past.ts";
import { replayRequest } from "../../keep/replayRequest.ts";
import type { Change } from "../../protocol/index.ts";
import { formatCount } from "../../run/numbers.ts";
import { isFinal } from "../../run/standing.ts";
import type { RunSnapshot } from "../../run/snapshot.ts";
import type { Panels } from "../panel/panels.ts";
import type { RunController } from "../runs/runController.ts";
import type { RunStore } from "../runs/runStore.ts";
import { requestFor, settingsFor } from "../shared/settings.ts";
import { keptOf, type ShownStep } from "./shownStep.ts";

export interface ReplayParts {
  readonly store: RunStore;
  readonly controller: RunController;
  readonly panels: Panels;
}

export class ReplayCommands {
  readonly #parts: ReplayParts;

  constructor(parts: ReplayParts) {
    this.#parts = parts;
  }

  async rewind(run: KeptRun): Promise<void> {
    const step = await askForStep(run, "Rewind To", "Brought back to before which step?");
    if (step !== undefined) await this.#begin(run, step);
  }

  async branch(run: KeptRun): Promise<void> {
    const step = await askForStep(run, "Branch", "Go on another way from before which step?");
    if (step === undefined) return;
    const title = `Branch at Step ${formatCount(step)}`;
    const way = (await vscode.window.showQuickPick(ways, { title, placeHolder: "How does it go on from there?" }))?.way;
    if (way === "rate") {
      const rate = await askForRate(title);
      if (rate !== undefined) await this.#begin(run, step, (snapshot) => this.#goOn(run.info.file, ratesOf(snapshot, rate)));
    } else if (way === "code") {
      // Which of the weights fit is looked at, and chosen, as in any training.
      await this.#begin(run, step, () => void vscode.commands.executeCommand("kindling.restartWithWeights", run.info.file));
    } else if (way === "pause") {
      await this.#begin(run, step);
    }
  }

  /** Goes on with a run that was cut off or stopped. */
  async resume(run: KeptRun): Promise<void> {
    const why = whyNotResumed(run);
    if (why !== undefined) return void vscode.window.showInformationMessage(why);
    await this.#begin(run, stepsTaken(run), () => this.#goOn(run.info.file, []));
  }

  /** From a chart or the slider of a panel. */
  async rewindHere(shown: ShownStep): Promise<void> {
    const run = keptOf(shown);
    if (!run)
      return void vscode.window.showInformationMessage(
        "This run is not kept, so it can't be brought back. The setting `kindling.runs.keep` keeps those to come.",
      );
    await this.#begin(run, shown.step);
  }

  /** @param then what is done where it has arrived; without, it stays paused there */
  async #begin(run: KeptRun, step: number, then?: (snapshot: RunSnapshot) => void): Promise<void> {
    const { controller, panels } = this.#parts;
    const { file } = run.info;
    const why = whyNotRepeated(run, step);
    if (why !== undefined) return void vscode.window.showInformationMessage(why);
    if (controller.isTraining(file)) {
      const stop = "Stop It";
      const answer = await vscode.window.showInformationMessage(
        "A training of this file is under way. It has to end before another run of it is brought back.",
        stop,
      );
      if (answer !== stop) return;
      await controller.stop(file);
    }
    const { sampling } = requestFor(file, "train", () => {});
    const runId = controller.replay({ ...replayRequest(run, step, { sampling, limit: settingsFor(file).runs.limit * 1e6 }), inBackground: true });
    panels.showInPlace(file);
    if (then) this.#whenPaused(runId, then);
  }

  #whenPaused(runId: string, action: (snapshot: RunSnapshot) => void): void {
    const subscription = this.#parts.store.onDidChange(({ runs }) => {
      const { train } = runs;
      if (train?.runId !== runId || (train.state !== "paused" && !isFinal(train.state))) return;
      subscription.dispose();
      if (train.state === "paused") action(train);
    });
  }

  #goOn(file: string, changes: readonly Change[]): void {
    const { controller } = this.#parts;
    for (const change of changes) controller.steer(file, { type: "change", change });
    controller.resume(file);
  }
}

const ways: readonly (vscode.QuickPickItem & { readonly way: "pause" | "rate" | "code" })[] = [
  { label: "Pause There", detail: "Change what you like in the panel, then continue.", way: "pause" },
  { label: "Another Learning Rate…", way: "rate" },
  { label: "The Code of Now, with the Weights of Then", detail: "The file is run as it is now, and begins with what fits.", way: "code" },
];

async function askForRate(title: string): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt: "Learning rate from there on",
    validateInput: (typed) => (typed.trim() !== "" && Number.isFinite(Number(typed)) ? undefined : "A number, such as 0.001"),
  });
  return text === undefined ? undefined : Number(text);
}

async function askForStep(run: KeptRun, title: string, prompt: string): Promise<number | undefined> {
  const taken = stepsTaken(run);
  const text = await vscode.window.showInputBox({
    title,
    prompt: `${prompt} 0 to ${formatCount(taken)}`,
    validateInput: (typed) => (/^\d+$/.test(typed.trim()) && Number(typed) <= taken ? undefined : `A whole number from 0 to ${taken}`),
  });
  return text === undefined ? undefined : Number(text);
}

function ratesOf({ optimizers }: RunSnapshot, value: number): readonly Change[] {
  return optimizers.flatMap(({ id, groups }) => groups.map((_, group): Change => ({ kind: "option", optimizer: id, group, name: "lr", value })));
}
