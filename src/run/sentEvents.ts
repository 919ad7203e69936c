/** How events pass from the program's thread to its process and on to its parent: as they are, what was measured packed. */
import type { RunEvent, SentEvent } from "../protocol/index.ts";
import { packedSample } from "./records/statistics.ts";

export function sent(event: RunEvent): SentEvent {
  return event.type === "statistics" ? { type: "statistics", packed: packedSample.encode(event.statistics) } : event;
}

export function received(event: SentEvent): RunEvent {
  return event.type === "statistics" ? { type: "statistics", statistics: packedSample.decode(event.packed) } : event;
}
