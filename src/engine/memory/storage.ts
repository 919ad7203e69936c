/**
 * Where tensors' values live, and how long they stay in linear memory.
 *
 * V8 can't see WebAssembly memory, and no garbage collector callback runs inside a synchronous loop, so linear memory
 * can't be managed by asking JavaScript what is still reachable. Instead it is a nursery:
 *
 * - **Nursery**: every result that user code can hold is bump-allocated here and put on the nursery's list. When the
 *   nursery is full, everything on the list moves out to ArrayBuffers and the nursery starts again; from then on the
 *   ordinary garbage collector decides. Where the garbage collector can be asked at once (survey.ts), what it finds dead
 *   stays behind.
 * - **Resident**: parameters, buffers, gradients, optimizer state, and whatever was touched again after it had moved
 *   out. They stay in linear memory, and the least recently used leave when there is too much of them. A gradient that
 *   user code has seen and the engine no longer needs is a guest: it leaves with the nursery's next start.
 * - **Scratch**: what only the engine sees within one backward pass. It is counted, and freed at once.
 * - **Outside**: on the JavaScript heap; comes back in when a kernel needs it.
 *
 * Rule for callers: an operation allocates its outputs first and asks for addresses afterwards. `allocate` may move
 * any nursery storage out; `address` never moves another storage that was touched since the last `allocate`.
 */
import { OutOfMemoryError } from "../errors.ts";
import { allocateBlock, ALIGNMENT, blockSize, freeBlock, freeBytes, heapBytes } from "./heap.ts";
import { ADDRESS_SPACE, linearBytes, u8 } from "./linear.ts";
import { Group, Survey } from "./survey.ts";

const MiB = 1 << 20;
const FIRST_NURSERY = 32 * MiB;
const LARGEST_NURSERY = 512 * MiB;
/** A larger nursery is emptied less often, but takes more of the machine's memory. */
const LARGEST_FOR_SPEED = 64 * MiB;
/** Which share of the time emptying may take before the nursery grows. */
const COSTLY = 0.05;
/** Neighbours move out together in pieces of this size at most, because one ArrayBuffer each costs more than the copy. */
const CHUNK = 32 << 10;
/** One this small moves out alone: kept for long (a list of losses), it must not keep a whole chunk alive. */
const SMALL = 512;
/** One this large moves out alone, too. */
const LARGE = CHUNK / 4;
/** Storages in the nursery at most. A loop over tiny tensors would else heap up half a million JavaScript objects. */
const MOST_CHILDREN = 1 << 15;
const FIRST_RESIDENT_LIMIT = 256 * MiB;
/** Guests leave when there is more of them than this, even if the nursery isn't full. */
const GUEST_LIMIT = 16 * MiB;

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
  home: Uint8Array | null = null;
  homeOffset = 0;
  homeVersion = -1;
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
  /** Those that it would move out with, while the garbage collector is asked whether anybody can reach one of them. */
  group: Group<Storage> | null = null;

  constructor(bytes: number, place: Place, pointer: number) {
    this.bytes = bytes;
    this.place = place;
    this.pointer = pointer;
  }
}

let nurseryStart = 0;
let nurseryTop = 0;
let nurseryEnd = 0;
/** How much of the address space is kept for the nursery: pages that nobody has written to yet take no memory. */
let nurseryRoom = 0;
/** Where the present step's results begin: where the last graph was given back, or the nursery was emptied since. */
let stepStart = 0;
/** Another step like the last won't fit: the nursery is emptied before it begins. */
let isNearlyFull = false;
let nursery: Storage[] = [];
let residents: Storage[] = [];
let residentBytes = 0;
let residentLimit = FIRST_RESIDENT_LIMIT;
let guests: Storage[] = [];
let guestBytes = 0;
/** When half of the residents' limit was passed; -1 before. */
let halfFullSince = -1;
let clock = 1;
let returnedBytes = 0;
/** Bytes that left for the JavaScript heap when the nursery was emptied last. */
let leftBytes = 0;
/** When the nursery was emptied last. */
let emptied = performance.now();
let scratch: Storage[] | null = null;
const survey = new Survey();

openNursery(FIRST_NURSERY, LARGEST_FOR_SPEED);

/**
 * What linear memory holds; all but `residents` in bytes. Tensors that share memory count once, by its full size.
 *
 * What moved to the JavaScript heap isn't in it: there the garbage collector decides, and nobody can tell what is still
 * reachable. Parameters and the like move there only where there is too much of everything.
 */
