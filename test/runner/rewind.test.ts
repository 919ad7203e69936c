/** Kept runs that are brought back to one of their steps, and go on from there. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkpointsOf } from "../../src/keep/checkpoints.ts";
import { codeOf, listRuns, type KeptRun } from "../../src/keep/keptRuns.ts";
import { pastOf, readInterventions, stepsTaken, whyNotRepeated } from "../../src/keep/past.ts";
import { readRun } from "../../src/keep/readRun.ts";
import { replayRequest } from "../../src/keep/replayRequest.ts";
import { givenValues } from "../../src/lint/constants.ts";
import { defaultSampling, type Change, type RunEvent, type RunRequest, type WeightsRequest } from "../../src/protocol/index.ts";
import { emptySnapshot, reduceSnapshot } from "../../src/run/snapshot.ts";
import { Folder, Job, run } from "./job.ts";

const head = `import { cat, data, log, manualSeed, nn, noGrad, optim, rand, randint, randn, tensor, save, load } from "kindling";
const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Dropout(0.3), new nn.Linear(8, 1));
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
let learned = 0;
const learn = (x, y) => {
  // Long enough for a checkpoint to be due.
  if (++learned === 34) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200);
  const loss = model(x).sub(y).square().mean();
  optimizer.zeroGrad(); loss.backward(); optimizer.step();
  return loss.item();
};
const step = () => { const x = randn(16, 4); return learn(x, x.sum(1, true)); };
const end = () => console.log("END " + JSON.stringify([...model.parameters()].map((p) => p.tolist())));
`;

/** Steps that are computed in any case. */
const shortFrom = 16;

