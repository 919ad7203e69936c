/** Programs that go to Python and come back. */
import assert from "node:assert/strict";
import { copyFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
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

/** What Python doesn't say, and so can't come back in the same words. */
const byName = "a parameter that is given by its name in Python comes back as one by its place";
const ofRecord = "a Map whose keys are texts is a dictionary, which comes back as an object";
const ofTypes = "how deep `tolist()` goes, or what a file holds, is said by a type in TypeScript only, so the operators are found out when it runs";
const asFloat = "a float is written with its point, as Python writes it";

const asShare =
  "a number that may lie half way between two with so many digits is written as Python writes it: the even digit, where `toFixed` takes the larger one";

/** The published programs whose trees differ, and why. */
export const worded: Readonly<Record<string, string>> = {
  "circle": asShare,
  "digits": asShare,
  "resnet": asShare,
  "simple-classifier": asShare,
  "autoencoder": ofTypes,
  "classifier": asShare,
  "cnn": ofTypes,
  "gan": ofTypes,
  "lstm": ofTypes,
  "residual": asShare,
  "transfer": ofTypes,
  "01-range-dataset": asFloat,
  "03-checkpoints": ofTypes,
  "05-sequential-or-module": byName,
  "08-residual-blocks": byName,
  "09-activation-hooks": ofRecord,
  "10-gradient-hooks": ofRecord,
  "11-parameter-groups": asFloat,
  "14-complete-example": byName,
  "17-deep-resnet": byName,
  "18-fine-tuning": byName,
};

/** Those that print shares of their samples, which may lie half way. */
export const halved = /^(circle|digits|cnn|18-fine-tuning)$/;

/** Where a program trains for long, and how long here: two that are not the same part in their first rounds. */
const shorter: Readonly<Record<string, readonly [written: string, here: string]>> = {
  digits: [", 20);", ", 5);"],
  transfer: ["epoch < 30", "epoch < 10"],
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

export const travelled = [
  ...written.filter(({ name }) => /^(char-lstm|gpt|hooks-and-functions|siamese|vae|wgan-gp|unet|seq2seq)$/.test(name)),
  ...published.filter(({ name }) => name in worded || /^(circle|digits)$/.test(name)),
].map(shortened);

/** A new folder with the program's data. */
function besides({ file }: Program): string {
  const folder = temporaryFolder("round-trip");
  const beside = [dirname(file), join(dirname(file), "pretrained")].filter((each) => existsSync(each));
  for (const from of beside) for (const name of readdirSync(from)) if (/\.(csv|safetensors)$/.test(name)) copyFileSync(join(from, name), join(folder, name));
  return folder;
}

/** The program's files as they come back, by name; its own is the first. */
export function returned(program: Program): { readonly name: string; readonly code: string }[] {
  const files = translated(program);
  const readModule = (module: string): string | undefined => files.find(({ name }) => name === `${module.split(".").at(-1)}.py`)?.program.code;
  return files.map(({ name, program: python }, i) => {
    const { code, problems } = fromPython(python.code, { readModule });
    assert.deepEqual(problems, []);
    return { name: name.replace(".py", i === 0 ? ".model.ts" : ".ts"), code };
  });
}

/** A folder with the program as it comes back, and its data. */
export function back(program: Program): string {
  const folder = besides(program);
  for (const { name, code } of returned(program)) writeFileSync(join(folder, name), code);
  return folder;
}
