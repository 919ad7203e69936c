/** An edited file trains on with the weights of its training, in the real extension host and with real runs. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { TakenWeights } from "../../src/protocol/index.ts";
import { Window } from "./window.ts";

/** Trains for ever; what its weights are like when it begins is logged. */
const text = (model: string): string => `import { log, nn, optim, randn } from "kindling";
class Net extends nn.Module {
${model}
}
const net = new Net();
const optimizer = new optim.Adam(net.parameters(), { lr: 0.001 });
for (let step = 0; ; step++) {
  optimizer.zeroGrad();
  net(randn(8, 4)).square().mean().backward();
  optimizer.step();
}
`;

const layers = (width: number, name = "fc", extra = ""): string => `  ${name} = new nn.Linear(4, ${width});
  head = new nn.Linear(${width}, 1);
  override forward(x) {
    return this.head(this.${name}(x))${extra};
  }`;

describe("restarting with the weights of a training", function () {
  this.timeout(120_000);
  let window: Window;
  beforeEach(async () => {
    window = await Window.open("real");
  });
  afterEach(async () => {
    await vscode.workspace.getConfiguration("kindling").update("restartOnSave", undefined, vscode.ConfigurationTarget.Workspace);
    await window.close();
  });

  /** A training that has come some steps far. */
  async function training(model = layers(6)): Promise<{ readonly uri: vscode.Uri; readonly editor: vscode.TextEditor; readonly runId: string }> {
    const uri = window.write("net.model.ts", text(model));
    const editor = await window.show(uri);
    const stepped = window.known(uri, ({ train }) => (train?.progress?.step ?? 0) > 5 && train?.state === "running");
    await vscode.commands.executeCommand("kindling.train", uri);
    await stepped;
    const { runId } = window.api.store.get(uri.fsPath)!.train!;
    await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
    return { uri, editor, runId };
  }

  function taken(uri: vscode.Uri, before: string): Promise<void> {
    return window.known(uri, ({ train }) => train !== undefined && train.runId !== before && (train.weights?.optimized ?? 0) > 0);
  }

  const weightsOf = (uri: vscode.Uri): TakenWeights => window.api.store.get(uri.fsPath)!.train!.weights!;
  const kindsOf = ({ matches }: TakenWeights): string[] => matches.map(({ kind, path }) => `${kind} ${path}`);

  /** The rows of the table can't be read from here; Enter on its first one begins. */
  async function accept(running: Thenable<unknown>, isOver: Promise<unknown>): Promise<void> {
    let isDone = false;
    const over = Promise.all([running, isOver]).then(() => (isDone = true));
    while (!isDone) {
      await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
      await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 100))]);
    }
  }

  it("keeps what has its place, takes a renamed layer, and begins the rest anew", async () => {
    const { uri, editor, runId } = await training();
    await window.replace(editor, text(layers(6, "fc1")));
    await accept(vscode.commands.executeCommand("kindling.restartWithWeights", uri), taken(uri, runId));
    const weights = weightsOf(uri);
    assert.deepEqual(kindsOf(weights), ["renamed fc1.weight", "renamed fc1.bias", "kept head.weight", "kept head.bias"]);
    assert.ok(weights.step! > 5);
    assert.match(weights.origin, /^the training of /);
  });

  it("takes the weights of a training that is paused", async () => {
    const { uri, editor, runId } = await training();
    const paused = window.known(uri, ({ train }) => train?.state === "paused");
    await vscode.commands.executeCommand("kindling.pause", uri);
    await paused;
    await window.replace(editor, text(layers(7)));
    await accept(vscode.commands.executeCommand("kindling.restartWithWeights", uri), taken(uri, runId));
    assert.deepEqual(kindsOf(weightsOf(uri)), ["resized fc.weight", "resized fc.bias", "resized head.weight", "kept head.bias"]);
  });

  it("leaves the training alone where nothing fits, or the new text doesn't run", async () => {
    const { uri, editor, runId } = await training();
    for (const other of [
      "  other = new nn.Linear(4, 5);\n  override forward(x) { return this.other(x); }",
      "  override forward(x) { throw new Error('no'); }",
    ]) {
      await window.replace(editor, text(other));
      await vscode.commands.executeCommand("kindling.restartWithWeights", uri);
      const { train } = window.api.store.get(uri.fsPath)!;
      assert.deepEqual([train?.runId, train?.state], [runId, "running"]);
    }
  });

  it("happens by itself when a change is saved that keeps all weights, where that is wanted", async () => {
    await vscode.workspace.getConfiguration("kindling").update("restartOnSave", true, vscode.ConfigurationTarget.Workspace);
    const { uri, editor, runId } = await training();
    await window.replace(editor, text(layers(8)));
    const inspected = window.settled(uri, "inspect");
    await editor.document.save();
    await inspected;
    assert.equal(window.api.store.get(uri.fsPath)?.train?.runId, runId);
    await window.replace(editor, text(layers(6, "fc", ".mul(2)")));
    await editor.document.save();
    await taken(uri, runId);
    assert.ok(weightsOf(uri).matches.every(({ kind }) => kind === "kept"));
    assert.equal(weightsOf(uri).optimized, 4);
  });

  it("does not happen by itself where it isn't asked for", async () => {
    const { uri, editor, runId } = await training();
    await window.replace(editor, text(layers(6, "fc", ".mul(2)")));
    const edited = window.known(uri, ({ train }) => train?.edited === true);
    const inspected = window.settled(uri, "inspect");
    await editor.document.save();
    await Promise.all([edited, inspected]);
    const { train } = window.api.store.get(uri.fsPath)!;
    assert.deepEqual([train?.runId, train?.state], [runId, "running"]);
  });
});
