/** Programs that go to Python and come back. */
import assert from "node:assert/strict";
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fromPython } from "../../src/fromPython/index.ts";
import { temporaryFolder } from "../harness/temporary.ts";
import { published, translated, written, type Program } from "./programs.ts";

/** What was printed, for a comparison: a whole number that Python made by `/` is a float there, which prints its point; `toPrecision` and exponents have other zeros. */
export const plain = (text: string): string =>
  text
    .replace(/(\d)\.0\b(?!\d)/g, "$1")
    .replace(/e([+-])0(\d)\b/g, "e$1$2")
    .replace(/(\.\d*?[1-9])0+\b/g, "$1");

/** Where a program trains for long, and how long here: two that are not the same part in their first rounds. */
const shorter: Readonly<Record<string, readonly [written: string, here: string]>> = {
  digits: [", 20);", ", 5);"],
  gan: ["128, 3000]", "128, 1000]"],
};

function shortened(program: Program): Program {
  const change = shorter[program.name];
  if (!change) return program;
  const text = readFileSync(program.file, "utf8");
  assert.ok(text.includes(change[0]), program.name);
  const file = join(besides(program), `${program.name}.model.ts`);
  writeFileSync(file, text.replaceAll(...change));
  return { name: program.name, file };
}

export const travelled = [...written, ...published]
  .filter(({ name }) => /^(char-lstm|gpt|hooks-and-functions|siamese|vae|wgan-gp|unet|seq2seq|gan|circle|digits)$/.test(name))
  .map(shortened);

/** A new folder with the program's data. */
function besides({ file }: Program): string {
  const folder = temporaryFolder("round-trip");
  for (const name of readdirSync(dirname(file))) if (name.endsWith(".csv")) copyFileSync(join(dirname(file), name), join(folder, name));
  return folder;
}

/** The program as it comes back, with its data beside it. */
export function back(program: Program): string {
  const folder = besides(program);
  for (const { name, program: python } of translated(program)) {
    const { code, problems } = fromPython(python.code);
    assert.deepEqual(problems, []);
    writeFileSync(join(folder, name.replace(".py", ".model.ts")), code);
  }
  return folder;
}
