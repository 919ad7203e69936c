/** What wrote a tensor as lines of a tree: newest first, each with what it was made from below it. Pure. */
import type { StepTrace, TensorKind, ValueRange, Writing } from "../../src/protocol/index.ts";
import { formatShape } from "../../src/run/modules.ts";
import { formatNumber, plural } from "../../src/run/numbers.ts";

export interface Line {
  /** The way to it from the tensor, by which it stays open: a writing may stand in several places. */
  readonly key: string;
  readonly index: number;
  readonly writing: Writing;
  readonly depth: number;
  /** `undefined` where there is nothing below it. */
  readonly isOpen: boolean | undefined;
  /** NaN or ∞ of the tensor began here. */
  readonly isBeginning: boolean;
  /** Place among those of the same tensor, from 1, and how many these are. */
  readonly place: number;
  readonly places: number;
}

/** The index of what wrote a module's tensor last. */
export function writerOf(trace: StepTrace, model: number, module: number, kind: TensorKind): number | undefined {
  return trace.tensors.find((tensor) => tensor.model === model && tensor.module === module && tensor.kind === kind)?.writing;
}

/** @param open keys of the lines that are open */
export function linesOf({ writings }: StepTrace, root: number, open: ReadonlySet<string>): readonly Line[] {
  const began = writings[root]!.began;
  const lines: Line[] = [];
  const add = (index: number, above: string, depth: number, place: number, places: number): void => {
    const writing = writings[index]!;
    const key = `${above}${index}`;
    const isOpen = writing.inputs.length > 0 ? open.has(key) : undefined;
    lines.push({ key, index, writing, depth, isOpen, isBeginning: index === began, place, places });
    if (isOpen) writing.inputs.forEach((input, i) => add(input, `${key}/`, depth + 1, i + 1, writing.inputs.length));
  };
  add(root, "", 0, 1, 1);
  return lines;
}

/** What is open at first: the way to where NaN or ∞ began, by the fewest lines; where all is finite, the first line. */
export function openAtFirst({ writings }: StepTrace, root: number): ReadonlySet<string> {
  const began = writings[root]!.began;
  const queue = [{ index: root, keys: [String(root)] }];
  const seen = new Set<number>();
  for (let way = queue.shift(); way && began !== undefined; way = queue.shift()) {
    // What made it is in sight, too.
    if (way.index === began) return new Set(way.keys);
    if (seen.has(way.index)) continue;
    seen.add(way.index);
    for (const input of writings[way.index]!.inputs) queue.push({ index: input, keys: [...way.keys, `${way.keys.at(-1)}/${input}`] });
  }
  return new Set([String(root)]);
}

/** What a person reads first: `linear`, `backward of relu`, `Adam.step`. */
export function title({ kind, name }: Writing): string {
  switch (kind) {
    case "differentiated":
      return `backward of ${name}`;
    case "summed":
      return "sum of gradients";
    case "hooked":
      return "gradient after hooks";
    case "inner":
      return "made by the layer";
    case "root":
      return "backward()";
    case "earlier":
      return name === "gradient" ? "gradient that was there" : "made before the step";
    default:
      return name;
  }
}

/** What it is, where the title doesn't say it. */
export function kindText({ kind, name }: Writing): string {
  const isSaid = kind === name || !["parameter", "buffer", "state"].includes(kind);
  if (kind === "parameter") return isSaid ? "before the step" : "parameter, before the step";
  return isSaid ? "" : kind === "state" ? "of the optimizer" : kind;
}

/** `−0.1 … 2.4`; a single value where there is no other, and nothing where none is finite. */
export function rangeText({ count, min, max }: ValueRange): string {
  if (count === 0) return "no values";
  if (Number.isNaN(min)) return "";
  return min === max ? formatNumber(min) : `${formatNumber(min)} … ${formatNumber(max)}`;
}

/** `3 NaN`, `1 ∞`, `12 zeros`, those that there are. */
export function countTexts({ nan, positive, negative, zeros }: ValueRange): readonly { readonly text: string; readonly isAlarm: boolean }[] {
  return [
    { count: nan, text: plural(nan, "NaN", "NaN"), isAlarm: true },
    { count: positive, text: plural(positive, "∞", "∞"), isAlarm: true },
    { count: negative, text: plural(negative, "−∞", "−∞"), isAlarm: true },
    { count: zeros, text: plural(zeros, "zero"), isAlarm: false },
  ].filter(({ count }) => count > 0);
}

export function shapeText({ shape }: Writing): string {
  return shape.length === 0 ? "one value" : formatShape(shape);
}

export type LineCommand =
  | { readonly type: "focus"; readonly at: number }
  | { readonly type: "open" | "close"; readonly at: number }
  | { readonly type: "reveal"; readonly at: number };

/** What a key does in the tree, as in the editor's own; `undefined` if it means nothing there. */
export function lineCommand(lines: readonly Line[], at: number, key: string): LineCommand | undefined {
  const line = lines[at];
  const focus = (next: number): LineCommand => ({ type: "focus", at: Math.min(lines.length - 1, Math.max(0, next)) });
  if (!line) return undefined;
  switch (key) {
    case "ArrowDown":
      return focus(at + 1);
    case "ArrowUp":
      return focus(at - 1);
    case "Home":
      return focus(0);
    case "End":
      return focus(lines.length - 1);
    case "ArrowRight":
      if (line.isOpen === false) return { type: "open", at };
      return line.isOpen ? focus(at + 1) : undefined;
    case "ArrowLeft":
      if (line.isOpen) return { type: "close", at };
      return focus(lines.slice(0, at).findLastIndex(({ depth }) => depth < line.depth));
    case " ":
      return line.isOpen === undefined ? undefined : { type: line.isOpen ? "close" : "open", at };
    case "Enter":
      return { type: "reveal", at };
    default:
      return undefined;
  }
}
