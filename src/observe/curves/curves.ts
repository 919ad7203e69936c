/** Writes the run's curves: its losses, its learning rates, and what the program logs. */
import type { Optimizer, ParamGroup } from "../../engine/optim/optimizer.ts";
import { readByProgram } from "../../engine/memory/reading.ts";
import { Tensor } from "../../engine/tensor.ts";
import type { NamedNumber, RunEvent } from "../../protocol/index.ts";
import { isValidationLoss } from "../../run/curveNames.ts";
import { Alarm, isLossName, type AlarmOptions } from "../badNumbers/alarm.ts";
import type { ModelWatches } from "../measuring/modelWatches.ts";
import { callerPosition } from "../program/construction.ts";
import type { ProgramSource } from "../program/programSource.ts";
import type { Course } from "../steps/course.ts";
import { LearningRates } from "./learningRates.ts";
import { LineNames } from "./lineNames.ts";
import { LineValues } from "./lineValues.ts";
import { LoggedValues } from "./logged.ts";
import { Losses } from "./losses.ts";
import type { SeriesWriter } from "./series.ts";

export interface CurvesParts {
  readonly course: Course;
  readonly watches: ModelWatches;
  readonly source: ProgramSource;
  readonly series: SeriesWriter;
  readonly tell: (event: RunEvent) => void;
  readonly alarm: AlarmOptions["raise"];
}

export class Curves {
  readonly #parts: CurvesParts;
  readonly losses: Losses;
  readonly lines: LineValues;
  readonly #rates: LearningRates<ParamGroup, Optimizer>;
  readonly #logged = new LoggedValues();
  readonly #alarm: Alarm;

  constructor(parts: CurvesParts) {
    this.#parts = parts;
    const { course, watches, source, series, alarm } = parts;
    const renamed = (from: string, to: string): void => this.#rename(from, to);
    this.losses = new Losses({ course, watches, series, renamed });
    this.lines = new LineValues(source);
    this.#rates = new LearningRates(
      new LineNames("lr", renamed),
      (optimizer) => this.losses.trainees.ofOptimizer(optimizer),
      ({ params }) => watches.pathOf(params[0]),
    );
    this.#alarm = new Alarm({ source, pathOf: (parameter) => watches.pathOf(parameter), now: () => course.time.now, raise: alarm });
  }

  /** @param below the caller, whose frames don't count */
  beforeBackward(loss: Tensor, below: Function): void {
    if (loss.numel() !== 1) return this.#alarm.goesBackward(NaN);
    const value = readByProgram(() => loss.item());
    this.#alarm.goesBackward(value);
    this.losses.goesBackward(loss, value);
    this.lines.wentBackward(value);
    this.#alarm.check("loss", value, this.#parts.course.iterations.index, below);
  }

  /** @param below the caller, whose frames don't count */
  beforeStep(optimizer: Optimizer, below: Function): void {
    const { course, series } = this.#parts;
    this.#alarm.checkUpdate(optimizer, course.iterations.index, below);
    this.losses.stepBegins(optimizer);
    for (const { name, value } of this.#rates.changes(optimizer)) series.add(name, course.iterations.index, course.epochs.epoch, value);
  }

  /** @param below the caller, whose frames don't count */
  log(values: Readonly<Record<string, unknown>>, below: Function): void {
    const { source, tell } = this.#parts;
    const { step } = this.losses;
    const numbers: NamedNumber[] = [];
    for (const [name, value] of Object.entries(values)) {
      const number = value instanceof Tensor && value.numel() === 1 ? readByProgram(() => value.item()) : value;
      if (typeof number === "number") {
        this.#logNumber(name, number, step);
        numbers.push({ name, value: number });
        if (isLossName(name)) this.#alarm.check(name, number, step, below);
      } else {
        const note = readByProgram(() => this.#logged.note(name, number));
        if (note) tell({ type: "note", step, ...note });
      }
    }
    this.lines.logged(numbers);
    for (const message of this.#logged.complaints()) {
      const position = callerPosition(source, below);
      tell({ type: "problem", problem: { severity: "warning", code: "log", message, ...(position ? { position } : {}) } });
    }
  }

  /** Writes the rates of the last step: each holds until then. */
  endRates(): void {
    const { course, series } = this.#parts;
    for (const [name, value] of this.#rates.latest()) series.add(name, Math.max(0, course.steps - 1), course.epochs.epoch, value);
  }

  #logNumber(name: string, value: number, step: number): void {
    // What is watched anyway has a curve of its own, which the program's value must not be mixed into.
    if ((name === "loss" && this.losses.isKnown(value)) || (name === "lr" && this.#rates.isKnown(value))) return;
    if (!this.#logged.hasSeries(name)) this.losses.isValidationLogged ||= isValidationLoss(name);
    const own = this.#logged.series(name === "loss" || name === "lr" ? `${name} (logged)` : name);
    if (own !== undefined) this.#parts.series.add(own, step, this.#parts.course.epochs.epoch, value);
  }

  #rename(from: string, to: string): void {
    this.#parts.series.rename(from, to);
    this.#parts.tell({ type: "renamed", from, to });
  }
}
