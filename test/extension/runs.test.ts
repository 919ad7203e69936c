import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Archive } from "../../src/extension/runs/archive.ts";
import { keepArchive } from "../../src/extension/runs/keepArchive.ts";
import { RunController, type Output, type Settled } from "../../src/extension/runs/runController.ts";
import { RunStore } from "../../src/extension/runs/runStore.ts";
import { RunnerPool, UntrustedError } from "../../src/extension/runs/runnerPool.ts";
import type { RunEvent, RunMode } from "../../src/protocol/index.ts";

const script = fileURLToPath(new URL("./fakeRunner.mjs", import.meta.url));

/** Everything between a click on Train and a run's end, with a stand-in for the engine's process. */
class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), "kindling-runs-"));
  readonly store = new RunStore();
  readonly log: string[] = [];
  readonly settled: Settled[] = [];
  readonly printed: Output[] = [];
  readonly pool: RunnerPool;
  readonly controller: RunController;
  isTrusted = true;
  timeLimit = 10_000;
  started = 0;
  arguments: string[] = [];

  constructor() {
    this.pool = new RunnerPool({
      launch: () => {
        this.started++;
        return { script, arguments: this.arguments };
      },
      isTrusted: () => this.isTrusted,
      log: (text) => this.log.push(text),
    });
    this.controller = new RunController(this.store, this.pool, (file: string, mode: RunMode) => ({
      file,
      mode,
      directory: this.folder,
      sampling: { enabled: true, bins: 4, budget: 0.03 },
      timeLimit: this.timeLimit,
      threads: 1,
    }));
    this.controller.onDidSettle((settled) => this.settled.push(settled));
    this.controller.onDidPrint((output) => this.printed.push(output));
  }

  write(name: string, text: string): string {
    const file = join(this.folder, name);
    writeFileSync(file, text);
    return file;
  }

  /** Resolves at the first event of the file that `accept` takes. */
  seen(file: string, accept: (event: RunEvent) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const subscription = this.store.onDidChange(({ file: changed, change }) => {
        if (changed !== file || change.type !== "event" || !accept(change.event)) return;
        subscription.dispose();
        resolve();
      });
    });
  }

  nextSettled(): Promise<Settled> {
    return new Promise((resolve) => {
      const subscription = this.controller.onDidSettle((settled) => {
        subscription.dispose();
        resolve(settled);
      });
    });
  }

  async dispose(): Promise<void> {
    await this.pool.dispose();
    rmSync(this.folder, { recursive: true });
  }
}

const isMetric = (event: RunEvent): boolean => event.type === "metrics";
const isState =
  (state: string) =>
  (event: RunEvent): boolean =>
    event.type === "state" && event.state === state;

