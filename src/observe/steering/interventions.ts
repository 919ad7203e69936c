/** Changes what a person wants changed while the program runs, between its steps, and tells each as an event of the run. */
import type { Module } from "../../engine/nn/module.ts";
import type { Parameter } from "../../engine/nn/parameter.ts";
import { LBFGS } from "../../engine/optim/lbfgs.ts";
import type { Optimizer, ParamGroup } from "../../engine/optim/optimizer.ts";
import type { Change, Intervention, OptionValue, RunEvent } from "../../protocol/index.ts";
import type { ModelWatches } from "../measuring/modelWatches.ts";
import type { DescribedModel } from "../models/describeModel.ts";
import { dropoutKnob, optionKnob, type Knob } from "../models/knobs.ts";
import { groupName, optionsOf, type Optimizers } from "../models/optimizers.ts";
import type { Course } from "../steps/course.ts";
import { FrozenParameters } from "./frozenParameters.ts";

/** Something that is wanted: a change, or to take one back. */
export type Wish = { readonly change: Change } | { readonly undo: number };

/** What a wish comes to. */
interface Plan {
  readonly change: Change;
  readonly target: string;
  readonly turns: readonly Turn[];
  readonly note?: string | undefined;
  readonly undoes?: number;
}

interface Turn {
  readonly knob: Knob;
  readonly to: OptionValue;
}

export interface InterventionParts {
  readonly course: Course;
  readonly watches: ModelWatches;
  readonly optimizers: Optimizers;
  readonly tell: (event: RunEvent) => void;
}

/** As many can be taken back, the latest. */
const mostUndone = 1000;

/** Why something can't be done, in words for the user. */
class Refusal extends Error {}

export class Interventions {
  readonly #parts: InterventionParts;
  readonly frozen = new FrozenParameters();
  #wishes: Wish[] = [];
  #count = 0;
  /** See `Intervention.passage`. */
  #passage = 0;
  /** How each was done, and how it was before. */
  readonly #done = new Map<number, Plan & { readonly before: readonly Turn[] }>();

  constructor(parts: InterventionParts) {
    this.#parts = parts;
  }

  /** Number of changes that wait for the end of a step. */
  get waiting(): number {
    return this.#wishes.length;
  }

  ask(wish: Wish): void {
    this.#wishes.push(wish);
  }

  /** The program passes between two steps. Returns how often it did by now. */
  passes(): number {
    return ++this.#passage;
  }

  /** Does all that was asked for; to be called between two steps. Returns whether that was anything. */
  settle(): boolean {
    if (this.#wishes.length === 0) return false;
    const wishes = this.#wishes;
    this.#wishes = [];
    for (const wish of wishes) {
      try {
        this.#carryOut("undo" in wish ? this.#planUndo(wish.undo) : this.#plan(wish.change));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        this.#parts.tell({ type: "refused", message: error.message });
      }
    }
    return true;
  }

  #carryOut({ change, target, turns, note, undoes }: Plan): void {
    const before = turns.map(({ knob }): Turn => ({ knob, to: knob.read() }));
    const changing = turns.filter(({ knob, to }) => !isSame(knob.read(), to));
    if (changing.length === 0) throw new Refusal(`${target} is ${valueText(change, common(turns))} already.`);
    for (const { knob, to } of changing) knob.write(to);
    const id = this.#count++;
    this.#done.set(id, { change, target, turns, before });
    this.#done.delete(id - mostUndone);
    const [from, to] = [common(before), common(turns)];
    const intervention = {
      id,
      ...this.#moment(),
      change,
      target,
      from,
      to,
      ...(note !== undefined && { note }),
      ...(undoes !== undefined && { undoes }),
    };
    this.#parts.tell({ type: "intervention", intervention });
  }

  /** Between which of the program's doings it happens. */
  #moment(): Pick<Intervention, "step" | "epoch" | "backwards" | "passage"> {
    const { steps, epochs, iterations } = this.#parts.course;
    return { step: steps, epoch: epochs.upcoming, passage: this.#passage, ...(iterations.backwards > 0 && { backwards: iterations.backwards }) };
  }

