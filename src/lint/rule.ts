/** What a rule is, and how it speaks. */
import type { Fix, Problem, RelatedPlace, TextEdit } from "../protocol/index.ts";
import { lintProblem, type LintId } from "../run/lints.ts";
import type { Program } from "./program.ts";
import type { Node } from "./tree.ts";

/** Finds one kind of mistake in a file. */
export type Rule = (program: Program) => Iterable<Problem>;

export interface Finding {
  readonly message: string;
  readonly related?: readonly RelatedPlace[];
  /** What mends it for certain. */
  readonly fix?: Fix | undefined;
}

/** @param node what is marked */
export function finding(program: Program, id: LintId, node: Node, { message, related, fix }: Finding): Problem {
  return lintProblem(id, { message, ...program.place(node), ...(related && { related }), ...(fix && { fixes: [fix] }) });
}

export function related(program: Program, node: Node, message: string): RelatedPlace {
  return { message, ...program.place(node) };
}

export function replacing(program: Program, node: Node, text: string): TextEdit {
  return { ...program.place(node), text };
}

export function inserting(program: Program, offset: number, text: string): TextEdit {
  const position = program.position(offset);
  return { position, end: { line: position.line, column: position.column }, text };
}

/** @param from offset of the first character that goes; `to` the first that stays */
export function removing(program: Program, from: number, to: number): TextEdit {
  const { line, column } = program.position(to);
  return { position: program.position(from), end: { line, column }, text: "" };
}

/** How a fix writes a name of Kindling's, and the edit that it needs for that; undefined where the file can't import it by name. */
export function naming(program: Program, name: string): { readonly name: string; readonly edits: readonly TextEdit[] } | undefined {
  const written = program.written(name);
  if (written !== undefined) return { name: written, edits: [] };
  const edit = importing(program, name);
  return edit && { name, edits: [edit] };
}

/** Adds it to what the file imports. */
function importing(program: Program, name: string): TextEdit | undefined {
  for (const statement of program.body.body) {
    if (statement.type !== "ImportDeclaration" || statement.source.value !== "kindling" || statement.importKind === "type") continue;
    const last = statement.specifiers.at(-1);
    if (last?.type === "ImportSpecifier") return inserting(program, last.end!, `, ${name}`);
  }
  return undefined;
}

/** Whitespace before the first word of the line. */
export function indentAt(program: Program, offset: number): string {
  const start = program.text.lastIndexOf("\n", offset - 1) + 1;
  return /^[\t ]*/.exec(program.text.slice(start, offset))![0];
}

/** A statement of its own on the line before. */
export function insertingBefore(program: Program, statement: Node, text: string): TextEdit {
  return inserting(program, statement.start!, `${text}\n${indentAt(program, statement.start!)}`);
}

/** Takes statements out of a loop and puts them before it. */
export function movingBefore(program: Program, loop: Node, statements: readonly Node[], title: string): Fix {
  const text = statements.map((statement) => program.textOf(statement)).join("\n");
  return { title, edits: [insertingBefore(program, loop, text), ...statements.map((statement) => removingStatement(program, statement))] };
}

/** A statement of its own on the line after. */
export function insertingAfter(program: Program, statement: Node, text: string): TextEdit {
  return inserting(program, statement.end!, `\n${indentAt(program, statement.start!)}${text}`);
}

/** Takes a statement out, with its line where it has that for itself. */
export function removingStatement(program: Program, statement: Node): TextEdit {
  const { text } = program;
  const start = statement.start! - indentAt(program, statement.start!).length;
  const isAlone = (start === 0 || text[start - 1] === "\n") && /^[\t ]*\r?\n/.test(text.slice(statement.end!));
  const end = isAlone ? text.indexOf("\n", statement.end!) + 1 : statement.end!;
  return removing(program, isAlone ? start : statement.start!, end);
}
