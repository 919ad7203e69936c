/**
 * What the program reads from tensors: kept from the first steps on, so that the way to a later step needn't be computed. Where a
 * kept run is brought back by the short way, the stretch up to a checkpoint is gone through without computing anything
 * (engine/memory/ghosts.ts), and what is read in it is answered from the record; at the checkpoint all values are put in
 * their place. Where nothing was left out, what is read has to be what was read then.
 */
import { beginGhosts, canHaveGhosts, endGhosts, areMissing } from "../../engine/memory/ghosts.ts";
import { setReader, stretch, type Reader } from "../../engine/memory/reading.ts";
import type { Checkpoints } from "../../observe/checkpoints/checkpoints.ts";
import { firstSteps, type Hop } from "../../keep/past.ts";
import { numberOrName } from "../../run/codec.ts";
import { ofTensors as kind } from "../../keep/worldAnswers.ts";
import type { Answers } from "./answers.ts";

export interface ReadingsOptions {
  readonly answers: Answers;
  /** What of the way to the step that is wanted needn't be computed. */
  readonly hops: readonly Hop[];
  /** Whether the run is a repetition that has not arrived yet. */
  readonly isRepeating: () => boolean;
  /** Nothing is computed from here on. */
  readonly leavesOut: () => void;
  /** The short way can't be gone. Doesn't return. */
  readonly astray: (reason: string) => never;
  /** The program reads something else than it did. Doesn't return. */
  readonly parted: (reason: string) => never;
}

/** Numbers that JSON has not are texts; a step is where a checkpoint was taken. */
type Entry = number | string | { readonly bytes: string } | { readonly checkpoint: number } | { readonly fails: true };

export class Readings implements Reader {
  readonly #options: ReadingsOptions;
  #isOpen = false;
  /** What is just left out, and how many were. */
  #hop: Hop | undefined;
  #hopped = 0;
  /** Steps that the run has taken. */
  #steps = 0;

  constructor(options: ReadingsOptions) {
    this.#options = options;
  }

  /** The program passes between two steps, and has not done so before. */
  atMoment(steps: number, checkpoints: Checkpoints): void {
    this.#steps = steps;
    if (!this.#isOpen && steps >= firstSteps) this.#open();
    if (this.#hop && steps >= this.#hop.to) this.#regain(this.#hop, checkpoints);
    if (!this.#hop && this.#next && steps >= this.#next.from) this.#leaveOut();
  }

  /** A checkpoint is taken. */
  checkpoint(step: number): void {
    if (this.#isOpen) this.#options.answers.add(kind, { checkpoint: step } satisfies Entry);
  }

  /** The run is back at its step: nothing that it may still read was left out. */
  arrive(): void {
    const { hops, astray } = this.#options;
    if (this.#hop || this.#next) astray("a checkpoint was not passed");
    if (hops.length > 0 && areMissing()) astray("it carries tensors from step to step that no checkpoint holds");
  }

  get #next(): Hop | undefined {
    return this.#options.hops[this.#hopped];
  }

  // --- what the engine asks -----------------------------------------------------------------------------------------

  number(present: () => number): number {
    if (!this.#hop) return this.#read(present(), numberOrName);
    const entry = this.#then();
    if (typeof entry !== "number" && typeof entry !== "string") return this.#differs();
    this.#options.answers.add(kind, entry);
    return Number(entry);
  }

  bytes(present: () => Uint8Array): Uint8Array {
    if (!this.#hop) return this.#read(present(), packedBytes);
    const entry = this.#then();
    if (typeof entry !== "object" || !("bytes" in entry)) return this.#differs();
    const bytes = new Uint8Array(Buffer.from(entry.bytes, "base64"));
    if (bytes.length !== present().length) return this.#differs();
    this.#options.answers.add(kind, entry);
    return bytes;
  }

  lacks(what: string): never {
    this.#options.astray(what);
  }

  fails(): void {
    if (this.#options.isRepeating()) this.#thenIfAny();
    this.#options.answers.add(kind, { fails: true } satisfies Entry);
  }

  // ------------------------------------------------------------------------------------------------------------------

  #open(): void {
    this.#isOpen = true;
    stretch.isOpen = true;
    setReader(this);
  }

  #leaveOut(): void {
    const { astray, leavesOut } = this.#options;
    if (!canHaveGhosts()) astray("this Node has no garbage collector that can be asked");
    leavesOut();
    this.#hop = this.#next;
    this.#hopped++;
    beginGhosts();
  }

  #regain({ file, to }: Hop, checkpoints: Checkpoints): void {
    const { answers, astray } = this.#options;
    let entry: Entry | undefined;
    do {
      entry = answers.take<Entry>(kind);
      if (typeof entry !== "object" || !("checkpoint" in entry)) return this.#differs();
      answers.add(kind, entry);
    } while (entry.checkpoint < to);
    if (entry.checkpoint > to) this.#differs();
    endGhosts();
    // What is put back was computed, or was there, as it was then.
    stretch.isOpen = false;
    try {
      checkpoints.restore(file);
    } catch (error) {
      astray(`the checkpoint of step ${to} doesn't fit: ${(error as Error).message.replace(/\.$/, "")}`);
    }
    stretch.isOpen = true;
    this.#hop = undefined;
  }

  /** The next reading of then, which has to have been at the same step. */
  #then(): Entry {
    const { answers } = this.#options;
    for (;;) {
      const entry = answers.take<Entry>(kind);
      if (entry === undefined) this.#options.astray("what it read was not kept any further");
      if (typeof entry !== "object" || !("checkpoint" in entry)) return entry;
      if (entry.checkpoint !== this.#steps) this.#differs();
      answers.add(kind, entry);
    }
  }

  #differs(): never {
    this.#options.astray(`at step ${this.#steps} it doesn't read what it read then`);
  }

  #read<T>(value: T, packed: (value: T) => Entry): T {
    const { answers, isRepeating, parted } = this.#options;
    const entry = packed(value);
    const then = isRepeating() ? this.#thenIfAny() : undefined;
    if (then !== undefined && then !== entry && JSON.stringify(then) !== JSON.stringify(entry))
      parted(`at step ${this.#steps} it reads another value from a tensor than it read then`);
    answers.add(kind, entry);
    return value;
  }

  /** Checkpoints were taken where there was time. */
  #thenIfAny(): Entry | undefined {
    const { answers } = this.#options;
    let entry = answers.take<Entry>(kind);
    while (typeof entry === "object" && "checkpoint" in entry) entry = answers.take<Entry>(kind);
    return entry;
  }
}

function packedBytes(bytes: Uint8Array): Entry {
  return { bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64") };
}
