/** A Kindling program as PyTorch's Python, from its text alone. */
import type { Problem } from "../protocol/index.ts";
import type { Additions } from "./additions.ts";
import { collectNames, commentLines, Context, type Line, type ReadFile } from "./context.ts";
import { docstring, collectWholeNames } from "./functions.ts";
import { helpers, type HelperName } from "./helpers.ts";
import { withoutPythonsOwn } from "./homecoming.ts";
import { apiDictionary, condition, expression, propertyOf, valueFor, wholeExpression } from "./expressions.ts";
import { putIn } from "./grammar.ts";
import { Signs } from "./signs.ts";
import { block, predeclare, returned, statements } from "./statements.ts";
import { parseProgram, type Node } from "./syntax.ts";

putIn({ expression, condition, wholeExpression, valueFor, propertyOf, apiDictionary, block, returned, predeclare });

export interface PythonProgram {
  readonly code: string;
  /** What has no twin in PyTorch, by name and place; the Python stops there. */
  readonly problems: readonly Problem[];
  /** For each line of Python the line of the source that it says, from 1; 0 for none. */
  readonly lines: readonly number[];
  /** Files of the program's own that it imports. */
  readonly imports: readonly string[];
}

export interface ToPythonOptions {
  /** Reads the program's own files, for what their functions and classes take. */
  readonly read?: ReadFile;
  /** The folder of the program that is run; by default the file's own. */
  readonly root?: string;
  /** Which statements of its top level are wanted; by default all. */
  readonly only?: (node: Node) => boolean;
  /** The module that the other statements went to, and what they declare. */
  readonly from?: { readonly module: string; readonly names: readonly string[] };
  readonly additions?: Additions;
}

/** @param file the absolute path of the source */
export function toPython(source: string, file: string, options: ToPythonOptions = {}): PythonProgram {
  const first = translated(source, file, options, false);
  return first.orderedSets ? translated(source, file, options, true).program : first.program;
}

function translated(
  source: string,
  file: string,
  { read = () => undefined, root, only, from, additions }: ToPythonOptions,
  orderedSets: boolean,
): { readonly program: PythonProgram; readonly orderedSets: boolean } {
  let parsed;
  try {
    parsed = parseProgram(source);
  } catch (error) {
    return {
      program: { code: "", problems: [syntaxProblem(error as SyntaxError & { loc?: { line: number; column: number } }, file)], lines: [], imports: [] },
      orderedSets,
    };
  }
  const context = new Context(file, source, parsed.comments ?? [], { read, root: root ?? file.split("/").slice(0, -1).join("/"), modules: new Map() });
  context.orderedSets = orderedSets;
  context.pythonsOwn = withoutPythonsOwn(parsed.program, context.comments, source);
  context.additions = additions;
  context.signs = new Signs(parsed.program, source);
  collectNames(context, parsed.program);
  collectWholeNames(parsed.program, context.wholeNames);
  const head = context.captured(() => fileDocument(context, parsed.program.body[0]?.start ?? 0));
  const body = context.captured(() => {
    for (const line of additions?.opening ?? []) context.line(line);
    statements(context, parsed.program.body, 0, only);
    context.commentsBefore(source.length);
  });
  for (const line of additions?.imports ?? []) context.use(line);
  if (from) context.imported.set(from.module, new Set(importable(context, from.names)));
  const text = body.map((line) => line.text).join("\n");
  for (const [module, names] of context.imported)
    context.imported.set(module, new Set([...names].filter((name) => new RegExp(`\\b${name.split(" ").at(-1)}\\b`).test(text))));
  const lines = assembled(context, head, body, parsed.program.body.find(({ type }) => type === "ImportDeclaration")?.loc?.start.line ?? 0);
  const imports = [...context.modules.keys()].filter((path) => path !== file);
  return {
    program: { code: lines.map(({ text }) => `${text}\n`).join(""), problems: context.problems, lines: lines.map(({ source: line }) => line), imports },
    orderedSets: context.orderedSets,
  };
}

/** What the module has under these names; Python's own functions are Python's own there, too. */
const importable = (context: Context, names: readonly string[]): string[] =>
  names.filter((name) => !context.pythonsOwn.has(name)).map((name) => context.scope.find(name)?.python ?? name);

