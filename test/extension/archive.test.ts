import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Archive } from "../../src/extension/runs/archive.ts";
import type { FileRuns } from "../../src/extension/runs/fileRuns.ts";
import { storedSnapshot } from "../../src/run/records.ts";
import { Series } from "../../src/run/series.ts";
import { emptySnapshot } from "../../src/run/snapshot.ts";
import { lossTrouble } from "../../src/run/standing.ts";
import { plainSamples } from "../fixtures/plainSamples.ts";
import { fileRuns, model, module, sample } from "./samples.ts";

describe("what a new window shows again", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "kindling-archive-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  let remarks: string[];
  beforeEach(() => (remarks = []));
  const open = (place: string, capacity?: number) => new Archive(place, (text) => remarks.push(text), capacity);
  const points = (kept: FileRuns | undefined) => [...(kept?.train?.curves.get("loss") ?? [])];

  const train = {
    ...emptySnapshot({ runId: "1", file: "/net.model.ts", mode: "train", startedAt: 1000 }),
    curves: new Map([["loss", Series.of([{ step: 0, epoch: 0, value: 0.5 }])]]),
    samples: new Map([[0, [sample(0)]]]),
  };
  const runs = fileRuns(
    { models: [model("net", [module(0, null, "net")])] },
    { file: "/net.model.ts", shown: "train", train: { ...train, state: "finished", endedAt: 2000 } },
  );

  it("is what the last one knew", async () => {
    const archive = open(join(folder, "runs"));
    archive.save(runs);
    const { train: kept, ...others } = (await archive.load("/net.model.ts"))!;
    const { train: saved, ...same } = runs;
    assert.deepEqual(others, same);
    assert.deepEqual(storedSnapshot.encode(kept!), storedSnapshot.encode(saved!));
    archive.remove("/net.model.ts");
    assert.equal(await archive.load("/net.model.ts"), undefined);
  });

  it("is a training that ended with its window, where it was under way", async () => {
    const archive = open(folder);
    const progress = { epoch: 0, step: 9, stepsPerSecond: 1, elapsed: 250 };
    archive.save({ ...runs, train: { ...train, state: "running", progress } });
    const loaded = await archive.load("/net.model.ts");
    assert.equal(loaded?.train?.state, "interrupted");
    assert.equal(loaded?.train?.endedAt, 1250);
    assert.deepEqual(points(loaded), [{ step: 0, epoch: 0, value: 0.5 }]);
  });

  it("is, once, what was in training when it went away, whichever files are open", async () => {
    const archive = open(join(folder, "runs"));
    assert.deepEqual(await archive.takeInterrupted(), []);
    archive.setUnderWay(["/net.model.ts", "/gone.model.ts"]);
    archive.save({ ...runs, train: { ...train, state: "paused" } });
    const next = open(join(folder, "runs"));
    assert.deepEqual(
      (await next.takeInterrupted()).map(({ file, train: run }) => [file, run?.state]),
      [["/net.model.ts", "interrupted"]],
    );
    assert.deepEqual(await next.takeInterrupted(), []);
    writeFileSync(join(folder, "runs", "training"), "{ half");
    assert.deepEqual(await next.takeInterrupted(), []);
  });

  it("has a loss that became NaN, infinite and minus infinite as the run told it", async () => {
    const values = [3, NaN, Infinity, -Infinity];
    const loss = Series.of(values.map((value, step) => ({ step, epoch: 0, value })));
    const odd = sample(0);
    const tensor = { ...odd.modules[0]!.output!, mean: NaN, min: -Infinity, max: Infinity };
    const samples = new Map([[0, [{ ...odd, modules: [{ module: 0, output: tensor, parameters: [] }] }]]]);
    const progress = { epoch: 0, step: 4, loss: -Infinity, stepsPerSecond: 1, elapsed: 250 };
    open(folder).save({ ...runs, train: { ...train, curves: new Map([["loss", loss]]), samples, progress } });
    const loaded = await open(folder).load("/net.model.ts");
    assert.deepEqual(
      points(loaded).map(({ value }) => value),
      values,
    );
    assert.equal(loaded?.train?.progress?.loss, -Infinity);
    assert.deepEqual(plainSamples(loaded!.train!.samples), plainSamples(samples));
    assert.equal(lossTrouble(loaded!.train!), "loss became NaN at step 1, now −∞");
  });

  const damages: Readonly<Record<string, (written: string) => string>> = {
    "half of it": (written) => written.slice(0, written.length / 2),
    "nothing": () => "",
    "null": () => "null",
    "a list": () => "[]",
    "a curve without its values": (written) => written.replace('"values":[0.5]', '"values":[]'),
    "a loss that is a text": (written) => written.replace('"values":[0.5]', '"values":["half"]'),
    "an unknown state": (written) => written.replace('"finished"', '"finishing"'),
    "no models": (written) => written.replaceAll('"models"', '"model"'),
    "a module that is its own parent": (written) => written.replace('"parent":null', '"parent":0'),
    "a line 0": (written) =>
      written.replace('"problems":[]', '"problems":[{"severity":"error","code":"x","message":"","position":{"file":"/a","line":0,"column":1}}]'),
    "what is of another file": (written) => written.replaceAll("/net.model.ts", "/other.model.ts"),
  };
  for (const [name, damage] of Object.entries(damages)) {
    it(`is nothing where the archive holds ${name}, and the log says why`, async () => {
      open(folder).save(runs);
      const [kept] = readdirSync(folder).map((one) => join(folder, one));
      const written = readFileSync(kept!, "utf8");
      assert.notEqual(damage(written), written);
      writeFileSync(kept!, damage(written));
      assert.equal(await open(folder).load("/net.model.ts"), undefined);
      assert.equal(remarks.length, 1);
      assert.match(remarks[0]!, /^What was kept of the last runs of \/net\.model\.ts is damaged and is not shown: ./);
    });
  }

  it("is nothing of another version's, and the log says so", async () => {
    open(folder).save(runs);
    const [kept] = readdirSync(folder).map((one) => join(folder, one));
    for (const version of [1, 99]) writeFileSync(kept!, readFileSync(kept!, "utf8").replace(/"version":\d+/, `"version":${version}`));
    assert.equal(await open(folder).load("/net.model.ts"), undefined);
    assert.deepEqual(remarks, ["What was kept of the last runs of /net.model.ts is of another version of Kindling and is not shown."]);
  });

  it("is of the files that ran last", async () => {
    const archive = open(folder, 3);
    for (let index = 0; index < 6; index++) archive.save({ ...runs, file: `/${index}.model.ts` });
    assert.equal(readdirSync(folder).length, 3);
    assert.ok(await archive.load("/5.model.ts"));
  });
});
