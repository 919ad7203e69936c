/**
 * What counts as one step of the run. Usually that is one `optimizer.step()`, with however many `backward()` before it; but
 * several optimizers that step in one turn of the loop are one step, and a program may update its parameters by hand.
 */
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { leavesBelow } from "../program/backwardGraph.ts";

/** Whatever updates a tensor: its optimizer, or the program by hand, and then the tensor stands for itself. */
type Updater = Optimizer | Tensor;

/** A leaf as it was before a `backward()`. */
interface LeafBefore {
  readonly leaf: Tensor;
  readonly storage: Tensor["storage"];
  readonly version: number;
}

export class Iterations {
  /** The step that is under way, from 0. */
  index = 0;
  /** Whether anything was updated in it. */
  #hasStepped = false;
  /** Number of `backward()`s since the last update; whether a call of a module failed since. */
  backwards = 0;
  #hasFailed = false;
  /** The step of the last `backward()` of a single number. */
  backwardStep: number | undefined;
  /** Number of optimizers there are. */
  #optimizers = 0;
  #haveOptimizersStepped = false;
  readonly #updaterOf = new WeakMap<Tensor, Updater>();
  /** The step in which each last updated. */
  readonly #steppedIn = new WeakMap<Updater, number>();
  /** Leaves of the `backward()`s since the last update by hand; none where an optimizer is known to step. */
  #leaves: LeafBefore[] = [];
  /** Whether a turn began since the last `backward()`. */
  #hasTurned = false;
  /** Whether the program updates by putting other tensors in the place of its parameters. */
  #isReplacing = false;

  /** Number of steps that have updated anything. */
  get completed(): number {
    return this.index + (this.#hasStepped ? 1 : 0);
  }

  /** Whether anything of a step came since the last update. */
  get isUnfinished(): boolean {
    return this.backwards > 0 || this.#hasFailed;
  }

  /** Whether the program updates its parameters itself, as far as can be told. */
  get isByHand(): boolean {
    return !this.#haveOptimizersStepped && (this.#optimizers === 0 || this.completed > 0);
  }

  /** Whether some optimizer holds the tensor. */
  isOwned(tensor: Tensor): boolean {
    return this.ownerOf(tensor) !== undefined;
  }

  /** The optimizer that holds the tensor; of several the one that stepped last. */
  ownerOf(tensor: Tensor): Optimizer | undefined {
    const updater = this.#updaterOf.get(tensor);
    return updater === undefined || updater === tensor ? undefined : (updater as Optimizer);
  }

  /** Whether the step under way has updated anything. */
  get hasStepped(): boolean {
    return this.#hasStepped;
  }

  /** Number of optimizers there are, or have been. */
  get optimizers(): number {
    return this.#optimizers;
  }

  optimizerConstructed(optimizer: Optimizer): void {
    this.#optimizers++;
    this.#own(optimizer);
  }

  /** A turn of a loop, or a batch, begins. */
  turn(): void {
    this.#hasTurned = true;
    if (this.#hasStepped) this.#next();
  }

  /**
   * Looks for an update by hand since the last `backward()`; true if there was one.
   * @param loss whose `backward()` comes next: it may reach other tensors, with which the program replaced those of the last
   */
  lookForUpdate(loss?: Tensor): boolean {
    const changed = this.#leaves.filter(({ leaf, storage, version }) => leaf.storage !== storage || storage.version !== version);
    for (const { leaf } of changed) {
      this.#updaterOf.set(leaf, leaf);
      this.#steppedIn.set(leaf, this.index);
    }
    if (changed.length === 0 && !this.#areReplaced(loss)) return false;
    this.#updatedByHand();
    return true;
  }

  /** The same when the run is over: what replaced the parameters of the last step took part in none. */
  lookForLastUpdate(): boolean {
    if (this.lookForUpdate()) return true;
    if (!this.#isReplacing || this.#leaves.length === 0) return false;
    this.#updatedByHand();
    return true;
  }

  /** To be called after `lookForUpdate`. */
  beforeBackward(loss: Tensor): void {
    this.#hasTurned = false;
    if (this.#hasStepped && this.#opensNext(loss)) this.#next();
    this.backwards++;
    if (loss.numel() === 1) this.backwardStep = this.index;
    if (this.#haveOptimizersStepped) return;
    const known = new Set(this.#leaves.map(({ leaf }) => leaf));
    for (const leaf of leavesBelow(loss)) if (!known.has(leaf)) this.#leaves.push({ leaf, storage: leaf.storage, version: leaf.storage.version });
  }

  /** A module's call failed. */
  callFailed(): void {
    this.#hasFailed = true;
  }

  beforeStep(optimizer: Optimizer): void {
    this.#haveOptimizersStepped = true;
    this.#leaves = [];
    this.#own(optimizer);
    if (this.#steppedIn.get(optimizer) === this.index) this.#next();
  }

  /** Returns whether it is the first in the run's step. */
  afterStep(optimizer: Optimizer): boolean {
    const isFirst = !this.#hasStepped;
    this.#steppedIn.set(optimizer, this.index);
    this.#updated();
    return isFirst;
  }

  #next(): void {
    this.index++;
    this.#hasStepped = false;
  }

  #areReplaced(loss: Tensor | undefined): boolean {
    // Losses of the same turn may well reach different parameters.
    if (!loss || !this.#hasTurned || this.#leaves.length === 0) return false;
    const reached = new Set(leavesBelow(loss));
    this.#isReplacing = reached.size > 0 && !this.#leaves.some(({ leaf }) => reached.has(leaf));
    return this.#isReplacing;
  }

  #updatedByHand(): void {
    this.#leaves = [];
    this.#updated();
  }

  #updated(): void {
    this.#hasStepped = true;
    this.backwards = 0;
    this.#hasFailed = false;
  }

  #own(optimizer: Optimizer): void {
    for (const { params } of optimizer.paramGroups) {
      // The last of a group that is known is known for the group.
      if (this.#updaterOf.get(params.at(-1)!) === optimizer) continue;
      for (const parameter of params) this.#updaterOf.set(parameter, optimizer);
    }
  }

  /** Where no loop shows where one step ends: a loss opens the next, unless it is the first in this step for one of its updaters. */
  #opensNext(loss: Tensor): boolean {
    if (this.#optimizers === 1) return true;
    return leavesBelow(loss).every((leaf) => {
      const updater = this.#updaterOf.get(leaf);
      return updater === undefined || this.#steppedIn.get(updater) === this.index;
    });
  }
}
