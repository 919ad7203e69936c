/** What trainings under way suffer from, on the lines where their modules are made. */
import { HeldProblems } from "../../run/health/heldProblems.ts";
import type { RunStore } from "../runs/runStore.ts";
import { Emitter, type Disposable } from "../shared/emitter.ts";
import type { FileProblems } from "./marks.ts";

/** Milliseconds between two looks: marks on lines are to be calmer than the panel, which is looked at. */
const interval = 2_000;

export class TrainingHealth implements Disposable {
  readonly #store: RunStore;
  readonly #held = new Map<string, HeldProblems>();
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  readonly #changed = new Emitter<void>();
  readonly #subscription: Disposable;
  readonly onDidChange = this.#changed.event;

  constructor(store: RunStore) {
    this.#store = store;
    this.#subscription = store.onDidChange(({ file, change }) => {
      if (change.type === "renamed") this.#look(change.from);
      if (change.type !== "event" || change.event.type === "state") this.#look(file);
      else if (change.event.type === "statistics") this.#waiting.set(file, this.#waiting.get(file) ?? setTimeout(() => this.#look(file), interval));
    });
  }

  all(): readonly FileProblems[] {
    return [...this.#held].map(([file, { problems }]) => ({ file, problems }));
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#changed.dispose();
  }

  #look(file: string): void {
    clearTimeout(this.#waiting.get(file));
    this.#waiting.delete(file);
    const held = this.#held.get(file) ?? new HeldProblems();
    this.#held.set(file, held);
    if (held.look(this.#store.get(file)?.train)) this.#changed.fire();
  }
}
