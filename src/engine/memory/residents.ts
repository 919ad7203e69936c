/**
 * What stays in linear memory as long as it is used now and then: parameters, buffers, gradients, optimizer state, and
 * results that were needed again after they had left. Each has a block of its own. When there is too much of them, or no
 * other memory is left, the least recently used are evicted to the JavaScript heap.
 */
import { OutOfMemoryError } from "../errors.ts";
import { allocateBlock, blockSize, freeBlock } from "./heap.ts";
import { ADDRESS_SPACE, u8 } from "./linear.ts";
import { areGhosts, lacksValues } from "./reading.ts";
import { Kind, Place, Storage } from "./storage.ts";

const MiB = 1 << 20;
/** What the nursery takes at the least. */
export const SMALLEST_NURSERY = 32 * MiB;
/** More than this has no room beside the nursery, whoever is evicted. */
const LARGEST_BLOCK = ADDRESS_SPACE - SMALLEST_NURSERY;
const FIRST_LIMIT = 256 * MiB;
/** The demoted are evicted when there is more of them than this, even if the nursery isn't full. */
const DEMOTED_LIMIT = 16 * MiB;

/** Time in allocations: what was touched before the present one may be moved. */
let clock = 1;

const residents = {
  storages: [] as Storage[],
  /** Of their blocks. */
  bytes: 0,
  limit: FIRST_LIMIT,
  /** When half of the limit was passed; -1 before. */
  halfFullSince: -1,
  /** What has come back in so far. */
  restoredBytes: 0,
};

/** Those that are evicted when the nursery is emptied next, unless they are in use just then. */
let demoted: Storage[] = [];
let demotedBytes = 0;

export function residentStorages(): readonly Storage[] {
  return residents.storages;
}

/** Bytes of the residents' blocks. */
export function residentBytes(): number {
  return residents.bytes;
}

/** Bytes that have come back in from the JavaScript heap since the program began. */
export function restoredBytes(): number {
  return residents.restoredBytes;
}

/** The next allocation begins: no address that was asked for before is pinned any more. Returns its time. */
export function tick(): number {
  return ++clock;
}

/** A storage that stays in linear memory as long as it is used now and then: parameters, buffers, optimizer state. */
export function allocateResident(bytes: number): Storage {
  const now = tick();
  const pointer = blockForResident(bytes);
  const storage = new Storage(bytes, Place.Resident, pointer);
  storage.touched = now;
  settle(storage, pointer);
  return storage;
}

/** The storage's address, brought in first if need be. Pins it: nothing that was touched since the last `allocate` moves. */
export function address(storage: Storage): number {
  storage.touched = clock;
  // What operations don't compute isn't worth a copy.
  storage.blank = storage.hollow !== null;
  return storage.pointer >= 0 ? storage.pointer : restore(storage);
}

/** From here on the storage is a resident. Its values and its tensors stay as they are. One that lives outside stays there until it is needed. */
export function tenure(storage: Storage, kind: Kind): void {
  storage.kind = kind;
  if (storage.place === Place.Scratch) {
    evictIdle(storage.bytes);
    settle(storage, storage.pointer);
  } else if (storage.place === Place.Nursery) {
    const pointer = blockForResident(storage.bytes);
    u8.copyWithin(pointer, storage.pointer, storage.pointer + storage.bytes);
    settle(storage, pointer);
  }
}

/** Shows a storage to user code, which may keep it for as long as it likes. */
export function handOut(storage: Storage): void {
  storage.escaped = true;
  if (storage.place !== Place.Scratch) return;
  tenure(storage, storage.kind);
  demote(storage);
}

/** The engine has no more use for it, but user code may: from now on it is a result like any other. */
export function retire(storage: Storage): void {
  if (storage.place === Place.Outside) return;
  storage.kind = Kind.Result;
  if (storage.place === Place.Resident) demote(storage);
}

function demote(storage: Storage): void {
  demoted.push(storage);
  demotedBytes += storage.bytes;
}

/** Frees the block of a resident that nobody needs. */
export function freeResident(storage: Storage): void {
  remove(storage);
  freeBlock(storage.pointer, storage.bytes);
  storage.leave();
}

export function hasManyDemoted(): boolean {
  return demotedBytes > DEMOTED_LIMIT;
}

/** Takes their places from those whose values nobody knows, so that whoever needs them has to ask for one. */
export function freeHollow(): void {
  for (const storage of residents.storages.filter(({ hollow }) => hollow !== null)) freeResident(storage);
}

export function evictDemoted(): void {
  for (const storage of demoted) if (storage.place === Place.Resident && storage.touched < clock) evict(storage);
  demoted = [];
  demotedBytes = 0;
}

/**
 * A block of linear memory. Where there is no other way, evicts residents, the least recently used first.
 * @throws OutOfMemoryError
 */
export function reserveBlock(bytes: number): number {
  if (bytes > LARGEST_BLOCK) throw new OutOfMemoryError(bytes);
  let pointer = allocateBlock(bytes);
  if (pointer >= 0) return pointer;
  const idle = residents.storages.filter((storage) => storage.touched < clock).sort((a, b) => a.touched - b.touched);
  for (const storage of idle) {
    evict(storage);
    if (storage.bytes < bytes / 64) continue;
    pointer = allocateBlock(bytes);
    if (pointer >= 0) return pointer;
  }
  pointer = allocateBlock(bytes);
  if (pointer < 0) throw new OutOfMemoryError(bytes);
  return pointer;
}

function blockForResident(bytes: number): number {
  evictIdle(bytes);
  return reserveBlock(bytes);
}

/**
 * Before a resident of `bytes` is added: where there are too many, evicts those that nobody asked for since they were half
 * as many.
 */
function evictIdle(bytes: number): void {
  const wanted = residents.bytes + bytes;
  if (residents.halfFullSince < 0 && wanted > residents.limit / 2) residents.halfFullSince = clock;
  if (wanted <= residents.limit) return;
  const idle = residents.storages.filter((storage) => storage.touched <= residents.halfFullSince && storage.touched < clock);
  for (const storage of idle) evict(storage);
  residents.halfFullSince = -1;
  residents.limit = Math.max(FIRST_LIMIT, residents.bytes * 2);
}

/** Moves a resident to the JavaScript heap; free of charge where its copy there is still true. */
function evict(storage: Storage): void {
  if (!storage.blank && (storage.backing === null || storage.backingVersion !== storage.version)) {
    storage.backUp(u8.slice(storage.pointer, storage.pointer + storage.bytes), 0);
  }
  freeResident(storage);
}

/** Brings a storage back in from the JavaScript heap. */
function restore(storage: Storage): number {
  if (storage.hollow !== null && !areGhosts()) lacksValues();
  const { bytes, backing, backingOffset } = storage;
  const pointer = blockForResident(bytes);
  if (backing !== null) u8.set(backing.subarray(backingOffset, backingOffset + bytes), pointer);
  settle(storage, pointer);
  residents.restoredBytes += bytes;
  return pointer;
}

/** Makes a storage, whose values lie at `pointer`, a resident. */
function settle(storage: Storage, pointer: number): void {
  storage.place = Place.Resident;
  storage.pointer = pointer;
  storage.index = residents.storages.length;
  residents.storages.push(storage);
  residents.bytes += blockSize(storage.bytes);
}

function remove(storage: Storage): void {
  const last = residents.storages.pop()!;
  if (last !== storage) {
    residents.storages[storage.index] = last;
    last.index = storage.index;
  }
  storage.index = -1;
  residents.bytes -= blockSize(storage.bytes);
}
