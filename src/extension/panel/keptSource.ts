/** A run that is over, as its panel shows it; it may be filled in later. */
import type { RunSnapshot } from "../../run/snapshot.ts";
import type { FileRuns } from "../runs/fileRuns.ts";
import type { StoreChange } from "../runs/runStore.ts";
import { Emitter } from "../shared/emitter.ts";

export class KeptSource {
  readonly #changed = new Emitter<StoreChange>();
  #run: RunSnapshot;
  readonly onDidChange = this.#changed.event;

  constructor(run: RunSnapshot) {
    this.#run = run;
  }

  get(): FileRuns {
    const run = this.#run;
    return { file: run.file, train: run, shown: "train", problems: run.problems };
  }

  fillIn(run: RunSnapshot): void {
    this.#run = run;
    this.#changed.fire({ file: run.file, runs: this.get(), change: { type: "filled" } });
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
