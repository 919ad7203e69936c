/** `kindling from-python`: a PyTorch program as a Kindling program. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fromPython } from "../fromPython/index.ts";
import { modulePath } from "../fromPython/modulePath.ts";
import { existingPython } from "./existing.ts";
import { printable } from "./problemText.ts";

/** Prints the program, or writes it to `output`; problems go to stderr. Resolves to the exit code: 1 where something has no twin. */
export function translateFile(file: string, output: string | undefined): number {
  const path = existingPython(file);
  const beside = (module: string) => join(dirname(path), modulePath(module, "py"));
  const readModule = (module: string) => (existsSync(beside(module)) ? readFileSync(beside(module), "utf8") : undefined);
  const { code, problems, modules } = fromPython(readFileSync(path, "utf8"), { readModule });
  if (output === undefined) process.stdout.write(code);
  else writeFileSync(output, code);
  for (const { line, message } of problems) process.stderr.write(`${printable(file)}:${line}: ${message}\n`);
  const folder = output === undefined ? dirname(path) : dirname(resolve(output));
  for (const module of modules) {
    const target = modulePath(module, "ts");
    if (existsSync(join(folder, target)) || readModule(module) === undefined) continue;
    process.stderr.write(`note: the program imports ${target}: kindling from-python ${modulePath(module, "py")} -o ${target}\n`);
  }
  return problems.length > 0 ? 1 : 0;
}
