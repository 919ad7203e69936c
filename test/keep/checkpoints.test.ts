/** Checkpoints that a runner keeps by itself: whole, bounded, and the same for the same program. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { load, loadMetadata, type Tensor } from "../../src/engine/index.ts";
import { CheckpointKeeper, type CheckpointEvent } from "../../src/keep/checkpointKeeper.ts";
import { checkpointEvents, checkpointsOf } from "../../src/keep/checkpoints.ts";
import { listRuns, type KeptRun } from "../../src/keep/keptRuns.ts";
import { names } from "../../src/keep/layout.ts";
import { readRun } from "../../src/keep/readRun.ts";
import { Folder, Job, run } from "../runner/job.ts";
import { killMoments, killTimeout } from "./killMoments.ts";

const program = (end: string): string => `import { manualSeed, nn, optim, randn } from "kindling";
manualSeed(1);
const net = new nn.Sequential(new nn.Linear(4, 64), new nn.BatchNorm1d(64), new nn.ReLU(), new nn.Linear(64, 1));
const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 });
for (let i = 0; ${end}; i++) {
  const x = randn(16, 4);
  const loss = net(x).sub(x.sum(1, true)).square().mean();
  optimizer.zeroGrad(); loss.backward(); optimizer.step();
}
`;

describe("checkpoints of a kept run", function () {
  this.timeout(120_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const room = (limit = 500e6) => ({ folder: join(folder.path, ".kindling", "runs"), limit });
  const latest = (): KeptRun => listRuns(room().folder)[0]!;
  const train = (text: string, keep = {}): Promise<Job> => run(folder.write("net.model.ts", text), { keep: { ...room(), ...keep } });

  it("are ordinary files of tensors, from the first to what the run came to", async () => {
    await train(program("i < 3000"));
    const kept = checkpointsOf(latest());
    assert.ok(kept.length > 2, String(kept.length));
    assert.deepEqual([kept.at(-1)!.step, kept.at(-1)!.isEnd, kept[0]!.isEnd], [3000, true, false]);
    for (const { path, bytes } of kept) {
      assert.equal(statSync(path).size, bytes);
      const tensors = load<Map<string, Tensor>>(path);
      assert.deepEqual([...tensors.keys()].slice(0, 4), ["net.0.weight", "net.0.bias", "net.1.weight", "net.1.bias"]);
      assert.deepEqual(tensors.get("optimizer.0.0.exp_avg")!.shape, [64, 4]);
      assert.ok("kindling" in loadMetadata(path));
    }
    assert.equal(readRun(latest()).run.state, "finished");
  });

  it("prove by their hashes that a program's numbers are the same each time", async () => {
    const examples = ["circle.model.ts", "simple-classifier.model.ts"].map((name) => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url)));
    for (const file of [...examples, folder.write("net.model.ts", program("i < 3000"))]) {
      const hashes: Map<string, string>[] = [];
      for (const threads of [1, 2]) {
        await run(file, { keep: room(), threads });
        hashes.push(new Map(checkpointEvents(latest()).map(({ step, isEnd, hash }) => [isEnd ? "end" : String(step), hash])));
      }
      const [first, second] = hashes as [Map<string, string>, Map<string, string>];
      const common = [...first.keys()].filter((step) => second.has(step));
      // Where the last step is one, it is what the run came to; else each is another.
      const others = [...first].filter(([step]) => step !== "end" && Number(step) < latest().summary.steps).map(([, hash]) => hash);
      assert.ok(common.includes("end") && new Set(others).size === others.length && !others.includes(first.get("end")!), `${file}: ${common.join()}`);
      for (const step of common) assert.equal(first.get(step), second.get(step), `${file}, step ${step}`);
    }
  });

  it("are whole, whenever the process is killed", async function () {
    this.timeout(killTimeout);
    const file = folder.write("net.model.ts", program("true").replaceAll("64", "512"));
    for (const moment of killMoments([150, 300, 450, 600])) {
      const job = await Job.warm();
      job.start(file, { keep: room() });
      await job.until(({ type }) => type === "metrics");
      await delay(moment);
      job.kill();
      await job.ended();
      const own = join(latest().folder, names.checkpoints);
      const files = existsSync(own) ? readdirSync(own).filter((name) => name.endsWith(".safetensors")) : [];
      for (const name of files) load(join(own, name));
    }
  });

  it("are none where they aren't wanted", async () => {
    await train(program("i < 300"), { checkpoints: false });
    assert.equal(existsSync(join(latest().folder, names.checkpoints)), false);
    assert.deepEqual(checkpointsOf(latest()), []);
  });

  it("that take too much room are said to, once, and the training goes on", async () => {
    const job = await train(program("i < 2000"), { limit: 3000 });
    assert.equal(job.states.at(-1), "finished");
    const [problem, ...others] = job.problems.filter(({ code }) => code === "notKept");
    assert.match(problem!.message, /^From step \d+ on no checkpoints of this run are kept: one takes 1 MB, and there is room for 0\. The training goes on\.$/);
    assert.deepEqual(others, []);
  });

  describe("one by one", () => {
    const events: CheckpointEvent[] = [];
    const failures: number[] = [];
    const keeper = (bytes: number): CheckpointKeeper => {
      events.length = failures.length = 0;
      const own = join(folder.path, "checkpoints");
      return new CheckpointKeeper({
        folder: own,
        room: bytes,
        mostOfOne: 5 * bytes,
        tell: (event) => events.push(event),
        failed: (_, step) => failures.push(step),
      });
    };
    const taken = (step: number, size = 100, isEnd = false) => ({ step, isEnd, file: new Uint8Array(size).fill(step), models: { start: 0, end: size } });
    const steps = (): number[] =>
      readdirSync(join(folder.path, "checkpoints"))
        .map((name) => Number.parseInt(name))
        .sort((a, b) => a - b);

    it("those that lie closest go where there is no room; the first and the last stay", async () => {
      const own = keeper(1000);
      for (let step = 1; step <= 100; step++) {
        await own.keep(taken(step), 1);
        const present = steps();
        assert.ok(present.length <= 10 && present[0] === 1 && present.at(-1) === step, present.join());
      }
      assert.ok(steps().length >= 5);
      const gaps = steps().map((step, i, all) => step - (all[i - 1] ?? 0));
      assert.ok(Math.max(...gaps) <= 30, gaps.join());
      assert.equal(events.length, 100);
    });

    it("of a large model only the last stays", async () => {
      const own = keeper(100);
      for (let step = 1; step <= 5; step++) await own.keep(taken(step, 300), 1);
      assert.deepEqual(steps(), [5]);
      assert.deepEqual(failures, []);
    });

    it("what can't be written ends the keeping, said once, and leaves the former one", async () => {
      const own = keeper(1000);
      await own.keep(taken(1), 1);
      // Something stands where the next one's unfinished file would.
      mkdirSync(join(folder.path, "checkpoints", "2.safetensors.new"));
      const [second, third] = await Promise.all([own.keep(taken(2), 1), own.keep(taken(3), 1)]);
      assert.deepEqual([second.isOver, third.isOver, failures], [true, true, [2]]);
      assert.deepEqual([...readFileSync(join(folder.path, "checkpoints", "1.safetensors")).subarray(0, 2)], [1, 1]);
      assert.equal(existsSync(join(folder.path, "checkpoints", "3.safetensors")), false);
    });

    it("a former one stays while the next is written in its place", async () => {
      const own = keeper(1000);
      await own.keep(taken(1, 50, true), 1);
      writeFileSync(join(folder.path, "checkpoints", "end.safetensors.new"), "torn");
      assert.equal(readFileSync(join(folder.path, "checkpoints", "end.safetensors")).length, 50);
      await own.keep(taken(2, 60, true), 1);
      assert.equal(readFileSync(join(folder.path, "checkpoints", "end.safetensors")).length, 60);
    });
  });
});
