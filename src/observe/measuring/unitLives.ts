/** Remembers of each unit of a model when it last gave anything but zero: a unit that sleeps through one batch isn't dead. */
import type { AnyModule } from "../../engine/nn/module.ts";
import type { DeadUnits } from "../../protocol/index.ts";
import { deadFor } from "../../run/health/rules.ts";

/** Units that are told one by one. */
const mostListed = 64;

/** What a layer's units gave in one step, all its calls together. */
export interface StepUnits {
  /** Largest distance from zero of each; NaN counts as alive. */
  readonly peaks: Float32Array;
  /** Samples that went through the layer. */
  readonly samples: number;
}

class Lives {
  /** Measured step from which on each unit is zero, or −1; measured steps and samples since then. */
  readonly since: Float64Array;
  readonly steps: Float64Array;
  readonly samples: Float64Array;
  /** Whether it ever gave anything else. */
  readonly hasLived: Uint8Array;
  step = -1;
  told: DeadUnits | undefined;

  /** @param before what became of them in steps that were not seen, as far as it was told */
  constructor(
    readonly count: number,
    before: DeadUnits | undefined,
  ) {
    this.since = new Float64Array(count).fill(-1);
    this.steps = new Float64Array(count);
    this.samples = new Float64Array(count);
    this.hasLived = new Uint8Array(count);
    for (const unit of before?.units ?? []) {
      this.since[unit] = before!.since!;
      this.steps[unit] = deadFor.measured;
      this.samples[unit] = deadFor.samples;
      this.hasLived[unit] = Number(before!.died > 0);
    }
  }
}

export class UnitLives {
  readonly #ofLayers = new WeakMap<AnyModule, Lives>();
  readonly #before: (layer: AnyModule) => DeadUnits | undefined;

  /** @param before what became of a layer's units in steps that were not seen */
  constructor(before: (layer: AnyModule) => DeadUnits | undefined = () => undefined) {
    this.#before = before;
  }

  /** Takes up what a layer's units gave in a measured step. The same step counts once. */
  take(layer: AnyModule, { peaks, samples }: StepUnits, step: number): DeadUnits {
    let lives = this.#ofLayers.get(layer);
    if (lives?.count !== peaks.length) this.#ofLayers.set(layer, (lives = new Lives(peaks.length, this.#before(layer))));
    if (lives.told && lives.step === step) return lives.told;
    lives.step = step;
    return (lives.told = advance(lives, peaks, samples, step));
  }
}

function advance(lives: Lives, peaks: Float32Array, samples: number, step: number): DeadUnits {
  const { count, since, steps, hasLived } = lives;
  const dead: number[] = [];
  let [zero, died, latest] = [0, 0, -1];
  for (let unit = 0; unit < count; unit++) {
    if (peaks[unit] !== 0) {
      hasLived[unit] = 1;
      since[unit] = -1;
      continue;
    }
    zero++;
    if (since[unit]! < 0) {
      since[unit] = step;
      steps[unit] = lives.samples[unit] = 0;
    }
    steps[unit]!++;
    lives.samples[unit]! += samples;
    if (steps[unit]! < deadFor.measured || lives.samples[unit]! < deadFor.samples || step - since[unit]! < deadFor.steps) continue;
    dead.push(unit);
    died += hasLived[unit]!;
    latest = Math.max(latest, since[unit]!);
  }
  return { count, zero, dead: dead.length, died, ...(dead.length > 0 && { since: latest }), units: dead.slice(0, mostListed) };
}
