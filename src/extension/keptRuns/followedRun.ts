/** A run that another process writes down, as a panel shows it: while it grows. */
import type { RunEvent } from "../../protocol/index.ts";
import { RunFollower } from "../../keep/runFollower.ts";
import type { KeptRun } from "../../keep/keptRuns.ts";
import { Emitter } from "../shared/emitter.ts";
import type { FileRuns } from "../runs/fileRuns.ts";
import type { StoreChange } from "../runs/runStore.ts";

export class FollowedRun {
  readonly #file: string;
  readonly #changed = new Emitter<StoreChange>();
  readonly #follower: RunFollower;
  readonly onDidChange = this.#changed.event;

  constructor(kept: KeptRun) {
    this.#file = kept.info.file;
    let isKnown = false;
    const follower: RunFollower = new RunFollower(kept, (event) => {
      if (isKnown) this.#tell(kept.id, event);
    });
    isKnown = true;
    this.#follower = follower;
  }

  get(): FileRuns {
    const { run } = this.#follower;
    return { file: this.#file, train: run, shown: "train", problems: run.problems };
  }

  dispose(): void {
    this.#follower.dispose();
    this.#changed.dispose();
  }

  #tell(runId: string, event: RunEvent): void {
    this.#changed.fire({ file: this.#file, runs: this.get(), change: { type: "event", runId, event } });
  }
}
