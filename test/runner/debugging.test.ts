import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { TraceMap, originalPositionFor } from "@jridgewell/trace-mapping";
import { RunnerProcess, type RunnerOptions } from "../../src/client/runnerProcess.ts";
import { defaultSampling, type RunEvent } from "../../src/protocol/index.ts";
import { bundle, withSourceMap } from "../../src/runner/bundle.ts";
import { builtRunner } from "./built.ts";
import { Folder } from "./job.ts";

const program = `import { nn, optim, randn } from "kindling";
class Net extends nn.Module {
  fc = new nn.Linear(4, 1);
  forward(x: ReturnType<typeof randn>) {
    return this.fc(x);
  }
}
const model = new Net();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
for (let step = 0; step < 3; step++) {
  const loss = model(randn(8, 4)).pow(2).mean();
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
`;

describe("a run in a debugger", () => {
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  async function run(attach: NonNullable<RunnerOptions["attach"]>, text = program, timeLimit = 0): Promise<{ state: string; events: readonly RunEvent[] }> {
    const events: RunEvent[] = [];
    const script = fileURLToPath(new URL("runner/main.js", await builtRunner()));
    const runner = new RunnerProcess({ script, flags: [], input: "ignore", output: "listener", patience: 1500, attach });
    const request = { file: folder.write("net.model.ts", text), mode: "train", directory: folder.path, timeLimit, threads: 1, debug: true } as const;
    const { state } = await runner.run({ ...request, sampling: defaultSampling }, { event: (event) => events.push(event) });
    await runner.exited;
    return { state, events };
  }

  it("waits for the debugger before the program's thread begins, and trains as any other", async () => {
    let inspector = "";
    let came = false;
    const { state, events } = await run(async (address) => {
      inspector = address;
      await new Promise((resolve) => setTimeout(resolve, 200));
      came = true;
      return true;
    });
    assert.match(inspector, /^ws:\/\/127\.0\.0\.1:\d+\/[\da-f-]{36}$/);
    assert.ok(came);
    assert.equal(state, "finished", JSON.stringify(events.filter(({ type }) => type === "problem")));
    assert.deepEqual(
      events.filter(({ type }) => type === "problem"),
      [],
    );
  });

  it("has no time limit: a program may stand before its first step for as long as somebody looks", async () => {
    const standing = program.replace("const optimizer", "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);\nconst optimizer");
    const { state, events } = await run(() => Promise.resolve(true), standing, 50);
    assert.equal(state, "finished", JSON.stringify(events.filter(({ type }) => type === "problem")));
  });

  it("doesn't take place where no debugger comes, and leaves no process", async () => {
    const { state, events } = await run(() => Promise.resolve(false));
    assert.equal(state, "stopped");
    assert.ok(!events.some(({ type }) => type === "models"));
  });

  it("has its own lines in the program's source map, and none for what is put into it", async () => {
    const file = folder.write("net.model.ts", program);
    const text = withSourceMap(await bundle(file, "file:///engine.js"));
    const [, encoded] = /sourceMappingURL=data:application\/json;base64,(.*)$/.exec(text)!;
    const map = new TraceMap(Buffer.from(encoded!, "base64").toString());
    const lines = text.split("\n");
    const placeOf = (words: string): { readonly source: string | null; readonly line: number | null } => {
      const line = lines.findIndex((candidate) => candidate.includes(words));
      return originalPositionFor(map, { line: line + 1, column: lines[line]!.indexOf(words) });
    };
    const inForward = placeOf("return this.fc(x)");
    assert.equal(inForward.line, program.split("\n").findIndex((line) => line.includes("return this.fc(x)")) + 1);
    assert.equal(readFileSync(new URL(inForward.source!), "utf8"), program);
    assert.equal(placeOf("__kindlingProgram?.turn").line, null);
    assert.equal(placeOf("__kindlingProgram?.declared").line, null);
  });
});
