/** What a running program can be told, in a real runner process. */
import assert from "node:assert/strict";
import type { Change, Destination, Intervention, Place, RunEvent, StepStatistics, Steering } from "../../src/protocol/index.ts";
import { Folder, Job } from "./job.ts";

const declared = `import { nn, optim, data, randn, randint, manualSeed, noGrad, log, type Tensor } from "kindling";
import { createHash } from "node:crypto";
manualSeed(0);
class Net extends nn.Module {
  first = new nn.Linear(4, 8);
  act = new nn.ReLU();
  drop = new nn.Dropout(0.5);
  last = new nn.Linear(8, 1);
  override forward(x: Tensor): Tensor {
    const hidden = this.drop(this.act(this.first(x)));
    return this.last(hidden);
  }
}
`;
const made = `const model = new Net();
const x = randn(16, 4), y = randn(16, 1), mse = new nn.MSELoss();
const bits = (tensor: Tensor) => createHash("sha1").update(new Uint8Array(tensor.toTypedArray().buffer.slice(0))).digest("hex");
const all = () => model.parameters().map(bits).join();
`;
const head = declared + made;
const withSgd = `${head}const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9, weightDecay: 0.01 });
function step(): void {
  optimizer.zeroGrad();
  mse(model(x), y).backward();
  optimizer.step();
}
`;
const forEver = `${withSgd}for (let i = 0; ; i++) step();`;

/** A training that can be held, told things, and let go on. */
class Steered {
  static #started: Job[] = [];
  readonly job: Job;
  #seen = 0;

  private constructor(job: Job) {
    this.job = job;
  }

  static async start(file: string, sampling = { enabled: true, bins: 8, budget: 0 }): Promise<Steered> {
    const job = await Job.warm();
    job.start(file, { sampling });
    Steered.#started.push(job);
    return new Steered(job);
  }

