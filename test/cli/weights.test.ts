/** Weights of kept runs, written for others to read. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load, type Tensor } from "../../src/engine/index.ts";
import { Folder } from "../runner/job.ts";
import { kindling } from "./command.ts";

const program = `import { manualSeed, nn, optim, randn } from "kindling";
manualSeed(1);
class Net extends nn.Module {
  embed = new nn.Linear(3, 3, { bias: false });
  norm = new nn.BatchNorm1d(3);
  head = new nn.Linear(3, 3, { bias: false });
  constructor() {
    super();
    this.registerBuffer("scratch", randn(2), { persistent: false });
    this.head.weight = this.embed.weight;
  }
  forward(x) { return this.head(this.norm(this.embed(x))); }
}
const net = new Net();
const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
for (let i = 0; i < 20; i++) {
  const x = randn(8, 3);
  optimizer.zeroGrad(); net(x).sub(x).square().mean().backward(); optimizer.step();
}
console.log(JSON.stringify([...net.stateDict()].map(([name, value]) => [name, value.tolist()])));
`;

describe("kindling weights", function () {
  this.timeout(60_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const run = (...args: string[]): ReturnType<typeof kindling> => kindling(args, { directory: folder.path });

  it("writes what the models ended with, under the names of their state dict, those that are tied too", async () => {
    folder.write("net.model.ts", program);
    const { stdout } = await run("train", "net.model.ts");
    for (const name of ["net.safetensors", "net.pt"]) {
      const { code, stderr } = await run("weights", "latest", "-o", name);
      assert.equal(code, 0, stderr);
      assert.match(stderr, new RegExp(`wrote net \\(7 tensors\\), after 20 steps, to ${name}`));
      const state = [...load<Map<string, Tensor>>(join(folder.path, name))].map(([key, tensor]) => [key, tensor.tolist()]);
      assert.deepEqual(state, JSON.parse(stdout));
    }
  });

  it("are not taken from a file that is not what was written, and it is said which are whole", async () => {
    folder.write("net.model.ts", program);
    await run("train", "net.model.ts");
    const runs = join(folder.path, ".kindling", "runs");
    const own = join(runs, readdirSync(runs)[0]!, "checkpoints");
    const path = join(own, "end.safetensors");
    const whole = readFileSync(path);
    const flipped = Buffer.from(whole);
    flipped[flipped.length - 2]! ^= 4;
    for (const damaged of [flipped, whole.subarray(0, 40), Buffer.alloc(0)]) {
      writeFileSync(path, damaged);
      const written = await run("weights", "latest", "-o", "net.pt");
      assert.equal(written.code, 1);
      assert.match(
        written.stderr,
        /^kindling: the weights of \S+ after 20 steps are damaged: \S+end\.safetensors is not what was written(; those after \d+ steps? are whole: `--step \d+`)?\.?\n$/,
      );
      const trained = await run("train", "net.model.ts", "--weights-from", "latest");
      assert.deepEqual([trained.code, trained.stdout], [1, ""]);
      assert.match(trained.stderr, /are damaged/);
    }
    assert.equal(existsSync(join(folder.path, "net.pt")), false);
  });

  it("says what is wrong: no such run, no weights, no name that tells a format", async () => {
    folder.write("net.model.ts", program);
    await run("train", "net.model.ts", "--no-checkpoints");
    const without = await run("weights", "latest", "-o", "net.pt");
    assert.deepEqual([without.code, /no weights are kept of \S+: it took no step, or was trained without checkpoints/.test(without.stderr)], [1, true]);
    assert.equal(existsSync(join(folder.path, "net.pt")), false);
    assert.match((await run("weights", "latest", "-o", "net.zip")).stderr, /weights are written as \.safetensors, \.pt or \.pth; `net\.zip` is none of these/);
    assert.match((await run("weights", "latest")).stderr, /where to\?/);
    assert.equal((await run("weights", "never", "-o", "net.pt")).code, 2);
  });

  /** Its validation loss, and what it is said to be good at, are best in the middle. */
  const validated = program
    .replace("import { ", "import { log, ")
    .replace("i < 20", "i < 200")
    .replace(
      "optimizer.step();",
      'optimizer.step(); if (i % 10 === 9) log({ "val/loss": (i - 99) ** 2 + 1, "val/acc": i === 49 ? 0.9 : 0.5, "temperature": i });',
    );

  it("writes those of the checkpoint nearest to where a series was best, and says which that is", async () => {
    folder.write("net.model.ts", validated);
    await run("train", "net.model.ts");
    const [id] = readdirSync(join(folder.path, ".kindling", "runs"));
    const checkpoints = join(folder.path, ".kindling", "runs", id!, "checkpoints");
    const steps = [...readdirSync(checkpoints).map((name) => (name === "end.safetensors" ? 200 : Number.parseInt(name, 10)))];
    const nearest = (step: number): number => Math.min(...steps.map((one) => Math.abs(one - step)));
    const best = [
      ["latest@best", "val/loss was lowest, 1.000, at step 99", 100],
      [`${id}@best:val/acc`, "val/acc was highest, 0.9000, at step 49", 50],
    ] as const;
    for (const [word, said, taken] of best) {
      const { code, stderr } = await run("weights", word, "-o", "net.safetensors");
      assert.equal(code, 0, stderr);
      assert.ok(stderr.includes(`kindling: ${said}; the nearest checkpoint is after `), stderr);
      const step = Number(/wrote net \(7 tensors\), after (\d+) steps/.exec(stderr)?.[1]);
      assert.ok(steps.includes(step) && Math.abs(step - taken) === nearest(taken), `${step} of ${steps.join()}`);
      const kept = load<Map<string, Tensor>>(join(checkpoints, step === 200 ? "end.safetensors" : `${step}.safetensors`));
      const written = load<Map<string, Tensor>>(join(folder.path, "net.safetensors"));
      assert.deepEqual(written.get("embed.weight")!.tolist(), kept.get("net.embed.weight")!.tolist());
      const begun = await run("train", "net.model.ts", "--no-keep", "--weights-from", word);
      assert.ok(begun.stderr.includes(`kindling: ${said}`), begun.stderr);
      assert.match(begun.stderr, step === 200 ? /weights of \S+, step 200: / : new RegExp(`weights of \\S+, step ${step}: 6 tensors kept`));
      await run("to-python", "net.model.ts", "-o", "torch", "--weights-from", word);
      assert.match(readFileSync(join(folder.path, "torch", "README.md"), "utf8"), new RegExp(step === 200 ? "as it ended" : `after ${step} steps`));
    }
  });

  it("says why nothing is best", async () => {
    folder.write("net.model.ts", validated);
    await run("train", "net.model.ts");
    for (const [args, words, code] of [
      [["weights", "latest@best:nothing"], /^kindling: \S+ has no series nothing; it has loss, lr, val\/loss, val\/acc, temperature$/m, 1],
      [["weights", "latest@best:temperature"], /whether temperature is better high or low can't be told from its name; take another series, or a step/, 1],
      [["weights", "latest@best", "--step", "3"], /`latest@best` and `--step` say two different moments; leave one away/, 2],
      [["weights", "latest@bst"], /`latest` is a run, but `@bst` is none of its moments here; where weights are taken `@best` is/, 2],
      [["weights", "never@best"], /there is no run `never` here/, 2],
    ] as const) {
      const said = await run(...args, "-o", "net.pt");
      assert.match(said.stderr, words);
      assert.equal(said.code, code);
    }
    assert.ok(!existsSync(join(folder.path, "net.pt")));
  });
});
