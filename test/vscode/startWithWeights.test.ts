/** A training that begins with a file of weights, or with a kept run's, in the real extension host and with real runs. */
import assert from "node:assert/strict";
import { join } from "node:path";
import * as vscode from "vscode";
import { ones, save, type Tensor } from "../../src/engine/index.ts";
import { listRuns, type KeptRun } from "../../src/keep/keptRuns.ts";
import { runsFolder } from "../../src/keep/layout.ts";
import { Window } from "./window.ts";

const text = `import { nn, optim, randn } from "kindling";
class Net extends nn.Module {
  fc = new nn.Linear(4, 6);
  head = new nn.Linear(6, 1);
  override forward(x) {
    return this.head(this.fc(x));
  }
}
const net = new Net();
const optimizer = new optim.SGD(net.parameters(), { lr: 0.001 });
net(randn(8, 4)).square().mean().backward();
optimizer.step();
`;

describe("starting with weights from elsewhere", function () {
  this.timeout(120_000);
  let window: Window;
  beforeEach(async () => {
    window = await Window.open("real");
  });
  afterEach(() => window.close());

  /** Enter on the table's first row begins; its rows can't be read from here. */
  async function accept(running: Thenable<unknown>): Promise<void> {
    let isDone = false;
    const over = Promise.resolve(running).then(() => (isDone = true));
    while (!isDone) {
      await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
      await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 100))]);
    }
  }

  /** Where the last training's weights are from, and what became of each. */
  function taken(uri: vscode.Uri): readonly string[] {
    const { state, weights } = window.api.store.get(uri.fsPath)!.train!;
    assert.equal(state, "finished");
    return [weights!.origin, ...weights!.matches.map(({ kind, path }) => `${kind} ${path}`)];
  }

  it("takes a checkpoint of PyTorch, its prefix and linear layers that lie the other way round", async () => {
    const uri = window.write("net.model.ts", text);
    await window.show(uri);
    const model = new Map<string, Tensor>([
      ["module.fc.weight", ones(4, 6)],
      ["module.fc.bias", ones(6)],
      ["module.head.weight", ones(1, 6)],
      ["module.other", ones(2)],
    ]);
    const weights = join(uri.fsPath, "..", "net.pth");
    save({ model, epoch: 3 }, weights);
    const trained = window.settled(uri, "train");
    await accept(vscode.commands.executeCommand("kindling.startWithWeights", uri, vscode.Uri.file(weights)));
    await trained;
    assert.deepEqual(taken(uri), ["net.pth", "transposed fc.weight", "renamed fc.bias", "renamed head.weight", "new head.bias", "gone module.other"]);
  });

  it("takes what a kept run learned, for the run's own file, and for another at hand", async () => {
    // A project of its own.
    window.write("package.json", "{}");
    const uri = window.write("net.model.ts", text);
    await window.show(uri);
    const first = window.settled(uri, "train");
    await vscode.commands.executeCommand("kindling.train", uri);
    await first;
    const [run] = listRuns(runsFolder(uri.fsPath));
    const second = window.settled(uri, "train");
    await accept(vscode.commands.executeCommand("kindling.startWithKeptWeights", { kind: "run", run }));
    await second;
    assert.deepEqual(taken(uri), [run!.id, "kept fc.weight", "kept fc.bias", "kept head.weight", "kept head.bias"]);

    const other = window.write("other.model.ts", text.replaceAll("head", "last"));
    await window.show(other);
    const { showQuickPick } = vscode.window;
    // Nobody is there to choose the run.
    const choose = async (items: readonly { readonly run: KeptRun }[]) => items.find((item) => item.run.id === run!.id);
    Object.assign(vscode.window, { showQuickPick: choose });
    const third = window.settled(other, "train");
    await accept(vscode.commands.executeCommand("kindling.startWithKeptWeights")).finally(() => Object.assign(vscode.window, { showQuickPick }));
    await third;
    assert.deepEqual(taken(other), [run!.id, "kept fc.weight", "kept fc.bias", "renamed last.weight", "renamed last.bias"]);
  });

  it("starts nothing where the file can't be read", async () => {
    const uri = window.write("net.model.ts", text);
    await window.show(uri);
    const running = vscode.commands.executeCommand("kindling.startWithWeights", uri, uri);
    await running;
    assert.equal(window.api.store.get(uri.fsPath)?.train, undefined);
  });
});
