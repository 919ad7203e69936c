/** Which weights of one run belong where in another: by path and shape, and where those differ, by what is likely meant. Pure. */
import type { ModelInfo, WeightMatch, WeightTensor } from "../protocol/index.ts";
import { groupBy } from "./groupBy.ts";
import { likelyPrefix, nameBefore } from "./weightPrefix.ts";

/** The weights of a model, in the order in which it holds them. */
export interface WeightModel {
  readonly name: string;
  /** The class of the model; absent of a file that doesn't tell. */
  readonly type?: string;
  readonly tensors: readonly WeightTensor[];
}

/** As much alike names have to be for one to be the other's new name. */
const similar = 0.5;

/** Pairs of names that are looked at; where more are left, the models have little in common. */
const mostCompared = 100_000;

/** Parameters, each once, and buffers that are saved. */
export function weightModel({ name, modules }: ModelInfo): WeightModel {
  const tensors = modules.flatMap(({ path, parameters, buffers }) =>
    [...parameters.filter(({ sharedWith }) => sharedWith === undefined), ...buffers.filter(({ persistent }) => persistent)].map((tensor) => ({
      path: path === "" ? tensor.name : `${path}.${tensor.name}`,
      shape: tensor.shape,
      dtype: tensor.dtype,
    })),
  );
  return { name, type: modules[0]!.type, tensors };
}

/** Whether it, or the layer or model that has it, is named in `WeightsRequest.declined`. */
function isDeclined({ model, path }: WeightMatch, declined: readonly string[]): boolean {
  return declined.some((name) => [path, `${model}.${path}`].some((own) => own === name || own.startsWith(`${name}.`)));
}

/** Whether something was taken over by it. */
export function isTaken({ kind, declined }: WeightMatch): boolean {
  return !declined && (kind === "kept" || kind === "renamed" || kind === "transposed" || kind === "resized");
}

/** What becomes of every tensor of all models, those of the new code first. */
export function matchWeights(before: readonly WeightModel[], now: readonly WeightModel[], declined: readonly string[] = []): readonly WeightMatch[] {
  const pairs = pairModels(before, now);
  const paired = new Set(pairs.values());
  return [
    ...now.flatMap((model) => matchTensors(pairs.get(model), model, declined)),
    ...before.filter((model) => !paired.has(model)).flatMap((model) => model.tensors.map((tensor) => gone(model.name, tensor))),
  ];
}

/** For each model of the new code the one that it was: of the same name, else the one that it has most in common with. */
export function pairModels<Before extends WeightModel, Now extends WeightModel>(before: readonly Before[], now: readonly Now[]): ReadonlyMap<Now, Before> {
  const pairs = new Map<Now, Before>();
  const left = new Set(before);
  const pair = (model: Now, found: Before | undefined): void => {
    if (!found || pairs.has(model) || !left.has(found)) return;
    pairs.set(model, found);
    left.delete(found);
  };
  for (const model of now)
    pair(
      model,
      [...left].find(({ name }) => name === model.name),
    );
  const open = now.filter((model) => !pairs.has(model));
  const rated = open.flatMap((model) => [...left].map((old) => ({ model, old, common: inCommon(old, model), isOfType: old.type === model.type })));
  rated.sort((a, b) => b.common - a.common || Number(b.isOfType) - Number(a.isOfType));
  for (const { model, old, common, isOfType } of rated) if (common > 0 || isOfType) pair(model, old);
  return pairs;
}

/** How many tensors have the same name, but for what stands before all of them, and can be taken over. */
function inCommon(before: WeightModel, { tensors }: WeightModel): number {
  const old = new Map(before.tensors.map((tensor) => [tensor.path, tensor]));
  const canBe = canBeTaken(before);
  const prefix = likelyPrefix(before.tensors, tensors, canBe);
  return tensors.filter((tensor) => {
    const origin = old.get(nameBefore(prefix, tensor.path) ?? "");
    return origin !== undefined && canBe(origin, tensor);
  }).length;
}

