/** `cuda`: there is none, and programs that ask are told so. */
import { noDevice, type DeviceLike } from "./device.ts";
import type { Int } from "./ops/types.ts";

/**
 * Whether there is a graphics card to compute on: never here.
 * @see https://pytorch.org/docs/stable/generated/torch.cuda.is_available.html
 * @api torch.cuda.isAvailable torch.cuda.isInitialized
 */
export function isAvailable(): boolean {
  return false;
}

/**
 * How many graphics cards there are: none.
 * @see https://pytorch.org/docs/stable/generated/torch.cuda.device_count.html
 * @api torch.cuda.deviceCount
 */
export function deviceCount(): number {
  return 0;
}

/**
 * Would seed a graphics card's random numbers. There is none, so nothing follows; `manualSeed` seeds the processor's.
 * @see https://pytorch.org/docs/stable/generated/torch.cuda.manual_seed.html
 * @api torch.cuda.manualSeed torch.cuda.manualSeedAll
 */
export function manualSeed(_seed: number | bigint): void {}

/**
 * Would free a graphics card's memory that isn't used. There is none, so nothing follows.
 * @see https://pytorch.org/docs/stable/generated/torch.cuda.empty_cache.html
 * @api torch.cuda.emptyCache
 */
export function emptyCache(): void {}

/**
 * Bytes that tensors take on a graphics card: none. `memoryReport` tells of the processor's memory.
 * @see https://pytorch.org/docs/stable/generated/torch.cuda.memory_allocated.html
 * @api torch.cuda.memoryAllocated torch.cuda.maxMemoryAllocated torch.cuda.memoryReserved torch.cuda.maxMemoryReserved
 */
export function memoryAllocated(_device: DeviceLike | Int | null = null): number {
  return 0;
}

/**
 * Asks something of a graphics card, and there is none: ask `cuda.isAvailable()` first.
 * @throws KindlingError always
 * @api torch.cuda.currentDevice torch.cuda.getDeviceName torch.cuda.getDeviceProperties torch.cuda.getDeviceCapability torch.cuda.setDevice torch.cuda.synchronize torch.cuda.memorySummary
 */
export function askCard(_device: DeviceLike | Int | null = null): never {
  throw noDevice("cuda");
}
