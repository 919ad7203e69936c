/** Writes what is known of each file where the next window finds it. */
import type { Archive } from "./model/archive.ts";
import type { Disposable } from "./model/emitter.ts";
import { isTraining } from "./model/fileRuns.ts";
import type { Store } from "./model/store.ts";
import { Throttle } from "./model/throttle.ts";
import type { RunController } from "./runner/controller.ts";

/** Milliseconds of training that a window which dies may lose. */
const interval = 10_000;

/** Disposing of it writes what is still under way. */
export function keepArchive(
  store: Store,
  controller: RunController,
  archive: Archive,
  failed: (error: unknown) => void,
): Disposable {
  const save = (file: string): void => {
    const runs = store.get(file);
    try {
      if (runs) archive.save(runs);
    } catch (error) {
      failed(error);
    }
  };
  const saveTraining = (): void => {
    for (const runs of store.all()) if (isTraining(runs)) save(runs.file);
  };
  const throttle = new Throttle(interval, saveTraining);
  const subscriptions = [
    controller.onDidSettle(({ file }) => save(file)),
    store.onDidChange(({ file, runs, change }) => {
      if (change.type === "removed") archive.remove(file);
      else if (change.type === "renamed") {
        archive.remove(change.from);
        save(file);
      } else if (isTraining(runs)) throttle.call();
    }),
    throttle,
  ];
  return {
    dispose: () => {
      subscriptions.forEach((subscription) => subscription.dispose());
      saveTraining();
    },
  };
}
