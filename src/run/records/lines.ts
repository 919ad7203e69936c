/** How what lines came to is written and read. */
import type { LineNews, NamedNumber, SourcePosition } from "../../protocol/index.ts";
import { list, number, optional, record, text, variants, whole } from "../codec.ts";
import { position } from "./position.ts";

const turn = record<{ readonly position: SourcePosition; readonly index: number; readonly count?: number }>({
  position,
  index: whole,
  count: optional(whole),
});

export const lines = list(
  variants<LineNews, "kind">("kind", {
    loss: record({ position, value: number }),
    logged: record({ position, values: list(record<NamedNumber>({ name: text, value: number })) }),
    epoch: turn,
    turn,
  }),
);
