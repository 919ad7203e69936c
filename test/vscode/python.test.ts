import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { Window } from "./window.ts";

const net = `import { nn, type Tensor } from "kindling";

class Net extends nn.Module {
  fc = new nn.Linear(4, 2);

  override forward(x: Tensor): Tensor {
    return this.fc(x).relu();
  }
}

const model = new Net();
`;

/** The editor with the Python of the files here. */
const shown = (): vscode.TextEditor | undefined => vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === "kindling-python");

/** Resolves once the Python says so. */
function says(text: string): Promise<void> {
  if (shown()?.document.getText().includes(text)) return Promise.resolve();
  return new Promise((resolve) => {
    const listener = vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document.uri.scheme !== "kindling-python" || !document.getText().includes(text)) return;
      listener.dispose();
      resolve();
    });
  });
}

describe("a model file shown as PyTorch", () => {
  let window: Window;
  beforeEach(async () => {
    window = await Window.open("stand-in");
  });
  afterEach(() => window.close());

  it("stands beside the file, in Python, and leaves it the focus", async () => {
    const uri = window.write("net.model.ts", net);
    await vscode.window.showTextDocument(uri);
    await vscode.commands.executeCommand("kindling.showPython", uri);
    const editor = shown();
    assert.ok(editor);
    assert.equal(editor.document.languageId, "python");
    assert.match(
      editor.document.getText(),
      /class Net\(nn\.Module\):\n {4}def __init__\(self\):\n {8}super\(\).__init__\(\)\n {8}self\.fc = nn\.Linear\(4, 2\)/,
    );
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), uri.toString());
    assert.notEqual(editor.viewColumn, vscode.window.activeTextEditor?.viewColumn);
  });

  it("follows what is typed, before it is saved, and keeps the last Python while a line is half written", async () => {
    // In the browser VS Code saves by itself after a second, which this may take.
    const files = vscode.workspace.getConfiguration("files");
    await files.update("autoSave", "off", vscode.ConfigurationTarget.Workspace);
    try {
      const uri = window.write("net.model.ts", net);
      const editor = await vscode.window.showTextDocument(uri);
      await vscode.commands.executeCommand("kindling.showPython", uri);
      await window.replace(editor, net.replace("Linear(4, 2)", "Linear(4, 3)"));
      await says("nn.Linear(4, 3)");
      await window.replace(editor, net.replace("Linear(4, 2)", "Linear(4, "));
      await window.replace(editor, net.replace("Linear(4, 2)", "Linear(4, 5)"));
      await says("nn.Linear(4, 5)");
      assert.ok(editor.document.isDirty);
    } finally {
      await files.update("autoSave", undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  it("says by name what has no twin, where the Python stops", async () => {
    const uri = window.write("net.model.ts", `${net}console.log(memoryReport());\n`.replace("import { nn", "import { memoryReport, nn"));
    await vscode.window.showTextDocument(uri);
    await vscode.commands.executeCommand("kindling.showPython", uri);
    const editor = shown()!;
    const [problem, ...others] = vscode.languages.getDiagnostics(editor.document.uri);
    assert.equal(others.length, 0);
    assert.match(problem!.message, /^`memoryReport` has no twin in PyTorch/);
    assert.match(editor.document.lineAt(problem!.range.start.line).text, /memoryReport/);
  });
});

describe("a model file exported to PyTorch", () => {
  let window: Window;
  beforeEach(async () => {
    window = await Window.open("real");
  });
  afterEach(() => window.close());

  it("is a project in the folder, with the weights that its training begins with, and opens at train.py", async () => {
    const training = `${net.replace("import { nn,", "import { nn, optim, randn,")}
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
for (let step = 0; step < 3; step++) {
  optimizer.zeroGrad();
  model(randn(8, 4)).square().mean().backward();
  optimizer.step();
}
`;
    const uri = window.write("net.model.ts", training);
    const folder = vscode.Uri.file(join(window.folder, "torch"));
    await vscode.commands.executeCommand("kindling.exportPython", uri, folder);
    for (const name of ["README.md", "model.py", "requirements.txt", "train.py", "weights.pt"]) assert.ok(existsSync(join(folder.fsPath, name)), name);
    assert.match(readFileSync(join(folder.fsPath, "model.py"), "utf8"), /class Net\(nn\.Module\):/);
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, join(folder.fsPath, "train.py"));
  });
});
