/** A problem as text, with the source line it is about. */
import { relative } from "node:path";
import { styleText } from "node:util";
import type { Problem, SourcePosition } from "../protocol/index.ts";
import { isLint } from "../run/lints.ts";
import { sourceText } from "../client/sourceText.ts";

export type Paint = (format: "red" | "yellow" | "blue" | "bold" | "dim" | "green" | "cyan", text: string) => string;

export const plain: Paint = (_, text) => text;
export const coloured: Paint = (format, text) => styleText(format, text);

const labels = { error: ["red", "error"], warning: ["yellow", "warning"], information: ["blue", "note"] } as const;

/** Frames shown below the excerpt. */
const shownFrames = 8;

export function problemText(problem: Problem, paint: Paint = plain): string {
  const [colour, label] = labels[problem.severity];
  const id = isLint(problem.code) ? `[${problem.code}]` : "";
  const lines = [`${paint(colour, label + id)}: ${paint("bold", problem.message)}`];
  if (problem.position) lines.push(...excerpt(problem.position, problem.end, (text) => paint(colour, text), paint));
  for (const { message, position, end } of problem.related ?? [])
    lines.push(paint("dim", `  ${message}:`), ...excerpt(position, end, (text) => paint("dim", text), paint));
  const callers = (problem.stack ?? []).slice(1, 1 + shownFrames);
  for (const frame of callers) lines.push(paint("dim", `    called at ${place(frame.position)}${frame.function ? ` in ${frame.function}` : ""}`));
  return `${lines.join("\n")}\n`;
}

function excerpt({ file, line, column }: SourcePosition, end: Problem["end"], mark: (text: string) => string, paint: Paint): string[] {
  const heading = `  ${paint("dim", "-->")} ${place({ file, line, column })}`;
  const text = sourceText(file)?.split(/\r?\n/)[line - 1];
  if (text === undefined || text.trim() === "") return [heading];
  const before = text.slice(0, column - 1);
  const length = end?.line === line ? end.column - column : (/^[\p{ID_Continue}$]+/u.exec(text.slice(column - 1))?.[0].length ?? 1);
  const number = String(line);
  const margin = " ".repeat(number.length);
  // Tabs stay tabs, so that the mark stands where the text does.
  const indent = before.replace(/[^\t]/g, " ");
  return [heading, ` ${margin} |`, ` ${number} | ${text.replace(/(?!\t)\p{Cc}/gu, "�")}`, ` ${margin} | ${indent}${mark("^".repeat(Math.max(1, length)))}`];
}

function place({ file, line, column }: SourcePosition): string {
  const path = relative(process.cwd(), file);
  return `${printable(path.startsWith("..") ? file : path)}:${line}:${column}`;
}

/** A file's name on one line, whatever is in it: a terminal would obey control characters. */
export function printable(name: string): string {
  return name.replace(/[\p{Cc}\u2028\u2029]/gu, (character) => (character === "\n" ? "\\n" : `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`));
}
