import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import * as vscode from "vscode";
import { isMetric, isState, Window } from "./window.ts";

/** What the extension makes of runs; the runs themselves are a stand-in's, so that each can be made to go wrong. */
const modelText = (play: string, more = ""): string => `import { nn } from "kindling";
// play: ${play}
class Net extends nn.Module {}
const model = new Net(); ${more}
`;

describe("model files in the editor", () => {
  let window: Window;
  beforeEach(async () => {
    window = await Window.open("stand-in");
  });
  afterEach(() => window.close());

  it("carry counts, Train and Inspect above a class and its instance as soon as they are opened", async () => {
    const uri = window.write("net.model.ts", modelText("finish"));
    await window.show(uri);
    const lens = "9 params | ▶ Train | Inspect | Debug";
    assert.deepEqual(await window.lenses(uri), [`3: ${lens}`]);
  });

  it("are counted again when they are saved, on the same lines", async () => {
    const uri = window.write("net.model.ts", modelText("finish"));
    const editor = await window.show(uri);
    await window.replace(editor, modelText("finish", "// count 1234"));
    assert.match((await window.lenses(uri)).join(), /9 params/);
    const inspected = window.settled(uri, "inspect");
    await editor.document.save();
    await inspected;
    const lens = "1,234 params | ▶ Train | Inspect | Debug";
    assert.deepEqual(await window.lenses(uri), [`3: ${lens}`]);
  });

  it("are counted again when a file is saved that they import", async () => {
    const layers = window.write("layers.ts", "export const width = 3;\n");
    const uri = window.write("net.model.ts", modelText("finish", `// uses ${layers.fsPath}`));
    await window.show(uri);
    const editor = await vscode.window.showTextDocument(layers);
    await window.replace(editor, "export const width = 4;\n");
    const inspected = window.settled(uri, "inspect");
    await editor.document.save();
    assert.equal((await inspected).state, "finished");
  });

  it("are not run on their own where the user doesn't want it", async () => {
    const settings = vscode.workspace.getConfiguration("kindling");
    await settings.update("inspectOnSave", false, vscode.ConfigurationTarget.Workspace);
    try {
      const uri = window.write("net.model.ts", modelText("finish"));
      await vscode.window.showTextDocument(uri);
      assert.deepEqual(await window.lenses(uri), ["3: ▶ Train | Inspect | Debug"]);
      const inspected = window.settled(uri, "inspect");
      await vscode.commands.executeCommand("kindling.inspect", uri);
      await inspected;
      assert.match((await window.lenses(uri)).join(), /9 params/);
    } finally {
      await settings.update("inspectOnSave", undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  it("fill the models view", async () => {
    const changed = window.treeFilled();
    await window.show(window.write("net.model.ts", modelText("finish")));
    await changed;
    assert.deepEqual(await window.rows(2), ["model Net · 4×3 · 9 params", "weight 3×3 · 9"]);
  });

  it("lead from a row of the models view to the line where the module is made", async () => {
    const changed = window.treeFilled();
    const uri = window.write("net.model.ts", modelText("finish"));
    await window.show(uri);
    await changed;
    const [root] = await window.children();
    assert.ok(root);
    const { command } = await window.api.tree.getTreeItem(root);
    assert.ok(command);
    await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.fsPath === uri.fsPath);
    assert.equal(editor?.selection.active.line, 3);
  });

  it("get an example instance at their end on demand", async () => {
    const uri = window.write("net.model.ts", "class Net {}\n");
    await vscode.commands.executeCommand("kindling.addExample", uri.fsPath, "Net", ["inFeatures", "classes"]);
    const { document } = vscode.window.activeTextEditor ?? {};
    assert.equal(document?.getText(), "class Net {}\n\nconst example = new Net(inFeatures, classes);\n");
    await vscode.commands.executeCommand("workbench.action.files.revert");
  });
});

describe("training", () => {
  let window: Window;
  beforeEach(async () => {
    window = await Window.open("stand-in");
  });
  afterEach(() => window.close());

  it("saves the file, runs it, and opens the panel beside it", async () => {
    const uri = window.write("net.model.ts", modelText("throw"));
    const editor = await window.show(uri);
    await window.replace(editor, modelText("finish"));
    const trained = window.settled(uri, "train");
    await vscode.commands.executeCommand("kindling.train");
    assert.equal(editor.document.isDirty, false);
    assert.equal((await trained).state, "finished");
    await window.tab("Kindling: net");
  });

  it("can be paused, resumed and stopped", async () => {
    const uri = window.write("net.model.ts", modelText("train"));
    await window.show(uri);
    const trained = window.settled(uri, "train");
    const begun = window.seen(uri, isMetric);
    await vscode.commands.executeCommand("kindling.train");
    await begun;
    for (const [command, state] of [
      ["pause", "paused"],
      ["resume", "running"],
    ] as const) {
      const reached = window.seen(uri, isState(state));
      await vscode.commands.executeCommand(`kindling.${command}`);
      await reached;
    }
    assert.match((await window.lenses(uri)).join(), /■ Stop/);
    await vscode.commands.executeCommand("kindling.stop");
    assert.equal((await trained).state, "stopped");
    assert.match((await window.lenses(uri)).join(), /▶ Train/);
  });

  it("of a file that is training already goes on with that one", async () => {
    const uri = window.write("net.model.ts", modelText("train"));
    await window.show(uri);
    const begun = window.seen(uri, isMetric);
    await vscode.commands.executeCommand("kindling.train");
    await begun;
    const { runId } = window.api.store.get(uri.fsPath)?.train ?? {};
    await vscode.commands.executeCommand("kindling.train");
    assert.equal(window.api.store.get(uri.fsPath)?.train?.runId, runId);
    assert.equal(window.api.store.get(uri.fsPath)?.train?.state, "running");
  });

  it("goes on under the new name of a file that is renamed", async () => {
    const uri = window.write("old.model.ts", modelText("train"));
    await window.show(uri);
    const begun = window.seen(uri, isMetric);
    await vscode.commands.executeCommand("kindling.train");
    await begun;
    const renamed = vscode.Uri.file(join(window.folder, "new.model.ts"));
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(uri, renamed);
    const continued = window.seen(renamed, isMetric);
    assert.ok(await vscode.workspace.applyEdit(edit));
    await continued;
    const trained = window.settled(renamed, "train");
    await vscode.commands.executeCommand("kindling.stop");
    assert.equal((await trained).state, "stopped");
  });

  it("ends when its file is deleted", async () => {
    const uri = window.write("net.model.ts", modelText("train"));
    await window.show(uri);
    const begun = window.seen(uri, isMetric);
    const trained = window.settled(uri, "train");
    await vscode.commands.executeCommand("kindling.train");
    await begun;
    const edit = new vscode.WorkspaceEdit();
    edit.deleteFile(uri);
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.equal((await trained).state, "stopped");
  });

  it("shows in its output what the program prints", async () => {
    const uri = window.write("net.model.ts", modelText("finish"));
    await window.show(uri);
    const trained = window.settled(uri, "train");
    await vscode.commands.executeCommand("kindling.train");
    await trained;
    await vscode.commands.executeCommand("kindling.showOutput");
    const isShown = (document: vscode.TextDocument): boolean => document.getText().includes("printed by the program");
    if (vscode.workspace.textDocuments.some(isShown)) return;
    await new Promise<void>((resolve) => {
      const check = (document: vscode.TextDocument): void => {
        if (isShown(document)) resolve();
      };
      vscode.workspace.onDidChangeTextDocument(({ document }) => check(document));
      vscode.workspace.onDidOpenTextDocument(check);
    });
  });
});

describe("programs that go wrong", () => {
  let window: Window;
  beforeEach(async () => {
    window = await Window.open("stand-in");
  });
  afterEach(() => window.close());

  it("get their message on the user's own line, until the next run", async () => {
    const uri = window.write("net.model.ts", modelText("throw"));
    const editor = await window.show(uri);
    assert.deepEqual(window.problems(uri), ["2:3 it went wrong"]);
    await window.replace(editor, modelText("finish"));
    const inspected = window.settled(uri, "inspect");
    await editor.document.save();
    await inspected;
    assert.deepEqual(window.problems(uri), []);
  });

  it("keep their counts while the text has an error", async () => {
    const uri = window.write("net.model.ts", modelText("finish"));
    const editor = await window.show(uri);
    await window.replace(editor, modelText("throw"));
    const inspected = window.settled(uri, "inspect");
    await editor.document.save();
    await inspected;
    assert.match((await window.lenses(uri)).join(), /9 params/);
  });

  it("may kill their process: one message says so, and the next run works", async () => {
    const uri = window.write("net.model.ts", modelText("crash"));
    const editor = await window.show(uri);
    assert.equal(window.problems(uri).length, 1);
    assert.match(window.problems(uri)[0] ?? "", /^1:1 .*SIGKILL/);
    await window.replace(editor, modelText("finish"));
    const trained = window.settled(uri, "train");
    await vscode.commands.executeCommand("kindling.train");
    assert.equal((await trained).state, "finished");
    assert.deepEqual(window.problems(uri), []);
  });

  it("may never end: Stop ends them, and the extension host never waits", async () => {
    const uri = window.write("net.model.ts", modelText("hang"));
    const begun = window.seen(uri, isMetric);
    await vscode.window.showTextDocument(uri);
    await begun;
    let longest = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 20);
    const inspected = window.settled(uri, "inspect");
    await vscode.commands.executeCommand("kindling.stop", uri);
    assert.equal((await inspected).state, "stopped");
    clearInterval(watch);
    assert.ok(longest < 1000, `the host stood still for ${longest} ms`);
  });
});

describe("types of kindling", () => {
  let window: Window;
  const typescript = vscode.languages.createDiagnosticCollection("test-ts");
  beforeEach(async () => {
    window = await Window.open("stand-in");
  });
  afterEach(async () => {
    typescript.clear();
    await window.close();
  });

  it("are the quick fix where TypeScript can't find the module", async () => {
    const uri = window.write("net.model.ts", modelText("finish"));
    await window.show(uri);
    const range = new vscode.Range(0, 19, 0, 29);
    const message = "Cannot find module 'kindling' or its corresponding type declarations.";
    const diagnostic = new vscode.Diagnostic(range, message);
    diagnostic.code = 2307;
    typescript.set(uri, [diagnostic]);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      uri,
      range,
      vscode.CodeActionKind.QuickFix.value,
    );
    assert.ok(
      actions.some(({ command }) => command?.command === "kindling.addTypes"),
      JSON.stringify(actions),
    );
  });

  it("come into the workspace by a command", async () => {
    const [workspace] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(workspace);
    const target = join(workspace.uri.fsPath, "node_modules", "kindling");
    await vscode.commands.executeCommand("kindling.addTypes", window.write("net.model.ts", modelText("finish")));
    assert.ok(existsSync(join(target, "package.json")), `${basename(target)} is not there`);
    assert.ok(existsSync(join(target, "types", "index.d.ts")));
  });
});
