/** PyTorch's programs come in, run, and print what PyTorch prints. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { kindling } from "../cli/command.ts";
import { temporaryFolder } from "../harness/temporary.ts";
import { fromPython } from "../../src/fromPython/index.ts";
import { modulePath } from "../../src/fromPython/modulePath.ts";
import { assertSamePrint } from "./samePrint.ts";

const programs = fileURLToPath(new URL("programs/", import.meta.url));
const tutorial = fileURLToPath(new URL("../../examples/tutorial/", import.meta.url));

/** Three trainings part after some epochs, as PyTorch's own runs do: so many lines agree before. */
const agreeing: Readonly<Record<string, number>> = { "14-complete-example": 2, "17-deep-resnet": 3, "18-fine-tuning": 3 };

/** Writes the twin of a Python file, and of the files that it imports. */
function translate(folder: string, name: string, target: string, ending = ".model.ts"): void {
  const readModule = (module: string) => {
    const file = join(folder, modulePath(module, "py"));
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  };
  const { code, problems, modules } = fromPython(readFileSync(join(folder, `${name}.py`), "utf8"), { readModule });
  assert.deepEqual(problems, []);
  writeFileSync(join(target, `${name}${ending}`), code);
  for (const module of modules) if (!existsSync(join(target, `${module}.ts`))) translate(folder, module, target, ".ts");
}

function outputOf(folder: string, names: readonly string[]): void {
  for (const name of names) {
    it(name, async () => {
      const directory = temporaryFolder("from-python");
      translate(folder, name, directory);
      const { code, stdout, stderr } = await kindling(["train", "--no-keep", `${name}.model.ts`], { directory });
      assert.equal(code, 0, stderr);
      assertSamePrint(stdout, readFileSync(join(folder, `${name}.txt`), "utf8"), agreeing[name]);
    });
  }
}

const namesIn = (folder: string, pattern: RegExp) =>
  readdirSync(folder)
    .filter((file) => pattern.test(file))
    .map((file) => file.replace(/\.py$/, ""));

describe("a PyTorch program, translated, prints what PyTorch prints", function () {
  this.timeout(120_000);
  outputOf(programs, namesIn(programs, /\.py$/));
});

describe("a listing of the tutorial, translated, prints what PyTorch prints", function () {
  this.timeout(120_000);
  outputOf(tutorial, namesIn(tutorial, /^\d\d-.*\.py$/));
});
