import assert from "node:assert/strict";
import { RunnerProcess } from "../../src/cli/runnerProcess.ts";
import { defaultSampling, type RunEvent } from "../../src/protocol/index.ts";
import { Folder } from "../runner/job.ts";

describe("the command line's runner", () => {
  it("starts once more, with the safe kernels, where the machine can't stand the fast ones", async () => {
    const folder = new Folder();
    folder.write("net.model.ts", "// play: finish");
    const events: RunEvent[] = [];
    let printed = "";
    process.env["KINDLING_FAKE_RUNNER"] = "can't stand the fast kernels";
    try {
      const runner = new RunnerProcess({
        script: new URL("../extension/fakeRunner.mjs", import.meta.url),
        request: { file: `${folder.path}/net.model.ts`, mode: "train", directory: folder.path, sampling: defaultSampling, timeLimit: 0, threads: 1 },
        onEvent: (event) => events.push(event),
        capture: (stdout) => stdout.setEncoding("utf8").on("data", (text: string) => (printed += text)),
      });
      assert.deepEqual(await runner.ended, { state: "finished" });
    } finally {
      delete process.env["KINDLING_FAKE_RUNNER"];
      folder.remove();
    }
    assert.equal(printed, "printed by the program\n");
    assert.deepEqual(events.filter(({ type }) => type === "problem"), []);
  });
});
