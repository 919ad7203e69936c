/**
 * Losses of data that the program doesn't learn from: computed without gradients, or with the model in evaluation mode, and
 * never sent backward. Those of one look at such data, with one model, are one value: their mean, weighted by samples.
 */
import type { Node } from "../../engine/autograd/node.ts";
import type { ComputedLoss } from "../../engine/instrument.ts";
import type { AnyModule } from "../../engine/nn/module.ts";
import { readByProgram } from "../../engine/memory/reading.ts";
import type { Storage } from "../../engine/memory/storage.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { nodesBelow } from "../program/backwardGraph.ts";

/** Where in the run a loss was computed. */
export interface Occasion {
  readonly step: number;
  readonly epoch: number;
  /** What gave the loss its input, where a module did. */
  readonly model: AnyModule | undefined;
  /** What the batch is from, where a loader handed it out. */
  readonly data: object | undefined;
}

/** One look at data. */
export interface Validation extends Occasion {
  readonly loss: number;
}

interface Look extends Occasion {
  sum: number;
  samples: number;
}

interface Part {
  readonly look: Look;
  readonly value: number;
  readonly samples: number;
}

export class ValidationLosses {
  #looks: Look[] = [];
  /** Those that might still go backward, by the node that computed them. */
  #parts = new WeakMap<Node, Part>();
  #hasParts = false;
  /** The targets that were compared with last, here and in training. */
  readonly #target = new LatestTarget();
  readonly #trainingTarget = new LatestTarget();

  /** A loss that doesn't look as if it were to be trained by. */
  add({ value, target }: ComputedLoss, occasion: Occasion): void {
    // Of the very batch that is trained with: a look at the step, not at other data.
    if (this.#trainingTarget.is(target)) return;
    const samples = target.shape[0] ?? 1;
    const look = this.#lookOf(occasion);
    const part = { look, value: readByProgram(() => meanOf(value)), samples };
    look.sum += part.value * samples;
    look.samples += samples;
    this.#target.set(target);
    const node = value.gradientEdge();
    if (!node) return;
    this.#parts.set(node, part);
    this.#hasParts = true;
  }

  /** A loss that is trained by was computed: looks at its own batch were none. */
  trainedWith({ target }: ComputedLoss): void {
    if (this.#target.is(target)) this.#forget();
    this.#trainingTarget.set(target);
  }

  /** What goes backward was trained by after all. */
  goesBackward(loss: Tensor): void {
    if (!this.#hasParts) return;
    for (const node of nodesBelow(loss)) {
      const part = this.#parts.get(node);
      if (!part) continue;
      part.look.sum -= part.value * part.samples;
      part.look.samples -= part.samples;
    }
  }

  /**
   * The looks that are over, now that the program trains again.
   * @param isTrainedOn whether a loader's data was also trained on
   */
  take(isTrainedOn: (data: object) => boolean): readonly Validation[] {
    if (this.#looks.length === 0) return none;
    const looks = this.#looks.filter(({ samples, data }) => samples > 0 && !(data && isTrainedOn(data)));
    this.#forget();
    return looks.map(({ sum, samples, ...occasion }) => ({ ...occasion, loss: sum / samples }));
  }

  #lookOf(occasion: Occasion): Look {
    let look = this.#looks.find(({ model, data }) => model === occasion.model && data === occasion.data);
    if (!look) {
      look = { ...occasion, sum: 0, samples: 0 };
      this.#looks.push(look);
    }
    return look;
  }

  #forget(): void {
    this.#looks = [];
    if (this.#hasParts) this.#parts = new WeakMap();
    this.#hasParts = false;
    this.#target.forget();
  }
}

/** Knows a target by where its values lie, without keeping them. */
class LatestTarget {
  /** Of each storage which setting was its last, and where in it the target began. */
  readonly #places = new WeakMap<Storage, { readonly setting: number; readonly offset: number }>();
  #setting = 0;

  set({ storage, offset }: Tensor): void {
    this.#places.set(storage, { setting: ++this.#setting, offset });
  }

  is({ storage, offset }: Tensor): boolean {
    const place = this.#places.get(storage);
    return place !== undefined && place.setting === this.#setting && place.offset === offset;
  }

  forget(): void {
    this.#setting++;
  }
}

const none: readonly Validation[] = [];

function meanOf(value: Tensor): number {
  if (value.numel() === 1) return value.item();
  return Array.from(value.toTypedArray(), Number).reduce((sum, one) => sum + one, 0) / value.numel();
}
