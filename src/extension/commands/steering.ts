/** What can be told to a training while it runs, from the palette, the tree, the lenses and the keyboard. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { defaultSampling } from "../../protocol/index.ts";
import type { Destination, Intervention, ModelInfo, OptimizerInfo, OptionValue, Steering, WatchSettings } from "../../protocol/index.ts";
import { interventionText, isSteerable, isUndone, optionText, readOption, writeOption } from "../../run/interventions.ts";
import { rootOf, trainableStatus } from "../../run/modules.ts";
import { formatCount } from "../../run/numbers.ts";
import type { RunSnapshot } from "../../run/snapshot.ts";
import type { RunController } from "../runs/runController.ts";
import type { RunStore } from "../runs/runStore.ts";
import { modelOf, pathOf, type TreeNode } from "../tree/modelTree.ts";

/** A module with all below it, or a parameter, of a model of the file. */
export interface Part {
  readonly file: string;
  readonly model: number;
  readonly path: string;
}

export interface SteeringParts {
  readonly store: RunStore;
  readonly controller: RunController;
  /** The file whose models the tree shows. */
  readonly shownFile: () => string | undefined;
  /** The file of the training that is meant, asking where several run. */
  readonly findTraining: (accept: (run: RunSnapshot) => boolean) => Promise<string | undefined>;
}

type Target = TreeNode | Part | readonly Part[] | string | undefined;

interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

export class SteeringCommands {
  readonly #parts: SteeringParts;

  constructor(parts: SteeringParts) {
    this.#parts = parts;
  }

  readonly all = {
    freeze: (target?: Target) => this.#freeze(target, true),
    unfreeze: (target?: Target) => this.#freeze(target, false),
    freezeOthers: (target?: Target) => this.#freezeOthers(target),
    // The same from the palette, where they ask for a part.
    freezePart: () => this.#freeze(undefined, true),
    unfreezePart: () => this.#freeze(undefined, false),
    freezeAllBut: () => this.#freezeOthers(undefined),
    unfreezeAll: (target?: Target) => this.#unfreezeAll(target),
    changeOption: (target?: Target) => this.#changeOption(target),
    changeDropout: (target?: Target) => this.#changeDropout(target),
    undoIntervention: (target?: Target) => this.#undo(target),
    stepBatch: (target?: Target) => this.#advance(target, { kind: "batch" }),
    stepModule: (target?: Target) => this.#advance(target, { kind: "module" }),
    stepOut: (target?: Target) => this.#advance(target, { kind: "out" }),
    runTo: (target?: Target) => this.#runTo(target),
    measureNow: (target?: Target) => this.#tellFile(target, { type: "measure" }),
    chooseWatched: (target?: Target) => this.#chooseWatched(target),
  };

  async #freeze(target: Target, frozen: boolean): Promise<void> {
    const parts = isList(target) ? target : [await this.#partOrChoice(target, frozen ? "Freeze which module or parameter?" : "Unfreeze which?", !frozen)];
    for (const part of parts) if (part) this.#tell(part.file, { type: "change", change: { kind: "freeze", model: part.model, path: part.path, frozen } });
  }