/** What programs do that a repetition could stumble over; each takes 40 steps at least, and prints its parameters at its end. */
const programs: Readonly<Record<string, string>> = {
  "dropout, and no seed": `${head}for (let i = 0; i < 40; i++) step();\nend();`,
  "shuffled data in a loader": `${head}manualSeed(3);
const x = randn(64, 4);
const loader = new data.DataLoader(new data.TensorDataset(x, x.sum(1, true)), { batchSize: 8, shuffle: true });
for (let epoch = 0; epoch < 6; epoch++) { for (const [a, b] of loader) learn(a, b); model.eval(); noGrad(() => log({ all: model(x).mean().item() })); model.train(); }
end();`,
  "samples that are waited for, and a backbone that is frozen in a second phase": `${head}class Later extends data.Dataset {
  get length() { return 32; }
  async get(index) { await new Promise((resolve) => setTimeout(resolve, 0)); const x = tensor([index / 32, 1, Math.sin(index), 0]); return [x, x.sum().reshape(1)]; }
}
const loader = new data.DataLoader(new Later(), { batchSize: 8, shuffle: true, collateFn: async (samples) => data.defaultCollate(await Promise.all(samples)) });
async function* passes(count) { for (let i = 0; i < count; i++) for await (const batch of loader) yield batch; }
for await (const [x, y] of passes(4)) learn(x, y);
for (const parameter of model[0].parameters()) parameter.requiresGrad = false;
for await (const [x, y] of passes(7)) learn(x, y);
end();`,
  "two optimizers and a schedule": `${head}const other = new nn.Linear(4, 1);
const second = new optim.SGD(other.parameters(), { lr: 0.1, momentum: 0.9 });
const schedule = new optim.lrScheduler.StepLR(optimizer, 5, 0.5);
for (let i = 0; i < 40; i++) { step(); const x = randn(4, 4); second.zeroGrad(); other(x).sub(model(x).detach()).square().mean().backward(); second.step(); schedule.step(); }
end();`,
  "early stopping, with the best weights read back from a file": `${head}import { existsSync, unlinkSync } from "node:fs";
const path = new URL("./best.safetensors", import.meta.url);
if (existsSync(path)) unlinkSync(path);
let best = Infinity;
for (let i = 0; i < 60; i++) {
  const loss = step();
  if (loss < best) { best = loss; save(model.stateDict(), path); }
  if (i % 20 === 19) model.loadStateDict(load(path));
  if (i > 45 && loss > 2 * best) break;
}
end();`,
  "Math.random": `${head}for (let i = 0; i < 40; i++) { const x = randn(8, 4).mul(Math.random()); learn(x, x.sum(1, true).add(Math.random() < 0.5 ? 1 : 0)); }\nend();`,
  "the clock": `${head}manualSeed(Date.now() % 1000003);
const began = performance.now();
for (let i = 0; i < 40; i++) { const x = randn(8, 4); learn(x, x.mul((performance.now() - began) % 1).sum(1, true)); log({ seconds: Number(process.hrtime.bigint() % 1000n), second: new Date().getMilliseconds() }); }
end();`,
  "the system's chance": `${head}import { randomBytes, randomInt } from "node:crypto";
manualSeed(randomBytes(4).readUInt32LE());
for (let i = 0; i < 40; i++) { const [word] = crypto.getRandomValues(new Uint8Array(1)); const x = randn(8, 4).mul(word / 255); learn(x, x.sum(1, true).add(randomInt(10))); }
end();`,
  "branches that follow what was computed": `${head}for (let i = 0, taken = 0; taken < 40; i++) { const x = randn(16, 4); if (x.mean().item() > 0) { learn(x, x.sum(1, true)); taken++; } }\nend();`,
  "averages and a buffer of the past carried across steps": `${head}let average = [...model.parameters()].map((p) => p.detach().clone());
const past = [];
for (let i = 0; i < 40; i++) {
  step();
  average = average.map((a, k) => a.mul(0.9).add([...model.parameters()][k].detach().mul(0.1)));
  past.push(randn(2, 4));
  if (past.length > 5) { const x = cat([past.shift(), past[0]]); learn(x, x.sum(1, true).add(average[0].mean())); }
}
end();`,
  "code of its own in backward passes": `${head}import { autograd } from "kindling";
const counts = { fn: 0, hook: 0, module: 0, accumulated: 0 };
class Double extends autograd.Function {
  static forward(ctx, x) { return x.mul(2); }
  static backward(ctx, gradient) { counts.fn++; return gradient.mul(2); }
}
const [first, , , last] = model;
last.registerFullBackwardHook(() => { counts.module++; });
first.weight.registerHook((gradient) => { counts.hook++; return counts.hook % 2 ? gradient.mul(0.5) : gradient; });
first.bias.registerPostAccumulateGradHook(() => { counts.accumulated++; });
for (let i = 0; i < 40; i++) { const x = randn(16, 4); learn(Double.apply(x.requiresGrad_()), x.detach().sum(1, true)); log({ ...counts }); }
console.log(JSON.stringify(counts));
end();`,
  "passes that reach other parameters each time": `${head}const branches = new nn.ModuleList([new nn.Linear(4, 1), new nn.Linear(4, 1), new nn.Linear(4, 1)]);
const unused = new nn.Linear(4, 1);
const second = new optim.SGD([...branches.parameters(), ...unused.parameters()], { lr: 0.1, momentum: 0.9, weightDecay: 0.01 });
for (let i = 0; i < 45; i++) {
  step();
  const x = randn(8, 4);
  if (i % 4 === 0) second.zeroGrad();
  // Of a whole number's steps no gradient comes back, though the way there is recorded.
  const loss = branches[i % 3](x).square().mean().add(i % 5 === 0 ? unused(x).round().sum() : unused(x).detach().sum());
  loss.backward();
  log({ have: [...branches.parameters(), ...unused.parameters()].filter((p) => p.grad !== null).length });
  if (i % 2) second.step();
}
console.log("END " + JSON.stringify([...branches.parameters(), ...unused.parameters(), ...model.parameters()].map((p) => p.tolist())));`,
  "what operations compute in JavaScript": `${head}const words = new nn.Embedding(9, 4, { paddingIdx: 0, maxNorm: 2, scaleGradByFreq: true }), bags = new nn.EmbeddingBag(9, 4, { mode: "max" }), norm = new nn.BatchNorm1d(4), sloping = new nn.RReLU();
const second = new optim.SGD([...words.parameters(), ...bags.parameters(), ...norm.parameters()], { lr: 0.1 });
for (let i = 0; i < 45; i++) {
  step();
  const ids = randint(0, 9, [8, 3]), found = sloping(norm(words(ids).sum(1).add(bags(ids))));
  const places = found.topk(2, 1).indices, halves = ids.add(1).floorDivide(ids.remainder(3).add(1)).cumsum(1);
  second.zeroGrad(); found.gather(1, places).add(halves.float().mean()).square().mean().backward(); second.step();
  log({ most: halves.max().item(), right: places.eq(1).sum().item(), batches: norm.numBatchesTracked.item() });
}
console.log("END " + JSON.stringify([...words.parameters(), ...bags.parameters(), ...norm.buffers(), ...model.parameters()].map((p) => p.tolist())));`,
  "files read in the loop": `${head}import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
for (let i = 0; i < 40; i++) {
  const rows = readFileSync(new URL("./rows.csv", import.meta.url), "utf8").trim().split("\\n").map((row) => row.split(",").map(Number));
  const scale = Number(await readFile(new URL("./scale.txt", import.meta.url), "utf8"));
  const x = tensor(rows).mul(scale * (1 + i)); learn(x, x.sum(1, true));
}
end();`,
};

/** What no checkpoint holds, and is needed later on. */
const carried: Readonly<Record<string, string>> = {
  "an average of the parameters, made before the first step and changed in place": `${head}const average = [...model.parameters()].map((p) => p.detach().clone());
for (let i = 0; i < 45; i++) { step(); noGrad(() => average.forEach((a, k) => a.mul_(0.9).add_([...model.parameters()][k], { alpha: 0.1 }))); }
console.log("END " + JSON.stringify(average.map((a) => a.tolist())));`,
  "a list of losses": `${head}const losses = [];
for (let i = 0; i < 45; i++) { const x = randn(16, 4); const loss = model(x).sub(x.sum(1, true)).square().mean(); optimizer.zeroGrad(); loss.backward(); optimizer.step(); losses.push(loss.detach()); learned++ === 33 && Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200); }
console.log("END " + losses.map((loss) => loss.item()).join());`,
  "a state that each step goes on from": `${head}let state = randn(16, 4);
for (let i = 0; i < 45; i++) { learn(state, state.sum(1, true)); state = noGrad(() => state.mul(0.5).add(model(state).tanh())); }
end();`,
};