/** A file that doesn't tell whose it is may be of a program that keeps the weights of its linear layers the other way round. */
function canBeTaken({ type }: WeightModel): (old: WeightTensor, tensor: WeightTensor) => boolean {
  return type === undefined ? (old, tensor) => fits(old, tensor) || fitsTransposed(old, tensor) : fits;
}

/** What becomes of the tensors of one model; of a model that wasn't there before, all are new. */
export function matchTensors(before: WeightModel | undefined, { name, tensors }: WeightModel, declined: readonly string[] = []): WeightMatch[] {
  const old = new Map((before?.tensors ?? []).map((tensor) => [tensor.path, tensor]));
  const from = new Map<WeightTensor, WeightTensor>();
  for (const tensor of tensors) if (isSame(old.get(tensor.path), tensor)) from.set(tensor, old.get(tensor.path)!);
  const transposed = before ? findPrefixed(before, tensors, from) : new Set<WeightTensor>();
  const sides = (): Sides => {
    const taken = new Set(from.values());
    return {
      before: [...old.values()],
      now: tensors,
      leftBefore: [...old.values()].filter((one) => !taken.has(one)),
      left: tensors.filter((one) => !from.has(one)),
    };
  };
  for (const find of [renamedModules, renamedTensors, resizedTensors]) for (const [tensor, origin] of find(sides())) from.set(tensor, origin);
  const nearest = nearestNames(sides());
  const matches = tensors.map((tensor): WeightMatch => {
    const match = transposed.has(tensor) ? transposedMatch(name, tensor, from.get(tensor)!) : matchOf(name, tensor, from.get(tensor), nearest.get(tensor));
    return match.kind !== "new" && isDeclined(match, declined) ? { ...match, declined: true } : match;
  });
  return [...matches, ...sides().leftBefore.map((tensor) => gone(before!.name, tensor))];
}

/**
 * Tensors that have their names but for what stands before all of them, and those that lie the other way round.
 * @param from gets where they come from
 * @returns those that have to be transposed
 */
function findPrefixed(before: WeightModel, now: readonly WeightTensor[], from: Map<WeightTensor, WeightTensor>): ReadonlySet<WeightTensor> {
  const prefix = likelyPrefix(before.tensors, now, canBeTaken(before));
  const old = new Map(before.tensors.map((tensor) => [tensor.path, tensor]));
  const taken = new Set(from.values());
  const transposed = new Set<WeightTensor>();
  for (const layer of groupBy(now, ({ path }) => ownerOf(path)).values()) {
    const pairs = layer.flatMap((tensor) => {
      const origin = old.get(nameBefore(prefix, tensor.path) ?? "");
      return origin && !from.has(tensor) && !taken.has(origin) ? [[tensor, origin] as const] : [];
    });
    const isTurned = before.type === undefined && pairs.every(([tensor, origin]) => fits(origin, tensor) || fitsTransposed(origin, tensor));
    for (const [tensor, origin] of pairs) {
      if (fits(origin, tensor)) from.set(tensor, origin);
      else if (isTurned) {
        from.set(tensor, origin);
        transposed.add(tensor);
      }
    }
  }
  for (const tensor of squareBeside(now, transposed)) if (from.has(tensor)) transposed.add(tensor);
  return transposed;
}

/** Of a square matrix no shape tells which way round it is: it is as the others in the same block are, `c_proj` as `c_attn`. */
function* squareBeside(now: readonly WeightTensor[], transposed: ReadonlySet<WeightTensor>): Iterable<WeightTensor> {
  for (const block of groupBy(now.filter(isMatrix), ({ path }) => ownerOf(ownerOf(path))).values()) {
    const [square, others] = [block.filter(isSquare), block.filter((tensor) => !isSquare(tensor))];
    if (others.some((tensor) => transposed.has(tensor)) && others.every((tensor) => transposed.has(tensor))) yield* square;
  }
}

function isMatrix({ path, shape }: WeightTensor): boolean {
  return leafOf(path) === "weight" && shape.length === 2;
}

