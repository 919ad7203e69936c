/**
 * Calls a model once more so that nothing is left of it in the program: tensors that were changed in place, streams of random
 * numbers, training flags and what modules keep in their own properties are put back as they were. What the model's own code
 * keeps elsewhere, such as a counter in a variable of its file, can't be.
 */
import { noGrad } from "../../engine/autograd/gradMode.ts";
import { instrument, operationWatch, setInstrument, watchOperations, type Instrument, type OperationWatch } from "../../engine/instrument.ts";
import { withoutScratch } from "../../engine/memory/scratch.ts";
import { undone } from "../../engine/memory/undo.ts";
import type { Module } from "../../engine/nn/module.ts";
import { keepBelongings } from "./belongings.ts";

export interface AsideOptions {
  /** In training mode as the modules are now; else in `eval()`. */
  readonly training: boolean;
  /** Watches instead of whoever watches the run. */
  readonly watcher?: Instrument;
  readonly operations?: OperationWatch;
}

/** Runs `body`, which may call `root`, without recording gradients. */
export function aside<T>(root: Module, { training, watcher, operations }: AsideOptions, body: () => T): T {
  const putBack = keepBelongings(root);
  try {
    return watchedBy(watcher, operations, () =>
      undone(() => {
        if (!training) for (const module of root.modules()) module.substitute("training", false);
        return body();
      }),
    );
  } finally {
    putBack();
  }
}

/** Computes something that is no part of the program: nobody is told of it, and no gradient recorded. */
export function unwatched<T>(body: () => T): T {
  return watchedBy(undefined, undefined, body);
}

function watchedBy<T>(watcher: Instrument | undefined, operations: OperationWatch | undefined, body: () => T): T {
  const outer = { instrument: instrument(), operations: operationWatch() };
  setInstrument(watcher ?? null);
  watchOperations(operations ?? null);
  try {
    return withoutScratch(() => noGrad(body));
  } finally {
    setInstrument(outer.instrument);
    watchOperations(outer.operations);
  }
}
