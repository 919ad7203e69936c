/** Every listing of examples/tutorial prints what the Python program beside it printed under PyTorch, and is never said to be in trouble. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../harness/temporary.ts";
import { HOOKS, LOSSES, assertAmong, assertSameOutput } from "./samePrint.ts";
import { training } from "./training.ts";

const folder = join(repository, "examples", "tutorial");
const read = (name: string): string => readFileSync(join(folder, name), "utf8").trimEnd();

describe("the tutorial, listing by listing", function () {
  this.timeout(120_000);

  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith(".model.ts"))
    .sort()) {
    const name = file.replace(".model.ts", "");
    describe(name, () => {
      const trained = training(join(folder, file));

      it("prints what PyTorch prints", () => {
        const printed = trained().job.stdout.trimEnd();
        const others = `${name}.other-runs.txt`;
        if (!existsSync(join(folder, others))) return assertSameOutput(printed, read(`${name}.txt`), name.includes("hooks") ? HOOKS : LOSSES);
        assertAmong(printed, [
          read(`${name}.txt`),
          ...read(others)
            .split(/^#.*\n/m)
            .slice(1)
            .map((text) => text.trimEnd()),
        ]);
      });
    });
  }
});