function isSquare({ shape: [rows, columns] }: WeightTensor): boolean {
  return rows === columns;
}

function fitsTransposed(old: WeightTensor, tensor: WeightTensor): boolean {
  return isMatrix(tensor) && old.dtype === tensor.dtype && old.shape.length === 2 && old.shape[0] === tensor.shape[1] && old.shape[1] === tensor.shape[0];
}

function transposedMatch(model: string, { path, shape }: WeightTensor, origin: WeightTensor): WeightMatch {
  return { kind: "transposed", model, path, shape, from: { path: origin.path, shape: origin.shape } };
}

/** For what has no origin, what is left over under a name much like it, each once: the most alike first. */
function nearestNames({ left, leftBefore }: Sides): ReadonlyMap<WeightTensor, WeightTensor> {
  if (left.length * leftBefore.length > mostCompared) return new Map();
  const byLeaf = groupBy(leftBefore, ({ path }) => leafOf(path));
  const ratings = left.flatMap((tensor) => {
    const candidates = byLeaf.get(leafOf(tensor.path)) ?? [];
    return candidates.map((old) => ({ tensor, old, rating: pathLikeness(ownerOf(old.path), ownerOf(tensor.path)) + (fits(old, tensor) ? similar : 0) }));
  });
  ratings.sort((a, b) => b.rating - a.rating);
  const nearest = new Map<WeightTensor, WeightTensor>();
  const taken = new Set<WeightTensor>();
  for (const { tensor, old, rating } of ratings) {
    if (rating < similar || nearest.has(tensor) || taken.has(old)) continue;
    nearest.set(tensor, old);
    taken.add(old);
  }
  return nearest;
}

function matchOf(model: string, tensor: WeightTensor, origin: WeightTensor | undefined, nearest: WeightTensor | undefined): WeightMatch {
  const { path, shape } = tensor;
  const base = { model, path, shape };
  if (!origin) return { ...base, kind: "new", ...(nearest && { nearest: { path: nearest.path, shape: nearest.shape } }) };
  if (isSame(origin, tensor)) return { ...base, kind: "kept" };
  return { ...base, kind: origin.path === path ? "resized" : "renamed", from: { path: origin.path, shape: origin.shape } };
}

function gone(model: string, { path, shape }: WeightTensor): WeightMatch {
  return { kind: "gone", model, path, shape };
}

type Pairs = Iterable<readonly [now: WeightTensor, before: WeightTensor]>;

/** All tensors, and those that have no match yet. */
interface Sides {
  readonly before: readonly WeightTensor[];
  readonly now: readonly WeightTensor[];
  readonly leftBefore: readonly WeightTensor[];
  readonly left: readonly WeightTensor[];
}

/** Layers that have the same tensors under another path: where that is much like the old one, or stands in its place. */
function* renamedModules(sides: Sides): Pairs {
  const before = unmatchedModules(sides.before, sides.leftBefore);
  const now = unmatchedModules(sides.now, sides.left);
  const bySignature = groupBy(before, ({ signature }) => signature);
  const ratings = now.flatMap((module) =>
    (bySignature.get(module.signature) ?? []).flatMap((old) => {
      const likeness = pathLikeness(old.path, module.path);
      const isInPlace = old.place !== undefined && old.place === module.place;
      return likeness >= similar || isInPlace ? [{ module, old, rating: likeness + (isInPlace ? similar : 0) }] : [];
    }),
  );
  ratings.sort((a, b) => b.rating - a.rating || Math.abs(a.module.index - a.old.index) - Math.abs(b.module.index - b.old.index));
  const taken = new Set<UnmatchedModule>();
  for (const { module, old } of ratings) {
    if (taken.has(module) || taken.has(old)) continue;
    taken.add(module).add(old);
    for (const [i, tensor] of module.tensors.entries()) yield [tensor, old.tensors[i]!];
  }
}

