/** What is kept of trainings, against what they told while they went on. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs, { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, truncateSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isRunId, names, runsFolder } from "../../src/keep/layout.ts";
import { codeOf, findRun, gitOf, keptRun, listRuns, removeRun, setLabel, unreadRuns, type KeptRun } from "../../src/keep/keptRuns.ts";
import { stateText, tookText } from "../../src/keep/comparison.ts";
import { whyNotRepeated } from "../../src/keep/past.ts";
import { readRun as toldOf, readRunInTurns } from "../../src/keep/readRun.ts";
import { RunKeeper } from "../../src/keep/runKeeper.ts";
import { defaultSampling } from "../../src/protocol/index.ts";
import { runInfo, runSummary } from "../../src/keep/keptRun.ts";
import { prune, sizeOf } from "../../src/keep/prune.ts";
import { writeWhole } from "../../src/keep/wholeFile.ts";
import { emptySnapshot, reduceSnapshot, type RunSnapshot } from "../../src/run/snapshot.ts";
import { health, isToldFrom } from "../../src/run/health/health.ts";
import { Folder, Job, run } from "../runner/job.ts";
import { killMoments, killTimeout } from "./killMoments.ts";

const readRun = (kept: KeptRun): RunSnapshot => toldOf(kept).run;

const head = `import { log, manualSeed, nn, optim, randn } from "kindling";
manualSeed(1);
const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 1));
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
const step = () => {
  const x = randn(16, 4);
  const loss = model(x).sub(x.sum(1, true)).square().mean();
  optimizer.zeroGrad(); loss.backward(); optimizer.step();
  return loss.item();
};
`;
const short = `${head}for (let i = 0; i < 60; i++) { const loss = step(); if (i % 10 === 0) { log({ "my value": i === 30 ? NaN : loss }); console.log("at", i); } }\n`;
const endless = `${head}for (;;) step();\n`;

describe("a run that is kept", function () {
  this.timeout(60_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const room = () => ({ folder: join(folder.path, ".kindling", "runs"), limit: 500e6 });
  const only = (): KeptRun => {
    const all = listRuns(room().folder);
    assert.equal(all.length, 1);
    return all[0]!;
  };
  const train = (text: string) => run(folder.write("net.model.ts", text), { keep: room() });

  it("is the newest of those that began in the same second, whatever their names", async () => {
    await train(`${head}step();\n`);
    const kept = only();
    const before = `${kept.id.slice(0, 16)}zzz-zzzzzz`;
    cpSync(kept.folder, join(room().folder, before), { recursive: true });
    const file = join(room().folder, before, names.run);
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), startedAt: kept.info.startedAt - 1 }));
    assert.deepEqual(
      listRuns(room().folder).map(({ id }) => id),
      [kept.id, before],
    );
  });

  it("is read as it was told: states, curves, samples, what was printed, problems", async () => {
    const job = await train(short);
    const kept = only();
    const told = job.events.reduce(
      (sum: RunSnapshot, event) => reduceSnapshot(sum, event),
      emptySnapshot({ runId: kept.id, file: kept.info.file, mode: "train", startedAt: kept.info.startedAt }),
    );
    const read = readRun(kept);
    assert.deepEqual([read.state, kept.state, read.endedAt], ["finished", "finished", told.endedAt]);
    const columns = ({ curves }: RunSnapshot) => [...curves].map(([name, { steps, epochs, values }]) => [name, [...steps], [...epochs], [...values]]);
    assert.deepEqual(columns(read), columns(told));
    assert.deepEqual(read.samples, told.samples);
    assert.ok(read.samples.get(0)!.length > 10);
    const { models, works, problems, notes, printed, optimizers, passes, epochs, measuredSteps, progress } = told;
    assert.deepEqual(
      { ...read, curves: 0, samples: 0 },
      { ...read, curves: 0, samples: 0, models, works, problems, notes, printed, optimizers, passes, epochs, measuredSteps, progress },
    );
    assert.equal(printed.lines.length, 6);
  });

  it("has what was wrong with it where its layers are made, as it had at its end", async () => {
    const job = await train(`${head.replace("lr: 0.01", "lr: 1e-12")}for (let i = 0; i < 700; i++) step();\n`);
    const told = job.events.reduce(
      (sum: RunSnapshot, event) => reduceSnapshot(sum, event),
      emptySnapshot({ runId: "", file: "", mode: "train", startedAt: 0 }),
    );
    const codes = ({ problems }: RunSnapshot): string[] => problems.map(({ code }) => code);
    assert.ok(codes(told).includes("loss-not-moving"));
    assert.deepEqual(codes(readRun(only())), codes(told));
  });

  it("is judged as if all of it were read, from the curves alone that say something of its health", async () => {
    const unmeasured = { keep: room(), sampling: { ...defaultSampling, enabled: false } };
    const [broken, well] = [folder.write("broken.model.ts", short.replace("lr: 0.01", "lr: 1e30")), folder.write("well.model.ts", short)];
    await run(well, { keep: room() });
    await run(well, unmeasured);
    await run(broken, unmeasured);
    const judged = listRuns(room().folder).map((kept) => ({ kept, part: toldOf(kept, isToldFrom).run }));
    for (const { kept, part } of judged) assert.deepEqual([health(part), part.problems], [health(readRun(kept)), readRun(kept).problems]);
    const curves = judged.map(({ kept, part }) => [...part.curves.keys(), kept.summary.series["loss"]!.last > 0 || health(part).sentence]);
    assert.deepEqual(curves, [["loss", "The loss is NaN since step 1."], [true], ["loss", true]]);
    // Of one that was cut off nobody knows what it ended with.
    for (const { kept } of judged) {
      const file = join(kept.folder, names.events);
      writeFileSync(file, readFileSync(file, "utf8").replace(/.*"finished".*\n$/, ""));
      assert.deepEqual([...toldOf(kept, isToldFrom).run.curves.keys()], ["loss"]);
    }
  });

  it("is listed with where it stands and the last value of each series, without reading all of it", async () => {
    const job = await train(short);
    const { summary, info } = only();
    assert.deepEqual([summary.steps, summary.state, info.arguments], [60, "finished", []]);
    assert.equal(summary.series["loss"]!.last, job.series("loss").at(-1));
    assert.equal(summary.series["loss"]!.least, Math.min(...job.series("loss")));
    assert.ok(summary.series["loss"]!.outline.length >= 30);
    assert.equal(summary.series["my value"]!.last, job.series("my value").at(-1));
  });

  it("is in lines that anything reads: a number each, NaN by its name", async () => {
    await train(short);
    const lines = readFileSync(join(only().folder, names.series), "utf8").trim().split("\n");
    const rows = lines.map((line) => JSON.parse(line) as { name: string; step: number; epoch: number; value: unknown });
    assert.deepEqual(Object.keys(rows[0]!).sort(), ["epoch", "name", "step", "value"]);
    assert.equal(rows.find(({ name, value }) => name === "my value" && typeof value === "string")?.value, "NaN");
  });

  it("of a series that never had a number has neither the least nor the largest", async () => {
    await train(`import { log } from "kindling";\nfor (const some of [NaN, 3, Infinity, NaN]) log({ none: NaN, some });\n`);
    const { none, some } = only().summary.series;
    assert.deepEqual([none!.least, none!.largest, some!.least, some!.largest, some!.last], [NaN, NaN, 3, Infinity, NaN]);
  });

  it("has the code that ran, of all its files, whatever becomes of them", async () => {
    folder.write("parts/layer.ts", "export const width = 4;\n");
    const text = `import { width } from "./parts/layer.ts";\n${short.replace("nn.Linear(4", "nn.Linear(width")}`;
    await train(text);
    writeFileSync(join(folder.path, "parts/layer.ts"), "changed");
    const kept = only();
    const code = codeOf(kept).map(({ name }) => [name, readFileSync(join(kept.folder, names.code, name), "utf8")]);
    assert.deepEqual(Object.fromEntries(code), { "net.model.ts": text, "parts/layer.ts": "export const width = 4;\n" });
    assert.equal(gitOf(kept), undefined);
  });

  it("goes by the names that its series have at last", async () => {
    const two = `${head}const other = new nn.Linear(2, 1);
const second = new optim.SGD(other.parameters(), { lr: 0.01 });
for (let i = 0; i < 30; i++) { step(); if (i >= 10) { second.zeroGrad(); other(randn(3, 2)).square().mean().backward(); second.step(); } }
`;
    const job = await train(two);
    const read = readRun(only());
    assert.deepEqual([...read.curves.keys()].sort(), [...new Set(job.points.map(({ name }) => name))].sort());
    assert.deepEqual([...read.curves.get("loss/model")!.values], job.series("loss/model"));
  });

  it("loses at most half a second where the process is killed, at whatever moment", async function () {
    this.timeout(killTimeout);
    const file = folder.write("net.model.ts", endless);
    const dues: number[] = [];
    for (const moment of killMoments([120, 260, 430, 700])) {
      const job = await Job.warm();
      /** When each step was heard of. */
      const heard: { readonly at: number; readonly step: number }[] = [];
      const listening = job.until((event) => {
        if (event.type === "metrics") heard.push({ at: performance.now(), step: event.points.at(-1)!.step });
        return false;
      });
      listening.catch(() => {});
      job.start(file, { keep: room() });
      await job.until(({ type }) => type === "metrics");
      await delay(moment);
      const killed = performance.now();
      job.kill();
      await job.ended();
      const [kept] = listRuns(room().folder);
      assert.equal(kept!.state, "interrupted");
      const due = heard.findLast(({ at }) => at < killed - 500)?.step ?? -1;
      const steps = readRun(kept!).curves.get("loss")?.steps ?? [];
      assert.ok((steps.at(-1) ?? -1) >= due, `${steps.at(-1)} of ${due}`);
      dues.push(due);
    }
    assert.ok(Math.max(...dues) > 0, "no training had gone on for more than half a second");
  });

  it("is interrupted when its process has ended, though nobody asked how, as in a container", async function () {
    // Elsewhere no process that has ended keeps its number.
    if (process.platform !== "linux") this.skip();
    await train(short);
    // A process that begins another one and never asks after it.
    const careless = spawn("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 60"]);
    try {
      const [line] = (await once(careless.stdout, "data")) as [Buffer];
      const { folder: own, info, summary } = only();
      writeWhole(join(own, names.run), runInfo.encode({ ...info, process: Number(line.toString()) }));
      writeWhole(join(own, names.summary), runSummary.encode({ ...summary, state: "running" }));
      while (only().state !== "interrupted") await delay(20);
    } finally {
      careless.kill();
    }
  });

  it("is interrupted when it was left alone for an hour, though another process has its number by now", async () => {
    await train(short);
    const { folder: own, info, summary } = only();
    writeWhole(join(own, names.run), runInfo.encode({ ...info, process: process.pid }));
    writeWhole(join(own, names.summary), runSummary.encode({ ...summary, state: "running" }));
    assert.equal(only().state, "running");
    const before = Date.now() / 1000 - 3_700;
    utimesSync(join(own, names.summary), before, before);
    assert.equal(only().state, "interrupted");
  });

  it("says that it is still there in a step that takes long, so that another machine doesn't take it for dead", async () => {
    const job = await Job.warm();
    job.start(
      folder.write("net.model.ts", `${head}step();\nconst nothing = new Int32Array(new SharedArrayBuffer(4));\nfor (;;) Atomics.wait(nothing, 0, 0);\n`),
      {
        keep: room(),
      },
    );
    await job.until(({ type }) => type === "metrics");
    const told = Date.now();
    const written = (): number => statSync(join(only().folder, names.summary)).mtimeMs;
    // All that it had to tell is written long before.
    while (written() < told + 6_000) await delay(100);
    job.kill();
    await job.ended();
  });

  it("that is torn at its end is read up to the tear", async () => {
    await train(short);
    const kept = only();
    const whole = readRun(kept);
    for (const name of [names.series, names.events]) {
      const path = join(kept.folder, name);
      truncateSync(path, statSync(path).size - 7);
    }
    const torn = readRun(keptRun(room().folder, kept.id)!);
    assert.equal(torn.curves.get("loss")!.length, whole.curves.get("loss")!.length);
    assert.ok(torn.samples.size === 1 && torn.models.length === 1);
    appendFileSync(join(kept.folder, names.events), '{"type":"nonsense"}\n{{{\n');
    assert.ok(readRun(kept).models.length === 1);
  });

  it("doesn't disturb another in the same folder at the same time", async () => {
    const file = folder.write("net.model.ts", short);
    const jobs = await Promise.all([1, 2, 3].map(() => run(file, { keep: room() })));
    const runs = listRuns(room().folder);
    assert.equal(runs.length, 3);
    assert.equal(new Set(runs.map(({ id }) => id)).size, 3);
    for (const kept of runs) assert.deepEqual([...readRun(kept).curves.get("loss")!.values], jobs[0]!.series("loss"));
  });

  it("that can't be written says so once, and trains on", async () => {
    writeFileSync(join(folder.path, ".kindling"), "in the way");
    const job = await train(short);
    assert.equal(job.states.at(-1), "finished");
    assert.deepEqual(
      job.problems.map(({ code, severity }) => [code, severity]),
      [["notKept", "information"]],
    );
  });

  it("whose disk is full before its end says that it finished, and up to which step it is kept", async () => {
    await keptUntil(3, async (keeper) => {
      keeper.event({ type: "state", state: "finished", at: 5_000, exitCode: 0 });
      await keeper.close();
    });
    const kept = only();
    assert.deepEqual([kept.state, kept.summary.steps, kept.summary.keptUpTo, stateText(kept)], ["finished", 9, 3, "finished, kept up to step 3"]);
    const told = readRun(kept);
    assert.deepEqual([told.state, [...told.curves.get("loss")!.values]], ["finished", [1, 2, 3]]);
    assert.equal(whyNotRepeated(kept, 5), "Of this run 3 steps could be written down; nothing is known of step 5.");
  });

  /** A run of 9 steps in a folder that takes no more files from a step on. */
  async function keptUntil(full: number, end: (keeper: RunKeeper) => Promise<void>): Promise<void> {
    const request = {
      file: join(folder.path, "net.model.ts"),
      directory: folder.path,
      mode: "train" as const,
      threads: 1,
      timeLimit: 0,
      sampling: defaultSampling,
      keep: room(),
    };
    const { writeSync, writeFileSync: whole } = fs;
    const noSpace = (): never => {
      throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    };
    const told: string[] = [];
    const keeper = RunKeeper.begin({
      request,
      version: "1.0.0",
      kernels: Promise.resolve(undefined),
      randomSeed: 1,
      tell: ({ message }) => told.push(message),
    })!;
    const written = () => JSON.parse(readFileSync(join(room().folder, readdirSync(room().folder)[0]!, names.summary), "utf8")).steps;
    try {
      for (let step = 1; step <= 9; step++) {
        keeper.event({ type: "metrics", points: [{ name: "loss", step, epoch: 0, value: step }] });
        keeper.event({ type: "progress", progress: { epoch: 0, step, stepsPerSecond: 1, elapsed: step * 1000, watchShare: 0 } });
        if (step !== full) continue;
        while (written() < full) await delay(20);
        fs.writeSync = fs.writeFileSync = noSpace;
        syncBuiltinESMExports();
      }
      while (told.length === 0) await delay(20);
      // There is no room for another file, but what is there can be written over.
      fs.writeSync = writeSync;
      syncBuiltinESMExports();
      await end(keeper);
    } finally {
      Object.assign(fs, { writeSync, writeFileSync: whole });
      syncBuiltinESMExports();
    }
    assert.deepEqual(told, [`From step ${full} on this run is not kept: the disk is full. The training goes on.`]);
  }

  for (const hours of [-24, 24])
    it(`took as long as it did, though the clock was set by ${hours} hours meanwhile`, async () => {
      const { now } = Date;
      try {
        await keptUntil(3, async (keeper) => {
          Date.now = () => now() + hours * 3_600_000;
          keeper.event({ type: "state", state: "finished", at: Date.now(), exitCode: 0 });
          await keeper.close();
        });
      } finally {
        Date.now = now;
      }
      assert.match(tookText(only()), /^\d\d?\.\d s$/);
    });

  it("that is removed while it goes on is not kept any more, and does not come back as half of one", async () => {
    // It removes its own folder, as somebody else might.
    const removal = `import { readdirSync, rmSync } from "node:fs";\nconst runs = ${JSON.stringify(room().folder)};\n`;
    const text = `${removal}${head}for (let i = 0; i < 60; i++) { step(); if (i === 20) for (const id of readdirSync(runs)) rmSync(runs + "/" + id, { recursive: true }); }\n`;
    const job = await train(text);
    assert.equal(job.states.at(-1), "finished");
    assert.match(job.problems.map(({ message }) => message).join("\n"), /this run is not kept: its folder is gone\. The training goes on\./);
    assert.deepEqual(readdirSync(room().folder), []);
  });

  it("doesn't mind others beside it that nobody may read or remove, and damaged ones are told apart", async () => {
    await train(short);
    const kept = only();
    const [newer, damaged, foreign] = ["20260101-000001-a-b1", "20260101-000002-a-b2", "20260101-000003-a-b3"].map((id) => join(room().folder, id));
    for (const own of [newer!, damaged!, foreign!]) cpSync(kept.folder, own, { recursive: true });
    writeFileSync(join(newer!, names.run), JSON.stringify({ format: 2, id: "20260101-000001-a-b1" }));
    writeFileSync(join(damaged!, names.run), '{"format":1,"id\0');
    fs.rmSync(join(foreign!, names.series));
    mkdirSync(join(foreign!, names.series));
    assert.deepEqual([...readRun(keptRun(room().folder, "20260101-000003-a-b3")!).curves.keys()], []);
    assert.deepEqual(unreadRuns(room().folder), [
      { id: "20260101-000001-a-b1", why: "a newer Kindling wrote it; update this one to see it" },
      { id: "20260101-000002-a-b2", why: "its run.json is damaged" },
    ]);
    const { readdirSync: read, rmSync } = fs;
    const refused = (path: unknown): void => {
      if (String(path).startsWith(foreign!)) throw Object.assign(new Error("permission denied"), { code: "EACCES" });
    };
    Object.assign(fs, {
      readdirSync: (...args: Parameters<typeof read>) => (refused(args[0]), read(...args)),
      rmSync: (...args: Parameters<typeof rmSync>) => (refused(args[0]), rmSync(...args)),
    });
    syncBuiltinESMExports();
    try {
      prune(room().folder, 0, kept.id);
    } finally {
      Object.assign(fs, { readdirSync: read, rmSync });
      syncBuiltinESMExports();
    }
    assert.deepEqual(new Set(listRuns(room().folder).map(({ id }) => id)), new Set([kept.id, "20260101-000003-a-b3"]));
  });

  it("that can't even begin to be written leaves nothing behind", () => {
    const told: string[] = [];
    const { renameSync } = fs;
    fs.renameSync = () => {
      throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    };
    syncBuiltinESMExports();
    try {
      const request = {
        file: join(folder.path, "net.model.ts"),
        directory: folder.path,
        mode: "train" as const,
        threads: 1,
        timeLimit: 0,
        sampling: defaultSampling,
        keep: room(),
      };
      const kernels = Promise.resolve(undefined);
      assert.equal(RunKeeper.begin({ request, version: "1.0.0", kernels, randomSeed: 1, tell: ({ message }) => told.push(message) }), undefined);
    } finally {
      fs.renameSync = renameSync;
      syncBuiltinESMExports();
    }
    assert.deepEqual(told, ["This run is not kept: the disk is full. The training goes on."]);
    assert.deepEqual(readdirSync(room().folder), []);
  });

  it("gives way, the oldest first, where all take more room than they may; one that is pinned stays", async () => {
    for (let i = 0; i < 3; i++) await train(short);
    const [newest, middle, oldest] = listRuns(room().folder);
    setLabel(oldest!, { pinned: true, name: "the good one" });
    prune(room().folder, sizeOf(newest!.folder) + sizeOf(oldest!.folder));
    assert.deepEqual(
      listRuns(room().folder).map(({ id }) => id),
      [newest!.id, oldest!.id],
    );
    assert.equal(existsSync(middle!.folder), false);
    assert.equal(findRun(listRuns(room().folder), "the good one")?.id, oldest!.id);
    removeRun(oldest!);
    assert.equal(only().id, newest!.id);
  });

  it("is found by its id, the beginning of it, and as the latest", async () => {
    await train(short);
    const runs = listRuns(room().folder);
    const { id } = runs[0]!;
    assert.ok(isRunId(id), id);
    for (const word of [id, id.slice(0, 12), "latest"]) assert.equal(findRun(runs, word)?.id, id, word);
    assert.equal(findRun(runs, "elsewhere"), undefined);
  });

  it("lies with the project that its file belongs to", () => {
    const deep = join(folder.path, "src", "deep");
    mkdirSync(deep, { recursive: true });
    assert.equal(runsFolder(join(deep, "a.model.ts")), join(deep, ".kindling", "runs"));
    writeFileSync(join(folder.path, "package.json"), "{}");
    assert.equal(runsFolder(join(deep, "a.model.ts")), join(folder.path, ".kindling", "runs"));
  });
});

describe("a very long run", function () {
  this.timeout(60_000);

  it("is read with its peaks, and while it is read others have their turn", async () => {
    const folder = new Folder();
    try {
      const keep = { folder: join(folder.path, ".kindling", "runs"), limit: 500e6 };
      await run(folder.write("net.model.ts", short), { keep });
      const [kept] = listRuns(keep.folder);
      const count = 300_000;
      const peak = 123_457;
      const rows = Array.from({ length: count }, (_, step) => `{"name":"loss","step":${step},"epoch":0,"value":${step === peak ? 1000 : 1 + (step % 7)}}\n`);
      writeFileSync(join(kept!.folder, names.series), rows.join(""));
      let [longest, last] = [0, performance.now()];
      const begun = last;
      const watch = setInterval(() => {
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
      });
      const { run: read } = await readRunInTurns(kept!);
      clearInterval(watch);
      const loss = read.curves.get("loss")!;
      assert.deepEqual([loss.last!.step, loss.extent.largest], [count - 1, 1000]);
      assert.ok(longest < 0.25 * (performance.now() - begun), `${longest} of ${performance.now() - begun} ms without a turn`);
    } finally {
      folder.remove();
    }
  });
});
