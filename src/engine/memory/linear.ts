/**
 * The one linear memory and the typed views over it.
 * Growing detaches the views, so nobody keeps one: read `f32`, `i32`, `u8` afresh after anything that may allocate.
 */
import { loadKernels } from "../kernels/load.ts";

const PAGE = 65_536;
/** WebAssembly's 32-bit address space. */
export const ADDRESS_SPACE = 65_536 * PAGE;

// Shared, so that other threads can compute in it, too.
export const memory = new WebAssembly.Memory({ initial: 64, maximum: 65_536, shared: true });
export const loaded = loadKernels(memory);

export const kernels = loaded.kernels;

/** What other threads instantiate. */
export const kernelModules = loaded.modules;

export let f32 = new Float32Array(memory.buffer);
export let i32 = new Int32Array(memory.buffer);
export let u8 = new Uint8Array(memory.buffer);

/** The same, for those who can't read what a module exports: a debugger takes that for a side effect. */
export const views = { f32, i32, u8 };

/** Bytes of linear memory at present. */
export function linearBytes(): number {
  return u8.byteLength;
}

/** Makes linear memory at least `bytes` long; false where the machine or the address space refuses. */
export function growTo(bytes: number): boolean {
  if (bytes <= u8.byteLength) return true;
  const current = u8.byteLength / PAGE;
  const wanted = Math.ceil(bytes / PAGE);
  if (wanted > 65_536) return false;
  // Growing by a quarter keeps the number of (slow) growths logarithmic.
  const generous = Math.min(65_536, Math.max(wanted, Math.ceil(current * 1.25)));
  if (!tryGrow(generous - current) && !tryGrow(wanted - current)) return false;
  f32 = new Float32Array(memory.buffer);
  i32 = new Int32Array(memory.buffer);
  u8 = new Uint8Array(memory.buffer);
  Object.assign(views, { f32, i32, u8 });
  return true;
}

function tryGrow(pages: number): boolean {
  try {
    memory.grow(pages);
    return true;
  } catch {
    return false;
  }
}
