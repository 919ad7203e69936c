/**
 * Computing something so that nothing is left of it: values that were changed in place, windows of tensors and streams of
 * random numbers are put back as they were, to the bit. Whatever changes one of these says so here before it does.
 */
import { u8 } from "./linear.ts";
import { readBytes, type Storage } from "./storage.ts";

/** What puts each thing back that was changed since `undone` began; `null` outside of it. */
let kept: Map<object, () => void> | null = null;

/** Whether what changes now will be put back. */
export function isUndone(): boolean {
  return kept !== null;
}

/**
 * To be called before `thing` is changed, where `isUndone()`.
 * @param keep called if it is the first time: keeps what is there, and returns what puts it back
 */
export function beforeChanging(thing: object, keep: () => () => void): void {
  if (kept !== null && !kept.has(thing)) kept.set(thing, keep());
}

/** Runs `body`, then puts back what it changed. Within itself it is a part of the outer one. */
export function undone<T>(body: () => T): T {
  if (kept !== null) return body();
  const own = (kept = new Map<object, () => void>());
  try {
    return body();
  } finally {
    kept = null;
    for (const putBack of own.values()) putBack();
  }
}

/** Keeps a storage's values and version. */
export function keepStorage(storage: Storage): () => void {
  const bytes = readBytes(storage, 0, storage.bytes);
  const { version } = storage;
  return () => {
    storage.version = version;
    if (storage.pointer < 0) return storage.backUp(bytes, 0);
    u8.set(bytes, storage.pointer);
    // A copy that was made meanwhile has a version that is yet to come.
    storage.backing = null;
    storage.backingVersion = -1;
  };
}
