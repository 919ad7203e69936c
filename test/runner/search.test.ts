/** When a run is run again to find its first bad number, and what comes of an answer. */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { defaultSampling, type Problem, type RunRequest } from "../../src/protocol/index.ts";
import { BadNumberSearch } from "../../src/runner/search.ts";
import { Folder } from "./job.ts";

const problem: Problem = { severity: "warning", code: "nonFiniteLoss", message: "loss became NaN at step 4. Try this.", step: 4 };

describe("the search for a bad number", () => {
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  /** @param time that the run had lasted, in milliseconds  @param answer what its repetition says */
  function search(time: number, request: Partial<RunRequest>, answer: string, isChanged = false): Promise<Problem> {
    const script = pathToFileURL(folder.write("again.mjs", `process.once("message", () => { ${answer} });`));
    const whole: RunRequest = {
      file: "a.model.ts",
      mode: "train",
      directory: folder.path,
      sampling: defaultSampling,
      timeLimit: 10_000,
      threads: 1,
      ...request,
    };
    const alarm = { problem, what: "loss became NaN at step 4.", run: { losses: [1], seed: 1 }, time };
    const job = { request: whole, place: "", home: "", map: "", declarations: { classes: [], variables: [], imports: [], loops: 0 } as never, randomSeed: 1 };
    return new BadNumberSearch(alarm, { script, job, code: "", kernels: "plain", isChanged }).problem;
  }

  const found = `process.send({ explanation: { message: "It began with log.", related: [], module: "a (A) of B" } });`;

  it("puts what was found in the place of the advice", async () => {
    const { message, module, step } = await search(100, {}, found);
    assert.deepEqual([message, module, step], ["loss became NaN at step 4. It began with log.", "a (A) of B", 4]);
  });

  it("doesn't run a run again that the program alone wouldn't be: one that was changed, or began with weights from elsewhere", async () => {
    const weights = { file: "w.safetensors", origin: "w.safetensors", declined: [] };
    assert.match((await search(100, {}, found, true)).message, /not known: what was changed in the run while it went on is not changed where/);
    assert.match((await search(100, { weights }, found)).message, /not known: the run began with weights from elsewhere, which the program has not/);
  });

  it("doesn't run a long run again unasked, and says how to ask", async () => {
    const { message } = await search(95_000, {}, found);
    assert.match(message, /^loss became NaN at step 4\. Try this\. .* the run had lasted 95 s by then, .* `kindling train --find-bad-number`\.$/);
    assert.equal((await search(95_000, { findsLate: true }, found)).message, "loss became NaN at step 4. It began with log.");
  });

  it("leaves the problem as it was where the repetition has no answer", async () => {
    assert.deepEqual(await search(100, {}, "process.exit(1);"), problem);
    assert.deepEqual(await search(100, {}, "process.send({});"), problem);
  });

  it("ends with the time that an inspection has", async () => {
    assert.deepEqual(await search(100, { mode: "inspect", timeLimit: 400 }, "setInterval(() => {}, 1000);"), problem);
  });
});