function syntaxProblem(error: SyntaxError & { loc?: { line: number; column: number } }, file: string): Problem {
  const { line = 1, column = 0 } = error.loc ?? {};
  return { severity: "error", code: "syntax", message: error.message.replace(/ \(\d+:\d+\)$/, ""), position: { file, line, column: column + 1 } };
}

/** What a file says of itself in its first comment. */
function fileDocument(context: Context, begin: number): void {
  const [first] = context.comments;
  if (
    !first ||
    first.start! > begin ||
    first.type !== "CommentBlock" ||
    !first.value.startsWith("*") ||
    /^\s*(export|class|function)/.test(context.source.slice(first.end!, begin + 1))
  )
    return;
  const isAttached = !/^\s*import\b/.test(context.source.slice(first.end!));
  if (isAttached) return;
  docstring(context, commentLines(first), first.loc!.start.line);
  context.passComment();
}

const standardModules = new Set([
  "copy",
  "csv",
  "collections",
  "datetime",
  "enum",
  "functools",
  "heapq",
  "itertools",
  "json",
  "math",
  "os",
  "pathlib",
  "random",
  "re",
  "shutil",
  "sys",
  "tempfile",
  "time",
]);

/** The parts of a Python file in their usual order. */
function assembled(context: Context, head: readonly Line[], body: readonly Line[], importLine: number): Line[] {
  for (const name of context.helpers) for (const line of helpers[name].imports) context.use(line);
  const from = [...context.imported]
    .filter(([, names]) => names.size > 0)
    .map(([module, names]) => ({ module, text: `from ${module} import ${[...names].sort().join(", ")}` }));
  const plain = [...context.imports].map((text) => ({ module: /^(?:import|from) ([\w.]+)/.exec(text)![1]!, text }));
  const all = [...plain, ...from].sort((a, b) => order(a.text) - order(b.text) || (a.text < b.text ? -1 : 1));
  const isStandard = ({ module }: { module: string }): boolean => standardModules.has(module.split(".")[0]!);
  const isOther = ({ module }: { module: string }): boolean => /^(torch|numpy)\b/.test(module);
  const groups = [
    all.filter(isStandard),
    all.filter((each) => !isStandard(each) && isOther(each)),
    all.filter((each) => !isStandard(each) && !isOther(each)),
  ].filter((group) => group.length > 0);
  const lines: Line[] = [...head];
  const blank = (count: number): void => {
    if (lines.length > 0) for (let i = 0; i < count; i++) lines.push({ text: "", source: 0 });
  };
  for (const group of groups) {
    blank(1);
    for (const { text } of group) lines.push({ text, source: importLine });
  }
  for (const name of Object.keys(helpers) as HelperName[]) {
    if (!context.helpers.has(name)) continue;
    blank(2);
    for (const text of helpers[name].text.split("\n")) lines.push({ text, source: 0 });
  }
  const rest = withoutBlankEnds(body);
  blank(rest[0] && /^(class|def|@)/.test(rest[0].text) ? 2 : context.helpers.size > 0 ? 2 : 1);
  return [...lines, ...spaced(rest)];
}

const order = (text: string): number => (text.startsWith("import") ? 0 : 1);

function withoutBlankEnds(lines: readonly Line[]): Line[] {
  const first = lines.findIndex(({ text }) => text !== "");
  const last = lines.findLastIndex(({ text }) => text !== "");
  return first < 0 ? [] : lines.slice(first, last + 1);
}

/** Two empty lines behind a class or function of the module, and never more. */
function spaced(lines: readonly Line[]): Line[] {
  const result: Line[] = [];
  let isInside = false;
  for (const line of lines) {
    const isTop = line.text !== "" && !/^[\s)\]}]/.test(line.text);
    if (isTop && isInside && !/^(else|elif|except|finally)\b/.test(line.text)) {
      while (result.at(-1)?.text === "") result.pop();
      result.push({ text: "", source: 0 }, { text: "", source: 0 });
    }
    if (isTop) isInside = /^(class|def|@)/.test(line.text);
    if (line.text === "" && result.at(-1)?.text === "" && result.at(-2)?.text === "") continue;
    result.push(line);
  }
  return result;
}
