/** Those who look at operations, each while it wants to, through the engine's one watch. */
import type { AnyOperation, Node } from "../../engine/autograd/node.ts";
import { watchOperations, type OperationWatch } from "../../engine/instrument.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { ProgramClock } from "./programClock.ts";

export class OperationWatches implements OperationWatch {
  readonly #clock: ProgramClock;
  readonly #watches = new Set<OperationWatch>();

  constructor(clock: ProgramClock) {
    this.#clock = clock;
  }

  add(watch: OperationWatch): void {
    this.#watches.add(watch);
    watchOperations(this);
  }

  remove(watch: OperationWatch): void {
    if (this.#watches.delete(watch) && this.#watches.size === 0) watchOperations(null);
  }

  ran(operation: Pick<AnyOperation, "name">, inputs: readonly Tensor[], outputs: readonly Tensor[], data: unknown, saved?: readonly Tensor[]): void {
    // What the watch computes itself is none of the program's.
    if (this.#clock.isStopped) return;
    this.#clock.stop();
    for (const watch of this.#watches) watch.ran(operation, inputs, outputs, data, saved);
    this.#clock.go();
  }

  changes(tensor: Tensor): void {
    if (this.#clock.isStopped) return;
    this.#clock.stop();
    for (const watch of this.#watches) watch.changes?.(tensor);
    this.#clock.go();
  }

  became(tensor: Tensor, source: Tensor): void {
    if (this.#clock.isStopped) return;
    this.#clock.stop();
    for (const watch of this.#watches) watch.became?.(tensor, source);
    this.#clock.go();
  }

  differentiates(isUnderWay: boolean): void {
    if (this.#clock.isStopped) return;
    for (const watch of this.#watches) watch.differentiates?.(isUnderWay);
  }

  passed(node: Node, milliseconds: number, given: readonly (Tensor | null)[], results: readonly (Tensor | null)[]): void {
    if (this.#clock.isStopped) return;
    this.#clock.stop();
    for (const watch of this.#watches) watch.passed?.(node, milliseconds, given, results);
    this.#clock.go();
  }
}
