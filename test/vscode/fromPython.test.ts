import assert from "node:assert/strict";
import * as vscode from "vscode";
import { Window } from "./window.ts";

/** PyTorch's Python in the editor. */
const python = `import torch
import torch.nn as nn
import matplotlib.pyplot as plt

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 3)

    def forward(self, x):
        return torch.relu(self.fc(x))

print(Net())
plt.show()
`;

describe("PyTorch's Python", () => {
  let window: Window;
  beforeEach(async () => {
    window = await Window.open("stand-in");
  });
  afterEach(() => window.close());

  it("opens as a Kindling program beside it, not saved yet; what has no twin is marked in the Python", async () => {
    const file = window.write("net.py", python);
    const marked = window.marked(file, (marks) => marks.length > 0);
    await vscode.commands.executeCommand("kindling.openAsKindling", file);
    const document = vscode.window.activeTextEditor!.document;
    assert.equal(document.uri.scheme, "untitled");
    assert.equal(document.uri.fsPath, file.fsPath.replace(/\.py$/, ".model.ts"));
    assert.equal(document.languageId, "typescript");
    assert.match(document.getText(), /class Net extends nn\.Module \{\n {2}fc: nn\.Linear;/);
    await marked;
    const [mark] = vscode.languages.getDiagnostics(file);
    assert.deepEqual([mark!.range.start.line, mark!.message, mark!.source], [13, "`matplotlib.pyplot.show` has no twin here", "Kindling"]);
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });

  it("a file that defines what others import becomes a plain TypeScript file, and an existing one is left alone", async () => {
    const file = window.write("layers.py", python.replace(/print[\s\S]*/, "").replace(/import matplotlib.*\n/, ""));
    window.write("layers.ts", "export {};\n");
    await vscode.commands.executeCommand("kindling.openAsKindling", file);
    const document = vscode.window.activeTextEditor!.document;
    assert.equal(document.uri.fsPath, file.fsPath.replace(/\.py$/, "-2.ts"));
    assert.match(document.getText(), /export class Net /);
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });
});
