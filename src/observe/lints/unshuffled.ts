/** Training data that comes in the order in which it lies there, and lies there class by class: a batch shows one class, the next another. */
import type { DataLoader } from "../../engine/data/dataLoader.ts";
import type { ComputedLoss } from "../../engine/instrument.ts";
import { isGradEnabled } from "../../engine/autograd/gradMode.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { Lint, LintContext } from "./lint.ts";

/** What makes a number a class: there are few of them. */
const mostClasses = 1_000;
const fewestSamples = 20;
/** Of the changes that labels in random order have. */
const fewChanges = 0.1;

/** The labels of a pass over a loader's data, in order. */
interface Pass {
  readonly loader: DataLoader<unknown>;
  readonly counts: Map<number, number>;
  samples: number;
  batches: number;
  /** How often a label is another than the one before. */
  changes: number;
  last: number | undefined;
  /** Of a batch that may turn out to be trained with. */
  waiting: readonly number[] | undefined;
}

export class Unshuffled implements Lint {
  readonly #context: LintContext;
  readonly #isKnown = new WeakSet<object>();
  #pass: Pass | undefined;

  constructor(context: LintContext) {
    this.#context = context;
  }

  passStarts(loader: DataLoader<unknown>): void {
    const isOpen = loader.isInOrder && !this.#isKnown.has(loader.dataset);
    this.#pass = isOpen ? { loader, counts: new Map(), samples: 0, batches: 0, changes: 0, last: undefined, waiting: undefined } : undefined;
  }

  loss({ target }: ComputedLoss): void {
    if (this.#pass && isGradEnabled()) this.#pass.waiting = labelsOf(target);
  }

  afterStep(): void {
    const pass = this.#pass;
    if (!pass?.waiting) return;
    for (const label of pass.waiting) {
      if (label !== pass.last) pass.changes++;
      pass.last = label;
      pass.counts.set(label, (pass.counts.get(label) ?? 0) + 1);
    }
    pass.samples += pass.waiting.length;
    pass.batches++;
    pass.waiting = undefined;
    if (pass.counts.size > mostClasses) this.#pass = undefined;
  }

  passEnds(loader: DataLoader<unknown>): void {
    const pass = this.#pass;
    if (pass?.loader !== loader) return;
    this.#pass = undefined;
    if (pass.batches === 0) return;
    this.#isKnown.add(loader.dataset);
    const place = this.#context.loaderPlace(loader);
    if (!place || !isSorted(pass)) return;
    const name = place.name ?? "The loader";
    const message =
      `\`${name}\` hands out its ${pass.samples} samples as they lie there, sorted by class, so that a batch shows hardly more than one: ` +
      "the model learns each class anew and forgets the one before. Give the loader `shuffle: true`.";
    this.#context.tell("unshuffled", { message, position: place.position });
  }
}

/** `undefined` for what are no classes, one for each sample. */
function labelsOf(target: Tensor): readonly number[] | undefined {
  const { shape } = target;
  if (shape.length === 0 || target.numel() !== shape[0]) return undefined;
  const labels = Array.from(target.toTypedArray(), Number);
  return labels.every(Number.isInteger) ? labels : undefined;
}

/** Whether there are far fewer changes than there would be in random order. */
function isSorted({ counts, samples, batches, changes }: Pass): boolean {
  if (counts.size < 2 || samples < fewestSamples || batches < 2) return false;
  let repeated = 0;
  for (const count of counts.values()) repeated += (count / samples) ** 2;
  return changes < fewChanges * samples * (1 - repeated);
}
