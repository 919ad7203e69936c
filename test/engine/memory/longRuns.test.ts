import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const program = fileURLToPath(new URL("longRun.ts", import.meta.url));

/** Resident memory in MiB at two moments of a long synchronous loop in a process of its own. */
async function run(name: string): Promise<[early: number, late: number]> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", "--import", "tsx", program, name]);
  return JSON.parse(stdout);
}

describe("memory of long synchronous programs in which nobody disposes", function () {
  this.timeout(60_000);

  it("stays flat over 100,000 training steps", async () => {
    const [early, late] = await run("train");
    assert.ok(late - early < 90, `grew from ${early} to ${late} MiB`);
  });

  it("stays flat where hooks, retainGrad and grad show gradients to the program", async () => {
    const [early, late] = await run("watch");
    assert.ok(late - early < 120, `grew from ${early} to ${late} MiB`);
  });

  it("stays bounded while 2,000 models are made and forgotten", async () => {
    const [early, late] = await run("forget");
    assert.ok(late < 900, `${late} MiB`);
    // Room for one growth of the memory between the two moments.
    assert.ok(late - early < 200, `grew from ${early} to ${late} MiB`);
  });

  it("keeps what is kept (20 MiB of small tensors) without the large ones that were made between", async () => {
    const [before, after] = await run("keep");
    assert.ok(after - before < 300, `grew from ${before} to ${after} MiB`);
  });
});
