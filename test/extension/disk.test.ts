import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Archive } from "../../src/extension/model/archive.ts";
import { emptySnapshot } from "../../src/run/snapshot.ts";
import { hasTypes, writeTypes } from "../../src/extension/model/types.ts";
import type { FileRuns } from "../../src/extension/model/fileRuns.ts";
import { runSnapshot } from "../../src/run/records.ts";
import { Series } from "../../src/run/series.ts";
import { lossTrouble } from "../../src/run/standing.ts";
import { fileRuns, model, module, sample } from "./samples.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kindling-disk-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("what a new window shows again", () => {
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
    assert.deepEqual(runSnapshot.encode(kept!), runSnapshot.encode(saved!));
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
    assert.deepEqual((await next.takeInterrupted()).map(({ file, train: run }) => [file, run?.state]), [["/net.model.ts", "interrupted"]]);
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
    assert.deepEqual(points(loaded).map(({ value }) => value), values);
    assert.equal(loaded?.train?.progress?.loss, -Infinity);
    assert.deepEqual(loaded?.train?.samples, samples);
    assert.equal(lossTrouble(loaded!.train!), "loss is −∞ since step 1");
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
    "a line 0": (written) => written.replace('"problems":[]', '"problems":[{"severity":"error","code":"x","message":"","position":{"file":"/a","line":0,"column":1}}]'),
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

describe("types in the workspace", () => {
  let types: string;
  beforeEach(() => {
    types = join(folder, "extension", "types");
    mkdirSync(types, { recursive: true });
    writeFileSync(join(types, "index.d.ts"), "export declare const answer: 42;\n");
  });

  it("are written where TypeScript looks for a package's", () => {
    const workspace = join(folder, "workspace");
    mkdirSync(join(workspace, "deep"), { recursive: true });
    assert.equal(hasTypes(join(workspace, "deep"), "1.0.0"), false);
    const written = writeTypes(workspace, types, "1.0.0");
    const manifest = JSON.parse(readFileSync(join(written, "package.json"), "utf8"));
    assert.ok(existsSync(join(written, manifest.exports["."].types)));
    assert.equal(hasTypes(join(workspace, "deep"), "1.0.0"), true);
  });

  it("of another version are out of date", () => {
    writeTypes(folder, types, "1.0.0");
    assert.equal(hasTypes(folder, "1.1.0"), false);
  });

  it("are written anew where their manifest is broken", () => {
    writeTypes(folder, types, "1.0.0");
    for (const broken of ["{ half a", "null", "", '"text"']) {
      writeFileSync(join(folder, "node_modules", "kindling", "package.json"), broken);
      assert.equal(hasTypes(folder, "1.0.0"), false, broken);
    }
    writeTypes(folder, types, "1.0.0");
    assert.equal(hasTypes(folder, "1.0.0"), true);
  });

  it("are not bothered by what else is broken in the folder", () => {
    writeFileSync(join(folder, "package.json"), "{ half a");
    writeFileSync(join(folder, "tsconfig.json"), "no json");
    assert.equal(hasTypes(folder, "1.0.0"), false);
    writeTypes(folder, types, "1.0.0");
    assert.equal(hasTypes(folder, "1.0.0"), true);
  });

  it("go nowhere out of the folder: a node_modules that is a link is left alone", () => {
    const elsewhere = join(folder, "elsewhere");
    const workspace = join(folder, "workspace");
    for (const one of [elsewhere, workspace]) mkdirSync(one);
    for (const target of [elsewhere, join(folder, "not there"), "../elsewhere"]) {
      symlinkSync(target, join(workspace, "node_modules"));
      assert.throws(() => writeTypes(workspace, types, "1.0.0"), /node_modules is not a folder of this workspace.*npm install/);
      assert.deepEqual(readdirSync(elsewhere), []);
      rmSync(join(workspace, "node_modules"));
    }
    writeFileSync(join(workspace, "node_modules"), "");
    assert.throws(() => writeTypes(workspace, types, "1.0.0"), /not a folder/);
  });

  it("take a broken link's place, and touch nothing that it leads to", () => {
    const linked = join(folder, "checkout");
    mkdirSync(linked);
    writeFileSync(join(linked, "package.json"), "{ being edited");
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(linked, join(folder, "node_modules", "kindling"));
    assert.equal(hasTypes(folder, "1.0.0"), false);
    writeTypes(folder, types, "1.0.0");
    assert.deepEqual(readdirSync(linked), ["package.json"]);
    assert.equal(hasTypes(folder, "1.0.0"), true);
  });

  it("come to a folder that was opened through a link", () => {
    const real = join(folder, "real");
    mkdirSync(real);
    symlinkSync(real, join(folder, "link"));
    writeTypes(join(folder, "link"), types, "1.0.0");
    assert.equal(hasTypes(real, "1.0.0"), true);
    writeTypes(join(folder, "link"), types, "1.1.0");
    assert.equal(hasTypes(real, "1.1.0"), true);
  });

  it("of a real installation are good as they are", () => {
    const installed = join(folder, "node_modules", "kindling");
    mkdirSync(installed, { recursive: true });
    writeFileSync(join(installed, "package.json"), '{ "name": "kindling", "version": "0.0.1" }');
    assert.equal(hasTypes(folder, "1.1.0"), true);
  });

  for (const kind of ["module", "commonjs"]) {
    it(`are found by TypeScript 7 in a project of type ${kind}`, function () {
      const built = join(import.meta.dirname, "..", "..", "dist", "types");
      if (!existsSync(built)) this.skip();
      writeFileSync(join(folder, "package.json"), JSON.stringify({ type: kind }));
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: { module: "nodenext", noEmit: true, skipLibCheck: true }, files: ["net.model.ts"] }));
      writeFileSync(join(folder, "net.model.ts"), 'import { nn } from "kindling";\nexport class Net extends nn.Module {\n  override train(): this {\n    return this;\n  }\n}\n');
      const tsc = join(import.meta.dirname, "..", "..", "node_modules", "typescript", "bin", "tsc");
      const check = (): string => spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" }).stdout;
      assert.match(check(), /error TS2307: Cannot find module 'kindling'/);
      writeTypes(folder, built, "1.0.0");
      assert.equal(check(), "");
    });
  }
});
