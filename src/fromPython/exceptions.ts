/** `except`: which of Python's exceptions come here, and how they are told apart. */
import { helpers } from "../toPython/pythonsOwn.ts";
import { blocksOf, type Block, type Expression } from "./syntax.ts";

/** Those that nothing raises here, and what happens instead. */
export const neverRaised: Readonly<Record<string, string>> = {
  KeyboardInterrupt: "a run that is stopped ends at once",
  SystemExit: "`exit()` ends the run at once",
  GeneratorExit: "a generator that is left just ends",
  ZeroDivisionError: "a division by zero gives `Infinity` or `NaN`",
};

/** What Node calls the errors of the file system. */
const codes: Readonly<Record<string, string>> = {
  FileNotFoundError: "ENOENT",
  FileExistsError: "EEXIST",
  PermissionError: "EACCES",
  IsADirectoryError: "EISDIR",
  NotADirectoryError: "ENOTDIR",
};

/** What an error of the file system is asked for; `undefined` for other exceptions. */
export function fileTest(name: string, caught: string): string | undefined {
  const code = `(${caught} as { code?: unknown }).code`;
  if (codes[name] !== undefined) return `${code} === "${codes[name]}"`;
  return /^(OSError|IOError|EnvironmentError)$/.test(name) ? `typeof ${code} === "string"` : undefined;
}

/** Python's own exceptions that the program raises, or makes its own of, or its texts, lists and dictionaries do, and that it asks for by name. */
export function toldApart(body: Block, text: string): ReadonlySet<string> {
  const raised = new Set<string>();
  const caught = new Set<string>();
  const namesIn = (value: Expression | undefined): string[] => {
    if (value?.kind === "call") return namesIn(value.callee);
    if (value?.kind === "tuple") return value.entries.flatMap(namesIn);
    return value?.kind === "name" && /^(?!Exception|BaseException|TypeError).*(Error|StopIteration)$/.test(value.name) ? [value.name] : [];
  };
  const visit = (block: Block): void => {
    for (const statement of block.statements) {
      if (statement.kind === "raise") for (const name of namesIn(statement.value)) raised.add(name);
      if (statement.kind === "class") for (const { value } of statement.bases) for (const name of namesIn(value)) raised.add(name);
      if (statement.kind === "try") for (const { test } of statement.handlers) for (const name of namesIn(test)) caught.add(name);
      for (const inner of blocksOf(statement)) visit(inner);
    }
  };
  visit(body);
  for (const [, names = ""] of text.matchAll(/\bsuppress\(([\w, ]*)\)/g)) for (const name of names.split(/,\s*/)) caught.add(name);
  // What goes through an object asks it for what is next.
  if (/def __next__\(/.test(text)) for (const names of [raised, caught]) names.add("StopIteration");
  // What `next`, a place or a key that isn't there, a text that is no number, and a value that no list has raise.
  if (/\bnext\(/.test(text)) raised.add("StopIteration");
  if (text.includes("[")) for (const name of ["KeyError", "IndexError"]) raised.add(name);
  if (/\b(int|float)\b|\.(index|remove)\(/.test(text)) raised.add("ValueError");
  const asksName = /type\(\w+\)\.__name__|__class__\.__name__|\brepr\(e\w*\)|\{e\w*(!r|=)/.test(text);
  return new Set([...raised].filter((name) => helpers[name] !== undefined && (caught.has(name) || (asksName && name !== "StopIteration"))));
}
