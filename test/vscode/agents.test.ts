import assert from "node:assert/strict";
import { relative } from "node:path";
import * as vscode from "vscode";
import { tools } from "../../src/agents/tools.ts";
import { Window } from "./window.ts";

const program = `import { manualSeed, nn, optim, randn } from "kindling";
manualSeed(1);
const model = new nn.Linear(3, 1);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
for (let i = 0; i < 20; i++) {
  const loss = model(randn(8, 3)).square().mean();
  optimizer.zeroGrad(); loss.backward(); optimizer.step();
}
`;

describe("the editor's agents", () => {
  let window: Window;
  beforeEach(async () => (window = await Window.open("real")));
  afterEach(() => window.close());

  async function invoke(name: string, input: object): Promise<string> {
    const { content } = await vscode.lm.invokeTool(`kindling_${name}`, { input, toolInvocationToken: undefined });
    return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : "")).join("");
  }

  it("are offered the tools that the extension declares, which are those of the command line", () => {
    const declared = window.extension.packageJSON.contributes.languageModelTools as readonly { name: string; modelDescription: string; inputSchema: unknown }[];
    assert.deepEqual(
      declared.map(({ name, modelDescription, inputSchema }) => ({ name, modelDescription, inputSchema })),
      tools.map(({ name, description, inputSchema }) => ({ name: `kindling_${name}`, modelDescription: description, inputSchema })),
    );
    const offered = vscode.lm.tools.map(({ name }) => name);
    for (const { name } of declared) assert.ok(offered.includes(name), name);
  });

  it("inspect, train, and read what came of it", async () => {
    const uri = window.write("net.model.ts", program);
    const inspected = JSON.parse(await invoke("inspect_model", { file: uri.fsPath }));
    assert.equal(inspected.models[0].modules[0].counts.total, 4);
    const trained = JSON.parse(await invoke("train_model", { file: uri.fsPath }));
    assert.deepEqual([trained.state, trained.steps], ["finished", 20]);
    const explained = JSON.parse(await invoke("explain_run", { run: trained.run, file: uri.fsPath }));
    assert.deepEqual(explained.health, trained.health);
  });

  it("bring a training back to a step, and read what was known then", async () => {
    const uri = window.write("net.model.ts", program);
    const trained = JSON.parse(await invoke("train_model", { file: uri.fsPath }));
    const back = JSON.parse(await invoke("rewind_run", { run: trained.run, step: 12, file: uri.fsPath }));
    assert.deepEqual([back.arrived, back.state, back.step, back.run], [true, "stopped", 12, trained.run]);
    assert.equal(back.models[0].modules[0].counts.total, 4);
    assert.equal(back.steps, 12);
    // Nothing of the kept run changes.
    const explained = JSON.parse(await invoke("explain_run", { run: trained.run, file: uri.fsPath }));
    assert.deepEqual([explained.state, explained.steps], ["finished", 20]);
    assert.match(await invoke("rewind_run", { run: trained.run, step: 21, file: uri.fsPath }), /20/);
  });

  it("export a model to PyTorch with the weights that a run learned", async () => {
    const uri = window.write("net.model.ts", program);
    const trained = JSON.parse(await invoke("train_model", { file: uri.fsPath }));
    const folder = vscode.Uri.joinPath(uri, "..", "torch").fsPath;
    const exported = JSON.parse(await invoke("export_model", { file: uri.fsPath, folder, run: trained.run }));
    assert.deepEqual([exported.complete, exported.run], [true, trained.run]);
    for (const name of ["README.md", "train.py", "weights.pt"]) assert.ok(exported.files.includes(name), exported.files.join());
    const best = JSON.parse(await invoke("export_model", { file: uri.fsPath, folder, run: `${trained.run}@best` }));
    assert.match(best.said.join("\n"), /loss was lowest, [\d.e−]+, at step \d+; the nearest checkpoint is after \d+ steps/);
    assert.match(await invoke("export_model", { file: uri.fsPath, folder: "/elsewhere" }), /inside|folder/);
  });

  it("are told in words what can't be done", async () => {
    assert.match(await invoke("inspect_model", { file: `${relative("/", window.folder)}/none.model.ts` }), /There is no file/);
  });
});
