/** What is taken over of another run's weights, as the rows of a table: a layer each. Pure. */
import type { TakenWeights, WeightMatch } from "../protocol/index.ts";
import { groupBy } from "./groupBy.ts";
import { plural } from "./numbers.ts";
import { isTaken } from "./weightMatching.ts";

export type WeightRowKind = WeightMatch["kind"];

/** What becomes of a layer: of those of its tensors that fare alike. */
export interface WeightRow {
  readonly kind: WeightRowKind;
  /** As the program would write it: `net.fc1`; where a layer has another name now, `net.hidden ← fc1`. */
  readonly name: string;
  /** Its tensors and their shapes, where they differ the old one first. */
  readonly tensors: string;
  readonly matches: readonly WeightMatch[];
}

/** In this order they are told. */
const kinds: readonly WeightRowKind[] = ["renamed", "transposed", "resized", "new", "gone", "kept"];

/** What has to be looked at first. */
export function weightRows(matches: readonly WeightMatch[]): readonly WeightRow[] {
  const rows = [...groupBy(matches, (match) => [match.kind, match.model, ownerOf(match.path), match.declined].join("\n")).values()].map(rowOf);
  return kinds.flatMap((kind) => rows.filter((row) => row.kind === kind));
}

function rowOf(matches: readonly WeightMatch[]): WeightRow {
  const [{ kind, model, path, from }] = matches as readonly [WeightMatch];
  const name = [model, ownerOf(path)].filter((part) => part !== "").join(".");
  const origin =
    (kind === "renamed" || kind === "transposed") && from && ownerOf(from.path) !== ownerOf(path) ? ` ← ${ownerOf(from.path) || "the model itself"}` : "";
  return { kind, name: `${name}${origin}`, tensors: `${matches.map(tensorText).join(", ")}${nearestText(matches)}`, matches };
}

/** What new ones may have been meant to come from. */
function nearestText(matches: readonly WeightMatch[]): string {
  const names = matches.flatMap(({ nearest }) => (nearest ? [`${nearest.path} ${shapeText(nearest.shape)}`] : []));
  return names.length > 0 ? `; nearest: ${names.join(", ")}` : "";
}

function tensorText({ path, shape, from }: WeightMatch): string {
  const was = from && leafOf(from.path) !== leafOf(path) ? `${leafOf(from.path)} → ` : "";
  const before = from && from.shape.join() !== shape.join() ? `${shapeText(from.shape)} → ` : "";
  return `${was}${leafOf(path)} ${before}${shapeText(shape)}`;
}

/** `digits, step 512` */
export function originText({ origin, step }: TakenWeights): string {
  return step === undefined ? origin : `${origin}, step ${step}`;
}

/** `12 tensors kept, 2 renamed, 1 new, 1 gone` */
export function weightsSentence(matches: readonly WeightMatch[]): string {
  const taken = matches.filter(isTaken);
  const counted = (kind: WeightRowKind): number => taken.filter((match) => match.kind === kind).length;
  const fresh = matches.filter(({ kind, declined }) => kind === "new" || declined).length;
  const parts = [
    `${plural(counted("kept"), "tensor")} kept`,
    ...kindCount(counted("renamed"), "renamed"),
    ...kindCount(counted("transposed"), "transposed"),
    ...kindCount(counted("resized"), "resized"),
    ...kindCount(fresh, "new"),
    ...kindCount(matches.filter(({ kind }) => kind === "gone").length, "gone"),
  ];
  return parts.join(", ");
}

function kindCount(count: number, word: string): readonly string[] {
  return count > 0 ? [`${count} ${word}`] : [];
}

function shapeText(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

function ownerOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf(".")));
}

function leafOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}
