/** How what a run began with, of another one's weights, is written and read. */
import type { TakenWeights, WeightMatch } from "../../protocol/index.ts";
import { list, number, oneOf, optional, record, text, whole } from "../codec.ts";

const shape = list(whole);

const match = record<WeightMatch>({
  kind: oneOf("kept", "renamed", "transposed", "resized", "new", "gone"),
  model: text,
  path: text,
  shape,
  from: optional(record({ path: text, shape })),
  nearest: optional(record({ path: text, shape })),
  declined: optional(oneOf(true)),
});

export const takenWeights = record<TakenWeights>({ origin: text, step: optional(number), matches: list(match), optimized: whole });
