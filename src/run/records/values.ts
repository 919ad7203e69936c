import type { MeasuredValues, SeenTensor, SeenValue, ValueShape } from "../../protocol/index.ts";
import { flag, list, number, oneOf, optional, record, text, whole } from "../codec.ts";
import { position, sourceEnd } from "./position.ts";

const measured = record<MeasuredValues>({
  mean: number,
  std: number,
  min: number,
  max: number,
  zeroFraction: number,
  nonFinite: whole,
  histogram: record<MeasuredValues["histogram"]>({ low: number, high: number, counts: list(whole) }),
});

const tensor = record<SeenTensor>({ dtype: text, device: text, requiresGrad: flag, measured: optional(measured) });
const shape = record<ValueShape>({ tensors: list(list(whole)), isList: flag, isBatch: flag });

export const seenValues = list(
  record<SeenValue>({
    kind: oneOf<SeenValue["kind"]>("variable", "parameter", "loop", "argument", "result"),
    text,
    position,
    end: sourceEnd,
    shapes: list(shape),
    times: whole,
    isNews: flag,
    uses: optional(list(sourceEnd)),
    tensor: optional(tensor),
    module: optional(record<NonNullable<SeenValue["module"]>>({ model: whole, id: whole })),
  }),
);