/** A layer of which nothing was matched yet. */
interface UnmatchedModule {
  readonly path: string;
  readonly tensors: readonly WeightTensor[];
  /** Names, shapes and types of its tensors. */
  readonly signature: string;
  /** Where it stands among all layers. */
  readonly index: number;
  /** The matched layers around it, and which one between these it is of how many. */
  readonly place: string;
}

function unmatchedModules(all: readonly WeightTensor[], left: readonly WeightTensor[]): UnmatchedModule[] {
  const isLeft = new Set(left);
  const modules = [...groupBy(all, ({ path }) => ownerOf(path))].map(([path, tensors], index) => ({ path, tensors, index }));
  const isUnmatched = (module: { readonly tensors: readonly WeightTensor[] } | undefined): boolean =>
    module !== undefined && module.tensors.every((tensor) => isLeft.has(tensor));
  return modules.filter(isUnmatched).map((module) => {
    let [first, end] = [module.index, module.index + 1];
    while (isUnmatched(modules[first - 1])) first--;
    while (isUnmatched(modules[end])) end++;
    const place = [modules[first - 1]?.path, modules[end]?.path, module.index - first, end - first].join("\n");
    const signature = module.tensors.map(({ path, shape, dtype }) => `${leafOf(path)} ${dtype} ${shape.join()}`).join("\n");
    return { ...module, place, signature };
  });
}

/** Tensors that a layer has under another name. */
function* renamedTensors({ left, leftBefore }: Sides): Pairs {
  const taken = new Set<WeightTensor>();
  for (const tensor of left) {
    const candidates = leftBefore.filter((old) => !taken.has(old) && ownerOf(old.path) === ownerOf(tensor.path) && fits(old, tensor));
    const [best] = candidates
      .map((old) => ({ old, likeness: likeness(leafOf(old.path), leafOf(tensor.path)) }))
      .filter((rated) => rated.likeness >= similar)
      .sort((a, b) => b.likeness - a.likeness);
    if (!best) continue;
    taken.add(best.old);
    yield [tensor, best.old];
  }
}

/**
 * Tensors that are wider or narrower in one dimension. Only where that holds for all that changed of a layer: what is stacked
 * in its other tensors (the gates of an LSTM, the projections of an attention) would else be cut at the wrong places.
 */
function* resizedTensors({ left, leftBefore }: Sides): Pairs {
  const old = new Map(leftBefore.map((tensor) => [tensor.path, tensor]));
  for (const tensors of groupBy(left, ({ path }) => ownerOf(path)).values()) {
    const origins = tensors.map((tensor) => old.get(tensor.path));
    if (tensors.some((tensor, i) => origins[i] && !isResized(origins[i], tensor))) continue;
    for (const [i, tensor] of tensors.entries()) if (origins[i]) yield [tensor, origins[i]];
  }
}

function isResized(a: WeightTensor, b: WeightTensor): boolean {
  return a.dtype === b.dtype && a.shape.length === b.shape.length && a.shape.filter((size, i) => size !== b.shape[i]).length === 1;
}

function isSame(a: WeightTensor | undefined, b: WeightTensor): boolean {
  return a !== undefined && a.path === b.path && fits(a, b);
}

function fits(a: WeightTensor, b: WeightTensor): boolean {
  return a.dtype === b.dtype && a.shape.length === b.shape.length && a.shape.every((size, i) => size === b.shape[i]);
}

function ownerOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf(".")));
}

function leafOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

/** 0 to 1. A layer that moved as it is into another module, or out of one, is much like itself; a number says nothing alone. */
function pathLikeness(a: string, b: string): number {
  const [lastA, lastB] = [leafOf(a), leafOf(b)];
  if (/\D/.test(lastA) && /\D/.test(lastB)) return Math.max(likeness(lastA, lastB), likeness(a, b));
  return likeness(a, b);
}

/** 1 less the share of the letters that have to be changed. */
function likeness(a: string, b: string): number {
  let distances = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) next.push(Math.min(next[j]! + 1, distances[j + 1]! + 1, distances[j]! + Number(a[i] !== b[j])));
    distances = next;
  }
  return 1 - distances.at(-1)! / Math.max(1, a.length, b.length);
}