describe("running model files", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });
  afterEach(() => bench.dispose());

  it("trains a file and keeps what the run said", async () => {
    const file = bench.write("net.model.ts", "// play: finish");
    assert.equal(await bench.controller.train(file), "finished");
    const runs = bench.store.get(file);
    assert.equal(runs?.train?.state, "finished");
    assert.equal(runs?.train?.curves.get("loss")?.last?.value, 1);
    assert.equal(runs?.structure?.models[0]?.modules[0]?.counts.total, 9);
    assert.deepEqual(
      bench.settled.map(({ mode, state }) => [mode, state]),
      [["train", "finished"]],
    );
  });

  it("passes on what the program prints", async () => {
    const file = bench.write("net.model.ts", "// play: finish");
    const runner = bench.controller.train(file);
    await runner;
    await bench.pool.dispose();
    assert.equal(bench.printed.map(({ text }) => text).join(""), "printed by the program\n");
  });

  it("has a process waiting for the next job, and uses it", async () => {
    const file = bench.write("net.model.ts", "// play: finish");
    await bench.controller.inspect(file);
    assert.equal(bench.started, 2, "one that ran, one that waits");
    await bench.controller.inspect(file);
    assert.equal(bench.started, 3);
  });

  it("pauses, resumes and stops", async () => {
    const file = bench.write("net.model.ts", "// play: train");
    const done = bench.controller.train(file);
    await bench.seen(file, isMetric);
    const paused = bench.seen(file, isState("paused"));
    bench.controller.pause(file);
    await paused;
    const resumed = bench.seen(file, isState("running"));
    bench.controller.resume(file);
    await resumed;
    await bench.controller.stop(file);
    assert.equal(await done, "stopped");
    assert.equal(bench.store.get(file)?.problems.length, 0);
  });

  it("stops a run whose process no longer answers, in two seconds, and the next run works", async () => {
    const file = bench.write("net.model.ts", "// play: hang");
    const done = bench.controller.train(file);
    await bench.seen(file, isMetric);
    const asked = performance.now();
    await bench.controller.stop(file);
    assert.equal(await done, "stopped");
    assert.ok(performance.now() - asked < 2000, `took ${performance.now() - asked} ms`);
    bench.write("net.model.ts", "// play: finish");
    assert.equal(await bench.controller.train(file), "finished");
  });

  it("stops a run whose process is not ready yet", async () => {
    bench.arguments = ["never ready"];
    const file = bench.write("net.model.ts", "");
    const done = bench.controller.train(file);
    await bench.controller.stop(file);
    assert.equal(await done, "stopped");
  });

  it("gives an inspection up when its process lets the time limit pass", async () => {
    bench.timeLimit = 10;
    const file = bench.write("net.model.ts", "// play: hang");
    assert.equal(await bench.controller.inspect(file), "failed");
    assert.deepEqual(
      bench.store.get(file)?.problems.map(({ code }) => code),
      ["timeout"],
    );
  }).timeout(10_000);

  for (const [play, code, words] of [
    ["crash", "crash", /ended before the run did \(SIGKILL\)/],
    ["exit", "crash", /\(exit code 3\)\. Error: the floor is lava Run it again/],
    ["memory", "memory", /ran out of memory/],
  ] as const) {
    it(`says so when the process dies (${play}), and the next run works`, async () => {
      const file = bench.write("net.model.ts", `// play: ${play}`);
      assert.equal(await bench.controller.train(file), "failed");
      const [problem, ...others] = bench.store.get(file)?.problems ?? [];
      assert.deepEqual(others, []);
      assert.equal(problem?.code, code);
      assert.match(problem?.message ?? "", words);
      bench.write("net.model.ts", "// play: finish");
      assert.equal(await bench.controller.train(file), "finished");
      assert.deepEqual(bench.store.get(file)?.problems, []);
    });
  }

  it("says so when the process can't even start", async () => {
    bench.arguments = ["dies at start"];
    const file = bench.write("net.model.ts", "");
    assert.equal(await bench.controller.train(file), "failed");
    assert.match(bench.store.get(file)?.problems[0]?.message ?? "", /exit code 7/);
  });

  it("starts once more, with the safe kernels, where the machine can't stand the fast ones", async () => {
    bench.arguments = ["can't stand the fast kernels"];
    const file = bench.write("net.model.ts", "// play: finish");
    assert.equal(await bench.controller.train(file), "finished");
    assert.deepEqual(bench.store.get(file)?.problems, []);
  });

  it("keeps one training of a file: asked again, it is the same", async () => {
    const file = bench.write("net.model.ts", "// play: train");
    const first = bench.controller.train(file);
    await bench.seen(file, isMetric);
    const { runId } = bench.store.get(file)?.train ?? {};
    const second = bench.controller.train(file);
    assert.equal(bench.store.get(file)?.train?.runId, runId);
    await bench.controller.stop(file);
    assert.deepEqual(await Promise.all([first, second]), ["stopped", "stopped"]);
    assert.equal(bench.settled.length, 1);
  });

  it("lets a file train while it is inspected, and keeps both results", async () => {
    const file = bench.write("net.model.ts", "// play: train");
    void bench.controller.train(file);
    await bench.seen(file, isMetric);
    assert.equal(await bench.controller.inspect(file), "finished");
    assert.equal(bench.store.get(file)?.train?.state, "running");
    assert.equal(bench.store.get(file)?.inspect?.state, "finished");
    await bench.controller.stop(file);
  });

  it("inspects anew when the file is saved during its inspection, and only the new result counts", async () => {
    const file = bench.write("net.model.ts", "// play: hang");
    bench.controller.inspectSoon(file);
    await bench.seen(file, isMetric);
    bench.write("net.model.ts", "// play: finish\n// count 12");
    const replaced = bench.nextSettled();
    bench.controller.inspectSoon(file);
    assert.equal((await replaced).state, "stopped");
    assert.equal((await bench.nextSettled()).state, "finished");
    assert.equal(bench.store.get(file)?.structure?.models[0]?.modules[0]?.counts.total, 12);
    assert.deepEqual(bench.store.get(file)?.problems, []);
  });

  it("inspects files that nobody asked for one after the other", async () => {
    const files = ["a", "b", "c"].map((name) => bench.write(`${name}.model.ts`, "// play: finish"));
    let most = 0;
    bench.store.onDidChange(() => {
      const now = bench.store.all().filter(({ inspect }) => inspect?.state === "running").length;
      most = Math.max(most, now);
    });
    for (const file of files) bench.controller.inspectSoon(file);
    for (const _ of files) await bench.nextSettled();
    assert.deepEqual(
      bench.settled.map(({ file }) => file),
      files,
    );
    assert.equal(most, 1);
  });

  it("goes on under the new name when the file is renamed while it trains", async () => {
    const file = bench.write("old.model.ts", "// play: train");
    const done = bench.controller.train(file);
    await bench.seen(file, isMetric);
    const renamed = join(bench.folder, "new.model.ts");
    bench.controller.rename(file, renamed);
    await bench.seen(renamed, isMetric);
    assert.equal(bench.store.get(file), undefined);
    assert.equal(bench.store.get(renamed)?.train?.file, renamed);
    assert.equal(bench.store.get(renamed)?.structure?.models[0]?.modules[0]?.constructedAt?.file, renamed);
    await bench.controller.stop(renamed);
    assert.equal(await done, "stopped");
    assert.equal(bench.settled[0]?.file, renamed);
  });

  it("stops and forgets what ran of a deleted file", async () => {
    const file = bench.write("net.model.ts", "// play: train");
    const done = bench.controller.train(file);
    await bench.seen(file, isMetric);
    await bench.controller.remove(file);
    assert.equal(await done, "stopped");
    assert.equal(bench.store.get(file), undefined);
  });

  it("is on disk from its first moment, and as ended by the window that closes", async () => {
    const archive = new Archive(join(bench.folder, "runs"), assert.fail);
    const failures: unknown[] = [];
    const keeping = keepArchive(bench.store, bench.controller, archive, (error) => failures.push(error));
    const file = bench.write("net.model.ts", "// play: finish");
    await bench.controller.train(file);
    bench.write("net.model.ts", "// play: train");
    void bench.controller.train(file);
    const { runId } = bench.store.get(file)?.train ?? {};
    // Had the window been killed here, it is this run that the next one finds, not the one before.
    const killed = await new Archive(join(bench.folder, "runs"), assert.fail).takeInterrupted();
    assert.deepEqual(
      killed.map(({ train }) => [train?.runId, train?.state]),
      [[runId, "interrupted"]],
    );
    await bench.seen(file, isMetric);
    await bench.seen(file, isMetric);
    const steps = bench.store.get(file)?.train?.curves.get("loss")?.length;
    const closedAt = Date.now();
    keeping.dispose();
    const closed = await archive.load(file);
    assert.equal(closed?.train?.state, "interrupted");
    assert.equal(closed?.train?.curves.get("loss")?.length, steps);
    assert.ok((closed?.train?.endedAt ?? 0) >= closedAt);
    assert.deepEqual(failures, []);
    await bench.controller.stop(file);
  });

  it("starts no process in a workspace that isn't trusted", () => {
    bench.isTrusted = false;
    bench.pool.warm();
    const file = bench.write("net.model.ts", "");
    assert.throws(() => bench.controller.train(file), UntrustedError);
    assert.throws(() => bench.controller.inspect(file), UntrustedError);
    assert.throws(() => bench.controller.inspectSoon(file), UntrustedError);
    assert.equal(bench.started, 0);
    assert.equal(bench.store.get(file), undefined);
  });
});
