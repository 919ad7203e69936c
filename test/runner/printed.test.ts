/** What a run tells of what its program prints. */
import assert from "node:assert/strict";
import { emptySnapshot, reduceSnapshot } from "../../src/run/snapshot.ts";
import { PrintedLines } from "../../src/runner/printedLines.ts";
import type { RunEvent } from "../../src/protocol/index.ts";
import { Folder, run, type Job } from "./job.ts";

const head = `import { nn, optim, randn } from "kindling";
const model = new nn.Linear(4, 1), optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
function step(): void { optimizer.zeroGrad(); model(randn(8, 4)).square().mean().backward(); optimizer.step(); }
`;

const empty = emptySnapshot({ runId: "", file: "", mode: "train", startedAt: 0 });
const printedOf = (events: readonly RunEvent[]) => events.reduce((snapshot, event) => reduceSnapshot(snapshot, event), empty).printed;

describe("what a program prints", function () {
  this.timeout(30_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());
  const train = (text: string): Promise<Job> => run(folder.write("net.model.ts", text));

  it("is told line by line with its step, and comes out as it was", async () => {
    const job = await train(`${head}console.log("begin");
for (let i = 0; i < 4; i++) { step(); console.log("step", i, "\\u001b[31mred\\u001b[0m"); if (i === 2) console.error("careful"); }
process.stdout.write("no end");
process.stdout.write(" yet\\n");
process.stdout.write(new Uint8Array([104, 105, 10]));
process.on("exit", () => console.log("bye"));`);
    const lines = printedOf(job.events).lines.map(({ step, text, isError }) => [step, text, isError ?? false]);
    const stdout = lines.filter(([, , isError]) => !isError);
    assert.deepEqual(stdout, [
      [0, "begin", false],
      [0, "step 0 red", false],
      [1, "step 1 red", false],
      [2, "step 2 red", false],
      [3, "step 3 red", false],
      [3, "no end yet", false],
      [3, "hi", false],
      [3, "bye", false],
    ]);
    assert.deepEqual(
      lines.filter(([, , isError]) => isError),
      [[2, "careful", true]],
    );
    assert.equal(job.stdout.split("\n").length, 9);
    assert.ok(job.stdout.includes("step 0 \u001b[31mred\u001b[0m\n"));
    assert.equal(job.stderr, "careful\n");
  });

  it("is told while the program runs on, or waits, and not only when it ends", async () => {
    const job = await train(`console.log("first"); console.log("second"); await new Promise((done) => setTimeout(done, 1500)); console.log("last");`);
    const messages = job.events.flatMap((event) => (event.type === "printed" ? [event.lines.map(({ text }) => text).join()] : []));
    assert.deepEqual(messages, ["first", "second", "last"]);
  });

  it("is its newest lines, and how many were left out, where it prints a hundred thousand", async () => {
    const job = await train(`for (let i = 0; i < 100_000; i++) console.log("line " + i);\nconsole.log("y\\n".repeat(200_000) + "end");`);
    const { lines, dropped } = printedOf(job.events);
    assert.equal(lines.at(-1)!.text, "end");
    assert.equal(lines.length + dropped, 300_001);
    assert.ok(lines.length <= 2_000);
    const messages = job.events.filter((event) => event.type === "printed");
    assert.ok(messages.every((event) => event.lines.length <= 200));
    assert.equal(job.stdout.length, Array.from({ length: 100_000 }, (_, i) => `line ${i}\n`.length).reduce((a, b) => a + b, 0) + 400_004);
  });

  it("stays with the program that has put something of its own in the place of what JavaScript has", async () => {
    const job = await train(`Array.prototype.push = () => { throw new Error("mine"); };\nconsole.log("still");`);
    assert.equal(job.stdout, "still\n");
    assert.equal(job.states.at(-1), "finished");
  });

  it("holds no more in wait than it will send, however fast it comes", () => {
    let told = 0;
    const printed = new PrintedLines(
      () => 0,
      (event) => {
        assert.ok(event.type === "printed");
        told += event.lines.length + event.skipped;
      },
    );
    for (let i = 0; i < 50_000; i++) printed.add(`${i}\n`, false);
    printed.flush();
    assert.equal(told, 50_000);
  });
});
