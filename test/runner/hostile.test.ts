import assert from "node:assert/strict";
import { logBounds } from "../../src/observe/curves/logged.ts";
import { Folder, Job, run } from "./job.ts";

const base = `import { nn, optim, randn, log } from "kindling";
const model = new nn.Linear(2, 1);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
function train(steps: number): void {
  for (let i = 0; i < steps; i++) {
    const loss = model(randn(3, 2)).sum();
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    log({ a: i, note: "x" });
  }
}
const everything = globalThis as any;
`;

describe("a program that does what it likes", function () {
  this.timeout(60_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const file = (text: string) => folder.write("net.model.ts", text);

  const changes = [
    "everything.JSON = undefined;",
    "(Object.prototype as any).get = () => 1;",
    "(Object.prototype as any).set = () => 1; (Object.prototype as any).value = 3;",
    "process.removeAllListeners();",
    "(process as any).exit = () => {};",
    "everything.performance = undefined;",
    "everything.Map = undefined; everything.Set = undefined; everything.WeakMap = undefined;",
    "everything.Symbol = undefined; everything.Object = undefined; everything.Error = undefined; everything.Promise = undefined;",
    "everything.process = undefined;",
    "JSON.stringify = () => 'x'; Object.entries = () => [];",
    "delete (Error as any).captureStackTrace; Error.stackTraceLimit = 0;",
  ];
  for (const change of changes) {
    it(`trains to its end, and is told of, before and after \`${change}\``, async () => {
      const job = await run(file(`${base}${change}\ntrain(4);\n`));
      assert.deepEqual([job.states.at(-1), job.problems], ["finished", []]);
      assert.equal(job.series("loss").length, 4);
    });
  }

  for (const change of [
    "Map.prototype.get = (() => undefined) as any;",
    "Array.prototype.map = (() => { throw new Error('mine'); }) as any;",
    "Array.prototype[Symbol.iterator] = undefined as any;",
    "Function.prototype.call = undefined as any; Function.prototype.bind = undefined as any;",
    "performance.now = (() => { throw new Error('no time'); }) as any;",
  ]) {
    it(`has finished where it changed the language at its end: \`${change}\``, async () => {
      const job = await run(file(`${base}train(4);\n${change}\n`));
      assert.deepEqual([job.states.at(-1), job.problems], ["finished", []]);
      assert.equal(job.series("loss").length, 4);
      assert.equal(job.models.length, 1);
    });
  }

  it("keeps its own changes while its last listeners run", async () => {
    const job = await run(
      file(
        `(Array.prototype as any).last = function () { return this.at(-1); };\nprocess.on("exit", () => console.log(([1, 2] as any).last()));\n${base}train(1);\n`,
      ),
    );
    assert.equal(job.stdout, "2\n");
  });

  it("that breaks the watch goes on, and is told so once", async () => {
    const job = await run(file(`${base}train(2);\nperformance.now = (() => { throw new Error("no time"); }) as any;\ntrain(3);\nconsole.log("through");\n`));
    assert.equal(job.states.at(-1), "finished");
    assert.equal(job.stdout, "through\n");
    assert.deepEqual(
      job.problems.map(({ code, severity }) => [code, severity]),
      [["watch", "warning"]],
    );
  });

  it("can't pose as the run", async () => {
    const forged = `import { parentPort, workerData } from "node:worker_threads";
const forged = [null, undefined, 7, { type: "ended", outcome: "failed" }, { type: "event", event: { type: "problem", problem: { severity: "error", code: "forged", message: "forged" } } }, { type: "ready" }, { type: "paused", paused: true }];
for (const message of forged) parentPort!.postMessage(message);
console.log(Object.keys(workerData ?? {}).length, process.send === undefined);
`;
    const job = await run(file(`${forged}${base}train(2);\nparentPort!.close();\ntrain(2);\n`));
    assert.equal(job.stdout, "0 true\n");
    assert.deepEqual([job.states, job.problems], [["starting", "running", "finished"], []]);
    assert.equal(job.series("loss").length, 4);
  });

  it("logs more than anybody reads: what is dropped is said once, at its line", async () => {
    const job = await run(
      file(`${base}train(1);
log({ huge: "x".repeat(100_000_000) });
log({ huge: "y".repeat(50_000) });
for (let i = 0; i < 200_000; i++) log({ ["name number " + i]: i });
log({ ["n".repeat(1_000_000)]: "text" });
log({ odd: Object.create(null), circle: (() => { const c: any = {}; c.c = c; return c; })(), throws: { toJSON() { throw new Error("no"); }, toString() { throw new Error("no"); } } });
train(1);
`),
    );
    assert.equal(job.states.at(-1), "finished");
    assert.deepEqual(
      job.problems.map(({ code, severity, position }) => [code, severity, position!.line]),
      [
        ["log", "warning", 15],
        ["log", "warning", 17],
        ["log", "warning", 18],
      ],
    );
    const bytes = JSON.stringify(job.events.filter(({ type }) => type === "note")).length;
    assert.ok(bytes < 5 * logBounds.text, String(bytes));
    const names = new Set(job.points.map(({ name }) => name));
    assert.ok([...names].join("").length <= logBounds.names + 100);
    assert.equal(job.series("loss").length, 2);
  });

  it("handles its own errors and rejections, as in Node", async () => {
    const job = await run(
      file(
        `process.on("uncaughtException", (error) => console.log("caught", error.message));\nprocess.on("unhandledRejection", (reason) => console.log("rejected", reason));\nsetTimeout(() => { throw new Error("one"); }, 1);\nvoid Promise.reject("two");\nsetTimeout(() => console.log("through"), 50);\n${base}train(1);\n`,
      ),
    );
    assert.equal(job.states.at(-1), "finished", JSON.stringify(job.problems));
    assert.equal(job.stdout, "rejected two\ncaught one\nthrough\n");
  });

  it("that hangs in a call of the system's is stopped, and inspected up to its limit", async () => {
    const stuck = 'import { execSync } from "node:child_process";\nconsole.log("stuck");\nexecSync("sleep 1000");\n';
    const job = await Job.warm();
    job.start(file(stuck));
    while (!job.stdout.includes("stuck")) await new Promise(setImmediate);
    const begin = performance.now();
    job.send({ type: "stop" });
    await job.ended();
    assert.ok(performance.now() - begin < 2500);
    assert.equal(job.states.at(-1), "stopped");
    const inspected = await run(file(stuck), { mode: "inspect", timeLimit: 300 });
    assert.deepEqual([inspected.problems.map(({ code }) => code), inspected.states.at(-1)], [["timeout"], "failed"]);
  });
});
