/** Calls a model once more with a batch, for a person to look at one of its samples. */
import { answerLimit, mostWanted, type Batch, type Boundary, type Look, type LookRequest, type Outcome } from "../../protocol/index.ts";
import type { DescribedModel } from "../models/describeModel.ts";
import { tensorsOf } from "../program/tensorsOf.ts";
import { aside } from "./aside.ts";
import { describeBatch } from "./batchKind.ts";
import { areaOf, boundaryOf, gridOf, type Area } from "./boundary.ts";
import { Journey, switchOffHeads } from "./journey.ts";
import { lossInputOf } from "./lossInput.ts";
import { outcomeOf } from "./meaning.ts";
import { countShown, type LookedBatch } from "./seenBatch.ts";

/** Values that are told of a run that has ended. */
const lastRoom = 65_536;

interface PassOptions {
  readonly model: DescribedModel;
  readonly batch: LookedBatch;
  readonly sample: number;
  readonly training: boolean;
  readonly wanted: LookRequest["wanted"] | "all";
  readonly room: number;
  readonly ablations: LookRequest["ablations"];
}

interface SeenArea {
  area: Area | undefined;
}

interface Looked {
  readonly batch: Batch;
  readonly look: Omit<Look, "step" | "cost">;
}

/**
 * @param all whether something of every call is told, for when nobody can ask any more
 * @param seen keeps the area that was looked at last
 */
export function looked(model: DescribedModel, batch: LookedBatch, request: LookRequest, all: boolean, seen: SeenArea): Looked {
  const { id, training, ablations } = request;
  const sample = Math.min(request.sample, batch.count - 1);
  const wanted = all ? "all" : request.wanted.slice(0, mostWanted);
  const options: PassOptions = { model, batch, sample, training, wanted, room: all ? lastRoom : answerLimit, ablations };
  const isAblated = ablations.length > 0;
  const whole = passThrough({ ...options, ablations: [], wanted: isAblated ? [] : wanted });
  const changed = isAblated ? passThrough(options) : undefined;
  const { calls, pieces, image } = (changed ?? whole).journey;
  const described = describeBatch(model.info.id, batch, image);
  const boundary = request.boundary && described.kind === "points" ? lookAround(options, seen) : undefined;
  const look = {
    id,
    model: model.info.id,
    sample,
    batch: batch.moment.step,
    training,
    calls,
    pieces,
    ablations,
    ...(whole.outcome ? { outcome: whole.outcome } : {}),
    ...(changed?.outcome ? { ablated: changed.outcome } : {}),
    ...(boundary ? { boundary } : {}),
  };
  return { batch: described, look };
}

/** Calls the model with the batch; nothing of that is left but what was looked at. */
function passThrough({ model, batch, ...options }: PassOptions): { readonly journey: Journey; readonly outcome: Outcome | undefined } {
  const { main: input, count, dimension, loss, share } = batch;
  const journey = new Journey({ ...options, modules: model.modules, input, count, dimension });
  return aside(model.modules[0]!, { training: options.training, watcher: journey, operations: journey }, () => {
    switchOffHeads(model.modules, options.ablations);
    const [output] = tensorsOf(call(model, batch.inputs));
    if (!output) throw new Error("it returned no tensor.");
    const outcome = loss && outcomeOf(loss, lossInputOf(loss.way, output, share), loss.target, count, countShown(batch), options.sample);
    return { journey, outcome };
  });
}

/** What the model says of a grid of points around those of the batch. */
function lookAround({ model, batch, ...options }: PassOptions, seen: SeenArea): Boundary | undefined {
  const { loss, main, share, count } = batch;
  if (batch.inputs.length !== 1 || !loss) return undefined;
  const area = (seen.area = areaOf(main, seen.area));
  const grid = gridOf(area);
  const journey = new Journey({ ...options, modules: model.modules, input: main, count, dimension: 0, wanted: [] });
  return aside(model.modules[0]!, { training: options.training, watcher: journey }, () => {
    switchOffHeads(model.modules, options.ablations);
    const [output] = tensorsOf(call(model, [grid]));
    // The loss's view is of the batch that was seen, of which these points are a multiple.
    return output && boundaryOf(area, loss.name, lossInputOf(loss.way, output, (share * grid.shape[0]!) / count));
  });
}

function call({ modules }: DescribedModel, inputs: readonly unknown[]): unknown {
  return (modules[0] as unknown as (...args: readonly unknown[]) => unknown)(...inputs);
}
