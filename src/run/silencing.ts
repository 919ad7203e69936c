/** What a user doesn't want to hear of a lint: by a comment in the file, by a setting. Alike for what the text and what a run shows. */
import type { Fix, Problem } from "../protocol/index.ts";
import { isLint } from "./lints.ts";

export type LintLevel = "off" | Problem["severity"];

/** Level by lint; `*` stands for each that isn't named. */
export type LintLevels = Readonly<Record<string, LintLevel>>;

const comment = /(?:\/\/|\/\*).*?\bkindling:\s*ignore(?<file>-file)?\s+(?<ids>[\w-]+(?:\s*,\s*[\w-]+)*)/;
const onlyComment = /^\s*(?:\/\/|\/\*|\*)/;

/**
 * @param text of the file that the problem is in, where that can be read
 * @returns the problem as it is to be shown, or undefined where the user wants to hear nothing of it
 */
export function heard(problem: Problem, text: string | undefined, levels: LintLevels = {}): Problem | undefined {
  if (!isLint(problem.code)) return problem;
  const level = levels[problem.code] ?? levels["*"] ?? problem.severity;
  if (level === "off" || (text !== undefined && isSilenced(problem, text))) return undefined;
  return level === problem.severity ? problem : { ...problem, severity: level };
}

function isSilenced({ code, position }: Problem, text: string): boolean {
  if (!text.includes("kindling:")) return false;
  const lines = text.split("\n");
  if (lines.some((line) => silences(line, code, "file"))) return true;
  if (!position) return false;
  const own = position.line - 1;
  if (silences(lines[own], code, "line")) return true;
  // Comments that stand alone are about the line below them.
  for (let at = own - 1; at >= 0 && onlyComment.test(lines[at]!); at--) if (silences(lines[at], code, "line")) return true;
  return false;
}

function silences(line: string | undefined, code: string, scope: "line" | "file"): boolean {
  const { ids, file } = comment.exec(line ?? "")?.groups ?? {};
  if (ids === undefined || (file === undefined) !== (scope === "line")) return false;
  return ids.split(",").some((id) => id.trim() === code);
}

/**
 * The comment that silences a lint on the line where the problem stands.
 * @param line from 1
 * @returns undefined where a comment at the line's end would be part of a text in backquotes
 */
export function silencingFix(code: string, file: string, line: number, text: string): Fix | undefined {
  const lines = text.split("\n");
  const own = lines[line - 1]?.replace(/\r$/, "");
  if (own === undefined || !isLint(code) || endsInTemplate(lines.slice(0, line).join("\n"))) return undefined;
  const known = comment.exec(own);
  const isListed = known !== null && known.groups?.["file"] === undefined;
  const column = isListed ? known.index + known[0].length + 1 : own.length + 1;
  const position = { file, line, column };
  return {
    title: `Silence \`${code}\` here`,
    edits: [{ position, end: { line, column }, text: isListed ? `, ${code}` : ` // kindling: ignore ${code}` }],
  };
}

function endsInTemplate(text: string): boolean {
  return (text.replace(/\\./g, "").match(/`/g)?.length ?? 0) % 2 === 1;
}