  #planUndo(id: number): Plan {
    const done = this.#done.get(id);
    if (!done) throw new Refusal("That was so long ago that it can't be taken back.");
    return { change: done.change, target: done.target, turns: done.before, undoes: id };
  }

  #plan(change: Change): Plan {
    switch (change.kind) {
      case "freeze":
        return this.#planFreeze(change);
      case "freezeOthers":
        return this.#planFreezeOthers(change);
      case "option":
        return this.#planOption(change);
      case "dropout":
        return this.#planDropout(change);
    }
  }

  #planFreeze(change: Extract<Change, { kind: "freeze" }>): Plan {
    const parameters = trainable(this.#parametersAt(change));
    if (change.frozen) this.#refuseUnfreezable(parameters);
    return {
      change,
      target: this.#name(change),
      turns: parameters.map((parameter) => ({ knob: this.frozen.knob(parameter), to: change.frozen })),
      note: change.frozen ? undefined : this.#unheldNote(parameters),
    };
  }

  #planFreezeOthers(change: Extract<Change, { kind: "freezeOthers" }>): Plan {
    const kept = new Set(trainable(this.#parametersAt(change)));
    const all = trainable(this.#model(change.model).modules[0]!.parameters());
    this.#refuseUnfreezable(all.filter((parameter) => !kept.has(parameter)));
    return {
      change,
      target: this.#name(change),
      turns: all.map((parameter) => ({ knob: this.frozen.knob(parameter), to: !kept.has(parameter) })),
      note: this.#unheldNote([...kept]),
    };
  }

  #planOption(change: Extract<Change, { kind: "option" }>): Plan {
    const { name, value } = change;
    const optimizer = this.#parts.optimizers.get(change.optimizer);
    const group = optimizer?.paramGroups[change.group];
    if (!optimizer || !group) throw new Refusal("There is no such optimizer any more.");
    const present = optionsOf(optimizer, group)[name];
    if (present === undefined) throw new Refusal(`${name} can't be changed while the program runs.`);
    checkOption(optimizer, group, name, present, value);
    const called = groupName(group, change.group, this.#parts.watches.paths().get(group.params[0]!));
    return {
      change,
      target: optimizer.paramGroups.length > 1 ? `${name} of ${called}` : name,
      turns: [{ knob: optionKnob(group, name), to: value }],
      note: name === "lr" && group.initialLr !== undefined ? "A scheduler sets the rate, too: the new one holds until the scheduler's next change." : undefined,
    };
  }

  #planDropout(change: Extract<Change, { kind: "dropout" }>): Plan {
    const { p } = change;
    if (!(p >= 0 && p <= 1)) throw new Refusal(`A probability of dropout lies between 0 and 1; ${p} doesn't.`);
    const knobs = this.#moduleAt(change)
      ?.modules()
      .flatMap((module) => dropoutKnob(module) ?? []);
    if (!knobs || knobs.length === 0) throw new Refusal(`There is no dropout in ${this.#name(change)}.`);
    const target = `dropout of ${this.#name(change)}`;
    return { change, target, turns: knobs.map((knob) => ({ knob, to: p })) };
  }

  #model(id: number): DescribedModel {
    const model = this.#parts.watches.models.find(({ info }) => info.id === id);
    if (!model) throw new Refusal("There is no such model any more.");
    return model;
  }

  #moduleAt({ model, path }: Place): Module | undefined {
    const { info, modules } = this.#model(model);
    return modules[info.modules.findIndex((module) => module.path === path)];
  }

  /** Of a module all, with those below it; of a parameter's path that one. */
  #parametersAt(place: Place): readonly Parameter[] {
    const module = this.#moduleAt(place);
    if (module) return module.parameters();
    const { path } = place;
    const owner = this.#moduleAt({ ...place, path: path.slice(0, Math.max(0, path.lastIndexOf("."))) });
    const own = owner?.namedParameters("", false).find(([name]) => name === path.slice(path.lastIndexOf(".") + 1));
    if (!own) throw new Refusal(`There is no \`${path}\` in this model any more.`);
    return [own[1]];
  }

  #name({ model, path }: Place): string {
    const { info } = this.#model(model);
    if (path === "") return info.name;
    return this.#parts.watches.models.length > 1 ? `${info.name}.${path}` : path;
  }

  #refuseUnfreezable(parameters: readonly Parameter[]): void {
    const holders = this.#parts.optimizers.holders();
    for (const parameter of parameters) {
      const holder = holders.get(parameter);
      if (holder instanceof LBFGS) throw new Refusal("LBFGS moves all of its parameters together, so none of them can be frozen while it runs.");
      if (!holder && this.#parts.course.iterations.isByHand) {
        throw new Refusal("This program changes its parameters without an optimizer, so they can't be frozen from here: freeze them in the file.");
      }
    }
  }

  #unheldNote(parameters: readonly Parameter[]): string | undefined {
    const holders = this.#parts.optimizers.holders();
    const unheld = parameters.filter((parameter) => !holders.has(parameter));
    if (unheld.length === 0) return undefined;
    if (unheld.length === parameters.length) return "No optimizer has it, so it doesn't learn all the same.";
    return `No optimizer has ${unheld.length} of its ${parameters.length} parameters, so those don't learn all the same.`;
  }
}

/** A part of a model. */
interface Place {
  readonly model: number;
  readonly path: string;
}

/** Those that could learn at all. */
function trainable(parameters: readonly Parameter[]): readonly Parameter[] {
  const found = parameters.filter(({ dtype, storage }) => dtype === "float32" && !storage.inference);
  if (found.length === 0) throw new Refusal("There are no parameters in it that could learn.");
  return found;
}

function checkOption(optimizer: Optimizer, group: ParamGroup, name: string, present: OptionValue, value: OptionValue): void {
  const numbers = typeof value === "number" ? [value] : Array.isArray(value) ? (value as readonly number[]) : [];
  const isOfKind = typeof value === typeof present && (!Array.isArray(present) || (value as readonly number[]).length === present.length);
  if (!isOfKind || !numbers.every(Number.isFinite)) throw new Refusal(`${name} can't be ${String(value)}.`);
  try {
    optimizer["checkOptions"]({ ...group, [name]: value });
  } catch (error) {
    throw new Refusal(`${name} can't be ${String(value)}. ${(error as Error).message}`);
  }
}

/** The value of all of them, or `null` where they differ. */
function common(turns: readonly Turn[]): OptionValue | null {
  const [first] = turns;
  return first && turns.every(({ to }) => isSame(to, first.to)) ? first.to : null;
}

function isSame(a: OptionValue, b: OptionValue): boolean {
  return String(a) === String(b);
}

function valueText(change: Change, value: OptionValue | null): string {
  if (change.kind === "freezeOthers") return "the only one that learns";
  return change.kind === "freeze" ? (value === true ? "frozen" : "trainable") : String(value);
}
