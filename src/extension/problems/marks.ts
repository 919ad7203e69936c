/** From what runs complain of to marks in files: pure, with lines and columns from 0 as VS Code counts. */
import type { Fix, ModelInfo, Problem, SourceEnd, SourcePosition } from "../../protocol/index.ts";
import { ToldLints } from "../../run/lints.ts";
import { fullPath, namedModule, placeOf } from "../../run/modulePlaces.ts";
import { namesModule } from "../../run/modules.ts";
import { isSamePosition } from "../shared/position.ts";

export interface Range {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface Mark {
  readonly range: Range;
  readonly severity: Problem["severity"];
  readonly message: string;
  readonly code: string;
  readonly related: readonly { readonly message: string; readonly file: string; readonly range: Range }[];
  readonly fixes: readonly MarkFix[];
  /** Of the editor's text that it was found in; absent: of the text on disk. */
  readonly version?: number;
}

/** A quick fix: what it says, and what it puts where. */
export interface MarkFix {
  readonly title: string;
  readonly edits: readonly { readonly file: string; readonly range: Range; readonly text: string }[];
}

/** Problems that one file is the reason for. */
export interface FileProblems {
  readonly file: string;
  readonly problems: readonly Problem[];
  /** Of the editor's text that they were found in; absent: found in the text on disk. */
  readonly version?: number;
  /** The models that a run of it told of. */
  readonly structure?: { readonly models: readonly ModelInfo[] };
}

/**
 * @param all the most trustworthy first
 * @param heard a problem as it is to be shown, or nothing where it isn't
 * @returns marks by file; the same trouble seen from two model files is one mark, and so is a lint that text and run both show
 */
export function marks(
  all: readonly FileProblems[],
  heard: (problem: Problem, file: string) => Problem | undefined = (problem) => problem,
): ReadonlyMap<string, readonly Mark[]> {
  const byFile = new Map<string, Map<string, Mark>>();
  const told = new ToldLints();
  for (const { file: reason, problems, version, structure } of all) {
    for (const found of problems) {
      const problem = heard(found, reason);
      if (!problem || told.isTold(problem, version === undefined ? "run" : "text")) continue;
      const file = problem.position?.file ?? reason;
      const own = byFile.get(file) ?? new Map<string, Mark>();
      const mark = markOf(problem, version, structure?.models ?? []);
      own.set(JSON.stringify([mark.range, mark.message]), mark);
      byFile.set(file, own);
    }
  }
  return new Map([...byFile].map(([file, own]) => [file, [...own.values()]]));
}

function markOf(problem: Problem, version: number | undefined, models: readonly ModelInfo[]): Mark {
  const { position, end, module, related = [], stack = [], fixes = [] } = problem;
  return {
    range: position ? rangeBetween(position, end) : { line: 0, column: 0, endLine: 0, endColumn: 0 },
    severity: problem.severity,
    message: namesModule(problem) ? problem.message : `${problem.message} (in ${module})`,
    code: problem.code,
    ...(version !== undefined && { version }),
    related: [
      ...related.map((place) => ({ message: place.message, file: place.position.file, range: rangeBetween(place.position, place.end) })),
      ...placesOfModule(problem, models),
      ...stack
        .filter((frame) => !isSamePosition(frame.position, position))
        .map((frame) => ({
          message: frame.function === "" ? "called from here" : `in ${frame.function}`,
          file: frame.position.file,
          range: rangeBetween(frame.position),
        })),
    ],
    fixes: fixes.map(markFixOf),
  };
}

export function markFixOf({ title, edits }: Fix): MarkFix {
  return { title, edits: edits.map((edit) => ({ file: edit.position.file, range: rangeBetween(edit.position, edit.end), text: edit.text })) };
}

/** Where the module is made that the trouble is in, and called, as far as nothing else leads to these lines. */
function placesOfModule(problem: Problem, models: readonly ModelInfo[]): Mark["related"] {
  const { position, module: name, related = [], stack = [] } = problem;
  const placed = name === undefined ? undefined : namedModule(models, name);
  if (!placed) return [];
  const known = [position, ...related.map((place) => place.position), ...stack.map((frame) => frame.position)];
  const isKnown = ({ file, line }: SourcePosition): boolean => known.some((one) => one?.file === file && one.line === line);
  return (["made", "called"] as const).flatMap((kind) => {
    const place = placeOf(placed.module, kind);
    return place && !isKnown(place) ? [{ message: `${fullPath(placed)} is ${kind} here`, file: place.file, range: rangeBetween(place) }] : [];
  });
}

/** @param end none: empty, which VS Code widens to the word there */
function rangeBetween({ line, column }: SourcePosition, end: SourceEnd = { line, column }): Range {
  const zero = (ordinal: number): number => Math.max(0, ordinal - 1);
  return { line: zero(line), column: zero(column), endLine: zero(end.line), endColumn: zero(end.column) };
}