export interface MemoryReport {
  /** `nn.Parameter`s. */
  parameters: number;
  /** What is in some tensor's `grad`. */
  gradients: number;
  /** Buffers of modules: running statistics, masks. */
  buffers: number;
  /** What optimizers remember of parameters. */
  optimizerState: number;
  /** Everything else that operations made: activations, losses, data. Much of it may be unreachable already. */
  results: number;
  /** What only the engine uses: memory that products and convolutions work in, gradients within a backward pass. */
  workspaces: number;
  /** Handed out for all of these together; the nursery counts with all the room that it may grow in, and blocks are rounded up. */
  heap: number;
  /** Could be handed out without linear memory growing. */
  free: number;
  /** All of linear memory. It never shrinks. */
  linear: number;
  /** The nursery, where results live at first, and how much of it is taken. */
  nursery: number;
  nurseryUsed: number;
  /** Blocks of what lives outside of the nursery, parameters and gradients above all, and their number. */
  resident: number;
  residents: number;
  /** What moved to the JavaScript heap when the nursery was last full, because it was or may have been reachable. */
  movedOut: number;
}

/** What memory is used for at this moment. Looks at every storage: for now and then, not for every step. */
export function memoryReport(): MemoryReport {
  const bytes = bytesByKind();
  return {
    parameters: bytes[Kind.Parameter]!,
    gradients: bytes[Kind.Gradient]!,
    buffers: bytes[Kind.Buffer]!,
    optimizerState: bytes[Kind.OptimizerState]!,
    results: bytes[Kind.Result]!,
    workspaces: heapBytes() - nurseryRoom - residentBytes,
    heap: heapBytes(),
    free: freeBytes(),
    linear: linearBytes(),
    nursery: nurseryEnd - nurseryStart,
    nurseryUsed: nurseryTop - nurseryStart,
    resident: residentBytes,
    residents: residents.length,
    movedOut: leftBytes,
  };
}

function bytesByKind(): number[] {
  const bytes = [0, 0, 0, 0, 0];
  for (const storage of residents) bytes[storage.kind]! += storage.bytes;
  for (const storage of nursery) if (storage.place === Place.Nursery) bytes[storage.kind]! += storage.bytes;
  return bytes;
}

/** A storage for an operation's result; its contents are undefined. May move nursery storages out. */
export function allocate(bytes: number): Storage {
  clock++;
  if (scratch !== null) return allocateScratch(bytes);
  if (guestBytes > GUEST_LIMIT) dismissGuests();
  if (bytes > (nurseryEnd - nurseryStart) / 4) return allocateResident(bytes);
  const size = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
  if (isNearlyFull || nurseryTop + size > nurseryEnd || nursery.length === MOST_CHILDREN) emptyNursery();
  const storage = new Storage(bytes, Place.Nursery, nurseryTop);
  storage.touched = clock;
  nurseryTop += size;
  nursery.push(storage);
  return storage;
}

/** A storage that stays in linear memory as long as it is used now and then: parameters, buffers, optimizer state. */
export function allocateResident(bytes: number): Storage {
  clock++;
  makeRoom(bytes);
  const storage = new Storage(bytes, Place.Resident, claim(bytes));
  storage.touched = clock;
  addResident(storage);
  return storage;
}

/** The storage's address, brought in first if need be. Moves nothing that was touched since the last `allocate`. */
export function address(storage: Storage): number {
  storage.touched = clock;
  storage.blank = false;
  return storage.pointer >= 0 ? storage.pointer : bringIn(storage);
}

/** Copies bytes into a new home on the JavaScript heap without touching linear memory's residents. */
export function readBytes(storage: Storage, start: number, length: number): Uint8Array {
  if (storage.pointer >= 0) return u8.slice(storage.pointer + start, storage.pointer + start + length);
  if (storage.home === null) return new Uint8Array(length);
  return storage.home.slice(storage.homeOffset + start, storage.homeOffset + start + length);
}

