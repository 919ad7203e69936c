/** What the program's thread and the main one know together of checkpoints: shared memory, as a busy thread reads no messages. */

/** Places in the memory: checkpoints on their way, whether no more are wanted, microseconds that they took beside the program. */
const [underWay, isOff, microseconds] = [0, 1, 2];

export class CheckpointTray {
  readonly buffer: SharedArrayBuffer;
  readonly #memory: Int32Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#memory = new Int32Array(buffer);
  }

  /** Whether the last one is out of the way, and another wanted. */
  get isReady(): boolean {
    return Atomics.load(this.#memory, underWay) === 0 && Atomics.load(this.#memory, isOff) === 0;
  }

  /** Milliseconds that those so far took beside the program. */
  get spent(): number {
    return Atomics.load(this.#memory, microseconds) / 1000;
  }

  /** One goes to the main thread. */
  sent(): void {
    Atomics.add(this.#memory, underWay, 1);
  }

  /** It is kept. @param milliseconds that this took */
  kept(milliseconds: number): void {
    Atomics.add(this.#memory, microseconds, Math.round(milliseconds * 1000));
    Atomics.sub(this.#memory, underWay, 1);
  }

  /** No more can be kept. */
  close(): void {
    Atomics.store(this.#memory, isOff, 1);
  }
}
