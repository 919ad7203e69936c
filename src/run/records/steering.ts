/** How what a running program is told is written and read. */
import type { Steering } from "../../protocol/index.ts";
import { record, variants } from "../codec.ts";

export const steering = variants<Steering, "type">("type", {
  measure: record({}),
});
