/** What was measured at the places of one file, moved with its text as that is edited. Pure; lines and columns from 0. */
import type { SeenValue } from "../../protocol/index.ts";

export interface PlacedValue {
  readonly value: SeenValue;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** It is of a text before the one on the screen, or of a run before the last. */
  readonly isOld: boolean;
  /** The name is only read here; it was given its value elsewhere. */
  readonly isUse: boolean;
}

/** Text that takes the place of what stands between two places. */
export interface Edit {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly text: string;
}

/** The place where it was told, and those where its name is read. */
export function placed(value: SeenValue, isOld: boolean): PlacedValue[] {
  const { position, end, text, uses = [] } = value;
  return [
    { value, line: position.line - 1, column: position.column - 1, endLine: end.line - 1, endColumn: end.column - 1, isOld, isUse: false },
    ...uses.map(({ line, column }) => {
      return { value, line: line - 1, column: column - 1, endLine: line - 1, endColumn: column - 1 + text.length, isOld, isUse: true };
    }),
  ];
}

/** Those on an edited line are gone, those below move, and all are of an older text. */
export function edited(values: readonly PlacedValue[], edit: Edit): readonly PlacedValue[] {
  const moved = edit.text.split("\n").length - 1 - (edit.endLine - edit.line);
  return values.flatMap((one) => {
    if (isBefore(one, edit)) return [{ ...one, isOld: true }];
    if (!isBehind(one, edit)) return [];
    return [{ ...one, line: one.line + moved, endLine: one.endLine + moved, isOld: true }];
  });
}

/** A new line that is begun behind a line's text leaves that line as it is. */
function isBefore({ endLine, endColumn }: PlacedValue, { line, column, text }: Edit): boolean {
  return endLine < line || (endLine === line && endColumn <= column && /^\r?\n/.test(text));
}

/** Whole lines that come or go above a line leave it as it is. */
function isBehind({ line }: PlacedValue, { column, endLine, endColumn, text }: Edit): boolean {
  return line > endLine || (line === endLine && column === 0 && endColumn === 0 && (text === "" || text.endsWith("\n")));
}

/** What a run that failed measured before that, and where it came to nothing what was known before. */
export function completed(fresh: readonly PlacedValue[], before: readonly PlacedValue[]): readonly PlacedValue[] {
  const lines = new Set(fresh.map(({ line }) => line));
  return [...fresh, ...before.filter(({ line }) => !lines.has(line)).map((one) => ({ ...one, isOld: true }))];
}

/** The innermost that stands there. */
export function valueAt(values: readonly PlacedValue[], line: number, column: number): PlacedValue | undefined {
  const around = values.filter((one) => isWithin(one, line, column));
  return around.reduce<PlacedValue | undefined>((inner, one) => (inner && isInside(inner, one) ? inner : one), undefined);
}

function isWithin(one: PlacedValue, line: number, column: number): boolean {
  const begins = line > one.line || (line === one.line && column >= one.column);
  return begins && (line < one.endLine || (line === one.endLine && column <= one.endColumn));
}

function isInside(inner: PlacedValue, outer: PlacedValue): boolean {
  return isWithin(outer, inner.line, inner.column) && isWithin(outer, inner.endLine, inner.endColumn);
}
