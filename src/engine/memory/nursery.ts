/**
 * Where results live at first: one after the other in one large block. When it is full, what may still be reachable is
 * evacuated to the JavaScript heap, and the block starts again.
 */
import { allocateBlock, ALIGNMENT, freeBlock } from "./heap.ts";
import { u8 } from "./linear.ts";
import { evictDemoted, reserveBlock, restoredBytes, SMALLEST_NURSERY } from "./residents.ts";
import { Place, Storage } from "./storage.ts";
import { Group, Survey } from "./survey.ts";

const MiB = 1 << 20;
const LARGEST = 512 * MiB;
/** A larger nursery is emptied less often, but takes more of the machine's memory. */
const LARGEST_FOR_SPEED = 64 * MiB;
/** Which share of the time emptying may take before the nursery grows. */
const COSTLY = 0.05;
/** Neighbours leave together in pieces of this size at most, because one ArrayBuffer each costs more than the copy. */
const CHUNK = 32 << 10;
/** One this small leaves alone: kept for long (a list of losses), it must not keep a whole chunk alive. */
const SMALL = 512;
/** One this large leaves alone, too. */
const LARGE = CHUNK / 4;
/** Storages in the nursery at most. A loop over tiny tensors would else heap up half a million JavaScript objects. */
const MOST_STORAGES = 1 << 15;

const nursery = {
  start: 0,
  /** Where the next result goes. */
  top: 0,
  end: 0,
  /** How much of linear memory is kept for it to grow in: pages that nobody has written to yet take no memory. */
  room: 0,
  storages: [] as Storage[],
  /** Where the present step's results begin: where the last graph was given back, or the nursery was emptied since. */
  stepStart: 0,
  /** Another step like the last won't fit: the nursery is emptied before it begins. */
  isNearlyFull: false,
  /** When it was emptied last, in milliseconds. */
  emptied: performance.now(),
  /** Bytes that left for the JavaScript heap then. */
  evacuated: 0,
  /** Bytes that had come back from there by then, since the program began. */
  restored: 0,
};

const survey = new Survey();

export function nurseryStorages(): readonly Storage[] {
  return nursery.storages;
}

/** All in bytes: its size, how much of that is taken, what is kept of linear memory for it to grow in, and what left when it was last emptied. */
export function nurseryUse(): { size: number; used: number; room: number; evacuated: number } {
  const { start, top, end, room, evacuated } = nursery;
  return { size: end - start, used: top - start, room, evacuated };
}

/** A larger one would empty the nursery too often. */
export function isForNursery(bytes: number): boolean {
  return bytes <= (nursery.end - nursery.start) / 4;
}

/** A storage in the nursery, which is emptied first where it is full. @param now time in allocations */
export function allocateInNursery(bytes: number, now: number): Storage {
  const size = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
  if (nursery.isNearlyFull || nursery.top + size > nursery.end || nursery.storages.length === MOST_STORAGES) emptyNursery();
  const storage = new Storage(bytes, Place.Nursery, nursery.top);
  storage.touched = now;
  nursery.top += size;
  nursery.storages.push(storage);
  return storage;
}

/** The space comes back when the nursery is emptied, or now if it is the newest. */
export function freeInNursery(storage: Storage): void {
  if (storage.pointer + Math.ceil(storage.bytes / ALIGNMENT) * ALIGNMENT === nursery.top) {
    nursery.top = storage.pointer;
    if (nursery.storages.at(-1) === storage) nursery.storages.pop();
  }
  storage.leave();
}

/**
 * To be called when a backward pass has given its graph back: few results are needed now. In the middle of the next step
 * all its activations would be, and would leave only to come back at once.
 */
export function stepIsOver(): void {
  nursery.isNearlyFull = 2 * nursery.top - nursery.stepStart > nursery.end;
  nursery.stepStart = nursery.top;
}

function emptyNursery(): void {
  const begin = performance.now();
  nursery.evacuated = 0;
  evictDemoted();
  const groups = groupsOf(nursery.storages);
  nursery.storages = [];
  for (const group of survey.isWorthwhile(groups) ? survey.survivors(groups) : groups) evacuate(group.members);
  const end = performance.now();
  if (isTooSmall(end - begin, end - nursery.emptied)) enlarge();
  restart();
  nursery.restored = restoredBytes();
  nursery.emptied = end;
}

/**
 * Much coming back means that a step doesn't fit: a larger nursery saves both journeys. One that is full too often for what
 * emptying it costs is too small, as well.
 */
function isTooSmall(spent: number, between: number): boolean {
  const size = nursery.end - nursery.start;
  if (size >= LARGEST) return false;
  return restoredBytes() - nursery.restored > size / 16 || (spent > between * COSTLY && size < LARGEST_FOR_SPEED);
}

/** Doubles the empty nursery, where it lies if there is room. */
function enlarge(): void {
  const { start, end, room } = nursery;
  const size = end - start;
  if (size * 2 <= room) {
    place(start, size * 2, room);
    return;
  }
  freeBlock(start, room);
  const larger = allocateBlock(size * 2);
  if (larger >= 0) place(larger, size * 2, size * 2);
  else place(reserveBlock(room), size, room);
}

function place(start: number, size: number, room: number): void {
  nursery.start = start;
  nursery.end = start + size;
  nursery.room = room;
}

/** The next result is the first. */
function restart(): void {
  nursery.top = nursery.start;
  nursery.stepStart = nursery.start;
  nursery.isNearlyFull = false;
}

/** Those of the nursery that leave together: small ones as many as make a chunk, a large one alone. */
function groupsOf(storages: readonly Storage[]): Group<Storage>[] {
  const groups: Group<Storage>[] = [];
  let group = new Group<Storage>();
  let start = 0;
  for (const storage of storages) {
    const { pointer, bytes } = storage;
    if (pointer < 0 || storage.place !== Place.Nursery) continue;
    if (storage.blank) {
      storage.leave();
      continue;
    }
    // A large one gains nothing from company, which it would keep alive.
    const fits = pointer + bytes <= start + CHUNK && bytes < LARGE && group.bytes < LARGE;
    if (groups.length === 0 || !fits) {
      group = new Group<Storage>();
      groups.push(group);
      start = pointer;
    }
    group.add(storage);
  }
  return groups;
}

/** Copies storages, which lie in order of address, to the JavaScript heap: in one piece, but the smallest each alone. */
function evacuate(storages: readonly Storage[]): void {
  const company = storages.filter((storage) => storage.bytes > SMALL);
  for (const storage of storages) if (storage.bytes <= SMALL) leaveTo(u8.slice(storage.pointer, storage.pointer + storage.bytes), 0, storage);
  if (company.length === 0) return;
  const start = company[0]!.pointer;
  const last = company.at(-1)!;
  const backing = u8.slice(start, last.pointer + last.bytes);
  for (const storage of company) leaveTo(backing, storage.pointer - start, storage);
}

function leaveTo(backing: Uint8Array, offset: number, storage: Storage): void {
  storage.backUp(backing, offset);
  storage.group = null;
  storage.leave();
  nursery.evacuated += storage.bytes;
}

place(reserveBlock(LARGEST_FOR_SPEED), SMALLEST_NURSERY, LARGEST_FOR_SPEED);
restart();
