/** `kindling to-python` */
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Problem } from "../protocol/index.ts";
import { plural } from "../run/numbers.ts";
import { pythonProject, toPython } from "../toPython/index.ts";
import { problemText, type Paint } from "./problemText.ts";

/**
 * Prints the file's Python, or writes a project into a folder; resolves with the exit code, 1 where something has no twin.
 * @param folder where the project goes
 */
export async function printPython(file: string, folder: string | undefined, paint: Paint): Promise<number> {
  const source = readFileSync(file, "utf8");
  if (folder === undefined) {
    const { code, problems } = toPython(source, file, { read });
    process.stdout.write(code);
    return tell(problems, paint);
  }
  const project = pythonProject(source, file, read);
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
  process.stderr.write(`kindling: wrote ${plural(project.files.length, "file")} into ${folder}; \`python train.py\` there runs them\n`);
  return tell(project.problems, paint);
}

function read(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, "utf8") : undefined;
}

function tell(problems: readonly Problem[], paint: Paint): number {
  for (const problem of problems) process.stderr.write(problemText(problem, paint));
  return problems.length > 0 ? 1 : 0;
}