/** Whatever a program can read from tensors, and what it does with that. */
const readingAll = `${head}import { save as keep } from "kindling";
import { readFileSync } from "node:fs";
const seen = [];
const path = new URL("./weights.safetensors", import.meta.url);
for (let i = 0; i < 45; i++) {
  const x = randn(8, 4);
  const loss = model(x).sub(x.sum(1, true)).square().mean();
  optimizer.zeroGrad(); loss.backward();
  const norm = nn.utils.clipGradNorm_(model.parameters(), 1).item();
  if (++learned === 34) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200);
  optimizer.step();
  const row = x.select(0, 0);
  seen.push(loss.item(), norm, row.tolist().join(), String(row), \`\${loss}\`, loss > 1, x.gt(0).any().item(), x.argmax(1).toTypedArray().join(), [...row].map(Number).join());
  if (x.nonzero().shape[0] > 3 && x.max().item() > 1) log({ most: x.max(), where: x.argmax().item() });
  if (i % 10 === 3) { keep(model.stateDict(), path); seen.push(readFileSync(path).length); }
  optimizer.paramGroups[0].lr = loss < 2 * norm ? 0.01 : 0.005;
}
console.log("END " + JSON.stringify(seen));`
  .replaceAll("\\`", "`")
  .replaceAll("\\$", "$");

