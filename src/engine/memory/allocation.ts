/** How a storage begins, and how it ends before its time: each in the place that fits it (storage.ts tells which there are). */
import { allocateInNursery, freeInNursery, isForNursery } from "./nursery.ts";
import { allocateResident, demote, evictDemoted, freeResident, hasManyDemoted, tick } from "./residents.ts";
import { allocateScratch, freeScratch, isScratchOpen } from "./scratch.ts";
import { Kind, Place, type Storage } from "./storage.ts";

/** A storage for an operation's result; its contents are undefined. May evacuate the nursery. @throws OutOfMemoryError */
export function allocate(bytes: number): Storage {
  const now = tick();
  if (isScratchOpen()) return allocateScratch(bytes);
  if (hasManyDemoted()) evictDemoted();
  return isForNursery(bytes) ? allocateInNursery(bytes, now) : allocateResident(bytes);
}

/** Gives back a storage that the engine no longer needs; where user code can reach it, the garbage collector decides. */
export function discard(storage: Storage): void {
  if (storage.escaped) retire(storage);
  else if (storage.place === Place.Nursery) freeInNursery(storage);
  else if (storage.place === Place.Resident) freeResident(storage);
  else freeScratch(storage);
}

/** The engine has no more use for it: from now on it is a result like any other. */
function retire(storage: Storage): void {
  if (storage.place === Place.Outside) return;
  storage.kind = Kind.Result;
  if (storage.place === Place.Resident) demote(storage);
}
