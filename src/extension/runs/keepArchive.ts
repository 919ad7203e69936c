/** Writes what is known of each file where the next window finds it. */
import { Throttle } from "../../run/throttle.ts";
import type { Disposable } from "../shared/emitter.ts";
import { interrupted, type Archive } from "./archive.ts";
import { isTraining, type FileRuns } from "./fileRuns.ts";
import type { RunController } from "./runController.ts";
import type { RunStore } from "./runStore.ts";

/** Milliseconds of training that a window which is killed may lose; one that closes loses nothing. */
const interval = 2_000;

/** Disposing of it writes what is still under way, as something that ends now. */
export function keepArchive(store: RunStore, controller: RunController, archive: Archive, failed: (error: unknown) => void): Disposable {
  const attempt = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      failed(error);
    }
  };
  const save = (runs: FileRuns | undefined): void => attempt(() => runs && archive.save(runs));
  const training = (): readonly FileRuns[] => store.all().filter(isTraining);
  const remember = (): void => attempt(() => archive.setUnderWay(training().map(({ file }) => file)));
  const throttle = new Throttle(interval, () => training().forEach(save));
  const subscriptions = [
    controller.onDidSettle(({ file }) => {
      save(store.get(file));
      remember();
    }),
    store.onDidChange(({ file, runs, change }) => {
      if (change.type === "removed") archive.remove(file);
      else if (change.type === "renamed") {
        archive.remove(change.from);
        save(runs);
        remember();
      } else if (isTraining(runs)) {
        // Whatever happens to it, it is not the run before it that is found.
        if (change.type === "began" || change.type === "edited") save(runs);
        if (change.type === "began") remember();
        throttle.call();
      } else if (change.type === "edited" || change.type === "shown") save(runs);
    }),
    throttle,
  ];
  return {
    dispose: () => {
      subscriptions.forEach((subscription) => subscription.dispose());
      for (const runs of training()) save(interrupted(runs, Date.now()));
    },
  };
}
