/**
 * Writes checkpoints while the run goes on: each file whole or not at all, with a hash of the parameters among the run's
 * events. Where they take more room than they may, those go that lie closest to others, but neither the first nor the last.
 */
import { createHash } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkpointFile, endFile } from "./layout.ts";

/** As the program's thread takes it. */
export interface TakenCheckpoint {
  readonly step: number;
  /** Whether the program had ended. */
  readonly isEnd: boolean;
  /** A whole `.safetensors` file. */
  readonly file: Uint8Array;
  /** Where the models' parameters and buffers lie in it. */
  readonly models: { readonly start: number; readonly end: number };
}

/** What the run's events say of one. */
export interface CheckpointEvent {
  readonly type: "checkpoint";
  readonly step: number;
  readonly isEnd?: boolean;
  /** See `hashOf`. */
  readonly hash: string;
  /** SHA-256 of the whole file. */
  readonly digest?: string;
  readonly bytes: number;
  /** Milliseconds of the program's that it took. */
  readonly cost: number;
}

export interface CheckpointKeeperOptions {
  /** Of checkpoints; made with the first. */
  readonly folder: string;
  /** Bytes that they may take together. */
  readonly room: number;
  /** Bytes that the last one may take where it alone has no room: a large model is worth more than many steps of it. */
  readonly mostOfOne: number;
  tell(event: CheckpointEvent): void;
  /** Hears why no more are kept. */
  failed(error: unknown, step: number): void;
}

/** Bytes that the processor writes in a millisecond at the least. */
const writingRate = 200_000;

/** As many are kept. */
const most = 128;

interface Kept {
  readonly step: number;
  readonly path: string;
  readonly bytes: number;
}

export class CheckpointKeeper {
  readonly #options: CheckpointKeeperOptions;
  /** In the order of their steps. */
  #kept: readonly Kept[] = [];
  #isOver = false;
  /** What is being written. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: CheckpointKeeperOptions) {
    this.#options = options;
  }

  /** Never rejects. @param cost milliseconds of the program's that it took @returns milliseconds that this took, and whether no more can be kept */
  keep(checkpoint: TakenCheckpoint, cost: number): Promise<{ readonly spent: number; readonly isOver: boolean }> {
    const written = this.#last.then(() => this.#write(checkpoint, cost));
    this.#last = written;
    return written;
  }

  /** Resolves when nothing is written any more. */
  async close(): Promise<void> {
    await this.#last;
    this.#isOver = true;
  }

  async #write(checkpoint: TakenCheckpoint, cost: number): Promise<{ spent: number; isOver: boolean }> {
    const begin = performance.now();
    let waited = 0;
    const { step, isEnd, file } = checkpoint;
    const path = join(this.#options.folder, isEnd ? endFile : checkpointFile(step));
    if (!this.#isOver && file.length <= this.#options.mostOfOne) {
      try {
        makeFolder(this.#options.folder);
        const begun = performance.now();
        const written = writeFile(`${path}.new`, file);
        // Beside the writing, so that a run doesn't end by both.
        const [hash, digest] = [hashOf(checkpoint), digestOf(file)];
        const hashing = performance.now() - begun;
        await written;
        await rename(`${path}.new`, path);
        // To wait for a disk that is slow, or for others to let one's turn come, takes nothing from the program.
        waited = Math.max(0, performance.now() - begun - hashing - file.length / writingRate);
        this.#kept = [...this.#kept, { step, path, bytes: file.length }];
        this.#thin();
        this.#options.tell({ type: "checkpoint", step, ...(isEnd && { isEnd }), hash, digest, bytes: file.length, cost });
      } catch (error) {
        this.#isOver = true;
        await rm(`${path}.new`, { force: true }).catch(() => {});
        this.#options.failed(error, step);
      }
    } else if (!this.#isOver) {
      this.#isOver = true;
      this.#options.failed(new Error(`one takes ${Math.ceil(file.length / 1e6)} MB, and there is room for ${Math.floor(this.#options.mostOfOne / 1e6)}`), step);
    }
    return { spent: performance.now() - begin - waited, isOver: this.#isOver };
  }

  #thin(): void {
    const isTooMuch = (): boolean => this.#kept.length > most || this.#kept.reduce((sum, { bytes }) => sum + bytes, 0) > this.#options.room;
    while (this.#kept.length > 1 && isTooMuch()) {
      const goes = this.#kept[this.#closest()]!;
      rmSync(goes.path, { force: true });
      this.#kept = this.#kept.filter((one) => one !== goes);
    }
  }

  /** The one without which the gap is the smallest; of two the first. */
  #closest(): number {
    let [least, found] = [Infinity, 0];
    for (let i = 1; i < this.#kept.length - 1; i++) {
      const gap = this.#kept[i + 1]!.step - this.#kept[i - 1]!.step;
      if (gap < least) [least, found] = [gap, i];
    }
    return found;
  }
}

/** Without those above it: a run that somebody removed or moved does not come back as half of one. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** SHA-256 of a whole file. */
export function digestOf(file: Uint8Array): string {
  return createHash("sha256").update(file).digest("hex");
}

/** SHA-256 of all parameters and buffers of the models: two runs that have it in common are at the same numbers. */
export function hashOf({ file, models }: Pick<TakenCheckpoint, "file" | "models">): string {
  return createHash("sha256").update(file.subarray(models.start, models.end)).digest("hex");
}
