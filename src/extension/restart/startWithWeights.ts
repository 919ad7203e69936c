/** "Start with Weights From File…" and "… From Run…": a training begins with what PyTorch, Hugging Face or Kindling wrote into a file. */
import { basename, dirname } from "node:path";
import * as vscode from "vscode";
import { failureOf, runCommandLine } from "../../client/commandLine.ts";
import type { WeightMatch, WeightsRequest } from "../../protocol/index.ts";
import { matchWeights, weightModel, type WeightModel } from "../../run/weightMatching.ts";
import { inspectNow } from "./inspected.ts";
import type { RestartParts } from "./restartWithWeights.ts";
import { chooseWeights } from "./weightsPick.ts";

const endings = { "Weights": ["pt", "pth", "bin", "ckpt", "tar", "safetensors", "json"], "All files": ["*"] };

/** Where weights are, and what a person knows them by. */
export interface WeightsSource {
  readonly path: string;
  readonly origin: string;
}

export class StartWithWeights {
  readonly #parts: RestartParts;
  /** Path of the command line's script. */
  readonly #cli: string;

  constructor(parts: RestartParts, extension: vscode.Uri) {
    this.#parts = parts;
    this.#cli = vscode.Uri.joinPath(extension, "dist", "cli", "main.js").fsPath;
  }

  /** @param given without, a person picks a file */
  async ask(file: string, given?: WeightsSource): Promise<void> {
    const source = given ?? (await pickFile(file));
    if (!source) return;
    const name = basename(file);
    const looking = { location: vscode.ProgressLocation.Window, title: `Looking which weights of ${source.origin} fit ${name}` };
    const state = await vscode.window.withProgress(looking, () => inspectNow(this.#parts, file));
    const models = this.#parts.store.get(file)?.inspect?.models ?? [];
    if (state !== "finished" || models.length === 0)
      return void vscode.window.showWarningMessage(`${name} doesn't get to a training step, so no weights were taken.`);
    const request = await this.#choose(name, source, models.map(weightModel));
    if (request) await this.#start(file, request);
  }

  /** The table; again with the names that are left, where only some are wanted. */
  async #choose(name: string, { path: file, origin }: WeightsSource, models: readonly WeightModel[]): Promise<WeightsRequest | undefined> {
    let prefix: string | undefined;
    for (;;) {
      const ofPrefix = prefix ? ["--weights-prefix", prefix] : [];
      const said = await runCommandLine(this.#cli, ["weights", file, "--json", ...ofPrefix], { directory: dirname(file) });
      const failure = failureOf(said);
      if (failure !== undefined) return void vscode.window.showErrorMessage(`The weights can't be read: ${failure}`);
      const held = (JSON.parse(said.stdout) as { readonly models: readonly WeightModel[] }).models;
      const match = (declined: readonly string[]): readonly WeightMatch[] => matchWeights(held, models, declined);
      const chosen = await chooseWeights(`Start ${name} with ${origin}`, match, { begin: "Start", prefix: prefix ?? "" });
      if (chosen === undefined) return undefined;
      if (chosen !== "prefix") return { file, origin, declined: chosen, ...(prefix && { prefix }) };
      prefix = (await askPrefix(held, prefix)) ?? prefix;
    }
  }

  async #start(file: string, weights: WeightsRequest): Promise<void> {
    const { controller, begin } = this.#parts;
    if (controller.isTraining(file)) await controller.stop(file);
    await begin(file, () => controller.train(file, { weights }));
  }
}

/** A file of weights goes by its name. */
export function sourceOf({ fsPath }: vscode.Uri): WeightsSource {
  return { path: fsPath, origin: basename(fsPath) };
}

async function pickFile(file: string): Promise<WeightsSource | undefined> {
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: `Start ${basename(file)} with Weights`,
      openLabel: "Show What Fits",
      filters: endings,
      defaultUri: vscode.Uri.file(dirname(file)),
    })) ?? [];
  return chosen && sourceOf(chosen);
}

function askPrefix(models: readonly WeightModel[], before = ""): Thenable<string | undefined> {
  const starts = new Set(models.flatMap(({ tensors }) => tensors.map(({ path }) => path.slice(0, path.indexOf(".") + 1))));
  const examples = [...starts].filter((start) => start !== "").slice(0, 6);
  return vscode.window.showInputBox({
    title: "Only Names That Begin With",
    value: before,
    prompt: `What stands there is left off the names${examples.length > 0 ? `; in the file: ${examples.join(" ")}` : ""}. Empty takes all.`,
  });
}
