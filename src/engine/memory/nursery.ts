/**
 * Where results live at first: one after the other in one large block. When it is full, what may still be reachable is
 * evacuated to the JavaScript heap, and the block starts again.
 */
import { allocateBlock, ALIGNMENT, freeBlock } from "./heap.ts";
import { u8 } from "./linear.ts";
import { allocateResident, evictDemoted, freeResident, hasManyDemoted, reserveBlock, restoredBytes, retire, SMALLEST_NURSERY, tick } from "./residents.ts";
import { allocateScratch, freeScratch, isScratchOpen } from "./scratch.ts";
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

// Plain variables, not an object: every operation passes here.
let start = 0;
/** Where the next result goes. */
let top = 0;
let end = 0;
/** How much of linear memory is kept for it to grow in: pages that nobody has written to yet take no memory. */
let room = 0;
let storages: Storage[] = [];
/** Where the present step's results begin: where the last graph was given back, or the nursery was emptied since. */
let stepStart = 0;
/** Another step like the last won't fit: the nursery is emptied before it begins. */
let isNearlyFull = false;

/** When it was emptied last (milliseconds), the bytes that left then, and those that had ever come back by then. */
const emptying = { time: performance.now(), evacuated: 0, restored: 0 };
const survey = new Survey();

export function nurseryStorages(): readonly Storage[] {
  return storages;
}

/** All in bytes: its size, how much of that is taken, what is kept of linear memory for it to grow in, and what left when it was last emptied. */
export function nurseryUse(): { size: number; used: number; room: number; evacuated: number } {
  return { size: end - start, used: top - start, room, evacuated: emptying.evacuated };
}

/**
 * A storage for an operation's result; its contents are undefined. It is scratch within a backward pass, a resident where it
 * is so large that it would empty the nursery too often, else the nursery's newest. May evacuate the nursery.
 * @throws OutOfMemoryError
 */
export function allocate(bytes: number): Storage {
  const now = tick();
  if (isScratchOpen()) return allocateScratch(bytes);
  if (hasManyDemoted()) evictDemoted();
  if (bytes > (end - start) / 4) return allocateResident(bytes);
  const size = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
  if (isNearlyFull || top + size > end || storages.length === MOST_STORAGES) emptyNursery();
  const storage = new Storage(bytes, Place.Nursery, top);
  storage.touched = now;
  top += size;
  storages.push(storage);
  return storage;
}

/** Gives back a storage that the engine no longer needs; where user code can reach it, the garbage collector decides. */
export function discard(storage: Storage): void {
  if (storage.escaped) {
    retire(storage);
  } else if (storage.place === Place.Resident) {
    freeResident(storage);
  } else if (storage.place === Place.Scratch) {
    freeScratch(storage);
  } else if (storage.place === Place.Nursery) {
    // The space comes back when the nursery is emptied, or now if it is the newest.
    if (storage.pointer + Math.ceil(storage.bytes / ALIGNMENT) * ALIGNMENT === top) {
      top = storage.pointer;
      if (storages.at(-1) === storage) storages.pop();
    }
    storage.leave();
  }
}

/**
 * To be called when a backward pass has given its graph back: few results are needed now. In the middle of the next step
 * all its activations would be, and would leave only to come back at once.
 */
export function stepIsOver(): void {
  isNearlyFull = 2 * top - stepStart > end;
  stepStart = top;
}

/** What may still be needed leaves for the JavaScript heap. */
export function emptyNursery(): void {
  const began = performance.now();
  emptying.evacuated = 0;
  evictDemoted();
  const groups = groupsOf(storages);
  storages = [];
  for (const group of survey.isWorthwhile(groups) ? survey.survivors(groups) : groups) evacuate(group.members);
  const done = performance.now();
  if (isTooSmall(done - began, done - emptying.time)) enlarge();
  restart();
  emptying.restored = restoredBytes();
  emptying.time = done;
}

/**
 * Much coming back means that a step doesn't fit: a larger nursery saves both journeys. One that is full too often for what
 * emptying it costs is too small, as well.
 */
function isTooSmall(spent: number, between: number): boolean {
  const size = end - start;
  if (size >= LARGEST) return false;
  return restoredBytes() - emptying.restored > size / 16 || (spent > between * COSTLY && size < LARGEST_FOR_SPEED);
}

/** Doubles the empty nursery, where it lies if there is room. */
function enlarge(): void {
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

function place(address: number, size: number, growable: number): void {
  start = address;
  end = address + size;
  room = growable;
}

/** The next result is the first. */
function restart(): void {
  top = start;
  stepStart = start;
  isNearlyFull = false;
}

/** Those of the nursery that leave together: small ones as many as make a chunk, a large one alone. */
function groupsOf(children: readonly Storage[]): Group<Storage>[] {
  const groups: Group<Storage>[] = [];
  let group = new Group<Storage>();
  let groupStart = 0;
  for (const storage of children) {
    const { pointer, bytes } = storage;
    if (pointer < 0 || storage.place !== Place.Nursery) continue;
    if (storage.blank || storage.hollow !== null) {
      storage.leave();
      continue;
    }
    // A large one gains nothing from company, which it would keep alive.
    const fits = pointer + bytes <= groupStart + CHUNK && bytes < LARGE && group.bytes < LARGE;
    if (groups.length === 0 || !fits) {
      group = new Group<Storage>();
      groups.push(group);
      groupStart = pointer;
    }
    group.add(storage);
  }
  return groups;
}

/** Copies storages, which lie in order of address, to the JavaScript heap: in one piece, but the smallest each alone. */
function evacuate(members: readonly Storage[]): void {
  const company = members.filter((storage) => storage.bytes > SMALL);
  for (const storage of members) if (storage.bytes <= SMALL) leaveTo(u8.slice(storage.pointer, storage.pointer + storage.bytes), 0, storage);
  if (company.length === 0) return;
  const first = company[0]!.pointer;
  const last = company.at(-1)!;
  const backing = u8.slice(first, last.pointer + last.bytes);
  for (const storage of company) leaveTo(backing, storage.pointer - first, storage);
}

function leaveTo(backing: Uint8Array, offset: number, storage: Storage): void {
  storage.backUp(backing, offset);
  storage.group = null;
  storage.leave();
  emptying.evacuated += storage.bytes;
}

place(reserveBlock(LARGEST_FOR_SPEED), SMALLEST_NURSERY, LARGEST_FOR_SPEED);
restart();
