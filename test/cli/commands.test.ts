import assert from "node:assert/strict";
import { once } from "node:events";
import type { ModelInfo } from "../../src/protocol/index.ts";
import { Folder } from "../runner/job.ts";
import { startKindling } from "./command.ts";

const net = `import { nn, optim, randn } from "kindling";
const model = new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU());
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
function step(): void {
  model(randn(4, 2)).sum().backward();
  optimizer.step();
}
`;

describe("the kindling command", function () {
  this.timeout(30_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const start = (args: readonly string[]) => startKindling(args, { directory: folder.path });
  const kindling = async (...args: string[]) => (await start(args)).ended;

  it("trains: the program's output on stdout, a summary on stderr, and 0", async () => {
    folder.write("net.model.ts", `${net}for (let epoch = 0; epoch < 3; epoch++) step();\nconsole.log("done");\nconsole.error("aside");`);
    const { code, stdout, stderr } = await kindling("train", "net.model.ts");
    assert.deepEqual([code, stdout], [0, "done\n"]);
    assert.match(stderr, /^aside\nkindling: finished after .*, 3 epochs, 3 steps, loss \S+\n$/);
  });

  it("ends quietly where nobody reads on", async () => {
    folder.write("net.model.ts", `${net}step();`);
    const { child, ended } = await start(["inspect", "net.model.ts"]);
    child.stdout!.destroy();
    const { stderr } = await ended;
    assert.equal(stderr, "");
  });

  it("shows a failure with its source line, and 1", async () => {
    folder.write("net.model.ts", `${net}step();\nmodel(randn(4, 5));\n`);
    const { code, stderr } = await kindling("train", "net.model.ts");
    assert.equal(code, 1);
    assert.match(stderr, /error: mat1 and mat2 shapes cannot be multiplied \(4x5 and 2x3\)/);
    assert.match(stderr, /--> net\.model\.ts:9:1\n {3}\|\n 9 \| model\(randn\(4, 5\)\);\n {3}\| \^\^\^\^\^\n/);
    assert.match(stderr, /kindling: failed/);
  });

  it("inspects: a table for each model, and nothing of the program's on stdout", async () => {
    folder.write("net.model.ts", `${net}console.log("from the program");\nstep();\nconsole.log("never");`);
    const { code, stdout, stderr } = await kindling("inspect", "net.model.ts");
    assert.equal(code, 0);
    assert.equal(stderr, "from the program\n");
    assert.deepEqual(stdout.trimEnd().split("\n"), [
      "model: Sequential  9 params · 9 trainable · 0 frozen",
      "  path     type        output shape  parameters",
      "  (model)  Sequential  [4, 3]                 9  trainable",
      "  0        Linear      [4, 3]                 9  trainable",
      "  1        ReLU        [4, 3]                 0  –",
    ]);
  });

  it("inspects as JSON", async () => {
    const file = folder.write("net.model.ts", `${net}step();`);
    const { stdout } = await kindling("inspect", "--json", "net.model.ts");
    const found = JSON.parse(stdout) as { file: string; models: ModelInfo[]; problems: unknown[] };
    assert.deepEqual([found.file, found.models[0]!.modules.length, found.problems], [file, 3, []]);
  });

  it("refuses a bad command line with its usage, and 2", async () => {
    for (const args of [["trane", "x"], ["train", "gone.model.ts"], ["train", "."], ["train", "--loud", "x"], ["train", "x", "--threads", "0"]]) {
      const { code, stdout, stderr } = await kindling(...args);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, /^kindling: .*\n\nUsage:/);
    }
  });

  it("tells its version and how it is used", async () => {
    assert.match((await kindling("--version")).stdout, /^\d+\.\d+\.\d+\n$/);
    assert.match((await kindling("--help")).stdout, /^Usage:/);
  });

  it("stops gracefully on Ctrl+C: the program's finally runs", async () => {
    folder.write("net.model.ts", `${net}try { for (let i = 0; ; i++) { step(); if (i === 5) console.log("going"); } } finally { console.log("saved"); }`);
    const { child, ended } = await start(["train", "net.model.ts"]);
    await once(child.stdout!, "data");
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    assert.deepEqual([code, stdout], [130, "going\nsaved\n"]);
    assert.match(stderr, /kindling: stopped/);
  });
});