  async #freezeOthers(target: Target): Promise<void> {
    const part = await this.#partOrChoice(target, "Which part goes on learning? All others are frozen.", undefined);
    if (part) this.#tell(part.file, { type: "change", change: { kind: "freezeOthers", model: part.model, path: part.path } });
  }

  async #unfreezeAll(target: Target): Promise<void> {
    const found = await this.#training(target);
    for (const { id, modules } of found?.run.models ?? []) {
      if (modules[0]!.counts.frozen > 0) this.#tell(found!.file, { type: "change", change: { kind: "freeze", model: id, path: "", frozen: false } });
    }
  }

  async #changeOption(target: Target): Promise<void> {
    const found = await this.#training(target);
    if (!found) return;
    const options = found.run.optimizers.flatMap((optimizer) => optionChoices(optimizer));
    if (options.length === 0) return void vscode.window.showInformationMessage("This run has made no optimizer yet.");
    const chosen = await vscode.window.showQuickPick(options, { title: "Change an Option of the Optimizer", placeHolder: "Which one?" });
    if (!chosen) return;
    const { optimizer, group, name, present } = chosen.value;
    const value = await askFor(`${chosen.label}, now ${writeOption(present)}`, present);
    if (value !== undefined) this.#tell(found.file, { type: "change", change: { kind: "option", optimizer, group, name, value } });
  }

  async #changeDropout(target: Target): Promise<void> {
    const found = await this.#training(target);
    if (!found) return;
    const choices = found.run.models.flatMap((model) => dropoutChoices(model));
    if (choices.length === 0) return void vscode.window.showInformationMessage("There is no dropout in this run's models.");
    const chosen = await vscode.window.showQuickPick(choices, { title: "Change Dropout", placeHolder: "Of which module?" });
    if (!chosen) return;
    const p = await askFor("Probability of a zero, 0 to 1", chosen.value.p, (value) => Number(value) >= 0 && Number(value) <= 1);
    if (p !== undefined)
      this.#tell(found.file, { type: "change", change: { kind: "dropout", model: chosen.value.model, path: chosen.value.path, p: Number(p) } });
  }

  async #undo(target: Target): Promise<void> {
    const found = await this.#training(target);
    if (!found) return;
    const { interventions } = found.run;
    const choices = interventions.filter(({ id }) => !isUndone(id, interventions)).map(interventionChoice);
    if (choices.length === 0) return void vscode.window.showInformationMessage("Nothing was changed in this run.");
    const chosen = await vscode.window.showQuickPick(choices.reverse(), { title: "Undo a Change", placeHolder: "Which one?" });
    if (chosen) this.#tell(found.file, { type: "undo", intervention: chosen.value });
  }

  async #advance(target: Target, to: Destination): Promise<void> {
    await this.#tellFile(target, { type: "advance", to });
  }

  async #runTo(target: Target): Promise<void> {
    const found = await this.#training(target);
    if (!found) return;
    const kinds: Choice<"step" | "epoch">[] = [
      { label: "Step", description: "pauses before it is taken", value: "step" },
      { label: "Epoch", description: "pauses before its first step", value: "epoch" },
    ];
    const kind = (await vscode.window.showQuickPick(kinds, { title: "Run To" }))?.value;
    if (!kind) return;
    // Steps count from 0, epochs from 1, as they are shown everywhere.
    const first = kind === "step" ? 0 : 1;
    const number = await askFor(`Pause before which ${kind}?`, 0, (value) => Number.isSafeInteger(value) && Number(value) >= first, "");
    if (number === undefined) return;
    const to: Destination = kind === "step" ? { kind, step: Number(number) } : { kind, epoch: Number(number) - 1 };
    this.#tell(found.file, { type: "advance", to });
  }

  async #chooseWatched(target: Target): Promise<void> {
    const found = await this.#training(target);
    if (!found) return;
    const base: WatchSettings = found.run.watch ?? { what: "all", modules: [], budget: defaultSampling.budget, everyStep: false };
    const some = partsOf(found.run.models).filter(({ isModule }) => isModule);
    const choices: Choice<WatchSettings | "chosen">[] = [
      { label: "All Modules", description: "as often as the budget allows", value: { ...base, what: "all", everyStep: false } },
      { label: "All Modules, Every Step", description: "slows the training down", value: { ...base, what: "all", everyStep: true } },
      { label: "Chosen Modules…", value: "chosen" },
      { label: "Nothing", description: "only the curves", value: { ...base, what: "off", everyStep: false } },
    ];
    const chosen = (await vscode.window.showQuickPick(choices, { title: "Choose What Is Watched" }))?.value;
    if (!chosen) return;
    if (chosen !== "chosen") return this.#tell(found.file, { type: "watch", watch: chosen });
    const picked = await vscode.window.showQuickPick(some, { title: "Watch These, and What Is Below Them", canPickMany: true });
    if (picked && picked.length > 0) this.#tell(found.file, { type: "watch", watch: { ...base, what: "chosen", modules: picked.map(({ value }) => value) } });
  }

  #tell(file: string, steering: Steering): void {
    this.#parts.controller.steer(file, steering);
  }

  async #tellFile(target: Target, steering: Steering): Promise<void> {
    const found = await this.#training(target);
    if (found) this.#tell(found.file, steering);
  }

  #partOf(target: Target): Part | undefined {
    if (target === undefined || typeof target === "string") return undefined;
    if (isList(target)) return target[0];
    if (!("key" in target)) return target;
    const file = this.#parts.shownFile();
    const model = modelOf(target);
    return file === undefined || !model ? undefined : { file, model: model.id, path: pathOf(target) };
  }

  async #partOrChoice(target: Target, placeHolder: string, frozen: boolean | undefined): Promise<Part | undefined> {
    return this.#partOf(target) ?? (await this.#choosePart(target, placeHolder, frozen));
  }

  /** @param frozen only those of which something is frozen, or learns */
  async #choosePart(target: Target, placeHolder: string, frozen: boolean | undefined): Promise<Part | undefined> {
    const found = await this.#training(target);
    if (!found) return undefined;
    const parts = partsOf(found.run.models).filter(
      ({ status }) => status !== "none" && status !== (frozen ? "trainable" : frozen === false ? "frozen" : "none"),
    );
    const chosen = await vscode.window.showQuickPick(parts, { placeHolder, matchOnDescription: true });
    return chosen && { file: found.file, ...chosen.value };
  }

  /** The training that is meant; says so where there is none. */
  async #training(target: Target): Promise<{ readonly file: string; readonly run: RunSnapshot } | undefined> {
    const named = typeof target === "string" ? target : this.#partOf(target)?.file;
    const file = named ?? (await this.#parts.findTraining(isSteerable));
    const run = file === undefined ? undefined : this.#parts.store.get(file)?.train;
    if (file !== undefined && run && isSteerable(run)) return { file, run };
    const message =
      file === undefined ? "Nothing is being trained. Train a model first; then it can be changed while it runs." : `${basename(file)} is not being trained.`;
    void vscode.window.showInformationMessage(message);
    return undefined;
  }
}

