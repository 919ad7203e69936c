/**
 * What tensors are like at the places of the user's text that tell their values (`runner/valueHooks.ts`): shapes over the
 * calls, and of the latest ones what is in them. Nothing is kept alive for it.
 */
import { Tensor } from "../../engine/tensor.ts";
import type { DataLoader } from "../../engine/data/dataLoader.ts";
import type { OperationWatch } from "../../engine/instrument.ts";
import type { AnyModule } from "../../engine/nn/module.ts";
import { Parameter } from "../../engine/nn/parameter.ts";
import { statistics } from "../../engine/ops/statistics.ts";
import type { CalledModule, MeasuredValues, RunEvent, SeenTensor, SeenValue, ValueShape } from "../../protocol/index.ts";
import type { OperationWatches } from "../program/operationWatches.ts";
import type { ProgramClock } from "../program/programClock.ts";
import { tensorsOf } from "../program/tensorsOf.ts";
import type { ValuePlace } from "./valuePlace.ts";

export interface ValueWatchOptions {
  readonly places: readonly ValuePlace[];
  readonly clock: ProgramClock;
  readonly operations: OperationWatches;
  placeOf(module: AnyModule): CalledModule | undefined;
  tell(event: RunEvent): void;
}

/** Places that are told, and shapes at each. */
const mostPlaces = 2_000;
const mostShapes = 8;
/** Tensors in a list whose shapes are told. */
const longestList = 4;
/** Tensors at each place that are looked into, values in one of them, and in all together. */
const mostLooks = 3;
const mostValues = 1 << 22;
const mostValuesInAll = 1 << 26;
const bins = 24;

/** What was met at a place. */
interface Met {
  readonly shapes: Map<string, ValueShape>;
  times: number;
  looks: number;
  tensor: SeenTensor | undefined;
  module: WeakRef<AnyModule> | undefined;
  /** Of the latest value, where it was a tensor. */
  last: LastValue | undefined;
}

/** The latest tensor at a place: its shape, the place that had it first, and its number among all that were told. */
export interface LastValue {
  readonly shape: readonly number[];
  readonly origin: ValuePlace;
  readonly order: number;
}

export class ValueWatch {
  readonly #options: ValueWatchOptions;
  readonly #met: (Met | undefined)[] = [];
  readonly #byPosition = new Map<string, number>();
  /** The first place that had a tensor, the module that made it, and the outermost that gave it. */
  readonly #firstAt = new WeakMap<Tensor, number>();
  readonly #madeBy = new WeakMap<Tensor, AnyModule>();
  readonly #givenBy = new WeakMap<Tensor, AnyModule>();
  /** What comes of the batch that a loader gave, and how many samples that has. */
  #batched = new WeakSet<Tensor>();
  #batch: number | undefined;
  /** A batch is about to come, or was taken by the names in a loop's head just now. */
  #isComing = false;
  #isTaken = false;
  /** Places in the heads of loops over a loader's batches. */
  readonly #loaders = new Set<number>();
  #differentiating = 0;
  #valuesLookedAt = 0;
  #told = 0;
  #isOver = false;

