/** A training goes on in the text of now: it ends, and one of the new text begins with its weights. */
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import * as vscode from "vscode";
import type { BranchPoint, WeightMatch } from "../../protocol/index.ts";
import { isTaken, matchWeights, weightModel } from "../../run/weightMatching.ts";
import { weightsSentence } from "../../run/weightRows.ts";
import type { RunSnapshot } from "../../run/snapshot.ts";
import { keptOf } from "../keptRuns/shownStep.ts";
import type { RunController } from "../runs/runController.ts";
import type { RunStore } from "../runs/runStore.ts";
import { isTraining } from "../runs/fileRuns.ts";
import { settingsFor } from "../shared/settings.ts";
import { inspectNow } from "./inspected.ts";
import { chooseWeights } from "./weightsPick.ts";

export interface RestartParts {
  readonly store: RunStore;
  readonly controller: RunController;
  /** Begins a training, by `start`. */
  begin(file: string, start: () => unknown): Promise<void>;
}

/** Milliseconds that a word in the status bar stays. */
const wordStays = 8000;

export class RestartWithWeights {
  readonly #parts: RestartParts;
  /** Files of which one is about to begin. */
  readonly #underWay = new Set<string>();

  constructor(parts: RestartParts) {
    this.#parts = parts;
    parts.controller.onDidSettle(({ file, mode, state }) => {
      if (mode === "inspect" && state === "finished") void this.#goOnBySelf(file);
    });
  }

  /** Shows what is kept, new and gone, and begins where that is wanted. The text on disk is the one that is meant. */
  async ask(file: string): Promise<void> {
    await this.#alone(file, () => this.#ask(file));
  }

  async #ask(file: string): Promise<void> {
    const { store } = this.#parts;
    const name = basename(file);
    const looking = { location: vscode.ProgressLocation.Window, title: `Looking which weights of ${name} fit` };
    const state = await vscode.window.withProgress(looking, () => inspectNow(this.#parts, file));
    if (!isTraining(store.get(file))) return void vscode.window.showInformationMessage(`The training of ${name} has ended meanwhile.`);
    if (state !== "finished" || !this.#match(file)) return sayItDoesNotRun(name);
    const match = (declined: readonly string[]): readonly WeightMatch[] => this.#match(file, declined) ?? [];
    if (!match([]).some(isTaken)) {
      return void vscode.window.showInformationMessage(`None of the weights of the training fit the new text of ${name}, so it goes on as it is.`);
    }
    const declined = await chooseWeights(`Restart ${name} with These Weights`, match, { begin: "Restart" });
    if (declined && declined !== "prefix") await this.#restart(file, declined);
  }

  /** After a save, where the user wants that and every weight has its place. */
  async #goOnBySelf(file: string): Promise<void> {
    const runs = this.#parts.store.get(file);
    if (!isTraining(runs) || !runs?.train?.edited || !settingsFor(file).restartOnSave) return;
    const matches = this.#match(file) ?? [];
    if (matches.length === 0 || this.#underWay.has(file)) return;
    if (matches.every(({ kind }) => kind === "kept")) return this.#alone(file, () => this.#restart(file, []));
    const text = `${basename(file)} trains on in its old text: ${weightsSentence(matches)}. Restart with These Weights shows which.`;
    vscode.window.setStatusBarMessage(text, wordStays);
  }

  /** What becomes of the training's weights in the models that the last inspection found; `undefined` where it found none. */
  #match(file: string, declined: readonly string[] = []): readonly WeightMatch[] | undefined {
    const { train, inspect } = this.#parts.store.get(file) ?? {};
    if (!train || !inspect || inspect.models.length === 0) return undefined;
    return matchWeights(train.models.map(weightModel), inspect.models.map(weightModel), declined);
  }

  async #restart(file: string, declined: readonly string[]): Promise<void> {
    const { controller, store, begin } = this.#parts;
    const { train } = store.get(file) ?? {};
    const began = train?.startedAt ?? 0;
    const weights = join(tmpdir(), `kindling-${randomUUID()}.safetensors`);
    try {
      const taking = { location: vscode.ProgressLocation.Window, title: `Taking the weights of ${basename(file)}` };
      const step = await vscode.window.withProgress(taking, () => controller.capture(file, weights));
      const branchOf = train && branchPoint(train, step);
      await controller.stop(file);
      const origin = `the training of ${new Date(began).toLocaleTimeString()}`;
      await begin(file, () => {
        const trained = controller.train(file, { weights: { file: weights, origin, declined, isMadeForRun: true, ...(branchOf && { branchOf }) } });
        this.#removeWhenRead(file, weights, trained);
      });
    } catch (error) {
      void vscode.window.showErrorMessage((error as Error).message);
      await rm(weights, { force: true });
    }
  }

  async #alone(file: string, action: () => Promise<void>): Promise<void> {
    if (this.#underWay.has(file)) return;
    this.#underWay.add(file);
    await action().finally(() => this.#underWay.delete(file));
  }

  #removeWhenRead(file: string, weights: string, trained: Promise<unknown>): void {
    const { store } = this.#parts;
    const runId = store.get(file)?.train?.runId;
    const remove = (): void => {
      listening.dispose();
      void rm(weights, { force: true });
    };
    const listening = store.onDidChange(({ change }) => {
      if (change.type !== "event" || change.runId !== runId || change.event.type !== "weights") return;
      vscode.window.setStatusBarMessage(`${basename(file)} trains on: ${weightsSentence(change.event.weights.matches)}.`, wordStays);
      remove();
    });
    void trained.then(remove);
  }
}

/** Where the training is kept, the step that it has come to; of a run that was brought back and went no further, the step there. */
function branchPoint(train: RunSnapshot, step: number): BranchPoint | undefined {
  const kept = keptOf(train);
  const { parent } = kept?.info ?? {};
  if (parent && !parent.otherCode && step <= parent.step) return { run: parent.run, step };
  return kept && { run: kept.id, step };
}

function sayItDoesNotRun(name: string): void {
  const show = "Show Problems";
  const message = `The new text of ${name} doesn't get to a training step, so the training goes on as it is.`;
  void vscode.window.showWarningMessage(message, show).then((chosen) => chosen && vscode.commands.executeCommand("workbench.actions.view.problems"));
}
