/** How what wrote the tensors of a step is written and read. */
import type { StepTrace, TensorKind, TracedTensor, ValueRange, Writing } from "../../protocol/index.ts";
import { checked, type Codec, list, number, oneOf, optional, record, text, whole } from "../codec.ts";
import { calledModule } from "./graph.ts";
import { position } from "./position.ts";

const range = record<ValueRange>({ count: whole, nan: whole, positive: whole, negative: whole, min: number, max: number, zeros: whole });

const writing = record<Writing>({
  kind: oneOf("computed", "differentiated", "summed", "hooked", "updated", "parameter", "buffer", "state", "input", "constant", "inner", "root", "earlier"),
  name: text,
  shape: list(whole),
  range,
  inputs: list(whole),
  position: optional(position),
  module: optional(calledModule),
  change: optional(range),
  began: optional(whole),
  reason: optional(text),
});

const tensor = record<TracedTensor>({ model: whole, module: whole, kind: text as Codec<TensorKind>, writing: whole });

/** What something was made from stands before it. */
function hangsTogether({ writings, tensors }: StepTrace): boolean {
  return (
    writings.every(({ inputs, began }, i) => inputs.every((input) => input < i) && (began === undefined || began <= i)) &&
    tensors.every(({ writing: index }) => index < writings.length)
  );
}

export const trace = checked(
  record<StepTrace>({ step: whole, writings: list(writing), tensors: list(tensor), isCut: optional(oneOf<true>(true)) }),
  "a trace whose parts don't fit together",
  hangsTogether,
);
