/** How what a running program is told is written and read. */
import type { Steering } from "../../protocol/index.ts";
import { nullable, record, variants } from "../codec.ts";
import { lookRequest } from "./sample.ts";

export const steering = variants<Steering, "type">("type", {
  measure: record({}),
  look: record({ look: nullable(lookRequest) }),
});
