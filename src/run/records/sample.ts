/** How looks at samples are asked for and told. */
import type {
  Ablation,
  Batch,
  BatchKind,
  Boundary,
  CallInfo,
  FollowedNews,
  Look,
  LookFailure,
  LookPiece,
  LookRequest,
  Meaning,
  Outcome,
  Piece,
  Tally,
  Wanted,
  WorstSample,
} from "../../protocol/index.ts";
import { mostClasses, mostWanted } from "../../protocol/index.ts";
import { base64, checked, type Codec, flag, list, number, oneOf, optional, record, singles, text, variants, via, whole } from "../codec.ts";
import type { AllFollowed, Followed } from "../followed.ts";

const meaning = oneOf<Meaning>("classes", "binary", "values");
const kind = oneOf<BatchKind>("images", "points", "sequences", "rows");
const what = oneOf<Wanted["what"]>("output", "kernels", "attention");

const ablation = record<Ablation>({ module: whole, part: oneOf("unit", "head"), index: whole });
const wanted = record<Wanted>({ module: whole, call: whole, what, from: optional(whole) });

export const lookRequest = record<LookRequest>({
  id: whole,
  model: whole,
  sample: whole,
  hold: flag,
  follow: flag,
  training: flag,
  wanted: checked(list(wanted), "too much at once", ({ length }) => length <= mostWanted),
  ablations: checked(list(ablation), "too much at once", ({ length }) => length <= mostWanted),
  boundary: flag,
});

/** @param floats how values are written: in messages as they are, on disk as text */
function recordsWith(floats: Codec<Float32Array>) {
  const piece = checked(
    record<Piece>({ shape: list(whole), values: floats }),
    "not as many values as its shape has",
    ({ shape, values }) => shape.reduce((product, size) => product * size, 1) === values.length,
  );

  const batch = record<Batch>({
    model: whole,
    step: whole,
    epoch: whole,
    kind,
    shape: list(whole),
    count: whole,
    dimension: whole,
    samples: piece,
    thinned: flag,
  });

  const outcome = record<Outcome>({
    meaning,
    width: whole,
    loss: text,
    labels: piece,
    predictions: piece,
    losses: floats,
    accuracy: optional(number),
    meanLoss: number,
    scores: floats,
  });

  const call = record<CallInfo>({
    module: whole,
    call: whole,
    shape: list(whole),
    isSplit: flag,
    unitDimension: number,
    kernels: optional(list(whole)),
    attention: optional(list(whole)),
    heads: optional(whole),
  });

  const lookPiece = record<LookPiece>({ module: whole, call: whole, what, from: whole, piece, every: whole });

  const boundary = record<Boundary>({
    left: number,
    right: number,
    bottom: number,
    top: number,
    meaning,
    field: piece,
    certainty: optional(piece),
  });

  const look = record<Look>({
    id: whole,
    model: whole,
    sample: whole,
    step: whole,
    batch: whole,
    training: flag,
    calls: list(call),
    pieces: list(lookPiece),
    outcome: optional(outcome),
    ablations: list(ablation),
    ablated: optional(outcome),
    boundary: optional(boundary),
    cost: number,
    interval: optional(number),
  });

  const failure = record<LookFailure>({ id: whole, model: whole, message: text });

  const worst = record<WorstSample>({ step: whole, loss: number, label: number, prediction: number, kind, input: piece });

  const confusion = checked(
    record<NonNullable<Tally["confusion"]>>({ classes: whole, counts: list(whole) }),
    "not a square of counts",
    ({ classes, counts }) => classes <= mostClasses && counts.length === classes * classes,
  );

  const tally = record<Tally>({
    model: whole,
    pass: oneOf("training", "evaluation"),
    epoch: whole,
    step: whole,
    meaning,
    count: whole,
    right: whole,
    isPartial: flag,
    confusion: optional(confusion),
    worst: list(worst),
  });

  const followedNews = variants<FollowedNews, "kind">("kind", {
    batch: record({ batch }),
    look: record({ look }),
    failure: record({ failure }),
    tally: record({ tally }),
  });

  const one = record<Followed & { readonly model: number }>({
    model: whole,
    batch: optional(batch),
    look: optional(look),
    failure: optional(failure),
    tallies: list(tally),
  });

  const followed = via<AllFollowed, readonly (Followed & { readonly model: number })[]>(
    list(one),
    (byModel) => [...byModel].map(([model, own]) => ({ model, ...own })),
    (all) => new Map(all.map(({ model, ...own }) => [model, own])),
  );

  return { followed, followedNews };
}

/** As they go to the page. */
export const { followed, followedNews } = recordsWith(singles);
/** As plain JSON: for what is kept. */
export const { followed: storedFollowed } = recordsWith(base64(singles));
