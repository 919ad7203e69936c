/** PyTorch's programs come in, run, and print what PyTorch prints. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { kindling } from "../cli/command.ts";
import { temporaryFolder } from "../harness/temporary.ts";
import { assertSamePrint } from "./samePrint.ts";
import { listingNames, programNames, programs, translate, tutorial } from "./translate.ts";

/** Three trainings part after some epochs, as PyTorch's own runs do: so many lines agree before. */
const agreeing: Readonly<Record<string, number>> = { "14-complete-example": 2, "17-deep-resnet": 3, "18-fine-tuning": 3 };

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

describe("a PyTorch program, translated, prints what PyTorch prints", function () {
  this.timeout(120_000);
  outputOf(programs, programNames);
});

describe("a listing of the tutorial, translated, prints what PyTorch prints", function () {
  this.timeout(120_000);
  outputOf(tutorial, listingNames);
});
