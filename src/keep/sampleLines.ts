/** What is measured of a run, as lines: all of a short run's steps; the more room they take, the fewer. */
import type { SentEvent } from "../protocol/index.ts";
import { storedEvent } from "../run/records.ts";
import { storedFromPacked } from "../run/records/statistics.ts";
import type { LineFile } from "./lines.ts";

/** Of the room for all runs, the part that what one run measured may take. */
export const shareOfSamples = 0.1;

export type SampleEvent = Extract<SentEvent, { readonly type: "statistics" | "changes" | "work" }>;

export class SampleLines {
  readonly #lines: LineFile;
  readonly #room: number;
  #measured = 0;
  #bytes = 0;
  #skippedStep = -1;
  /** Steps that were written. */
  count = 0;

  /** @param room bytes that they may take */
  constructor(lines: LineFile, room: number) {
    this.#lines = lines;
    this.#room = room;
  }

  add(event: SampleEvent): void {
    switch (event.type) {
      case "statistics":
        return this.#addStatistics(event.packed);
      case "changes":
        if (event.changes.step !== this.#skippedStep) this.#lines.add(storedEvent.encode(event));
        return;
      case "work":
        if (event.work.step !== this.#skippedStep) this.#lines.add(storedEvent.encode(event));
    }
  }

  #addStatistics(packed: unknown): void {
    const doublings = Math.floor(-Math.log2(Math.max(1e-9, 1 - this.#bytes / this.#room)));
    if (this.#measured++ % 2 ** doublings !== 0) {
      this.#skippedStep = (packed as { readonly step: number }).step;
      return;
    }
    this.count++;
    this.#bytes += this.#lines.add({ type: "statistics", statistics: storedFromPacked(packed) });
  }
}
