/** A schedule that goes on before its optimizer has taken a step leaves out its first rate. PyTorch warns of it, too. */
import type { LRScheduler } from "../../engine/optim/lrScheduler/base.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import type { SourcePosition } from "../../protocol/index.ts";
import type { Lint, LintContext } from "./lint.ts";

export class SchedulerBeforeOptimizer implements Lint {
  readonly #context: LintContext;
  readonly #haveStepped = new WeakSet<object>();
  /** Where schedules went on first; one whose optimizer never steps is only looked at. */
  readonly #early = new WeakMap<object, SourcePosition>();

  constructor(context: LintContext) {
    this.#context = context;
  }

  schedulerStepped({ optimizer }: LRScheduler): void {
    if (this.#haveStepped.has(optimizer) || this.#early.has(optimizer)) return;
    const place = this.#context.here();
    if (place) this.#early.set(optimizer, place);
  }

  beforeStep(optimizer: Optimizer): void {
    if (this.#haveStepped.has(optimizer)) return;
    this.#haveStepped.add(optimizer);
    const position = this.#early.get(optimizer);
    if (!position) return;
    const step = this.#context.here();
    this.#context.tell("scheduler-before-optimizer", {
      message:
        "The schedule goes on before the optimizer has taken a step, so its first learning rate is never used. Call `optimizer.step()` before `scheduler.step()`.",
      position,
      ...(step ? { related: [{ message: "the optimizer takes its first step here", position: step }] } : {}),
    });
  }
}
