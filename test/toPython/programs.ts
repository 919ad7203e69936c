/** The programs whose Python is held against PyTorch, and their files. */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { toPython, type PythonProgram } from "../../src/toPython/index.ts";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export interface Program {
  readonly name: string;
  readonly file: string;
}

function programsOf(folder: string): Program[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".model.ts"))
    .sort()
    .map((name) => ({ name: name.replace(".model.ts", ""), file: `${folder}${name}` }));
}

/** Written for this, in the style of PyTorch's public examples; short enough to be run each time. */
export const written = programsOf(here("programs/"));

/** What the project shows to others. */
export const published = [
  ...programsOf(here("../../examples/")),
  ...programsOf(here("../../media/templates/")),
  ...programsOf(here("../../examples/tutorial/")),
];

/** Real PyTorch's side of a program, made by `make.ts`. */
export const expected = (program: Program, ending: "py" | "txt"): string => here(`expected/${program.name}.${ending}`);

export const read = (path: string): string | undefined => (existsSync(path) && statSync(path).isFile() ? readFileSync(path, "utf8") : undefined);

export interface PythonFile {
  readonly name: string;
  readonly program: PythonProgram;
}

/** The program's Python, and that of its own files. */
export function translated({ name, file }: Program): PythonFile[] {
  const files: PythonFile[] = [];
  const open = [file];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const own = path === file ? `${name}.py` : `${basename(path, ".ts")}.py`;
    if (files.some((each) => each.name === own)) continue;
    const program = toPython(read(path)!, path, { read, root: dirname(file) });
    files.push({ name: own, program });
    open.push(...program.imports);
  }
  return files;
}
