/**
 * The moments of a run at which it can be put down and taken up again: after each step, the first time that the program passes
 * between two steps. Whoever runs the same program again comes by the same moments, and finds there the same things made.
 */
import { areGhosts } from "../../engine/memory/reading.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { Course } from "../steps/course.ts";
import { capture, sizeOf, type CaptureOptions } from "./capture.ts";
import type { Checkpoint, CheckpointSink } from "./checkpoint.ts";
import type { Holdings } from "./holdings.ts";
import { restore } from "./restore.ts";
import { Spacing } from "./spacing.ts";

/** Called at each moment, before a person stops there or changes anything. May throw. */
export type AtMoment = (step: number, checkpoints: Checkpoints) => void;

/** What a checkpoint is taken at, beside a step. */
type Moment = Pick<CaptureOptions, "isEnd" | "isLoopEnd">;

export interface CheckpointsOptions {
  readonly atMoment?: AtMoment;
  readonly checkpoints?: CheckpointSink;
}

export class Checkpoints {
  readonly #course: Course;
  readonly #holdings: Holdings;
  readonly #atMoment: AtMoment | undefined;
  #sink: CheckpointSink | undefined;
  readonly #spacing = new Spacing();
  /** The step of the last moment. */
  #last = 0;
  /** Whether the first `backward()` of a step found gradients, so that they are part of what goes on. */
  #areGradientsCarried = true;
  #isFirstBackward = true;

  constructor(course: Course, holdings: Holdings, { atMoment, checkpoints }: CheckpointsOptions) {
    this.#course = course;
    this.#holdings = holdings;
    this.#atMoment = atMoment;
    this.#sink = checkpoints;
  }

  /** A loss is about to go backward. */
  beforeBackward(): void {
    if (!this.#isFirstBackward) return;
    this.#isFirstBackward = false;
    // Where nothing is computed none is taken.
    this.#areGradientsCarried = areGhosts() || this.#holdings.optimizers.some(({ paramGroups }) => paramGroups.some(({ params }) => params.some(hasGradient)));
  }

  /** The program passes between two steps. @param isLoopEnd whether a loop that trained is over, as far as is known */
  betweenSteps(isLoopEnd = this.#course.loops.isEnding): void {
    const { steps } = this.#course;
    if (steps === this.#last) return;
    this.#last = steps;
    this.#isFirstBackward = true;
    this.#atMoment?.(steps, this);
    this.#takeIfDue(isLoopEnd);
  }

  /** The program is over. */
  finish(): void {
    if (this.#course.steps > 0) this.#take({ isEnd: true, isLoopEnd: false });
  }

  /** All that the rest of the run follows from, as it is now; to be called at a moment. */
  capture(): Checkpoint {
    return this.#capture({ isEnd: false, isLoopEnd: false });
  }

  /**
   * Puts everything back in its place, in the same objects; to be called at the same moment of the same program.
   * @throws Mismatch with the reason, and then nothing was changed
   */
  restore(file: Uint8Array): void {
    restore(this.#holdings, this.#course.steps, file);
  }

  #takeIfDue(isLoopEnd: boolean): void {
    const { steps, time } = this.#course;
    if (!this.#sink?.isReady) return;
    const isDue = this.#spacing.isDue({ step: steps, now: time.now, elsewhere: this.#sink.spent, isLoopEnd }, () => sizeOf(this.#holdings));
    if (isDue) this.#take({ isEnd: false, isLoopEnd });
  }

  #take(moment: Moment): void {
    const sink = this.#sink;
    if (!sink) return;
    const begin = performance.now();
    this.#course.clock.stop();
    try {
      const checkpoint = this.#capture(moment);
      const cost = performance.now() - begin;
      this.#spacing.taken(this.#course.time.now, cost);
      sink.take(checkpoint, cost);
    } catch (error) {
      this.#sink = undefined;
      sink.failed(error);
    } finally {
      this.#course.clock.go();
    }
  }

  #capture({ isEnd, isLoopEnd }: Moment): Checkpoint {
    // Where a loop is over, nobody may clear its last gradients any more.
    const keepsGradients = (this.#areGradientsCarried || isLoopEnd) && !isEnd;
    return capture(this.#holdings, this.#course.steps, { keepsGradients, isEnd, isLoopEnd });
  }
}

function hasGradient({ gradSlot }: Tensor): boolean {
  return gradSlot !== null;
}
