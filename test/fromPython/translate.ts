/** The Python programs that have to come in, and their twins on disk. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fromPython } from "../../src/fromPython/index.ts";
import { modulePath } from "../../src/fromPython/modulePath.ts";

/** Programs in the style of PyTorch's public examples. */
export const programs = fileURLToPath(new URL("programs/", import.meta.url));
export const tutorial = fileURLToPath(new URL("../../examples/tutorial/", import.meta.url));

export const programNames = namesIn(programs, /\.py$/);
export const listingNames = namesIn(tutorial, /^\d\d-.*\.py$/);

function namesIn(folder: string, pattern: RegExp): readonly string[] {
  return readdirSync(folder)
    .filter((file) => pattern.test(file))
    .map((file) => file.replace(/\.py$/, ""));
}

/** Writes the twin of a Python file, and of the files that it imports. */
export function translate(folder: string, name: string, target: string, ending = ".model.ts"): void {
  const readModule = (module: string) => {
    const file = join(folder, modulePath(module, "py"));
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  };
  const { code, problems, modules } = fromPython(readFileSync(join(folder, `${name}.py`), "utf8"), { readModule });
  assert.deepEqual(problems, []);
  writeFileSync(join(target, `${name}${ending}`), code);
  for (const module of modules) if (!existsSync(join(target, `${module}.ts`))) translate(folder, module, target, ".ts");
}
