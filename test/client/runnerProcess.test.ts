import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { RunnerProcess, type RunnerOptions } from "../../src/client/runnerProcess.ts";
import { defaultSampling, type RunEvent, type RunRequest } from "../../src/protocol/index.ts";
import { Folder } from "../runner/job.ts";

const script = fileURLToPath(new URL("../extension/fakeRunner.mjs", import.meta.url));

describe("a runner process", () => {
  let folder: Folder;
  let events: RunEvent[];
  beforeEach(() => {
    folder = new Folder();
    events = [];
  });
  afterEach(() => folder.remove());

  const start = (options: Partial<RunnerOptions> = {}) => new RunnerProcess({ script, input: "ignore", output: "listener", ...options });
  const event = (told: RunEvent): void => void events.push(told);
  const problems = (): RunEvent[] => events.filter(({ type }) => type === "problem");

  function request(play: string, more: Partial<RunRequest> = {}): RunRequest {
    const file = folder.write("net.model.ts", `// play: ${play}`);
    return { file, mode: "train", directory: folder.path, sampling: defaultSampling, timeLimit: 0, threads: 1, ...more };
  }

  for (const way of ["to the listener", "to whom it is led"]) {
    it(`starts once more, with the safe kernels, where the machine can't stand the fast ones, and prints ${way}`, async () => {
      let printed = "";
      const output = (text: string): void => void (printed += text);
      const runner = start({
        arguments: ["can't stand the fast kernels"],
        ...(way === "to whom it is led" && { output: (stdout) => stdout.setEncoding("utf8").on("data", output) }),
      });
      assert.deepEqual(await runner.run(request("finish"), { event, output }), { state: "finished" });
      await runner.exited;
      assert.equal(printed, "printed by the program\n");
      assert.deepEqual(problems(), []);
    });
  }

  it("says of what it died, to those who run a command too, and tells the run's end", async () => {
    const runner = start();
    assert.deepEqual(await runner.run(request("crash"), { event }), { state: "failed", signal: "SIGKILL" });
    assert.equal(problems().length, 1);
    assert.deepEqual(events.at(-1)?.type === "state" && events.at(-1), { ...events.at(-1), type: "state", state: "failed" });
  });

  it("was stopped where Ctrl+C ended it before it could listen", async () => {
    assert.deepEqual(await start().run(request("interrupted"), { event }), { state: "stopped", signal: "SIGINT" });
    assert.deepEqual(problems(), []);
  });

  it("is waited for, however long it takes to stop, where no patience is given", async () => {
    const runner = start();
    const over = runner.run(request("hang"), { event });
    while (!events.some(({ type }) => type === "metrics")) await new Promise((resolve) => setTimeout(resolve, 5));
    runner.stop();
    const first = await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 300, "still there"))]);
    assert.equal(first, "still there");
    runner.kill();
    assert.deepEqual(await over, { state: "stopped" });
  });

  it("fails the run where it can't be started at all", async () => {
    const runner = start({ arguments: ["dies at start"] });
    assert.equal((await runner.run(request("finish"), { event })).state, "failed");
    assert.match(JSON.stringify(problems()), /exit code 7/);
  });
});
