/** PyTorch's programs come in, run, and print what PyTorch prints. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../harness/temporary.ts";
import { printedBy } from "../runner/job.ts";
import { assertSamePrint } from "./samePrint.ts";
import { listingNames, programNames, programs, translate, tutorial } from "./translate.ts";

/** Three trainings part after some epochs, as PyTorch's own runs do: so many lines agree before. */
const agreeing: Readonly<Record<string, number>> = { "14-complete-example": 2, "17-deep-resnet": 3, "18-fine-tuning": 3 };

function outputOf(folder: string, names: readonly string[]): void {
  for (const name of names) {
    it(name, async () => {
      const directory = temporaryFolder("from-python");
      translate(folder, name, directory);
      assertSamePrint(await printedBy(join(directory, `${name}.model.ts`)), readFileSync(join(folder, `${name}.txt`), "utf8"), agreeing[name]);
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
