import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { Window } from "./window.ts";

const forgotten = `import { nn, optim, randint, randn, relu, type Tensor } from "kindling";

class Net extends nn.Module {
  body = new nn.Linear(4, 8);
  head = new nn.Linear(8, 3);
  override forward(x: Tensor): Tensor {
    return this.head(relu(this.body(x)));
  }
}

const model = new Net();
const parameters = model.body.parameters();
const optimizer = new optim.Adam(parameters);
for (let step = 0; step < 3; step++) {
  optimizer.zeroGrad();
  nn.functional.crossEntropy(model(randn(8, 4)), randint(0, 3, [8])).backward();
  optimizer.step();
}
`;

/** Trains for ever, and nothing passes its first layer until a file is there. */
const dead = (cure: string): string => `import { existsSync } from "node:fs";
import { manualSeed, nn, optim, randint, randn, type Tensor } from "kindling";
manualSeed(1);
class Net extends nn.Module {
  body = new nn.Linear(4, 8);
  relu = new nn.ReLU();
  head = new nn.Linear(8, 3);
  override forward(x: Tensor): Tensor {
    return this.head(this.relu(this.body(x)));
  }
}
const model = new Net();
nn.init.constant_(model.body.bias!, -100);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
for (;;) {
  if (existsSync(${JSON.stringify(cure)})) nn.init.zeros_(model.body.bias!);
  optimizer.zeroGrad();
  nn.functional.crossEntropy(model(randn(64, 4)), randint(0, 3, [64])).backward();
  optimizer.step();
}
`;

describe("a lint that only a run shows", () => {
  let window: Window;
  const own = (uri: vscode.Uri) => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "Kindling");

  beforeEach(async () => (window = await Window.open("real")));
  afterEach(() => window.close());

  it("stands on the user's line after an inspection, and is gone when that is mended", async () => {
    const uri = window.write("net.model.ts", forgotten);
    const editor = await vscode.window.showTextDocument(uri);
    await window.marked(uri, (marks) => marks.some(({ source }) => source === "Kindling"));
    const [mark] = own(uri);
    const { code } = mark!;
    assert.equal(typeof code === "object" ? code.value : code, "parameter-not-in-optimizer");
    assert.match(editor.document.lineAt(mark!.range.start.line).text, /^const optimizer/);
    assert.equal(mark!.relatedInformation![0]!.location.range.start.line, 4);

    const edit = new vscode.WorkspaceEdit();
    const at = forgotten.indexOf("model.body.parameters()");
    edit.replace(uri, new vscode.Range(editor.document.positionAt(at), editor.document.positionAt(at + "model.body".length)), "model");
    await vscode.workspace.applyEdit(edit);
    const inspected = window.settled(uri, "inspect");
    await editor.document.save();
    assert.equal((await inspected).state, "finished");
    assert.deepEqual(own(uri), []);
  });
});

describe("what a long training suffers from", () => {
  let window: Window;
  const own = (uri: vscode.Uri) => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "Kindling");

  beforeEach(async () => (window = await Window.open("real")));
  afterEach(() => window.close());

  const isDead = ({ code }: vscode.Diagnostic): boolean => typeof code === "object" && code.value === "dead-units";
  const cure = (): string => join(window.folder, "cure");

  async function trainDead(): Promise<vscode.Uri> {
    const uri = window.write("dead.model.ts", dead(cure()));
    await window.show(uri);
    const marked = window.marked(uri, (marks) => marks.some(isDead));
    await vscode.commands.executeCommand("kindling.train", uri);
    await marked;
    assert.equal(window.api.store.get(uri.fsPath)?.train?.state, "running");
    return uri;
  }

  it("stands on its layer while it trains, and stays when that is stopped", async () => {
    const uri = await trainDead();
    assert.equal(own(uri).find(isDead)!.range.start.line, 4);
    const stopped = window.settled(uri, "train");
    await vscode.commands.executeCommand("kindling.stop", uri);
    await stopped;
    assert.ok(own(uri).some(isDead));
  });

  it("is gone from the line when the run no longer has it, while it trains on", async () => {
    const uri = await trainDead();
    const cured = window.marked(uri, (marks) => !marks.some(isDead));
    writeFileSync(cure(), "");
    await cured;
    assert.equal(window.api.store.get(uri.fsPath)?.train?.state, "running");
  });
});
