/** Several may look at operations at the same time: the engine has one place for who does, and this shares it. */
import { watchOperations, type OperationWatch } from "../engine/instrument.ts";

const current = new Set<OperationWatch>();

const all: OperationWatch = {
  ran(operation, inputs, outputs, data, saved) {
    for (const watch of current) watch.ran(operation, inputs, outputs, data, saved);
  },
  became(tensor, source) {
    for (const watch of current) watch.became?.(tensor, source);
  },
  differentiates(isUnderWay) {
    for (const watch of current) watch.differentiates?.(isUnderWay);
  },
  passed(node, milliseconds) {
    for (const watch of current) watch.passed?.(node, milliseconds);
  },
};

/** From now on `watch` sees every operation. */
export function lookAtOperations(watch: OperationWatch): void {
  current.add(watch);
  watchOperations(all);
}

/** It sees no more. */
export function lookAway(watch: OperationWatch): void {
  current.delete(watch);
  if (current.size === 0) watchOperations(null);
}
