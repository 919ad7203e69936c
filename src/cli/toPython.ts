/** `kindling to-python` */
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { writeBeginning } from "../client/beginning.ts";
import type { Problem, RunRequest } from "../protocol/index.ts";
import { plural } from "../run/numbers.ts";
import { pythonProject, toPython } from "../toPython/index.ts";
import { problemText, type Paint } from "./problemText.ts";
import { startRunner } from "./runner.ts";

/** Prints the file's Python; resolves with the exit code, 1 where something has no twin. */
export async function printPython(file: string, paint: Paint): Promise<number> {
  const { code, problems } = toPython(readFileSync(file, "utf8"), file, { read });
  process.stdout.write(code);
  return tell(problems, paint);
}

/**
 * Writes a project into a folder, with the weights that the program's training begins with; resolves with the exit code.
 * @param script the runner @param trained whose weights take their place, in words
 */
export async function writePython(script: URL, request: Omit<RunRequest, "mode">, folder: string, paint: Paint, trained?: string): Promise<number> {
  const { file } = request;
  const project = pythonProject(readFileSync(file, "utf8"), file, read, trained);
  if (project.files.length === 0) return tell(project.problems, paint);
  for (const { path, text } of project.files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const name of project.data) {
    const from = join(dirname(file), name);
    if (!existsSync(from)) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    copyFileSync(from, join(folder, name));
  }
  const runner = startRunner(script, (stdout, stderr) => {
    // What the program prints is not what was asked for.
    stdout.resume();
    stderr.resume();
  });
  const problems = await writeBeginning(runner, request, { folder: resolve(folder), values: project.drawn });
  const weights = trained === undefined && existsSync(join(folder, "weights.pt")) ? " with the weights that the training begins with" : "";
  process.stderr.write(`kindling: wrote ${plural(project.files.length, "file")} into ${folder}${weights}; \`python train.py\` there runs them\n`);
  const { sharing } = project;
  if ("why" in sharing && sharing.line > 0) process.stderr.write(`kindling: one process trains it, not several: line ${sharing.line}: ${sharing.why}\n`);
  return tell([...project.problems, ...problems], paint);
}

function read(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, "utf8") : undefined;
}

function tell(problems: readonly Problem[], paint: Paint): number {
  for (const problem of problems) process.stderr.write(problemText(problem, paint));
  return problems.length > 0 ? 1 : 0;
}
