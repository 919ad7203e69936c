/** What stands of measured shapes in the editor's lines, and which of them in which setting. Pure. */
import type { SeenValue, ValueShape } from "../../protocol/index.ts";
import type { PlacedValue } from "./seenValues.ts";

/** Where a shape changes, everywhere, or nowhere. */
export type ShownShapes = "off" | "changes" | "all";

export interface ShapeHint {
  readonly line: number;
  readonly column: number;
  readonly label: string;
  readonly value: PlacedValue;
}

/** Shapes of several calls that are told before the others are only hinted at. */
const mostShapes = 3;

/** @param lineAt the text of a line */
export function shapeHints(values: readonly PlacedValue[], shown: ShownShapes, lineAt: (line: number) => string): readonly ShapeHint[] {
  if (shown === "off") return [];
  return values
    .filter(({ value, isUse }) => !isUse && (shown === "all" || (value.isNews && value.kind !== "argument")))
    .map((one) => ({ line: one.endLine, column: one.endColumn, label: labelOf(one, lineAt(one.endLine)), value: one }));
}

/** What follows a name that has a type is no second one; of an old text the sign differs, and nothing moves. */
function labelOf({ value, endColumn, isOld }: PlacedValue, line: string): string {
  const isTyped = value.kind !== "argument" && value.kind !== "result" && /^\s*[?!]?\s*:/.test(line.slice(endColumn));
  const sign = isOld ? "≈" : isTyped ? " " : ":";
  return `${sign}${isTyped ? "" : " "}${shapesText(value)}`;
}

/** `[B, 64]`, of several calls `[B, 64] · [B, 32]` */
export function shapesText({ shapes }: SeenValue): string {
  const texts = [...new Set(shapes.map(shapeText))];
  return texts.slice(0, mostShapes).join(" · ") + (texts.length > mostShapes ? " · …" : "");
}

function shapeText({ tensors, isList, isBatch }: ValueShape): string {
  const texts = tensors.map((shape) => `[${shape.map((size, dim) => (isBatch && dim === 0 ? "B" : size)).join(", ")}]`);
  return isList ? `(${texts.join(", ")})` : (texts[0] ?? "");
}

/** The sizes that `B` stands for. */
export function batchSizes({ shapes }: SeenValue): readonly number[] {
  return [...new Set(shapes.flatMap(({ isBatch, tensors }) => (isBatch ? [tensors[0]?.[0] ?? 0] : [])))];
}
