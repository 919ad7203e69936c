/** Which epoch it is: by the loop that counts epochs where there is one, else by the passes over the training data. */
import { isGradEnabled } from "../../engine/autograd/gradMode.ts";
import { lengthOf } from "./trainingLoops.ts";

/** What is needed of a `DataLoader`. */
export interface Loader {
  readonly length: number;
  readonly batchSize?: number | null;
  readonly dataset?: unknown;
}

interface Pass {
  readonly loader: Loader;
  batch: number;
  /** From 0 among the passes over the same data; `undefined` until a backward shows that it is for training. */
  epoch: number | undefined;
}

export class EpochCounter {
  /** Passes that are under way, the one that handed out a batch last at the end. */
  #passes: Pass[] = [];
  readonly #passesOver = new WeakMap<object, number>();
  #loop: { readonly index: number; readonly count: number } | undefined;
  #epoch = 0;

  /** The epoch that the next step belongs to, from 0. */
  get epoch(): number {
    return this.#loop?.index ?? this.#epoch;
  }

  /** The same, counting on a pass over data that was trained on before to be one of training again, unless it is without gradients. */
  get upcoming(): number {
    const pass = this.#passes.at(-1);
    if (!pass || pass.epoch !== undefined || this.#loop || !isGradEnabled()) return this.epoch;
    return this.#passesOver.get(dataOf(pass.loader)) ?? this.epoch;
  }

  /** Number of epochs there will be, if the loop showed it. */
  get epochs(): number | undefined {
    return this.#loop?.count;
  }

  /** Batch within the epoch (from 0), batches in an epoch and samples in the batch, while a training pass is under way over data that knows its length. */
  get batch(): { readonly index: number; readonly count: number; readonly samples: number } | undefined {
    const pass = this.#passes.at(-1);
    if (pass?.epoch === undefined) return undefined;
    const count = lengthOf(pass.loader);
    return count === undefined ? undefined : { index: pass.batch, count, samples: samplesIn(pass) };
  }

  /** What the batch handed out last is from, and whether that pass over it is for training, as far as is known yet. */
  get pass(): { readonly data: object; readonly isTraining: boolean } | undefined {
    const pass = this.#passes.at(-1);
    return pass && { data: dataOf(pass.loader), isTraining: pass.epoch !== undefined };
  }

  /** Whether a pass over the data was for training. */
  isTrainedOn(data: object): boolean {
    return this.#passesOver.has(data);
  }

  /** A turn of the loop over epochs begins. */
  loopTurn(counter: number, first: number, bound: number): void {
    const count = bound - first;
    this.#loop = Number.isFinite(count) && count > 0 ? { index: counter - first, count } : undefined;
  }

  passStarts(loader: Loader): void {
    this.#passes = this.#passes.filter((pass) => pass.loader !== loader);
    this.#passes.push({ loader, batch: 0, epoch: undefined });
  }

  batchStarts(loader: Loader, index: number): void {
    const at = this.#passes.findIndex((pass) => pass.loader === loader);
    if (at < 0) return;
    const [pass] = this.#passes.splice(at, 1);
    pass!.batch = index;
    this.#passes.push(pass!);
  }

  passEnds(loader: Loader): void {
    this.#passes = this.#passes.filter((pass) => pass.loader !== loader);
  }

  /** A backward: the batch handed out last is for training. */
  trains(): void {
    const pass = this.#passes.at(-1);
    if (!pass || pass.epoch !== undefined) return;
    const data = dataOf(pass.loader);
    pass.epoch = this.#passesOver.get(data) ?? 0;
    this.#passesOver.set(data, pass.epoch + 1);
    this.#epoch = pass.epoch;
  }
}

/** Several loaders over the same data, such as a new one in each epoch, count on. */
function dataOf(loader: Loader): object {
  return typeof loader.dataset === "object" && loader.dataset !== null ? loader.dataset : loader;
}

function samplesIn({ loader, batch }: Pass): number {
  const size = loader.batchSize ?? 1;
  const total = (loader.dataset as { length?: unknown } | undefined)?.length;
  return typeof total === "number" ? Math.max(1, Math.min(size, total - batch * size)) : size;
}
