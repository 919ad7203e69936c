/**
 * What only the engine sees within one backward pass. Those who need such a storage beyond the operation that made it hold
 * it; what nobody holds is freed at once, without any garbage collector.
 */
import { freeBlock } from "./heap.ts";
import { reserveBlock } from "./residents.ts";
import { Place, Storage } from "./storage.ts";

/** What was allocated in the present scope since unheld scratch was last freed; `null` outside of every scope. */
let scope: Storage[] | null = null;

export function isScratchOpen(): boolean {
  return scope !== null;
}

/** From here on `allocate` hands out scratch. Returns what `endScratch` needs to go back to how it was. */
export function beginScratch(): Storage[] | null {
  const before = scope;
  scope = [];
  return before;
}

/** Frees all scratch since `beginScratch` that nobody holds. */
export function endScratch(before: Storage[] | null): void {
  freeUnheldScratch();
  scope = before;
}

/** Frees what was allocated in the current scope and is not held. */
export function freeUnheldScratch(): void {
  if (scope === null) return;
  for (const storage of scope) if (storage.holds === 0) freeScratch(storage);
  scope.length = 0;
}

/** Runs user code inside a scratch scope: what it allocates is its own. */
export function withoutScratch<T>(run: () => T): T {
  const before = scope;
  scope = null;
  try {
    return run();
  } finally {
    scope = before;
  }
}

/** A storage of the present scope, which must be open. */
export function allocateScratch(bytes: number): Storage {
  const storage = new Storage(bytes, Place.Scratch, reserveBlock(bytes));
  scope!.push(storage);
  return storage;
}

/** Keeps a scratch storage beyond the operation that made it. */
export function hold(storage: Storage): void {
  storage.holds++;
}

/** Undoes one `hold`; the last one frees scratch. */
export function release(storage: Storage): void {
  storage.holds--;
  if (storage.holds === 0) freeScratch(storage);
}

/** Frees a storage if it still is scratch. */
export function freeScratch(storage: Storage): void {
  if (storage.place !== Place.Scratch) return;
  freeBlock(storage.pointer, storage.bytes);
  storage.leave();
}
