/** A training that begins with a file of weights, in the real extension host and with real runs. */
import assert from "node:assert/strict";
import { join } from "node:path";
import * as vscode from "vscode";
import { ones, save, type Tensor } from "../../src/engine/index.ts";
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

describe("starting with weights from a file", function () {
  this.timeout(60_000);
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
    const { train } = window.api.store.get(uri.fsPath)!;
    assert.equal(train?.state, "finished");
    assert.equal(train.weights?.origin, "net.pth");
    assert.deepEqual(
      train.weights.matches.map(({ kind, path }) => `${kind} ${path}`),
      ["transposed fc.weight", "renamed fc.bias", "renamed head.weight", "new head.bias", "gone module.other"],
    );
  });

  it("starts nothing where the file can't be read", async () => {
    const uri = window.write("net.model.ts", text);
    await window.show(uri);
    const running = vscode.commands.executeCommand("kindling.startWithWeights", uri, uri);
    await running;
    assert.equal(window.api.store.get(uri.fsPath)?.train, undefined);
  });
});