describe("a kept run that is brought back to a step", function () {
  this.timeout(120_000);
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder();
    folder.write("rows.csv", "1,2,3,4\n0.5,1,-1,0\n");
    folder.write("scale.txt", "0.1");
  });
  afterEach(async () => {
    // One that a test left paused goes on for ever.
    for (const job of paused.splice(0)) {
      job.kill();
      await job.ended();
    }
    folder.remove();
  });

  const paused: Job[] = [];
  const room = () => ({ folder: join(folder.path, ".kindling", "runs"), limit: 500e6 });
  const newest = (): KeptRun => listRuns(room().folder)[0]!;
  const endOf = (job: Job): string | undefined => /END .*/.exec(job.stdout)?.[0];
  const failed = (job: Job): string => job.problems.map(({ message }) => message).join("\n");

  async function train(text: string, request: Partial<RunRequest> = {}): Promise<{ job: Job; kept: KeptRun }> {
    const job = await run(folder.write("net.model.ts", text), { keep: room(), ...request });
    return { job, kept: newest() };
  }

  /** The same of a program that waits in its step 34: for longer where the machine is so busy that no checkpoint was due before `step`. */
  async function trainWithCheckpoint(text: string, step: number, request: Partial<RunRequest> = {}): Promise<{ job: Job; kept: KeptRun }> {
    for (let wait = 1_200; ; wait *= 2) {
      const trained = await train(text.replaceAll("0, 0, 1200)", `0, 0, ${wait})`), request);
      // A short way is as long as what comes before it at the least, and the last two steps are always computed.
      const hasOne = checkpointsOf(trained.kept).some((one) => one.step >= 2 * shortFrom && one.step <= step - 2);
      if (hasOne || wait > 5_000) return trained;
    }
  }

  /** Resolves when it is paused there, or ended. */
  async function rewind(kept: KeptRun, step: number): Promise<Job> {
    const job = await Job.warm();
    const request = replayRequest(kept, step, { sampling: defaultSampling, limit: room().limit });
    paused.push(job);
    job.start(request.file, request);
    await job.until((event: RunEvent) => event.type === "state" && (event.state === "paused" || event.state === "failed"));
    return job;
  }

  /** What was measured, as it is shown. */
  const readSamples = (job: Job) =>
    job.events.reduce((run, event) => reduceSnapshot(run, event), emptySnapshot({ runId: "", file: "", mode: "train", startedAt: 0 })).samples;
  /** What it says of how it came there. */
  const wayOf = (job: Job): string => job.events.flatMap((event) => (event.type === "note" && event.name === "rewound" ? [event.text] : [])).join("\n");
  const short = /^The steps up to \d+ were not computed again/;

  async function goOn(job: Job): Promise<Job> {
    job.send({ type: "resume" });
    return job.ended();
  }

  for (const [name, text] of Object.entries(programs)) {
    it(`goes on as it did then: ${name}`, async () => {
      const { job: first, kept } = await trainWithCheckpoint(text, 37);
      assert.deepEqual(first.states.at(-1), "finished", failed(first));
      assert.ok(kept.summary.steps >= 40);
      for (const step of name === "Math.random" ? [0, 17, 37, kept.summary.steps - 1] : [17, 37]) {
        const job = await rewind(kept, step);
        assert.equal(job.states.at(-1), "paused", failed(job));
        const place = job.events.findLast((event) => event.type === "place");
        assert.equal(place?.type === "place" && place.place.step, step);
        if (step === 17) assert.equal(wayOf(job), "");
        else if (step > 17) assert.match(wayOf(job), name.startsWith("averages") ? /computed again: .*that no checkpoint holds\.$/ : short);
        await goOn(job);
        assert.equal(job.states.at(-1), "finished", failed(job));
        assert.equal(endOf(job), endOf(first));
        assert.deepEqual(job.series("loss"), first.series("loss"));
        assert.deepEqual(
          job.problems.filter(({ code }) => !first.problems.some((told) => told.code === code)),
          [],
        );
      }
    });
  }

  for (const [name, text] of Object.entries(carried)) {
    it(`is computed in full, and says so, where it carries ${name}`, async () => {
      const { job: first, kept } = await trainWithCheckpoint(text, 40);
      const job = await rewind(kept, 40);
      assert.match(wayOf(job), /^All steps on the way were computed again: (it carries tensors|a tensor is needed) .*that no checkpoint holds\.$/);
      await goOn(job);
      assert.deepEqual([job.states.at(-1), endOf(job)], ["finished", endOf(first)], failed(job));
    });
  }

  it("reads what it read then where nothing is computed: numbers, lists, texts, comparisons, files", async () => {
    const { job: first, kept } = await trainWithCheckpoint(readingAll, 42);
    assert.equal(first.states.at(-1), "finished", failed(first));
    const job = await rewind(kept, 42);
    assert.match(wayOf(job), short);
    await goOn(job);
    assert.deepEqual([job.states.at(-1), endOf(job)], ["finished", endOf(first)], failed(job));
    assert.deepEqual(job.points, first.points);
  });

  it("is computed in full where whole numbers become floats on the way, because they outgrow their type", async () => {
    const text = `${head}for (let i = 0; i < 45; i++) { step(); log({ type: tensor([2 ** 30, i]).int().mul(i === 20 ? 4 : 1).isFloatingPoint() ? 1 : 0 }); }\nend();`;
    const { job: first, kept } = await trainWithCheckpoint(text, 37);
    const job = await rewind(kept, 37);
    assert.match(wayOf(job), /computed again: .*it doesn't read what it read then\.$/);
    await goOn(job);
    assert.deepEqual([job.states.at(-1), endOf(job)], ["finished", endOf(first)], failed(job));
    assert.deepEqual(job.series("type"), first.series("type"));
  });

  it("has what was measured on the way, though nothing was computed there", async () => {
    const { job: first, kept } = await trainWithCheckpoint(programs["dropout, and no seed"]!, 37);
    const job = await rewind(kept, 37);
    assert.match(wayOf(job), short);
    const leftOut = pastOf(kept.folder, 37).hops.at(-1)!.to;
    const onTheWay = (one: Job) => [...readSamples(one).values()].flat().filter(({ step }) => step < leftOut);
    assert.ok(
      onTheWay(first).some(({ step }) => step >= shortFrom),
      "steps were measured where nothing is computed now",
    );
    assert.deepEqual(onTheWay(job), onTheWay(first));
    // And the run that it is now keeps it as its own.
    await goOn(job);
    const own = readRun(newest())
      .run.samples.get(0)!
      .map(({ step }) => step);
    for (const { step } of onTheWay(first)) assert.ok(own.includes(step), `step ${step} is not among ${own.join()}`);
  });

  it("knows of units that were dead before it, and since when", async () => {
    const text = `${head}const layer = new nn.Linear(4, 6);
const stuck = new nn.Sequential(layer, new nn.ReLU(), new nn.Linear(6, 1));
noGrad(() => layer.bias.copy_(tensor([-100, -100, -100, 5, -100, -100])));
const second = new optim.SGD(stuck.parameters(), { lr: 0.001 });
for (let i = 0; i < 60; i++) { step(); const x = randn(64, 4); second.zeroGrad(); stuck(x).square().mean().backward(); second.step(); }
end();`;
    const { job: first, kept } = await trainWithCheckpoint(text, 56);
    const deadIn = (one: Job, from: number) =>
      [...readSamples(one).values()]
        .flat()
        .flatMap(({ step, modules }) => (step < from ? [] : modules.flatMap(({ rectified }) => (rectified?.dead ? [[rectified.dead, rectified.since]] : []))));
    assert.deepEqual(deadIn(first, 40)[0], [5, 0]);
    const job = await rewind(kept, 56);
    assert.match(wayOf(job), short);
    const again = deadIn(job, pastOf(kept.folder, 56).hops.at(-1)!.to);
    assert.ok(again.length > 0);
    for (const one of again) assert.deepEqual(one, [5, 0]);
  });

  it("shows the mistakes that it showed then, and none that it takes half a story for", async () => {
    const text = `${head}const x = randn(64, 4);
const of = (shuffle) => new data.DataLoader(new data.TensorDataset(x, x.sum(1, true)), { batchSize: 8, shuffle });
const [loader, looks] = [of(true), of(false)];
const other = new nn.Linear(4, 1);
let second, schedule;
for (let epoch = 0; epoch < 6; epoch++) {
  if (epoch === 3) { second = new optim.SGD(other.parameters(), { lr: 0.1 }); schedule = new optim.lrScheduler.StepLR(second, 1, 0.9); }
  for (const [a, b] of loader) {
    learn(a, b);
    if (!second) continue;
    second.zeroGrad(); other(a).sub(b).square().mean().backward(); second.step();
  }
  schedule?.step();
  // Nobody calls eval().
  if (epoch > 1) noGrad(() => { for (const [a] of looks) model(a); });
}
end();`;
    const { job: first, kept } = await trainWithCheckpoint(text, 46);
    const mistakes = (job: Job): string[] => job.problems.map(({ code, position }) => `${code} ${position?.line}`).sort();
    assert.ok(
      mistakes(first).some((one) => one.startsWith("eval-missing")),
      mistakes(first).join(),
    );
    const job = await rewind(kept, 46);
    assert.match(wayOf(job), short);
    await goOn(job);
    assert.deepEqual([job.states.at(-1), endOf(job)], ["finished", endOf(first)], failed(job));
    assert.deepEqual(mistakes(job), mistakes(first));
  });

  it("comes by the steps in which a model was trained to its end", async () => {
    const text = `${head}const fit = (model) => {
  const optimizer = new optim.AdamW(model.parameters(), { lr: 0.01 });
  for (let i = 0; i < 60; i++) {
    const x = randn(16, 4); const loss = model(x).sub(x.sum(1, true)).square().mean(); optimizer.zeroGrad(); loss.backward(); optimizer.step();
    if (i === 2 || i === 45 || i === 57) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
  }
};
const [first, second] = [new nn.Linear(4, 1), new nn.Linear(4, 1)];
fit(first); fit(second);
console.log("END " + JSON.stringify([first, second].map((m) => m.weight.tolist())));`;
    const { job: whole, kept } = await train(text);
    const job = await rewind(kept, 115);
    assert.match(wayOf(job), short);
    await goOn(job);
    assert.deepEqual([job.states.at(-1), endOf(job)], ["finished", endOf(whole)], failed(job));
    assert.deepEqual(job.points, whole.points);
  });

  it("computes nothing of a model's last steps where a checkpoint was taken when its loop was over, whatever is read from it after that", async () => {
    const text = `${head}const fit = (model) => {
  const optimizer = new optim.AdamW(model.parameters(), { lr: 0.01 });
  for (let i = 0; i < 60; i++) {
    const x = randn(16, 4); const loss = model(x).sub(x.sum(1, true)).square().mean(); optimizer.zeroGrad(); loss.backward(); optimizer.step();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
  console.log(model(tensor([1, 1, 1, 1])).item(), model.weight.grad.sum().item());
};
const [first, second] = [new nn.Linear(4, 1), new nn.Linear(4, 1)];
fit(first); fit(second);
console.log("END " + JSON.stringify([first, second].map((m) => [m.weight.tolist(), m.weight.grad.tolist()])));`;
    // The longer a run takes, the sooner there is time for a checkpoint.
    let [{ job: whole, kept }, hops] = [await train(text), [] as [number, number][]];
    for (let wait = 20; ; wait *= 2) {
      hops = pastOf(kept.folder, 115).hops.map(({ from, to }) => [from, to]);
      if (hops[0]?.[1] === 60 || wait > 160) break;
      ({ job: whole, kept } = await train(text.replace("0, 0, 20)", `0, 0, ${wait * 2})`)));
    }
    assert.deepEqual(hops.flat().slice(1, 3), [60, 60], JSON.stringify(hops));
    const job = await rewind(kept, 115);
    assert.match(wayOf(job), short);
    await goOn(job);
    assert.deepEqual([job.states.at(-1), endOf(job)], ["finished", endOf(whole)], failed(job));
    assert.deepEqual(job.points, whole.points);
  });

  it("doesn't take a checkpoint that is not what was written", async () => {
    const { job: first, kept } = await trainWithCheckpoint(programs["dropout, and no seed"]!, 37);
    for (const { path } of checkpointsOf(kept)) {
      const bytes = readFileSync(path);
      bytes[bytes.length - 3]! ^= 1;
      writeFileSync(path, bytes);
    }
    const job = await rewind(kept, 37);
    assert.doesNotMatch(wayOf(job), short);
    await goOn(job);
    assert.equal(endOf(job), endOf(first), failed(job));
  });

  it("is computed in full where what it read was not kept so far", async () => {
    const { job: first, kept } = await trainWithCheckpoint(programs["dropout, and no seed"]!, 37);
    const path = join(kept.folder, "readings.jsonl");
    const [line] = readFileSync(path, "utf8").split("\n");
    const { values } = JSON.parse(line!) as { values: unknown[] };
    writeFileSync(path, `${JSON.stringify({ values: values.slice(0, 3) })}\n`);
    const job = await rewind(kept, 37);
    assert.equal(wayOf(job), "All steps on the way were computed again: what it read was not kept any further.");
    await goOn(job);
    assert.equal(endOf(job), endOf(first), failed(job));
  });

  it("tells there what wrote a tensor, and goes on as it did then", async () => {
    const text = `${head}for (let i = 0; i < 40; i++) {
  const x = randn(16, 4);
  // 0 in one step alone, whose gradients are NaN and are thrown away.
  const loss = model(x).square().mul(i === 37 ? 0 : 1).log().mean();
  optimizer.zeroGrad();
  loss.backward();
  if (i === 37) for (const p of model.parameters()) p.grad.zero_();
  optimizer.step();
  learned++ === 33 && Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200);
}
end();`;
    const { job: first, kept } = await trainWithCheckpoint(text, 37);
    const job = await rewind(kept, 37);
    assert.match(wayOf(job), short);
    job.send({ type: "steer", steering: { type: "trace" } });
    const told = await job.until(({ type }) => type === "trace");
    const { trace } = told as Extract<RunEvent, { type: "trace" }>;
    assert.equal(trace.step, 37);
    const { writing } = trace.tensors.find(({ kind, module }) => kind === "outputGradient" && module === 4)!;
    const gradient = trace.writings[writing]!;
    assert.ok(gradient.range.nan > 0);
    const began = trace.writings[gradient.began!]!;
    const line = text.split("\n").findIndex((one) => one.includes(".log().mean()")) + 1;
    assert.deepEqual([began.name, began.position?.line], ["log", line]);
    await job.until(() => job.states.filter((state) => state === "paused").length === 2);
    const place = job.events.findLast((event) => event.type === "place");
    assert.equal(place?.type === "place" && place.place.step, 38);
    assert.match(began.reason!, /`log` of 0: 16 of 16 values are 0/);
    await goOn(job);
    assert.deepEqual([job.states.at(-1), endOf(job)], ["finished", endOf(first)], failed(job));
    assert.doesNotMatch(endOf(job)!, /null/);
  });

  it("is a run of its own from there on: it knows where it comes from, and has all of the way to there", async () => {
    const { kept, job: first } = await train(programs["dropout, and no seed"]!);
    const job = await rewind(kept, 25);
    const change: Change = { kind: "option", optimizer: 0, group: 0, name: "lr", value: 0.2 };
    job.send({ type: "steer", steering: { type: "change", change } });
    await goOn(job);
    const branch = newest();
    assert.deepEqual(branch.info.parent, { run: kept.id, step: 25 });
    assert.deepEqual([branch.state, branch.summary.steps], ["finished", 40]);
    const [own, former] = [job.series("loss"), first.series("loss")];
    assert.deepEqual(own.slice(0, 26), former.slice(0, 26));
    assert.notDeepEqual(own.slice(26), former.slice(26));
    assert.deepEqual([...readRun(branch).run.curves.get("loss")!.values], own);
    assert.deepEqual(
      readInterventions(branch).map(({ step, to }) => [step, to]),
      [[25, 0.2]],
    );
    // And can itself be brought back, with what was changed in it.
    const again = await goOn(await rewind(branch, 35));
    assert.deepEqual([again.states.at(-1), endOf(again)], ["finished", endOf(job)], failed(again));
  });

  it("that is only looked at leaves nothing behind", async () => {
    const { kept } = await train(programs["early stopping, with the best weights read back from a file"]!);
    const best = join(folder.path, "best.safetensors");
    rmSync(best);
    const job = await rewind(kept, 30);
    assert.ok(job.models.length > 0);
    assert.equal(job.stdout, "");
    job.send({ type: "stop" });
    await job.ended();
    assert.equal(job.states.at(-1), "stopped", failed(job));
    assert.deepEqual([listRuns(room().folder).length, existsSync(best)], [1, false]);
  });

  it("runs the text that ran then, whatever has become of the file and of what it imports", async () => {
    folder.write("parts/width.ts", "export const scale = 2;\n");
    const text = programs["dropout, and no seed"]!.replace("const step =", `import { scale } from "./parts/width.ts";\nconst step =`).replace(
      "x.sum(1, true))",
      "x.mul(scale).sum(1, true))",
    );
    const { job: first, kept } = await train(text);
    rmSync(join(folder.path, "parts"), { recursive: true });
    writeFileSync(kept.info.file, "throw new Error('another text');");
    const job = await goOn(await rewind(kept, 10));
    assert.equal(endOf(job), endOf(first), failed(job));
    const branch = newest();
    assert.deepEqual(codeOf(branch), codeOf(kept));
    assert.equal(readFileSync(join(branch.folder, "code", "net.model.ts"), "utf8"), text);
  });

  it("goes on writing to its files where it was in them then, however it writes", async () => {
    const text = `import { appendFileSync, closeSync, createWriteStream, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
${head.replace("const model", "manualSeed(5);\nconst model")}const path = (name) => new URL("./out/" + name, import.meta.url);
mkdirSync(path(""), { recursive: true });
writeFileSync(path("appended.csv"), "step,loss\\n");
const stream = createWriteStream(path("stream.csv"));
const descriptor = openSync(path("descriptor.csv"), "w");
const handle = await open(path("handle.csv"), "w");
for (let i = 0; i < 30; i++) {
  const line = i + "," + step() + "\\n";
  appendFileSync(path("appended.csv"), line); stream.write(line); writeSync(descriptor, line); await handle.appendFile(line);
  appendFileSync(new URL("./diary.txt", import.meta.url), line);
}
await new Promise((done) => stream.end(done)); closeSync(descriptor); await handle.close();
end();`;
    const before = "what an earlier training left\n";
    folder.write("diary.txt", before);
    const { kept } = await train(text);
    const out = join(folder.path, "out");
    const written = (): Readonly<Record<string, string>> => Object.fromEntries(readdirSync(out).map((name) => [name, readFileSync(join(out, name), "utf8")]));
    const then = written();
    assert.deepEqual(
      Object.values(then).map((all) => all.trim().split("\n").length),
      [31, 30, 30, 30],
    );
    rmSync(out, { recursive: true });
    const job = await rewind(kept, 20);
    assert.ok(!existsSync(out), "it wrote on the way");
    await goOn(job);
    assert.equal(job.states.at(-1), "finished", failed(job));
    assert.deepEqual(written(), then);
    assert.ok(readFileSync(join(folder.path, "diary.txt"), "utf8").startsWith(before), "what was there before is gone");
  });

  it("has zeros with their sign", async () => {
    const { kept } = await train(`${head}for (let i = 0; i < 20; i++) { step(); log({ sign: i % 2 ? 0 : -0 }); }`);
    const signs = readRun(kept).run.curves.get("sign")!.values;
    assert.deepEqual([...signs].slice(0, 2), [-0, 0]);
    const job = await rewind(kept, 10);
    assert.equal(job.states.at(-1), "paused", failed(job));
  });

  it("is refused, with the reason, where what it read is no longer the same", async () => {
    const { kept } = await train(programs["files read in the loop"]!);
    folder.write("rows.csv", "1,2,3,5\n");
    const job = await rewind(kept, 10);
    assert.match(failed(job), /^The run can't be brought back: the file .*rows\.csv has changed since\.$/);
    rmSync(join(folder.path, "rows.csv"));
    assert.match(failed(await rewind(kept, 10)), /the file .*rows\.csv can't be read any more/);
  });

  it("is refused, with the place, where it takes another course", async () => {
    const text = `${head}const seed = Number(process.env["KINDLING_TEST_SEED"] ?? 1); for (let i = 0; i < 40; i++) { if (i === 7) manualSeed(seed); step(); }\nend();`;
    const { kept } = await train(text);
    const job = await Job.warm({ KINDLING_TEST_SEED: "2" });
    const request = replayRequest(kept, 20, { sampling: defaultSampling, limit: room().limit });
    job.start(request.file, request);
    await job.ended();
    assert.match(failed(job), /^The run can't be brought back: at step 7 `loss` is [\d.e-]+, and was [\d.e-]+ then\.$/);
    assert.ok(!job.states.includes("paused"));
  });

  it("is refused, with the build of the kernels that it computed with, where this Node has another", async () => {
    const text = `${head}const seed = Number(process.env["KINDLING_TEST_SEED"] ?? 1); manualSeed(seed); for (let i = 0; i < 40; i++) step();\nend();`;
    const { kept } = await train(text);
    const path = join(kept.folder, "summary.json");
    writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, "utf8")) as object), kernels: "older" }));
    const job = await Job.warm({ KINDLING_TEST_SEED: "2" });
    const request = replayRequest(kept, 20, { sampling: defaultSampling, limit: room().limit });
    job.start(request.file, request);
    await job.ended();
    assert.match(failed(job), /then; it computed with the older kernels in Node [\d.]+, and this is Node [\d.]+ with the \w+ ones\.$/);
  });

  it("is refused where the program asked the network, or another program", async () => {
    const text = `import { execFileSync } from "node:child_process";\n${head}execFileSync(process.execPath, ["-e", ""]);\nfor (let i = 0; i < 10; i++) step();`;
    const { kept } = await train(text);
    assert.match(failed(await rewind(kept, 5)), /it starts another program/);
  });

  it("goes on after it was cut off, and ends as if it had not been", async () => {
    const text = (last: string): string =>
      `${head.replace("const model", "manualSeed(5);\nconst model")}for (let i = 0; i < 400; i++) { step(); ${last} }\nend();`;
    const whole = await train(text(""));
    const file = folder.write("cut/net.model.ts", text("if (i % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 15));"));
    const job = await Job.warm();
    job.start(file, { keep: room() });
    await job.until((event) => event.type === "metrics" && event.points.some(({ step }) => step > 200));
    job.kill();
    await job.ended();
    const cut = newest();
    assert.equal(cut.state, "interrupted");
    assert.ok(stepsTaken(cut) > 40 && stepsTaken(cut) < 400);
    const resumed = await goOn(await rewind(cut, stepsTaken(cut)));
    assert.deepEqual([resumed.states.at(-1), endOf(resumed)], ["finished", endOf(whole.job)], failed(resumed));
    assert.deepEqual(resumed.series("loss"), whole.job.series("loss"));
  });

  it("has what a person changed in it, where it was changed", async () => {
    const file = folder.write(
      "net.model.ts",
      `${head}manualSeed(9);\nconst schedule = new optim.lrScheduler.ExponentialLR(optimizer, 0.99);\nfor (let i = 0; i < 300; i++) { step(); schedule.step(); await new Promise((resolve) => setTimeout(resolve, 1)); }\nend();`,
    );
    const job = await Job.warm();
    job.start(file, { keep: room() });
    for (const [at, change] of [
      [20, { kind: "option", optimizer: 0, group: 0, name: "lr", value: 0.05 }],
      [40, { kind: "freeze", model: 0, path: "0", frozen: true }],
      [60, { kind: "dropout", model: 0, path: "", p: 0.6 }],
    ] satisfies [number, Change][]) {
      await job.until((event) => event.type === "metrics" && event.points.some(({ step }) => step >= at));
      job.send({ type: "steer", steering: { type: "change", change } });
    }
    await job.until((event) => event.type === "intervention" && event.intervention.id === 2);
    job.send({ type: "steer", steering: { type: "undo", intervention: 1 } });
    await job.ended();
    const kept = newest();
    const done = readInterventions(kept);
    assert.equal(done.length, 4);
    const again = await goOn(await rewind(kept, 299));
    assert.deepEqual([again.states.at(-1), endOf(again)], ["finished", endOf(job)], failed(again));
    const untouched = (list: typeof done) => list.map(({ step, passage, from, to }) => [step, passage, from, to]);
    assert.deepEqual(untouched(readInterventions(newest())), untouched(done));
    // What came after the step is undone.
    const before = await rewind(kept, done[1]!.step);
    assert.equal(before.events.filter(({ type }) => type === "intervention").length, 1);
    before.send({ type: "stop" });
    await before.ended();
  });

  it("has the values that were given in place of its constants, and so have its branches", async () => {
    const text = `${head.replace("{ lr: 0.01 }", "{ lr: rate }").replace("const model", "const rate = 0.01;\nconst model")}for (let i = 0; i < 40; i++) step();\nend();`;
    const { job: first, kept } = await trainWithCheckpoint(text, 37, { given: givenValues(text, "rate", ["0.2"]), seed: 7 });
    assert.equal(first.series("lr").at(-1), 0.2);
    const branch = await goOn(await rewind(kept, 37));
    assert.match(wayOf(branch), short);
    assert.deepEqual([branch.states.at(-1), endOf(branch), branch.points], ["finished", endOf(first), first.points], failed(branch));
    assert.deepEqual(newest().info.given, { rate: "0.2" });
    assert.equal(hashAtEnd(newest()), hashAtEnd(kept));
    const twig = await goOn(await rewind(newest(), 20));
    assert.equal(endOf(twig), endOf(first), failed(twig));
  });

  const hashAtEnd = (kept: KeptRun): string | undefined => checkpointsOf(kept).find(({ isEnd }) => isEnd)?.hash;
  /** A training whose model is saved, and one that begins with what was saved. */
  const saving = `${head}for (let i = 0; i < 5; i++) step();\nsave(model.stateDict(), new URL("./first.safetensors", import.meta.url));`;
  async function trainWithWeights(more: Partial<WeightsRequest> = {}): Promise<{ job: Job; kept: KeptRun; weights: string }> {
    await run(folder.write("first.model.ts", saving));
    const weights = join(folder.path, "first.safetensors");
    const trained = await trainWithCheckpoint(programs["dropout, and no seed"]!, 37, {
      weights: { file: weights, origin: "first.safetensors", declined: ["3.bias"], ...more },
    });
    assert.equal(trained.job.events.filter(({ type }) => type === "weights").length, 1);
    return { ...trained, weights };
  }

  it("begins with the weights from elsewhere that it began with", async () => {
    const { job: first, kept, weights } = await trainWithWeights();
    const job = await goOn(await rewind(kept, 37));
    assert.match(wayOf(job), short);
    assert.deepEqual([job.states.at(-1), endOf(job), job.points], ["finished", endOf(first), first.points], failed(job));
    assert.equal(hashAtEnd(newest()), hashAtEnd(kept));
    writeFileSync(weights, readFileSync(join(folder.path, "scale.txt")));
    assert.match(failed(await rewind(kept, 10)), /^This run began with the weights in .*first\.safetensors, which has changed since\.$/);
    rmSync(weights);
    assert.match(whyNotRepeated(kept, 10) ?? "", /^This run began with the weights in .*first\.safetensors, which is gone\.$/);
  });

  it("has the weights that were made for it alone, also when whoever made them has removed them, and its branches have them without it", async () => {
    const { job: first, kept, weights } = await trainWithWeights({ isMadeForRun: true });
    rmSync(weights);
    const job = await goOn(await rewind(kept, 37));
    assert.deepEqual([job.states.at(-1), endOf(job)], ["finished", endOf(first)], failed(job));
    const branch = newest();
    rmSync(kept.folder, { recursive: true });
    const twig = await goOn(await rewind(branch, 20));
    assert.deepEqual([twig.states.at(-1), endOf(twig)], ["finished", endOf(first)], failed(twig));
  });

  it("is not asked of a run that never came so far", async () => {
    const { kept } = await train(programs["dropout, and no seed"]!);
    assert.match(failed(await rewind(kept, 41)), /This run took 40 steps; step 41 was never reached/);
  });
});