  constructor(options: ValueWatchOptions) {
    this.#options = options;
    options.places.forEach((place, index) => this.#byPosition.set(key(place.position), index));
    const watch: OperationWatch = {
      ran: (_operation, inputs, outputs, _data, saved = []) => {
        if (this.#batch === undefined || this.#differentiating > 0) return;
        if (inputs.some((tensor) => this.#batched.has(tensor)) || saved.some((tensor) => this.#batched.has(tensor))) this.#mark(outputs);
      },
      became: (tensor, source) => {
        if (this.#batched.has(source)) this.#batched.add(tensor);
      },
      differentiates: (isUnderWay) => void (this.#differentiating += isUnderWay ? 1 : -1),
    };
    options.operations.add(watch);
  }

  /** The program has that value at a place; called for whatever it is. */
  value(value: unknown, place: number, within: AnyModule | undefined): void {
    if (this.#isOver) return;
    if (this.#options.places[place]?.kind === "loop") this.#take(tensorsOf(value), place);
    if (value instanceof Tensor) this.#meet([value], false, place, within);
    else if (isListOfTensors(value)) this.#meet(value, true, place, within);
  }

  /** A loader is about to give a batch. */
  batch({ batchSize }: DataLoader): void {
    this.#isComing = batchSize !== null;
    this.#batch = undefined;
  }

  /** A module gave that. */
  forward(module: AnyModule, output: unknown): void {
    for (const tensor of tensorsOf(output)) {
      if (!this.#madeBy.has(tensor)) this.#madeBy.set(tensor, module);
      this.#givenBy.set(tensor, module);
    }
  }

  /** The latest value at the place that stands there in the user's text. */
  lastAt(position: ValuePlace["position"]): LastValue | undefined {
    const place = this.#byPosition.get(key(position));
    return place === undefined ? undefined : this.#met[place]?.last;
  }

  /** Where a tensor was first had. */
  originOf(tensor: Tensor): ValuePlace | undefined {
    const place = this.#firstAt.get(tensor);
    return place === undefined ? undefined : this.#options.places[place];
  }

  /** The innermost module that gave a tensor. */
  makerOf(tensor: Tensor): AnyModule | undefined {
    return this.#madeBy.get(tensor);
  }

  /** Tells all that was met. */
  finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const values: SeenValue[] = [];
    this.#options.places.forEach((place, index) => {
      const met = this.#met[index];
      if (met && values.length < mostPlaces) values.push(this.#seen(place, met));
    });
    if (values.length > 0) this.#options.tell({ type: "values", values });
  }

  #meet(tensors: readonly Tensor[], isList: boolean, index: number, within: AnyModule | undefined): void {
    const place = this.#options.places[index];
    if (!place) return;
    const { clock } = this.#options;
    clock.stop();
    if (place.kind !== "loop") this.#isTaken = false;
    const met = (this.#met[index] ??= { shapes: new Map(), times: 0, looks: 0, tensor: undefined, module: undefined, last: undefined });
    met.times++;
    const shape = this.#shapeOf(tensors, isList);
    const shapeKey = JSON.stringify([shape.tensors, isList]);
    if (!met.shapes.has(shapeKey) && met.shapes.size < mostShapes) met.shapes.set(shapeKey, shape);
    for (const tensor of tensors) if (!this.#firstAt.has(tensor)) this.#firstAt.set(tensor, index);
    const [tensor] = tensors;
    if (!isList && tensor) {
      met.tensor = this.#look(tensor, met);
      met.last = { shape: [...tensor.shape], origin: this.originOf(tensor) ?? place, order: this.#told++ };
    }
    const module = (tensor && this.#givenBy.get(tensor)) ?? within;
    if (module && met.module?.deref() !== module) met.module = new WeakRef(module);
    clock.go();
  }

  /** Names in the head of a loop: those of a loader's have its batch, also where all batches were there before the loop. */
  #take(tensors: readonly Tensor[], place: number): void {
    const begins = this.#isComing || (!this.#isTaken && this.#loaders.has(place));
    if (!begins && !this.#isTaken) return;
    if (begins) {
      this.#batched = new WeakSet();
      this.#batch = undefined;
    }
    this.#isTaken = true;
    this.#isComing = false;
    this.#loaders.add(place);
    this.#batch ??= tensors.find(({ shape }) => shape.length > 0)?.shape[0];
    this.#mark(tensors);
  }

  #mark(tensors: readonly Tensor[]): void {
    for (const tensor of tensors) this.#batched.add(tensor);
  }

  #shapeOf(tensors: readonly Tensor[], isList: boolean): ValueShape {
    // One sample is no batch that could be told from a dimension of one.
    const isBatch = this.#batch !== undefined && this.#batch > 1 && tensors.every((tensor) => tensor.shape[0] === this.#batch && this.#batched.has(tensor));
    return { tensors: tensors.map(({ shape }) => [...shape]), isList, isBatch };
  }

  #look(tensor: Tensor, met: Met): SeenTensor {
    const { dtype, requiresGrad } = tensor;
    const facts = { dtype, requiresGrad, device: String(tensor.device) };
    const count = tensor.numel();
    if (count === 0 || count > mostValues || met.looks >= mostLooks || this.#valuesLookedAt + count > mostValuesInAll) {
      return met.tensor?.measured ? { ...facts, measured: met.tensor.measured } : facts;
    }
    met.looks++;
    this.#valuesLookedAt += count;
    return { ...facts, measured: measure(tensor) };
  }

  #seen({ kind, text, position, end, from, isEntrance, uses }: ValuePlace, { shapes, times, tensor, module }: Met): SeenValue {
    const known = new Set(from.flatMap((index) => [...(this.#met[index]?.shapes.keys() ?? [])]));
    const called = module?.deref();
    const place = called && this.#options.placeOf(called);
    return {
      kind,
      text,
      position,
      end,
      shapes: [...shapes.values()],
      times,
      isNews: kind === "parameter" ? isEntrance : [...shapes.keys()].some((shape) => !known.has(shape)),
      ...(uses.length > 0 && { uses }),
      ...(tensor && { tensor }),
      ...(place && { module: { model: place.model, id: place.id } }),
    };
  }
}

/** Parameters in a list are a model's, and no values that go from line to line. */
function isListOfTensors(value: unknown): value is readonly Tensor[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > longestList) return false;
  for (const one of value as readonly unknown[]) if (!(one instanceof Tensor) || one instanceof Parameter) return false;
  return true;
}

function measure(tensor: Tensor): MeasuredValues {
  const { mean, std, min, max, zeroFraction, nonFinite, histogram, fullHistogram } = statistics(tensor, bins);
  const { low, high, counts } = fullHistogram ?? histogram;
  return { mean, std, min, max, zeroFraction, nonFinite, histogram: { low, high, counts: Array.from(counts) } };
}

function key({ file, line, column }: ValuePlace["position"]): string {
  return `${line}:${column}:${file}`;
}
