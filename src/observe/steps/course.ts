/** The course that a run takes: its steps, epochs and loops, and how long it has lasted. */
import { ProgramClock } from "../program/programClock.ts";
import { RunningTime } from "../program/runningTime.ts";
import { EpochCounter } from "./epochCounter.ts";
import { Iterations } from "./iterations.ts";
import { TrainingLoops } from "./trainingLoops.ts";

export class Course {
  readonly time = new RunningTime();
  readonly clock = new ProgramClock();
  readonly iterations = new Iterations();
  readonly epochs = new EpochCounter();
  readonly loops = new TrainingLoops();

  /** Number of steps that the run has taken. */
  get steps(): number {
    return this.iterations.completed;
  }

  /** Milliseconds that the watch was at work instead of the program. */
  get watched(): number {
    return this.clock.stood - this.time.paused;
  }

  get underWay(): { readonly step: number; readonly epoch: number } {
    return { step: this.iterations.index, epoch: this.epochs.epoch };
  }
}