/** Gives back a storage that the engine no longer needs; where user code can reach it, the garbage collector decides. */
export function discard(storage: Storage): void {
  if (storage.pointer < 0) return;
  if (storage.escaped) {
    storage.kind = Kind.Result;
    if (storage.place === Place.Resident) addGuest(storage);
    return;
  }
  if (storage.place === Place.Resident) removeResident(storage);
  if (storage.place === Place.Nursery) {
    // The space itself comes back with the nursery's next start, or now if it is the newest.
    if (storage.pointer + Math.ceil(storage.bytes / ALIGNMENT) * ALIGNMENT === nurseryTop) {
      nurseryTop = storage.pointer;
      if (nursery.at(-1) === storage) nursery.pop();
    }
  } else {
    freeBlock(storage.pointer, storage.bytes);
  }
  storage.place = Place.Outside;
  storage.pointer = -1;
}

/** Makes a scratch storage an ordinary resident one that outlives the scope. */
export function adopt(storage: Storage): void {
  if (storage.place !== Place.Scratch) return;
  makeRoom(storage.bytes);
  storage.place = Place.Resident;
  addResident(storage);
}

/** Shows a storage to user code, which may keep it for as long as it likes. */
export function handOut(storage: Storage): void {
  storage.escaped = true;
  if (storage.place !== Place.Scratch) return;
  adopt(storage);
  addGuest(storage);
}

/** Moves a storage to where it stays as long as it is used now and then. Its values and its tensors stay as they are. */
export function settleDown(storage: Storage, kind: Kind): void {
  storage.kind = kind;
  if (storage.place === Place.Scratch) adopt(storage);
  if (storage.place !== Place.Nursery) return;
  makeRoom(storage.bytes);
  const pointer = claim(storage.bytes);
  u8.copyWithin(pointer, storage.pointer, storage.pointer + storage.bytes);
  storage.pointer = pointer;
  storage.place = Place.Resident;
  addResident(storage);
}

// --- scratch scopes -------------------------------------------------------------------------------------------------

/** From here on `allocate` hands out scratch. Returns what `endScratch` needs to go back to how it was. */
export function beginScratch(): Storage[] | null {
  const before = scratch;
  scratch = [];
  return before;
}

/** Frees all scratch since `beginScratch` that nobody holds. */
export function endScratch(before: Storage[] | null): void {
  freeUnheldScratch();
  scratch = before;
}

/** Frees what was allocated in the current scope and is not held. */
export function freeUnheldScratch(): void {
  if (scratch === null) return;
  for (const storage of scratch) if (storage.holds === 0) freeScratch(storage);
  scratch.length = 0;
}