/** The layers that one line makes. */
function isList(target: Target): target is readonly Part[] {
  return Array.isArray(target);
}

/** All modules and parameters of the models, with how much of them learns. */
function partsOf(models: readonly ModelInfo[]) {
  const isOnly = models.length === 1;
  return models.flatMap((model) =>
    model.modules.flatMap((module) => {
      const label = module.path || (isOnly ? `${model.name} (all of it)` : model.name);
      const inModel = isOnly || module.path === "" ? "" : ` of ${model.name}`;
      const status = trainableStatus(module.counts);
      const own = {
        label: `$(${icons[status]}) ${label}`,
        description: `${module.type}${inModel}`,
        status,
        isModule: true,
        value: { model: model.id, path: module.path },
      };
      const parameters = module.parameters.map(({ name, count, trainable }) => {
        const path = module.path === "" ? name : `${module.path}.${name}`;
        const state = trainable ? ("trainable" as const) : ("frozen" as const);
        return {
          label: `$(${icons[state]}) ${path}`,
          description: `${formatCount(count)} values${inModel}`,
          status: state,
          isModule: false,
          value: { model: model.id, path },
        };
      });
      return [own, ...parameters];
    }),
  );
}

const icons = { none: "dash", trainable: "unlock", partial: "color-mode", frozen: "lock" } as const;

interface OptionPlace {
  readonly optimizer: number;
  readonly group: number;
  readonly name: string;
  readonly present: OptionValue;
}

function optionChoices({ id, type, groups }: OptimizerInfo): Choice<OptionPlace>[] {
  return groups.flatMap(({ name: groupName, options }, group) =>
    Object.entries(options).map(([name, present]) => ({
      label: groups.length > 1 ? `${name} of ${groupName}` : name,
      description: `${optionText(present)} · ${type}`,
      value: { optimizer: id, group, name, present },
    })),
  );
}

function dropoutChoices(model: ModelInfo): Choice<{ readonly model: number; readonly path: string; readonly p: number }>[] {
  const own = model.modules.flatMap(({ path, dropout: p }) =>
    p === undefined ? [] : [{ label: path || rootOf(model).type, description: `p ${p}`, value: { model: model.id, path, p } }],
  );
  const all = { label: `All Dropouts of ${model.name}`, description: "", value: { model: model.id, path: "", p: own[0]?.value.p ?? 0 } };
  return own.length > 1 ? [all, ...own] : own;
}

function interventionChoice(intervention: Intervention): Choice<number> {
  return { label: interventionText(intervention), description: `before step ${formatCount(intervention.step)}`, value: intervention.id };
}

/** Asks for a value of the same kind as `present`; undefined if the user gave up. */
async function askFor(
  prompt: string,
  present: OptionValue,
  accept: (value: OptionValue) => boolean = () => true,
  value = writeOption(present),
): Promise<OptionValue | undefined> {
  const read = (text: string): OptionValue | undefined => {
    const typed = readOption(text, present);
    return typed !== undefined && accept(typed) ? typed : undefined;
  };
  const validateInput = (text: string): string | undefined => (read(text) === undefined ? wanted(present) : undefined);
  const typed = await vscode.window.showInputBox({ prompt, value, validateInput });
  return typed === undefined ? undefined : read(typed);
}

function wanted(present: OptionValue): string {
  if (typeof present === "boolean") return "true or false";
  return typeof present === "number" ? "A number in the range that makes sense here" : `${present.length} numbers with commas between them`;
}
