/**
 * The moments of a run at which it can be put down and taken up again: after each step, the first time that the program passes
 * between two steps. Whoever runs the same program again comes by the same moments, and finds there the same things made.
 */
import type { Tensor } from "../../engine/tensor.ts";
import type { Course } from "../steps/course.ts";
import { capture } from "./capture.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Holdings } from "./holdings.ts";
import { restore } from "./restore.ts";

/** Called at each moment, before a person stops there or changes anything. May throw. */
export type AtMoment = (step: number, checkpoints: Checkpoints) => void;

export class Checkpoints {
  readonly #course: Course;
  readonly #holdings: Holdings;
  readonly #atMoment: AtMoment | undefined;
  /** The step of the last moment. */
  #last = 0;
  /** Whether a first `backward()` of a step found gradients, so that they are part of what goes on. */
  #areGradientsCarried = true;
  #isFirstBackward = true;

  constructor(course: Course, holdings: Holdings, atMoment: AtMoment | undefined) {
    this.#course = course;
    this.#holdings = holdings;
    this.#atMoment = atMoment;
  }

  /** A loss is about to go backward. */
  beforeBackward(): void {
    if (!this.#atMoment || !this.#isFirstBackward) return;
    this.#isFirstBackward = false;
    this.#areGradientsCarried = this.#holdings.optimizers.some(({ paramGroups }) => paramGroups.some(({ params }) => params.some(hasGradient)));
  }

  /** The program passes between two steps. */
  betweenSteps(): void {
    const { steps } = this.#course;
    if (!this.#atMoment || steps === this.#last) return;
    this.#last = steps;
    this.#isFirstBackward = true;
    this.#atMoment(steps, this);
  }

  /** All that the rest of the run follows from, as it is now; to be called at a moment. */
  capture(): Checkpoint {
    return capture(this.#holdings, this.#course.steps, this.#areGradientsCarried);
  }

  /**
   * Puts everything back in its place, in the same objects; to be called at the same moment of the same program.
   * @throws Mismatch with the reason, and then nothing was changed
   */
  restore(file: Uint8Array): void {
    restore(this.#holdings, this.#course.steps, file);
  }
}

function hasGradient({ gradSlot }: Tensor): boolean {
  return gradSlot !== null;
}