/** Runs user code inside a scratch scope: what it allocates is its own. */
export function withoutScratch<T>(run: () => T): T {
  const before = scratch;
  scratch = null;
  try {
    return run();
  } finally {
    scratch = before;
  }
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

function freeScratch(storage: Storage): void {
  if (storage.place !== Place.Scratch) return;
  freeBlock(storage.pointer, storage.bytes);
  storage.place = Place.Outside;
  storage.pointer = -1;
}

function allocateScratch(bytes: number): Storage {
  const storage = new Storage(bytes, Place.Scratch, claim(bytes));
  scratch!.push(storage);
  return storage;
}

// --- moving out and in ----------------------------------------------------------------------------------------------

function openNursery(bytes: number, room: number): void {
  nurseryStart = claim(room);
  nurseryTop = nurseryStart;
  nurseryEnd = nurseryStart + bytes;
  nurseryRoom = room;
}

function emptyNursery(): void {
  const begin = performance.now();
  leftBytes = 0;
  dismissGuests();
  const groups = groupsOf(nursery);
  nursery = [];
  for (const group of survey.isWorthwhile(groups) ? survey.survivors(groups) : groups) moveOut(group.members);
  const end = performance.now();
  const size = nurseryEnd - nurseryStart;
  // Much coming back means that a step doesn't fit: a larger nursery saves both journeys. One that is full too often for
  // what emptying it costs is made larger, too.
  const isCostly = end - begin > (end - emptied) * COSTLY;
  if ((returnedBytes > size / 16 && size < LARGEST_NURSERY) || (isCostly && size < LARGEST_FOR_SPEED)) enlargeNursery(size);
  nurseryTop = nurseryStart;
  stepStart = nurseryStart;
  isNearlyFull = false;
  returnedBytes = 0;
  emptied = end;
}

/**
 * To be called when a backward pass has given its graph back: few results are needed now. In the middle of the next step
 * all its activations would be, and would leave only to come back at once.
 */
export function stepIsOver(): void {
  isNearlyFull = 2 * nurseryTop - stepStart > nurseryEnd;
  stepStart = nurseryTop;
}

function enlargeNursery(size: number): void {
  if (size * 2 > nurseryRoom) {
    freeBlock(nurseryStart, nurseryRoom);
    const larger = allocateBlock(size * 2);
    if (larger < 0) {
      openNursery(size, nurseryRoom);
      return;
    }
    nurseryStart = larger;
    nurseryRoom = size * 2;
  }
  nurseryEnd = nurseryStart + size * 2;
}

/** Those of the nursery that move out together: small ones as many as make a chunk, a large one alone. */
function groupsOf(storages: readonly Storage[]): Group<Storage>[] {
  const groups: Group<Storage>[] = [];
  let group = new Group<Storage>();
  let start = 0;
  for (const storage of storages) {
    const { pointer, bytes } = storage;
    if (pointer < 0 || storage.place !== Place.Nursery) continue;
    if (storage.blank) {
      storage.place = Place.Outside;
      storage.pointer = -1;
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
function moveOut(storages: readonly Storage[]): void {
  const company = storages.filter((storage) => storage.bytes > SMALL);
  for (const storage of storages) if (storage.bytes <= SMALL) settle(storage, u8.slice(storage.pointer, storage.pointer + storage.bytes), 0);
  if (company.length === 0) return;
  const start = company[0]!.pointer;
  const last = company.at(-1)!;
  const home = u8.slice(start, last.pointer + last.bytes);
  for (const storage of company) settle(storage, home, storage.pointer - start);
}

function settle(storage: Storage, home: Uint8Array, offset: number): void {
  storage.home = home;
  storage.homeOffset = offset;
  storage.homeVersion = storage.version;
  storage.group = null;
  leftBytes += storage.bytes;
  storage.place = Place.Outside;
  storage.pointer = -1;
}

function bringIn(storage: Storage): number {
  makeRoom(storage.bytes);
  const pointer = claim(storage.bytes);
  if (storage.home !== null) u8.set(storage.home.subarray(storage.homeOffset, storage.homeOffset + storage.bytes), pointer);
  storage.pointer = pointer;
  storage.place = Place.Resident;
  addResident(storage);
  returnedBytes += storage.bytes;
  return pointer;
}

/** Moves a resident storage out; free of charge where its home copy is still true. */
function evict(storage: Storage): void {
  const { pointer } = storage;
  removeResident(storage);
  if (!storage.blank && (storage.home === null || storage.homeVersion !== storage.version)) {
    storage.home = u8.slice(pointer, pointer + storage.bytes);
    storage.homeOffset = 0;
    storage.homeVersion = storage.version;
  }
  freeBlock(pointer, storage.bytes);
  storage.place = Place.Outside;
  storage.pointer = -1;
}

function addGuest(storage: Storage): void {
  guests.push(storage);
  guestBytes += storage.bytes;
}

function dismissGuests(): void {
  for (const storage of guests) if (storage.place === Place.Resident && storage.touched < clock) evict(storage);
  guests = [];
  guestBytes = 0;
}

/**
 * Before a resident of `bytes` is added: where there are too many, moves out those that nobody asked for since they
 * were half as many.
 */
function makeRoom(bytes: number): void {
  const wanted = residentBytes + bytes;
  if (halfFullSince < 0 && wanted > residentLimit / 2) halfFullSince = clock;
  if (wanted <= residentLimit) return;
  const idle = residents.filter((storage) => storage.touched <= halfFullSince && storage.touched < clock);
  for (const storage of idle) evict(storage);
  halfFullSince = -1;
  residentLimit = Math.max(FIRST_RESIDENT_LIMIT, residentBytes * 2);
}

/** A block of linear memory; moves residents out if there is no other way. */
function claim(bytes: number): number {
  if (bytes > ADDRESS_SPACE - FIRST_NURSERY) throw new OutOfMemoryError(bytes);
  let pointer = allocateBlock(bytes);
  if (pointer >= 0) return pointer;
  const idle = residents.filter((storage) => storage.touched < clock).sort((a, b) => a.touched - b.touched);
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

function addResident(storage: Storage): void {
  storage.index = residents.length;
  residents.push(storage);
  residentBytes += blockSize(storage.bytes);
}

function removeResident(storage: Storage): void {
  const last = residents.pop()!;
  if (last !== storage) {
    residents[storage.index] = last;
    last.index = storage.index;
  }
  storage.index = -1;
  residentBytes -= blockSize(storage.bytes);
}
