/** Kept runs that are asked later for what they did not tell. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { additionsOf } from "../../src/keep/additions.ts";
import { listRuns, type KeptRun } from "../../src/keep/keptRuns.ts";
import { stepsTaken } from "../../src/keep/past.ts";
import { readRun } from "../../src/keep/readRun.ts";
import { fillRequest } from "../../src/keep/replayRequest.ts";
import { givenValues } from "../../src/lint/constants.ts";
import { defaultSampling, type FillOptions } from "../../src/protocol/index.ts";
import { storedSample } from "../../src/run/records/statistics.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { Folder, Job, run } from "./job.ts";

/** @param logs what is logged in each step */
const program = (logs = ""): string => `import { log, manualSeed, nn, optim, randn } from "kindling";
manualSeed(4);
const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Dropout(0.2), new nn.Linear(8, 1));
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
for (let i = 0; i < 60; i++) {
  const x = randn(16, 4);
  const loss = model(x).sub(x.sum(1, true)).square().mean();
  optimizer.zeroGrad();
  loss.backward();
  const size = Math.hypot(...[...model.parameters()].map((p) => p.grad.norm().item()));
  if (i % 10 === 0) log({ "every tenth": size });
  ${logs}
  optimizer.step();
}
`;

describe("a kept run that is filled in", function () {
  this.timeout(60_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const room = (name = "runs") => ({ folder: join(folder.path, ".kindling", name), limit: 500e6 });
  const newest = (name?: string): KeptRun => listRuns(room(name).folder)[0]!;
  const said = (job: Job): string => job.problems.map(({ message }) => message).join("\n");
  const lineOf = (job: Job): number | undefined => job.problems.at(-1)?.position?.line;

  async function train(text: string, request: Parameters<typeof run>[1] = {}): Promise<KeptRun> {
    const job = await run(folder.write("net.model.ts", text), { keep: room(), ...request });
    assert.equal(job.states.at(-1), "finished", said(job));
    return newest();
  }

  /** What the run is in a folder of its own, with that from the beginning. */
  async function live(text: string, request: Parameters<typeof run>[1] = {}): Promise<RunSnapshot> {
    await run(folder.write("net.model.ts", text), { keep: room("live"), ...request });
    return readRun(newest("live")).run;
  }

  const fill = (kept: KeptRun, options: FillOptions): Promise<Job> => run(kept.info.file, fillRequest(kept, options, room().limit));

  /** With the file as it is now. */
  async function fillWith(kept: KeptRun, text: string): Promise<Job> {
    return fill(kept, { file: folder.write("net.model.ts", text) });
  }

  const columns = ({ curves }: RunSnapshot) => [...curves].map(([name, { steps, epochs, values }]) => [name, [...steps], [...epochs], [...values]]);
  const samples = (told: RunSnapshot): string => JSON.stringify([...told.samples].map(([model, own]) => [model, own.map((one) => storedSample.encode(one))]));
  const bytesOf = (kept: KeptRun): Map<string, string> =>
    new Map(
      readdirSync(kept.folder, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => [name, readFileSync(join(kept.folder, name), "base64")]),
    );

  it("has what is logged later with the values that its constants were given, wherever they stand by now", async () => {
    const text = (logs?: string): string => program(logs).replace("{ lr: 0.01 }", "{ lr: rate }").replace("const model", "const rate = 0.01;\nconst model");
    const given = (of: string) => ({ given: givenValues(of, "rate", ["0.1"]) });
    const kept = await train(text(), given(text()));
    const after = `// Tells more.\n${text(`log({ gradient: size });`)}`;
    const job = await fillWith(kept, after);
    assert.deepEqual([job.states.at(-1), said(job)], ["finished", ""]);
    assert.deepEqual(columns(readRun(newest()).run), columns(await live(after, given(after))));
    const other = await fillWith(kept, after.replace("rate = 0.01", "rate = 0.02"));
    assert.equal(said(other), "`rate` was 0.1 in this run in place of what its line says, and that line has changed: put it back to fill this run in.");
  });

  it("has what is logged later as if it had been logged from the beginning", async () => {
    const kept = await train(program());
    const before = bytesOf(kept);
    const text = program(`log({ "gradient": size, "twice": [size, i] }); if (i === 5) log({ "remark": "five" });`);
    const job = await fillWith(kept, text);
    assert.deepEqual([job.states.at(-1), said(job), job.stdout], ["finished", "", ""]);
    const filled = readRun(newest()).run;
    const told = await live(text);
    assert.deepEqual(columns(filled), columns(told));
    assert.ok(filled.curves.get("gradient")!.length === 60);
    assert.deepEqual(filled.notes, told.notes);
    assert.deepEqual(filled.epochs, told.epochs);
    // At a glance, too, and without a change of what was written then.
    const { series } = newest().summary;
    assert.deepEqual(Object.keys(series), [...told.curves.keys()]);
    assert.equal(series["gradient"]!.last, filled.curves.get("gradient")!.last!.value);
    assert.deepEqual(bytesOf(kept), before);
    assert.equal(listRuns(room().folder).length, 1);
  });

  it("is marked as added later, with the code that told it", async () => {
    const kept = await train(program());
    const text = program(`log({ gradient: size });`);
    await fillWith(kept, text);
    const [{ addition, folder: own }, another] = additionsOf(kept.folder) as [ReturnType<typeof additionsOf>[number], undefined];
    assert.equal(another, undefined);
    assert.deepEqual([Object.keys(addition.series), addition.notes, addition.measured], [["gradient"], 0, 0]);
    assert.ok(addition.at > kept.info.startedAt);
    assert.equal(readFileSync(join(own, "code", "net.model.ts"), "utf8"), text);
    const rows = readFileSync(join(own, "series.jsonl"), "utf8").trim().split("\n");
    assert.deepEqual([rows.length, Object.keys(JSON.parse(rows[0]!) as object)], [60, ["name", "step", "epoch", "value"]]);
  });

  it("has more values of what was logged now and then", async () => {
    const kept = await train(program());
    const text = program().replace("if (i % 10 === 0) ", "");
    await fillWith(kept, text);
    assert.deepEqual(columns(readRun(newest()).run), columns(await live(text)));
    assert.equal(readRun(newest()).run.curves.get("every tenth")!.length, 60);
  });

  it("has every step's histograms, also of modules that nobody watched", async () => {
    const kept = await train(program(), { sampling: { ...defaultSampling, enabled: false } });
    assert.equal(readRun(kept).run.samples.size, 0);
    const job = await fill(kept, { samples: { from: 0, to: 60 } });
    assert.deepEqual([job.states.at(-1), said(job)], ["finished", ""]);
    const told = await live(program(), { sampling: { ...defaultSampling, everyStep: true } });
    const filled = readRun(newest()).run;
    assert.equal(filled.samples.get(0)!.length, 60);
    assert.equal(samples(filled), samples(told));
    assert.deepEqual(filled.measuredSteps, told.measuredSteps);
    assert.deepEqual(
      filled.passes.map(({ pass, ...rest }) => [pass, rest.times]),
      told.passes.map(({ pass, ...rest }) => [pass, rest.times]),
    );
    assert.deepEqual(columns(filled), columns(told));
  });

  it("has every step of a stretch, between those that were measured then", async () => {
    const kept = await train(program());
    const before = readRun(kept)
      .run.samples.get(0)!
      .map(({ step }) => step);
    const job = await fill(kept, { samples: { from: 40, to: 50 } });
    assert.deepEqual([job.states.at(-1), said(job)], ["finished", ""]);
    const filled = readRun(newest()).run.samples.get(0)!;
    const stretch = Array.from({ length: 10 }, (_, i) => 40 + i);
    assert.deepEqual(
      filled.map(({ step }) => step),
      [...new Set([...before, ...stretch])].sort((a, b) => a - b),
    );
    const all = await live(program(), { sampling: { ...defaultSampling, everyStep: true } });
    const within = (step: { readonly step: number }): boolean => step.step >= 40 && step.step < 50;
    const encoded = (own: typeof filled): string => JSON.stringify(own.filter(within).map((one) => storedSample.encode(one)));
    assert.equal(encoded(filled), encoded(all.samples.get(0)!));
    assert.deepEqual(columns(readRun(newest()).run), columns(all));
  });

  it("can be filled in again, over what was added before", async () => {
    const kept = await train(program());
    await fillWith(kept, program("log({ gradient: size });"));
    await fillWith(kept, program("log({ gradient: size, double: 2 * size });"));
    const job = await fillWith(kept, program("log({ gradient: size + 1e-9 });"));
    assert.match(said(job), /at step 0 `gradient` is .*, and was .* then/);
    assert.deepEqual(
      additionsOf(kept.folder).map(({ addition }) => Object.keys(addition.series)),
      [["gradient"], ["double"]],
    );
    assert.deepEqual([...readRun(newest()).run.curves.keys()].sort(), ["double", "every tenth", "gradient", "loss", "lr"]);
  });

  const refused: Readonly<Record<string, readonly [change: (text: string) => string, message: RegExp, line: number]>> = {
    "draws chance for what it logs": [() => program("log({ noise: randn(1).item() });"), /at step 1 `loss` is [\d.e-]+, and was [\d.e-]+ then/, 12],
    "has another learning rate": [(text) => text.replace("lr: 0.01", "lr: 0.02"), /at step 0 `lr` is 0\.02, and was 0\.01 then|at step 1 `loss`/, 4],
    "changes what was logged": [(text) => text.replace('"every tenth": size', '"every tenth": 2 * size'), /at step 0 `every tenth` is/, 11],
    "logs less often": [(text) => text.replace("i % 10", "i % 20"), /at step 10 it tells no `every tenth`, which was/, 11],
    "trains longer": [(text) => text.replace("i < 60", "i < 61"), /it takes more than the 60 steps of then/, 5],
    "ends before": [(text) => text.replace("i < 60", "i < 59"), /it ended after 59 steps, and after 60 then/, 5],
    "ends with an error": [() => program("if (i === 59) throw new Error('no');"), /it fails now, which it did not then: Error: no\. What/, 12],
    "changes the parameters at its very end": [
      (text) => `${text}model.parameters()[0].data.zero_();\n`,
      /at its end, the parameters are not those of then/,
      15,
    ],
    "does not run": [(text) => `${text}(`, /it fails now, which it did not then: /, 15],
  };
  for (const [name, [change, message, line]] of Object.entries(refused)) {
    it(`stays as it was, and the reason is said, where the file ${name}`, async () => {
      const kept = await train(program());
      const told = columns(readRun(kept).run);
      const job = await fillWith(kept, change(program()));
      assert.match(said(job), message);
      assert.match(said(job), /Nothing was filled in: /);
      assert.deepEqual([job.states.at(-1), lineOf(job)], ["failed", line]);
      assert.deepEqual(additionsOf(kept.folder), []);
      assert.deepEqual(readdirSync(join(kept.folder, "added")), []);
      assert.deepEqual(columns(readRun(newest()).run), told);
    });
  }

  it("says where nothing is new", async () => {
    const kept = await train(program());
    const job = await fillWith(kept, `${program()}// A remark.\n`);
    assert.deepEqual([job.states.at(-1), said(job)], ["finished", "Nothing was filled in: the run has all that was told."]);
    assert.deepEqual(additionsOf(kept.folder), []);
  });

  it("writes no file of the program's, and reads those of imports as they are now", async () => {
    folder.write("measure.ts", "export const measure = (size: number) => ({});\n");
    const text = program("log(measure(size));").replace(
      "manualSeed(4);",
      'import { measure } from "./measure.ts";\nimport { writeFileSync } from "node:fs";\nmanualSeed(4);',
    );
    const writes = `${text}writeFileSync(new URL("./out.txt", import.meta.url), "done");\n`;
    const kept = await train(writes);
    const out = join(folder.path, "out.txt");
    writeFileSync(out, "mine");
    folder.write("measure.ts", "export const measure = (size: number) => ({ size });\n");
    const job = await fillWith(kept, writes);
    assert.equal(said(job), "");
    assert.equal(readFileSync(out, "utf8"), "mine");
    assert.equal(readRun(newest()).run.curves.get("size")!.length, 60);
  });

  it("takes the text of another file, and leaves the file itself alone", async () => {
    const kept = await train(program());
    const file = folder.write("more/with-logs.ts", program("log({ gradient: size });"));
    const job = await fill(kept, { file });
    assert.equal(said(job), "");
    assert.equal(readRun(newest()).run.curves.get("gradient")!.length, 60);
  });

  it("that was cut off is filled in as far as it came", async () => {
    const slow = (logs: string): string =>
      program(logs)
        .replace("i < 60", "i < 4000")
        .replace("  optimizer.step();", "  optimizer.step();\n  if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5));");
    const job = await Job.warm();
    job.start(folder.write("net.model.ts", slow("")), { keep: room() });
    await job.until((event) => event.type === "metrics" && event.points.some(({ step }) => step > 300));
    job.kill();
    await job.ended();
    const kept = newest();
    assert.equal(kept.state, "interrupted");
    const filling = await fillWith(kept, slow("log({ gradient: size });"));
    assert.deepEqual([filling.states.at(-1), said(filling)], ["finished", ""]);
    const { curves } = readRun(newest()).run;
    assert.equal(curves.get("gradient")!.length, stepsTaken(kept));
    assert.equal(newest().state, "interrupted");
  });

  it("is whole or not there when the process is killed on the way, and what is left over goes", async () => {
    const kept = await train(program().replace("i < 60", "i < 3000"));
    folder.write("net.model.ts", program("log({ gradient: size });").replace("i < 60", "i < 3000"));
    const job = await Job.warm();
    job.start(kept.info.file, fillRequest(kept, { file: kept.info.file }, room().limit));
    await job.until(({ type }) => type === "progress");
    job.kill();
    await job.ended();
    assert.deepEqual(additionsOf(kept.folder), []);
    assert.ok(!readRun(newest()).run.curves.has("gradient"));
    assert.equal(readdirSync(join(kept.folder, "added")).length, 1);
    await fill(kept, { file: kept.info.file });
    assert.deepEqual(readdirSync(join(kept.folder, "added")), ["1"]);
    assert.equal(readRun(newest()).run.curves.get("gradient")!.length, 3000);
  });

  it("stays as it was, and the reason is said, where nothing can be written to it", async () => {
    const kept = await train(program());
    folder.write("net.model.ts", program("log({ gradient: size });"));
    writeFileSync(join(kept.folder, "added"), "in the way");
    const job = await fill(kept, { file: kept.info.file });
    assert.match(job.problems.map(({ message }) => message).join("\n"), /^Nothing can be added to this run: .*added.*\. Mend that, then fill it in again\.$/);
  });

  it("is not asked while it still goes on", async () => {
    const job = await Job.warm();
    job.start(folder.write("net.model.ts", program().replace("i < 60", "i >= 0")), { keep: room() });
    await job.until(({ type }) => type === "progress");
    const filling = await fill(newest(), { file: newest().info.file });
    assert.match(said(filling), /This run still goes on\. It can be filled in when it is over\./);
    job.kill();
    await job.ended();
    assert.ok(!existsSync(join(newest().folder, "added")));
  });
});