  /** What a test that failed left running. */
  static killAll(): void {
    for (const job of this.#started.splice(0)) job.kill();
  }

  steer(steering: Steering): void {
    this.job.send({ type: "steer", steering });
  }

  change(change: Change): void {
    this.steer({ type: "change", change });
  }

  /** Resolves where the program stands. */
  async paused(): Promise<Place> {
    const count = (state: string) => this.job.states.filter((one) => one === state).length;
    const before = this.#seen++;
    await this.job.until(() => count("paused") > before);
    return this.job.events.filter((event) => event.type === "place").at(-1)!.place;
  }

  pause(): Promise<Place> {
    this.job.send({ type: "pause" });
    return this.paused();
  }

  advance(to: Destination): Promise<Place> {
    this.steer({ type: "advance", to });
    return this.paused();
  }

  /** Resolves with the intervention of that number. */
  async intervention(id: number): Promise<Intervention> {
    const event = await this.job.until((one) => one.type === "intervention" && one.intervention.id === id);
    return (event as Extract<RunEvent, { type: "intervention" }>).intervention;
  }

  async refusal(): Promise<string> {
    const event = await this.job.until(({ type }) => type === "refused");
    return (event as Extract<RunEvent, { type: "refused" }>).message;
  }

  async stop(): Promise<Job> {
    this.job.send({ type: "stop" });
    return this.job.ended();
  }

  async resume(): Promise<Job> {
    this.job.send({ type: "resume" });
    return this.job.ended();
  }
}

const measured = (events: readonly RunEvent[]): StepStatistics[] =>
  events.flatMap((event) => (event.type === "statistics" && !event.statistics.afterwards ? [event.statistics] : []));

describe("a program that runs", function () {
  this.timeout(90_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => {
    Steered.killAll();
    folder.remove();
  });

  const start = (text: string, sampling?: { enabled: boolean; bins: number; budget: number }) => Steered.start(folder.write("net.model.ts", text), sampling);
  /** Runs it to its end, told `steerings` before the steps that they are for. */
  async function runWith(text: string, steerings: readonly [step: number, ...told: Steering[]][]): Promise<Job> {
    const run = await start(text);
    await run.pause();
    for (const [step, ...told] of steerings) {
      assert.equal((await run.advance({ kind: "step", step })).step, step);
      for (const one of told) run.steer(one);
    }
    return run.resume();
  }

  /** What it prints when nobody interferes. */
  const printed = async (text: string): Promise<string> => (await (await start(text)).job.ended()).stdout;

  describe("is held up", () => {
    it("after exactly one batch, again and again, and each is measured", async () => {
      const run = await start(forEver);
      const { step } = await run.pause();
      for (let next = step + 1; next < step + 30; next++) {
        const before = run.job.events.length;
        assert.equal((await run.advance({ kind: "batch" })).step, next);
        const statistics = measured(run.job.events.slice(before));
        assert.deepEqual(
          statistics.map((one) => one.step),
          [next - 1],
        );
        assert.ok(statistics[0]!.modules.some(({ output }) => output));
      }
      assert.equal(run.job.points.filter(({ name }) => name === "loss").at(-1)!.step, step + 28);
      await run.stop();
    });

    it("before exactly that step, and that epoch", async () => {
      const loader = `const loader = new data.DataLoader(new data.TensorDataset(randn(40, 4), randn(40, 1)), { batchSize: 10, shuffle: true });
const train = (x: Tensor, y: Tensor) => { optimizer.zeroGrad(); mse(model(x), y).backward(); optimizer.step(); };`;
      const loops = {
        "a loop over epochs":
          "for (let epoch = 0; epoch < 100000; epoch++) { for (const [x, y] of loader) train(x!, y!); noGrad(() => { for (const [x] of loader) model(x!); }); }",
        "passes without a counter": "while (true) { for (const [x, y] of loader) train(x!, y!); noGrad(() => { for (const [x] of loader) model(x!); }); }",
        "a loop over epochs, each a step": "for (let epoch = 0; epoch < 1000000; epoch++) step();",
      };
      for (const [name, loop] of Object.entries(loops)) {
        const run = await start(`${withSgd}${loader}\n${loop}`);
        const steps = name.includes("each") ? 1 : 4;
        const here = await run.pause();
        const [step, epoch] = [here.step + 1001, Math.ceil((here.step + 1001) / steps) + 7];
        assert.equal((await run.advance({ kind: "step", step })).step, step, name);
        const place = await run.advance({ kind: "epoch", epoch });
        assert.deepEqual([place.step, place.epoch], [epoch * steps, epoch], name);
        await run.stop();
      }
    });

    it("before the next module, with its line, and outside of one", async () => {
      const run = await start(forEver);
      await run.pause();
      const lineOf = (text: string) => forEver.slice(0, forEver.indexOf(text)).split("\n").length;
      const expected = [
        ["", "Net", "model(x)"],
        ["first", "Linear", "this.drop"],
        ["act", "ReLU", "this.drop"],
        ["drop", "Dropout", "this.drop"],
      ] as const;
      for (const [path, type, text] of expected) {
        const { module } = await run.advance({ kind: "module" });
        assert.deepEqual([module?.path, module?.type, module?.position?.line], [path, type, lineOf(text)]);
      }
      const { step, module } = await run.advance({ kind: "out" });
      assert.equal(module?.type, "MSELoss");
      const after = await run.advance({ kind: "batch" });
      assert.deepEqual([after.module, after.step], [undefined, step + 1]);
      await run.stop();
    });

    it("where nothing but callbacks tells of its steps", async () => {
      const run = await start(`${withSgd}const again = (): void => { step(); setImmediate(again); }; again();`);
      const { step } = await run.pause();
      for (let next = step + 1; next < step + 5; next++) assert.equal((await run.advance({ kind: "batch" })).step, next);
      await run.stop();
    });

    it("once in a turn of two optimizers", async () => {
      const run = await start(`${withSgd}const other = new nn.Linear(4, 1), second = new optim.Adam(other.parameters());
for (;;) { step(); second.zeroGrad(); mse(other(x), y).backward(); second.step(); }`);
      const { step } = await run.pause();
      for (let next = step + 1; next < step + 5; next++) assert.equal((await run.advance({ kind: "batch" })).step, next);
      await run.stop();
    });

    it("and its numbers are the same as if nobody had looked", async () => {
      const text = `${withSgd}for (let i = 0; i < 400; i++) step();\nconsole.log(all());`;
      const alone = await printed(text);
      const steered = await start(text);
      await steered.pause();
      for (const kind of ["batch", "module", "module", "out", "batch"] as const) await steered.advance({ kind });
      steered.steer({ type: "watch", watch: { what: "chosen", modules: [{ model: 0, path: "first" }], budget: 0.2, everyStep: true } });
      await steered.resume();
      assert.equal(steered.job.stdout, alone);
    });
  });

  it("is measured now when that is asked for, while it is paused too, and though nothing is watched", async () => {
    for (const enabled of [true, false]) {
      const run = await start(forEver, { enabled, bins: 8, budget: 0 });
      await run.job.until((event) => event.type === "progress" && event.progress.step > 2000);
      const { step } = await run.pause();
      const before = run.job.events.length;
      run.steer({ type: "measure" });
      run.job.send({ type: "resume" });
      await run.job.until(() => measured(run.job.events.slice(before)).length > 0);
      const [first] = measured(run.job.events.slice(before));
      assert.equal(first!.step, step);
      assert.ok(first!.modules.some(({ output }) => output));
      await run.stop();
    }
  });

  it("is watched as was chosen: some modules, every step, or nothing", async () => {
    const run = await start(forEver);
    await run.pause();
    const watch = { what: "chosen", modules: [{ model: 0, path: "first" }], budget: 0.2, everyStep: true } as const;
    run.steer({ type: "watch", watch });
    const { step } = await run.advance({ kind: "batch" });
    let before = run.job.events.length;
    await run.advance({ kind: "step", step: step + 500 });
    const every = measured(run.job.events.slice(before));
    assert.deepEqual(
      every.map((one) => one.step),
      Array.from({ length: 500 }, (_, i) => step + i),
    );
    assert.ok(every.every(({ modules }) => modules.length === 1 && modules[0]!.module === 1 && modules[0]!.output && modules[0]!.parameters.length === 2));
    const progress = run.job.events.filter((event) => event.type === "progress").at(-1)!.progress;
    assert.ok(progress.watchShare! > 0 && progress.watchShare! < 1, String(progress.watchShare));
    run.steer({ type: "watch", watch: { ...watch, what: "off" } });
    await run.advance({ kind: "step", step: step + 502 });
    before = run.job.events.length;
    await run.advance({ kind: "step", step: step + 1000 });
    assert.deepEqual(measured(run.job.events.slice(before)), []);
    await run.stop();
  });

  describe("freezes from outside", () => {
    const print = "console.log(i, model.namedParameters().map(([name, p]) => name + ' ' + bits(p)).join(', '));";
    const printing = (optimizer: string) => `${head}const optimizer = ${optimizer};
for (let i = 0; i < 40; i++) { ${print} optimizer.zeroGrad(); mse(model(x), y).backward(); optimizer.step(); }`;
    /** Bits of each parameter by step. */
    const bitsOf = (job: Job): ReadonlyMap<string, readonly string[]> => {
      const byName = new Map<string, string[]>();
      for (const line of job.stdout.trim().split("\n")) {
        for (const entry of line.slice(line.indexOf(" ") + 1).split(", ")) {
          const [name, value] = entry.split(" ");
          byName.set(name!, [...(byName.get(name!) ?? []), value!]);
        }
      }
      return byName;
    };
    const distinct = (values: readonly string[]) => new Set(values).size;
    const freeze = (path: string, frozen = true): Steering => ({ type: "change", change: { kind: "freeze", model: 0, path, frozen } });

    const optimizers = {
      "SGD with momentum and decay": "new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9, weightDecay: 0.1 })",
      AdamW: "new optim.AdamW(model.parameters(), { lr: 0.01, weightDecay: 0.5 })",
      RMSprop: "new optim.RMSprop(model.parameters(), { lr: 0.01, momentum: 0.9, weightDecay: 0.1 })",
    };
    for (const [name, optimizer] of Object.entries(optimizers)) {
      it(`a module: its parameters keep their bits from that step on, the others don't, with ${name}`, async () => {
        const job = await runWith(`${printing(optimizer)}`, [
          [5, freeze("first")],
          [20, freeze("first", false)],
        ]);
        const bits = bitsOf(job);
        for (const path of ["first.weight", "first.bias"]) {
          const values = bits.get(path)!;
          assert.deepEqual([distinct(values.slice(0, 6)), distinct(values.slice(5, 21)), distinct(values.slice(20))], [6, 1, 20], path);
        }
        for (const path of ["last.weight", "last.bias"]) assert.equal(distinct(bits.get(path)!), 40, path);
        const told = job.events.flatMap((event) => (event.type === "intervention" ? [event.intervention] : []));
        assert.deepEqual(
          told.map(({ id, step, target, from, to }) => [id, step, target, from, to]),
          [
            [0, 5, "first", false, true],
            [1, 20, "first", true, false],
          ],
        );
        assert.deepEqual(job.problems, []);
      });
    }

    it("the same as a program that does it itself between those steps", async () => {
      const own = printing(optimizers.AdamW).replace(
        "{ console",
        "{ if (i === 7) { for (const p of model.first.parameters()) { p.requiresGrad = false; p.grad = null; } } console",
      );
      assert.equal((await runWith(printing(optimizers.AdamW), [[7, freeze("first")]])).stdout, await printed(own));
    });

    it("one parameter, all but a module, and tells the models so at once, while it is paused", async () => {
      const run = await start(forEver);
      await run.pause();
      const learning = () =>
        run.job.models[0]!.modules.flatMap(({ path, parameters }) => parameters.flatMap(({ name, trainable }) => (trainable ? [`${path}.${name}`] : [])));
      run.steer(freeze("first.weight"));
      await run.intervention(0);
      await run.job.until(() => learning().length < 4);
      assert.deepEqual(learning(), ["first.bias", "last.weight", "last.bias"]);
      run.change({ kind: "freezeOthers", model: 0, path: "last" });
      await run.intervention(1);
      await run.job.until(() => learning().length < 3);
      assert.deepEqual(learning(), ["last.weight", "last.bias"]);
      run.steer({ type: "undo", intervention: 1 });
      const undone = await run.intervention(2);
      assert.equal(undone.undoes, 1);
      await run.job.until(() => learning().length > 2);
      assert.deepEqual(learning(), ["first.bias", "last.weight", "last.bias"]);
      run.steer(freeze("", false));
      await run.intervention(3);
      await run.job.until(() => learning().length > 3);
      await run.stop();
    });

    it("all of it: it goes on, counts and charts its loss, and nothing changes", async () => {
      const job = await runWith(printing(optimizers.AdamW), [[5, freeze("")]]);
      for (const [name, values] of bitsOf(job)) assert.equal(distinct(values.slice(5)), 1, name);
      assert.deepEqual([job.states.at(-1), job.problems], ["finished", []]);
      assert.equal(job.series("loss").length, 40);
    });

    it("what the program itself turns on and off again and again", async () => {
      const text = printing(optimizers.AdamW).replace(
        "{ console",
        "{ for (const on of [false, true]) for (const p of model.parameters()) p.requiresGrad = on; console",
      );
      const bits = bitsOf(await runWith(text, [[5, freeze("first")]]));
      assert.deepEqual([distinct(bits.get("first.weight")!.slice(5)), distinct(bits.get("last.weight")!)], [1, 40]);
    });

    it("in the middle of gathering gradients, and says where", async () => {
      const run = await start(`${head}const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
for (let i = 0; ; i++) { mse(model(x), y).backward(); if (i % 4 === 3) { optimizer.step(); optimizer.zeroGrad(); } }`);
      let place = await run.pause();
      const at = place.step;
      while (place.step === at) place = await run.advance({ kind: "batch" });
      await run.advance({ kind: "batch" });
      await run.advance({ kind: "batch" });
      run.steer(freeze("first"));
      const { step, backwards } = await run.intervention(0);
      assert.deepEqual([step, backwards], [at + 1, 2]);
      await run.stop();
    });

    it("not within a module, but after its step", async () => {
      const run = await start(forEver);
      await run.pause();
      const { step } = await run.advance({ kind: "module" });
      run.steer(freeze("first"));
      await run.job.until((event) => event.type === "place" && event.place.waiting === 1);
      assert.ok(!run.job.events.some(({ type }) => type === "intervention"));
      await run.advance({ kind: "batch" });
      assert.equal((await run.intervention(0)).step, step + 1);
      await run.stop();
    });

    it("and says what no optimizer has, and what can't be done", async () => {
      const run = await start(`${head}model.first.requiresGrad_(false);
const optimizer = new optim.SGD(model.last.parameters(), { lr: 0.01 });
for (;;) { optimizer.zeroGrad(); mse(model(x), y).backward(); optimizer.step(); }`);
      await run.pause();
      run.steer(freeze("first", false));
      assert.match((await run.intervention(0)).note!, /No optimizer has it/);
      run.steer(freeze("first", false));
      assert.equal(await run.refusal(), "first is trainable already.");
      await run.stop();
      const lbfgs = await start(`${head}const optimizer = new optim.LBFGS(model.parameters(), { lr: 0.01 });
for (;;) optimizer.step(() => { optimizer.zeroGrad(); const loss = mse(model(x), y); loss.backward(); return loss; });`);
      await lbfgs.pause();
      lbfgs.steer(freeze("first"));
      assert.match(await lbfgs.refusal(), /LBFGS moves all of its parameters together/);
      await lbfgs.stop();
      const byHand = await start(
        `${head}for (;;) { model.zeroGrad(); mse(model(x), y).backward(); noGrad(() => { for (const p of model.parameters()) p.sub_(p.grad!.mul(0.01)); }); }`,
      );
      await byHand.pause();
      byHand.steer(freeze("first"));
      assert.match(await byHand.refusal(), /without an optimizer/);
      await byHand.stop();
    });
  });

  describe("changes from outside", () => {
    const option = (name: string, value: number | boolean | readonly number[], group = 0): Steering => ({
      type: "change",
      change: { kind: "option", optimizer: 0, group, name, value },
    });
    const trained = (optimizer: string, inside = "", after = "") => `const optimizer = ${optimizer};
for (let i = 0; i < 40; i++) { ${inside} optimizer.zeroGrad(); mse(model(x), y).backward(); optimizer.step(); ${after} }
console.log(all());`;
    const text = (...parts: Parameters<typeof trained>) => head + trained(...parts);
    /** What each of several trainings prints, one after the other in one program. */
    const printedOfEach = async (trainings: readonly string[]) =>
      (await printed(declared + trainings.map((training) => `{\nmanualSeed(0);\n${made}${training}\n}\n`).join(""))).trimEnd().split("\n");
    const sgd = "new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 })";

    it("the learning rate: to the bit what a program does that changes it at that step", async () => {
      const steered = await runWith(text(sgd), [[13, option("lr", 0.05)]]);
      assert.equal(steered.stdout, await printed(text(sgd, "if (i === 13) optimizer.paramGroups[0]!.lr = 0.05;")));
      const rates = steered.points.filter(({ name }) => name === "lr").map(({ step, value }) => [step, value]);
      assert.deepEqual(rates.slice(0, 2), [
        [0, 0.01],
        [13, 0.05],
      ]);
      const { optimizers } = steered.events.filter((event) => event.type === "optimizers").at(-1)!;
      assert.deepEqual([optimizers[0]!.type, optimizers[0]!.groups[0]!.options["lr"], optimizers[0]!.groups[0]!.count], ["SGD", 0.05, 4]);
    });

    it("any option of any optimizer, and what was undone is as it was", async () => {
      const cases = [
        ["new optim.Adam(model.parameters(), { lr: 0.01 })", "amsgrad", true],
        ["new optim.Adam(model.parameters(), { lr: 0.01 })", "betas", [0.5, 0.9]],
        ["new optim.RMSprop(model.parameters(), { lr: 0.01 })", "momentum", 0.9],
        ["new optim.RMSprop(model.parameters(), { lr: 0.01 })", "centered", true],
        ["new optim.SGD(model.parameters(), { lr: 0.01 })", "momentum", 0.9],
        ["new optim.AdamW(model.parameters(), { lr: 0.01 })", "weightDecay", 0.3],
      ] as const;
      const steered: string[] = [];
      const own: string[] = [];
      for (const [optimizer, name, value] of cases) {
        const job = await runWith(text(optimizer), [
          [10, option(name, value)],
          [25, { type: "undo", intervention: 0 }],
        ]);
        const told = job.events.flatMap((event) => (event.type === "intervention" ? [event.intervention] : []));
        assert.deepEqual([told.map(({ step }) => step), told[0]!.to, told[1]!.to, told[1]!.undoes], [[10, 25], value, told[0]!.from, 0], name);
        steered.push(job.stdout.trimEnd());
        const set = (to: unknown) => `(optimizer.paramGroups[0] as unknown as Record<string, unknown>)["${name}"] = ${JSON.stringify(to)};`;
        own.push(trained(optimizer, `if (i === 10) ${set(value)} if (i === 25) ${set(told[0]!.from)}`));
      }
      const printedByOwn = await printedOfEach([...own, ...cases.map(([optimizer]) => trained(optimizer))]);
      assert.deepEqual(steered, printedByOwn.slice(0, cases.length));
      cases.forEach(([, name], i) => assert.notEqual(steered[i], printedByOwn[cases.length + i], name));
    });

    it("a rate under a scheduler, which goes on from there or sets its own", async () => {
      const scheduled = (scheduler: string, inside = "") => text(sgd, `const s = (globalThis as any).s ??= ${scheduler}; ${inside}`, "s.step();");
      for (const scheduler of [
        "new optim.lrScheduler.ExponentialLR(optimizer, 0.9)",
        "new optim.lrScheduler.LambdaLR(optimizer, (e: number) => 1 / (e + 1))",
      ]) {
        const steered = await runWith(scheduled(scheduler), [[13, option("lr", 0.05)]]);
        assert.equal(steered.stdout, await printed(scheduled(scheduler, "if (i === 13) optimizer.paramGroups[0]!.lr = 0.05;")), scheduler);
        const [told] = steered.events.flatMap((event) => (event.type === "intervention" ? [event.intervention] : []));
        assert.match(told!.note!, /scheduler/);
      }
    });

    it("one group, by its name", async () => {
      const run =
        await start(`${head}const optimizer = new optim.SGD([{ params: model.first.parameters(), name: "body" }, { params: model.last.parameters(), lr: 0.1 }], { lr: 0.01 });
for (;;) { optimizer.zeroGrad(); mse(model(x), y).backward(); optimizer.step(); }`);
      await run.pause();
      run.steer(option("lr", 0, 1));
      assert.deepEqual([(await run.intervention(0)).target, (await run.intervention(0)).from], ["lr of last.weight", 0.1]);
      await run.job.until((event) => event.type === "optimizers" && event.optimizers[0]!.groups[1]!.options["lr"] === 0);
      const [info] = run.job.events.filter((event) => event.type === "optimizers").at(-1)!.optimizers;
      assert.deepEqual(
        info!.groups.map(({ name, parameters }) => [name, parameters]),
        [
          ["body", ["first.weight", "first.bias"]],
          ["last.weight", ["last.weight", "last.bias"]],
        ],
      );
      await run.stop();
    });

    it("no option to what it can't be", async () => {
      for (const [name, value, words] of [
        ["lr", -1, /lr can't be -1\. Invalid learning rate/],
        ["lr", NaN, /lr can't be NaN/],
        ["lr", true, /lr can't be true/],
        ["nesterov", 1, /nesterov can't be 1/],
        ["speed", 1, /speed can't be changed/],
      ] as const) {
        const run = await start(forEver);
        await run.pause();
        run.steer(option(name, value));
        assert.match(await run.refusal(), words);
        await run.stop();
      }
    });

    it("dropout's p, of one and of all", async () => {
      const dropped = (inside: string) => text(sgd, inside);
      const steering: Steering = { type: "change", change: { kind: "dropout", model: 0, path: "drop", p: 0.1 } };
      const steered = await runWith(dropped(""), [[13, steering]]);
      assert.equal(steered.stdout, await printed(dropped("if (i === 13) model.drop.p = 0.1;")));
      assert.equal(steered.models[0]!.modules[3]!.dropout, 0.1);
      const run = await start(forEver);
      await run.pause();
      run.change({ kind: "dropout", model: 0, path: "", p: 0 });
      assert.deepEqual([(await run.intervention(0)).target, (await run.intervention(0)).from], ["dropout of model", 0.5]);
      run.change({ kind: "dropout", model: 0, path: "first", p: 0 });
      assert.equal(await run.refusal(), "There is no dropout in first.");
      await run.stop();
    });
  });

  it("charts what it logs after a step where that step's loss is", async () => {
    const run = await start(`${withSgd}for (let i = 0; i < 5; i++) { step(); log({ seen: i }); }`);
    const job = await run.job.ended();
    const stepsOf = (name: string) => job.points.filter((point) => point.name === name).map(({ step }) => step);
    assert.deepEqual(stepsOf("seen"), stepsOf("loss"));
  });
});
