/** The way of a run that is run again: what a person changed in it, at exactly the places where that happened, and where it is to be paused. */
import type { Intervention, StepStatistics } from "../../protocol/index.ts";
import type { Wish } from "./interventions.ts";

export interface RepeatedCourse {
  readonly interventions: readonly Intervention[];
  /** Number of steps after which it is paused. */
  readonly step: number;
  /** What was measured last of each model before steps are computed again; none where it is to be measured anew. */
  readonly lastMeasured?: readonly StepStatistics[];
  /** It has come there, and is about to be paused. */
  readonly arrived: () => void;
}

export class Retrace {
  readonly #course: RepeatedCourse;
  #next = 0;

  constructor(course: RepeatedCourse) {
    this.#course = course;
  }

  hasArrived(steps: number): boolean {
    if (steps < this.#course.step) return false;
    this.#course.arrived();
    return true;
  }

  /** What was changed there, in its order. @param passage see `Intervention.passage` */
  *wishesAt(passage: number): Generator<Wish> {
    const { interventions } = this.#course;
    for (; this.#next < interventions.length && interventions[this.#next]!.passage === passage; this.#next++) {
      const { change, undoes } = interventions[this.#next]!;
      yield undoes === undefined ? { change } : { undo: undoes };
    }
  }
}
