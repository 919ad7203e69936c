/** An agent outside of the editor, through the protocol's own client. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import type { Fix, Problem } from "../../src/protocol/index.ts";
import { temporaryFolder } from "../harness/temporary.ts";
import { applied } from "../lint/twins.ts";
import { builtRunner } from "../runner/built.ts";
import { kindling } from "./command.ts";

const dead = `import { manualSeed, nn, optim, randn } from "kindling";
manualSeed(1);
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Linear(16, 1));
const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
const [x, y] = [randn(32, 4), randn(32, 1)];
for (let step = 0; step < 100_000_000; step++) {
  const loss = nn.functional.mseLoss(model(x), y);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
`;

const hidden = `import { nn, optim, randn, type Tensor } from "kindling";
class Net extends nn.Module {
  layers = [new nn.Linear(4, 8), new nn.Linear(8, 2)];
  head = new nn.Linear(2, 1);
  override forward(x: Tensor): Tensor {
    for (const layer of this.layers) x = layer(x);
    return this.head(x);
  }
}
const net = new Net();
const optimizer = new optim.Adam(net.parameters());
for (let i = 0; i < 3; i++) {
  const loss = net(randn(8, 4)).square().mean();
  loss.backward();
  optimizer.step();
}
`;

const short = `import { manualSeed, nn, optim, randn } from "kindling";
manualSeed(1);
const model = new nn.Linear(4, 1);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.05 });
const [x, y] = [randn(32, 4), randn(32, 1)];
for (let step = 0; step < 24; step++) {
  const loss = nn.functional.mseLoss(model(x), y);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
`;

describe("an agent that speaks the Model Context Protocol", function () {
  this.timeout(120_000);
  let folder: string;
  let client: Client;

  beforeEach(async () => {
    folder = temporaryFolder("mcp");
    writeFileSync(join(folder, "package.json"), "{}");
    client = new Client({ name: "a test", version: "1" });
    const cli = fileURLToPath(new URL("cli/main.js", await builtRunner()));
    await client.connect(new StdioClientTransport({ command: process.execPath, args: [cli, "mcp", folder], stderr: "inherit" }));
  });
  afterEach(() => client.close());

  interface Answer {
    readonly text: string;
    readonly isError: boolean;
  }

  async function call(name: string, input: Record<string, unknown>): Promise<Answer> {
    const { content, isError } = await client.callTool({ name, arguments: input });
    const [first] = content as { text: string }[];
    return { text: first!.text, isError: isError === true };
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- JSON of many forms
  async function ask(name: string, input: Record<string, unknown>): Promise<any> {
    const { text, isError } = await call(name, input);
    assert.ok(!isError, text);
    return JSON.parse(text);
  }

  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

  it("finds the tools with what each takes", async () => {
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint]),
      [
        ["inspect_model", false],
        ["train_model", false],
        ["explain_run", true],
        ["list_runs", true],
        ["compare_runs", true],
        ["rewind_run", false],
        ["export_model", false],
      ],
    );
    assert.deepEqual(tools[1]!.inputSchema.required, ["file"]);
  });

  it("is told of a model what `kindling inspect --json` prints", async () => {
    write("net.model.ts", hidden);
    const { stdout } = await kindling(["inspect", "--json", "net.model.ts"], { directory: folder });
    const [{ work, ...told }, { work: timed, ...printed }] = [await ask("inspect_model", { file: "net.model.ts" }), JSON.parse(stdout)];
    assert.deepEqual(told, printed);
    assert.equal(work.length, timed.length);
  });

  it("mends a program from the answers alone", async () => {
    write("net.model.ts", hidden);
    let text = hidden;
    const mended: string[] = [];
    for (let round = 0; round < 5; round++) {
      const { problems } = (await ask("inspect_model", { file: "net.model.ts" })) as { problems: readonly Problem[] };
      const fix = problems.flatMap(({ fixes = [] }): readonly Fix[] => fixes)[0];
      if (!fix) break;
      text = applied(text, fix);
      mended.push(fix.title);
      write("net.model.ts", text);
    }
    assert.match(text, /layers = new nn\.ModuleList\(\[/);
    assert.match(text, /optimizer\.zeroGrad\(\)/);
    const { problems, models } = await ask("inspect_model", { file: "net.model.ts" });
    assert.deepEqual(problems, [], mended.join("\n"));
    assert.equal(models[0].modules[0].counts.total, 4 * 8 + 8 + 8 * 2 + 2 + 2 + 1);
  });

  it("rewinds a training to a step, where it stood as it had stood then", async () => {
    write("net.model.ts", short);
    const trained = await ask("train_model", { file: "net.model.ts" });
    const back = await ask("rewind_run", { run: trained.run, step: 12 });
    assert.deepEqual([back.run, back.arrived, back.steps], [trained.run, true, 12]);
    const upTo = (curve: readonly [number, number][]): readonly [number, number][] => curve.filter(([step]) => step <= back.curves.loss.at(-1)[0]);
    assert.deepEqual(back.curves.loss, upTo(trained.curves.loss));
    assert.equal(back.models[0].modules[0].counts.total, 5);
    const { text, isError } = await call("rewind_run", { run: trained.run, step: 500 });
    assert.ok(isError, text);
  });

  it("exports a model with what a run learned, and nowhere but in its folder", async () => {
    write("net.model.ts", short);
    const { run } = await ask("train_model", { file: "net.model.ts" });
    const exported = await ask("export_model", { file: "net.model.ts", folder: "torch", run });
    assert.equal(exported.complete, true, exported.said.join("\n"));
    for (const name of ["README.md", "requirements.txt", "train.py", "weights.pt"]) assert.ok(exported.files.includes(name), name);
    assert.match(exported.said.join("\n"), /wrote model \(2 tensors\), after 24 steps, to .*weights\.pt/);
    for (const place of ["../elsewhere", "/elsewhere", "net.model.ts"])
      assert.ok((await call("export_model", { file: "net.model.ts", folder: place })).isError, place);
  });

  it("compares the runs of a group by its name", async () => {
    write("net.model.ts", short);
    await kindling(["train", "net.model.ts", "--seeds", "2"], { directory: folder });
    const { runs: kept } = await ask("list_runs", {});
    const { runs } = await ask("compare_runs", { runs: [kept[0].group] });
    assert.equal(runs.length, 2);
    assert.match((await call("compare_runs", { runs: [kept[0].id] })).text, /These are 1 runs; from 2 to 20 can be compared/);
  });

  it("is told that a program did not come to train in the seconds that it had", async () => {
    write("endless.model.ts", "for (;;) {}\n");
    const answer = await ask("train_model", { file: "endless.model.ts", seconds: 1 });
    assert.deepEqual([answer.endedBy, answer.steps], ["seconds", 0]);
    assert.match(answer.hint, /^No training step was taken in 1\.000 s\. Give it more seconds; inspect_model says which line/);
  });

  it("trains within the steps it allows, and asks for the run afterwards", async () => {
    write("long.model.ts", dead);
    const first = await ask("train_model", { file: "long.model.ts", steps: 200 });
    assert.equal(first.state, "stopped");
    assert.equal(first.endedBy, "steps");
    assert.ok(first.steps >= 200);
    assert.equal(first.health.state, "well");
    assert.ok(first.curves.loss.length <= 24 && first.curves.loss.length >= 10);
    const explained = await ask("explain_run", { run: first.run });
    assert.deepEqual(explained.health, first.health);
    assert.equal(explained.file, join(folder, "long.model.ts"));
    write("long.model.ts", dead.replace("lr: 0.01", "lr: 0.001"));
    const second = await ask("train_model", { file: "long.model.ts", steps: 100_000_000, seconds: 1 });
    assert.equal(second.endedBy, "seconds");
    const { runs } = await ask("list_runs", {});
    assert.deepEqual(
      runs.map(({ id }: { id: string }) => id),
      [second.run, first.run],
    );
    const { differences } = await ask("compare_runs", { runs: [first.run, second.run] });
    assert.deepEqual(differences["SGD lr"], ["0.01", "0.001"]);
  });

  it("reads of a program that fails where and why", async () => {
    write("bad.model.ts", hidden.replace("new nn.Linear(2, 1)", "new nn.Linear(3, 1)"));
    const { state, problems } = await ask("train_model", { file: "bad.model.ts" });
    assert.equal(state, "failed");
    const failure = problems.find(({ severity }: Problem) => severity === "error");
    assert.equal(failure.code, "shape");
    assert.equal(readFileSync(failure.position.file, "utf8").split("\n")[failure.position.line - 1]!.includes("head"), true);
  });

  it("is refused what lies outside of the folder, what isn't there, and what it asks for wrongly, in words", async () => {
    const other = temporaryFolder("elsewhere");
    writeFileSync(join(other, "net.model.ts"), hidden);
    assert.match((await call("inspect_model", { file: join(other, "net.model.ts") })).text, /is not in the folders that are open here/);
    assert.match((await call("train_model", { file: "none.model.ts" })).text, /There is no file none\.model\.ts/);
    assert.match((await call("train_model", { file: "x", steps: 0 })).text, /train_model was not given what it needs: steps/);
    assert.match((await call("explain_run", { run: "nobody" })).text, /There is no run `nobody` here/);
    assert.ok((await call("explain_run", { run: "nobody" })).isError);
  });
});
