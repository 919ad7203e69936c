/** What came out over a pass over the data: how often each class was taken for which, and the samples with the highest loss. */
import { mostClasses, mostWorst, type Tally, type WorstSample } from "../../protocol/index.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { worstInput } from "./batchKind.ts";
import type { Compared } from "./meaning.ts";

export type Pass = Pick<Tally, "model" | "pass" | "epoch">;

/** A pass of a program that counts no epochs ends after so many labels. */
const longest = 20_000;

export class PassTally {
  readonly pass: Pass;
  /** Whether not all batches of the pass were counted. */
  isPartial = false;
  readonly #compared: Pick<Compared, "meaning" | "width">;
  readonly #counts: number[] | undefined;
  readonly #worst: WorstSample[] = [];
  #count = 0;
  #right = 0;
  #step = 0;

  constructor(pass: Pass, { meaning, width }: Compared) {
    this.pass = pass;
    this.#compared = { meaning, width };
    if (meaning !== "values" && width <= mostClasses) this.#counts = new Array<number>(width * width).fill(0);
  }

  get isLong(): boolean {
    return this.#count >= longest;
  }

  /** Whether what is compared belongs to this pass. */
  fits({ model, pass, epoch }: Pass, { meaning, width }: Compared): boolean {
    const own = this.#compared;
    return model === this.pass.model && pass === this.pass.pass && epoch === this.pass.epoch && meaning === own.meaning && width === own.width;
  }

  add(compared: Compared, step: number): void {
    this.#step = step;
    const { labels, predictions, width } = compared;
    for (let i = 0; i < labels.length; i++) {
      if (compared.isIgnored(i)) continue;
      this.#count++;
      if (labels[i] === predictions[i]) this.#right++;
      if (this.#counts) this.#counts[labels[i]! * width + predictions[i]!]!++;
    }
  }

  /** @param losses of each sample of the batch, whose samples lie in the first dimension of `inputs` */
  addWorst(losses: Float32Array, { labels, predictions }: Compared, inputs: Tensor, step: number): void {
    if (labels.length !== losses.length || inputs.shape[0] !== losses.length) return;
    const least = this.#worst.length < mostWorst ? -Infinity : rank(this.#worst.at(-1)!.loss);
    const order = [...losses.keys()].filter((i) => rank(losses[i]!) > least).sort((a, b) => rank(losses[b]!) - rank(losses[a]!));
    for (const i of order.slice(0, mostWorst)) {
      const { kind, cut } = worstInput(inputs, i);
      const input = { shape: cut.piece.shape.slice(1), values: cut.piece.values };
      this.#worst.push({ step, loss: losses[i]!, label: labels[i]!, prediction: predictions[i]!, kind, input });
    }
    if (order.length === 0) return;
    this.#worst.sort((a, b) => rank(b.loss) - rank(a.loss));
    this.#worst.length = Math.min(this.#worst.length, mostWorst);
  }

  result(): Tally {
    const { meaning, width } = this.#compared;
    return {
      ...this.pass,
      step: this.#step,
      meaning,
      count: this.#count,
      right: this.#right,
      isPartial: this.isPartial,
      ...(this.#counts ? { confusion: { classes: width, counts: [...this.#counts] } } : {}),
      worst: [...this.#worst],
    };
  }
}

/** What is no number is worse than anything. */
function rank(loss: number): number {
  return Number.isNaN(loss) ? Infinity : loss;
}
