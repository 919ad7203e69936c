/** From what runs complain of to marks in files: pure, with lines and columns from 0 as VS Code counts. */
import type { Problem, SourcePosition } from "../../protocol/index.ts";
import type { FileRuns } from "../runs/fileRuns.ts";
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
}

/**
 * @param isDoubled whether another than Kindling says the same already
 * @returns marks by file, of everything that ran; the same trouble seen from two model files is one mark
 */
export function marks(all: readonly FileRuns[], isDoubled: (problem: Problem) => boolean = () => false): ReadonlyMap<string, readonly Mark[]> {
  const byFile = new Map<string, Map<string, Mark>>();
  for (const runs of all) {
    for (const problem of runs.problems) {
      if (isDoubled(problem)) continue;
      const file = problem.position?.file ?? runs.file;
      const own = byFile.get(file) ?? new Map<string, Mark>();
      const mark = markOf(problem);
      own.set(JSON.stringify([mark.range, mark.message]), mark);
      byFile.set(file, own);
    }
  }
  return new Map([...byFile].map(([file, own]) => [file, [...own.values()]]));
}

function markOf(problem: Problem): Mark {
  const { position, end, module } = problem;
  const start = position ? rangeAt(position) : { line: 0, column: 0, endLine: 0, endColumn: 0 };
  const isNamed = module === undefined || problem.message.includes(module);
  return {
    range: end ? { ...start, endLine: end.line - 1, endColumn: end.column - 1 } : start,
    severity: problem.severity,
    message: isNamed ? problem.message : `${problem.message} (in ${module})`,
    code: problem.code,
    related: (problem.stack ?? [])
      .filter((frame) => !isSamePosition(frame.position, position))
      .map((frame) => ({
        message: frame.function === "" ? "called from here" : `in ${frame.function}`,
        file: frame.position.file,
        range: rangeAt(frame.position),
      })),
  };
}

/** Empty: VS Code widens an empty mark to the word there. */
function rangeAt({ line, column }: SourcePosition): Range {
  const [zeroLine, zeroColumn] = [Math.max(0, line - 1), Math.max(0, column - 1)];
  return { line: zeroLine, column: zeroColumn, endLine: zeroLine, endColumn: zeroColumn };
}
