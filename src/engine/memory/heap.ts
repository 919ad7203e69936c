/**
 * Allocator for blocks of linear memory whose end of life is known: parameters, gradients, optimizer state, scratch.
 *
 * Small blocks come from free stacks by size class; large ones from a best-fit list of spans that are merged with
 * their neighbours when freed. All bookkeeping is on the JavaScript side, so a wild write in a kernel can't break it.
 */
import { growTo, linearBytes, kernels } from "./linear.ts";

export const ALIGNMENT = 64;
const SMALL_LIMIT = 32_768;
const SLAB = 262_144;
const LARGE_GRAIN = 4_096;

/** Sizes of small blocks: four steps to each power of two, at least one cache line apart. */
const classSizes: number[] = [];
for (let base = ALIGNMENT; base < SMALL_LIMIT; base *= 2) {
  for (let quarter = 0; quarter < 4; quarter++) {
    const size = Math.ceil((base + (base / 4) * quarter) / ALIGNMENT) * ALIGNMENT;
    if (size !== classSizes.at(-1)) classSizes.push(size);
  }
}
classSizes.push(SMALL_LIMIT);

/** Size class by number of cache lines. */
const classOfLines = new Uint8Array(SMALL_LIMIT / ALIGNMENT + 1);
for (let lines = 0, index = 0; lines < classOfLines.length; lines++) {
  while (classSizes[index]! < lines * ALIGNMENT) index++;
  classOfLines[lines] = index;
}

const freeBlocks: number[][] = classSizes.map(() => []);

/** Free large spans: start → size, end → start, and starts by power of two of the size. */
const sizeAt = new Map<number, number>();
const startByEnd = new Map<number, number>();
const bins: Set<number>[] = Array.from({ length: 33 }, () => new Set<number>());

let bottom = 0;
/** What the heap has reached so far; it begins behind the kernels' own data. */
let frontier = Math.ceil((kernels.heapBase.value as number) / LARGE_GRAIN) * LARGE_GRAIN;
let used = 0;

/** Bytes handed out and not freed yet. */
export function heapBytes(): number {
  return used;
}

/** Bytes of linear memory that could be handed out without growing it. */
export function freeBytes(): number {
  return linearBytes() - bottom - used;
}

/** Bytes that a block for `bytes` really takes. */
export function blockSize(bytes: number): number {
  return bytes <= SMALL_LIMIT ? classSizes[classOfLines[Math.ceil(bytes / ALIGNMENT)]!]! : Math.ceil(bytes / LARGE_GRAIN) * LARGE_GRAIN;
}

/** Address of a 64-byte aligned block, or -1 where no memory is left. */
export function allocateBlock(bytes: number): number {
  const address = bytes <= SMALL_LIMIT ? allocateSmall(bytes) : allocateLarge(blockSize(bytes));
  if (address >= 0) used += blockSize(bytes);
  return address;
}

/** Gives back a block that `allocateBlock(bytes)` returned. */
export function freeBlock(address: number, bytes: number): void {
  used -= blockSize(bytes);
  if (bytes <= SMALL_LIMIT) freeBlocks[classOfLines[Math.ceil(bytes / ALIGNMENT)]!]!.push(address);
  else freeSpan(address, blockSize(bytes));
}

function allocateSmall(bytes: number): number {
  const index = classOfLines[Math.ceil(bytes / ALIGNMENT)]!;
  const stack = freeBlocks[index]!;
  const free = stack.pop();
  if (free !== undefined) return free;
  const size = classSizes[index]!;
  // A slab holds at least eight blocks but a rare small size shouldn't take a quarter megabyte at once.
  const slabBytes = Math.min(SLAB, Math.max(LARGE_GRAIN * 4, size * 8));
  const slab = allocateLarge(Math.ceil(slabBytes / LARGE_GRAIN) * LARGE_GRAIN);
  if (slab < 0) return -1;
  for (let offset = slabBytes - (slabBytes % size) - size; offset > 0; offset -= size) stack.push(slab + offset);
  return slab;
}

function allocateLarge(size: number): number {
  for (let bin = log2Floor(size); bin < bins.length; bin++) {
    const start = bestFit(bins[bin]!, size);
    if (start >= 0) return takeFrom(start, size);
  }
  return extend(size);
}

function bestFit(starts: Set<number>, size: number): number {
  let best = -1;
  let bestSize = Infinity;
  for (const start of starts) {
    const spanSize = sizeAt.get(start)!;
    if (spanSize >= size && spanSize < bestSize) {
      best = start;
      bestSize = spanSize;
      if (spanSize === size) break;
    }
  }
  return best;
}

function takeFrom(start: number, size: number): number {
  const spanSize = sizeAt.get(start)!;
  removeSpan(start, spanSize);
  if (spanSize > size) addSpan(start + size, spanSize - size);
  return start;
}

function extend(size: number): number {
  // A free span that touches the frontier is used first, so that growth only adds what is missing.
  const touching = startByEnd.get(frontier);
  const start = touching ?? frontier;
  if (!growTo(start + size)) return -1;
  if (touching !== undefined) removeSpan(touching, frontier - touching);
  frontier = start + size;
  return start;
}

function freeSpan(start: number, size: number): void {
  const before = startByEnd.get(start);
  if (before !== undefined) {
    const beforeSize = sizeAt.get(before)!;
    removeSpan(before, beforeSize);
    start = before;
    size += beforeSize;
  }
  const afterSize = sizeAt.get(start + size);
  if (afterSize !== undefined) {
    removeSpan(start + size, afterSize);
    size += afterSize;
  }
  addSpan(start, size);
}

function addSpan(start: number, size: number): void {
  sizeAt.set(start, size);
  startByEnd.set(start + size, start);
  bins[log2Floor(size)]!.add(start);
}

function removeSpan(start: number, size: number): void {
  sizeAt.delete(start);
  startByEnd.delete(start + size);
  bins[log2Floor(size)]!.delete(start);
}

function log2Floor(size: number): number {
  return 31 - Math.clz32(size >>> 0);
}
