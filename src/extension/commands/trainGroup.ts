/** Training a file several times: with several seeds, or with several values of its constants. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import * as vscode from "vscode";
import { Together } from "../../client/trainTogether.ts";
import { listRuns } from "../../keep/keptRuns.ts";
import { givenValues, literalConstants, NotGiven } from "../../lint/constants.ts";
import { literalOptions } from "../../lint/options.ts";
import type { GivenConstant } from "../../protocol/index.ts";
import { mostCompared } from "../../run/comparison.ts";
import { groupName, requestsOf, seedsOf, type Variations } from "../../run/group.ts";
import { plural } from "../../run/numbers.ts";
import type { KeptRunNode } from "../keptRuns/keptRunsView.ts";
import type { RunnerPool } from "../runs/runnerPool.ts";
import { requestFor } from "../shared/settings.ts";

const seedCounts = [3, 5, 10, 20];

export interface GroupParts<Target> {
  readonly pool: RunnerPool;
  readonly log: vscode.LogOutputChannel;
  /** The file that is meant, saved; nothing where none is to be trained. */
  prepare(target?: Target): Promise<string | undefined>;
}

export class GroupCommands<Target> {
  readonly #parts: GroupParts<Target>;

  constructor(parts: GroupParts<Target>) {
    this.#parts = parts;
  }

  readonly all = {
    trainSeeds: (target?: Target, count?: number) => this.#trainSeeds(target, count),
    trainValues: (target?: Target) => this.#trainValues(target),
  };

  /** @param count asked for where it isn't given */
  async #trainSeeds(target?: Target, count?: number): Promise<void> {
    const file = await this.#parts.prepare(target);
    if (file === undefined) return;
    const seeds = typeof count === "number" ? count : await askForCount(file);
    if (seeds !== undefined) await this.#train(file, { seeds: seedsOf(seeds), constants: [] });
  }

  async #trainValues(target?: Target): Promise<void> {
    const file = await this.#parts.prepare(target);
    const values = file === undefined ? undefined : await askForValues(file, await readFile(file, "utf8"));
    if (file !== undefined && values) await this.#train(file, { seeds: [], constants: [values] });
  }

  async #train(file: string, variations: Variations): Promise<void> {
    const { pool, log } = this.#parts;
    const base = requestFor(file, "train", (text) => log.warn(text));
    if (!base.keep) {
      void vscode.window.showInformationMessage("Runs are not kept (setting kindling.runs.keep), so several could not be compared.");
      return;
    }
    const group = groupName(variations, Date.now());
    const requests = requestsOf(base, group, variations);
    const together = new Together(requests, () => pool.take());
    const title = `Training ${basename(file)}, ${plural(requests.length, "run")}`;
    const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title };
    const wasCancelled = await vscode.window.withProgress(options, async (progress, token) => {
      token.onCancellationRequested(() => together.stop());
      let over = 0;
      await together.run({
        output: (_, text) => log.trace(text.trimEnd()),
        ended: () => progress.report({ message: `${++over} of ${requests.length} over`, increment: 100 / requests.length }),
      });
      return token.isCancellationRequested;
    });
    if (!wasCancelled) await showGroup(base.keep.folder, group);
  }
}

/** Beside each other; where they are too many for that, in the runs view. */
async function showGroup(folder: string, group: string): Promise<void> {
  const runs = listRuns(folder).filter(({ info }) => info.group === group);
  if (runs.length < 2 || runs.length > mostCompared) return void (await vscode.commands.executeCommand("kindling.runs.focus"));
  const nodes = runs.reverse().map((run): KeptRunNode => ({ kind: "run", run }));
  await vscode.commands.executeCommand("kindling.compareKept", undefined, nodes);
}

async function askForCount(file: string): Promise<number | undefined> {
  const items = seedCounts.map((count) => ({ label: `${count} seeds`, description: `1 to ${count}`, count }));
  return (await vscode.window.showQuickPick(items, { placeHolder: `Train ${basename(file)} with how many seeds?` }))?.count;
}

async function askForValues(file: string, text: string): Promise<readonly GivenConstant[] | undefined> {
  const constants = literalConstants(text);
  const options = literalOptions(
    text,
    constants.map(({ name }) => name),
  );
  const items: vscode.QuickPickItem[] = [
    ...constants.map(({ name, text: own }) => ({ label: name, description: own })),
    ...options.map(({ name, text: own, call, line }) => ({ label: name, description: own, detail: `${call}, line ${line}` })),
  ];
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      `${basename(file)} has no top-level constant and no option with a value that stands in the file, such as \`const lr = 0.01\`. Name what you want to vary so.`,
    );
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(items, { placeHolder: "Train with several values of which constant or option?" });
  if (!picked) return undefined;
  const given = (words: string): readonly GivenConstant[] | string => {
    try {
      return givenValues(text, picked.label, words.split(","));
    } catch (error) {
      if (error instanceof NotGiven) return error.message.replaceAll("`", "");
      throw error;
    }
  };
  const words = await vscode.window.showInputBox({
    title: `Values of ${picked.label}`,
    value: picked.description ?? "",
    prompt: "Several, with commas between them: a training for each",
    validateInput: (typed) => {
      const values = given(typed);
      return typeof values === "string" ? values : undefined;
    },
  });
  return words === undefined ? undefined : (given(words) as readonly GivenConstant[]);
}
