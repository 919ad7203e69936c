/**
 * Where tensors' values live, and how long they stay in linear memory.
 *
 * V8 can't see WebAssembly memory, and no garbage collector callback runs inside a synchronous loop, so linear memory
 * can't be managed by asking JavaScript what is still reachable. Instead a storage lives in one of four places:
 *
 * - **Nursery** (nursery.ts): every result that user code can hold is bump-allocated here. When the nursery is full,
 *   everything in it is evacuated to ArrayBuffers and the nursery starts again; from then on the ordinary garbage collector
 *   decides. Where the garbage collector can be asked at once (survey.ts), what it finds dead stays behind.
 * - **Resident** (residents.ts): parameters, buffers, gradients and optimizer state are tenured, and so is whatever was
 *   touched again after it had left. They stay in linear memory, and the least recently used are evicted when there is too
 *   much of them. A gradient that user code has seen and the engine no longer needs is demoted: it is evicted when the
 *   nursery is emptied next.
 * - **Scratch** (scratch.ts): what only the engine sees within one backward pass. It is counted, and freed at once.
 * - **Outside**: on the JavaScript heap; comes back in when a kernel needs it.
 *
 * Rule for callers: an operation allocates its outputs first and asks for addresses afterwards. `allocate`
 * may evacuate the nursery; `address` pins its storage where it is until the next `allocate`.
 */
import { u8 } from "./linear.ts";
import { lacksValues, reading, stretch } from "./reading.ts";
import type { Group } from "./survey.ts";

export const enum Place {
  Nursery,
  Resident,
  Scratch,
  Outside,
}

/** What a storage is for: told where its tensor is made, read by `memoryReport` alone. */
export const enum Kind {
  Result,
  Parameter,
  Gradient,
  Buffer,
  OptimizerState,
}

export class Storage {
  readonly bytes: number;
  place: Place;
  kind = Kind.Result;
  /** Address in linear memory; -1 while it lives outside. */
  pointer: number;
  /** Grows with every in-place change; saved tensors remember it. */
  version = 0;
  /** The copy on the JavaScript heap, if there is one, and the version that it holds. */
  backing: Uint8Array | null = null;
  backingOffset = 0;
  backingVersion = -1;
  /** When it was last asked for its address, in allocations. */
  touched = 0;
  /** Place in the list of residents. */
  index = -1;
  /** Scratch only: how many holders within the engine want it kept. */
  holds = 0;
  /** Whether user code has been given a tensor with this storage; such a storage is never freed by the engine. */
  escaped = false;
  /** No address was ever asked for: nothing is written here yet, so moving it copies nothing, and no copy is true. */
  blank = true;
  /** Made in inference mode: it can't take part in differentiation. */
  inference = false;
  /** Those that it would leave the nursery with, while the garbage collector is asked whether anybody can reach one of them. */
  group: Group<Storage> | null = null;
  /** Made or changed since the program's readings are kept: what leaves it for JavaScript is one of them. See reading.ts. */
  computed = stretch.isOpen;
  /** Its values were never computed, and nobody knows them; else `null`. See ghosts.ts. */
  hollow = stretch.hollow;

  constructor(bytes: number, place: Place, pointer: number) {
    this.bytes = bytes;
    this.place = place;
    this.pointer = pointer;
  }

  /** Remembers that `backing` holds its present values, from `offset` on. */
  backUp(backing: Uint8Array, offset: number): void {
    this.backing = backing;
    this.backingOffset = offset;
    this.backingVersion = this.version;
  }

  /** Its values are others now. */
  changed(): void {
    this.version++;
    this.computed ||= stretch.isOpen;
    this.hollow ??= stretch.hollow;
  }

  /** Has no place in linear memory any more. */
  leave(): void {
    this.place = Place.Outside;
    this.pointer = -1;
  }
}

/** Copies some of the bytes, wherever they live, to a place in `out`. Brings nothing into linear memory. */
export function copyBytes(storage: Storage, start: number, length: number, out: Uint8Array, at: number): void {
  const { pointer, backing, backingOffset } = storage;
  if (storage.computed && reading.reader !== null) out.set(readBytes(storage, start, length), at);
  else if (pointer >= 0) out.set(u8.subarray(pointer + start, pointer + start + length), at);
  else if (backing !== null) out.set(backing.subarray(backingOffset + start, backingOffset + start + length), at);
}

/** A copy of some of the bytes, wherever they live. Brings nothing into linear memory. */
export function readBytes(storage: Storage, start: number, length: number): Uint8Array {
  if (storage.computed && reading.reader !== null) return reading.reader.bytes(() => presentBytes(storage, start, length));
  return presentBytes(storage, start, length);
}

/** The same, whoever keeps what is read. */
export function presentBytes(storage: Storage, start: number, length: number): Uint8Array {
  if (storage.pointer >= 0) return u8.slice(storage.pointer + start, storage.pointer + start + length);
  if (storage.hollow !== null && stretch.hollow === null) lacksValues();
  if (storage.backing === null) return new Uint8Array(length);
  return storage.backing.slice(storage.backingOffset + start, storage.backingOffset + start + length);
}
