import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { isMetric, Window } from "./window.ts";

/** What the editor says of runs is so: of which text they are, how they ended, and which of them is looked at. */
const modelText = (play: string, more = ""): string => `import { nn } from "kindling";
// play: ${play}
class Net extends nn.Module {}
const model = new Net(); ${more}
`;

let window: Window;

async function train(uri: vscode.Uri): Promise<void> {
  const begun = window.seen(uri, isMetric);
  await vscode.commands.executeCommand("kindling.train", uri);
  await begun;
}

async function save(document: vscode.TextDocument, uri = document.uri): Promise<void> {
  const inspected = window.settled(uri, "inspect");
  await document.save();
  await inspected;
}

describe("what is said of a training", () => {
  beforeEach(async () => {
    window = await Window.open("stand-in");
  });
  afterEach(() => window.close());

  it("is that it is of an older text, once its file is saved with another, until the text is back", async () => {
    const text = modelText("train");
    const uri = window.write("net.model.ts", text);
    const editor = await window.show(uri);
    await train(uri);
    await window.replace(editor, `${text}// more\n`);
    assert.equal(window.api.store.get(uri.fsPath)?.train?.edited, undefined, "nothing is on disk yet");
    await save(editor.document);
    await window.known(uri, ({ train }) => train?.edited === true);
    assert.deepEqual(await window.lenses(uri), ["3: 9 params | edited since it started · Restart | ■ Stop | Inspect | Freeze"]);
    assert.equal(window.api.store.get(uri.fsPath)?.train?.state, "running");
    await window.replace(editor, text);
    await save(editor.document);
    await window.known(uri, ({ train }) => train?.edited === undefined);
    assert.doesNotMatch((await window.lenses(uri)).join(), /edited/);
  });

  it("is so for what it imports, and for files that another program writes", async () => {
    const layers = window.write("layers.ts", "export const width = 3;\n");
    const uri = window.write("net.model.ts", modelText("train", `// uses ${layers.fsPath}`));
    await window.show(uri);
    await train(uri);
    await window.known(uri, ({ sources }) => sources?.[layers.fsPath] !== undefined);
    writeFileSync(layers.fsPath, "export const width = 4;\n");
    await window.known(uri, ({ train }) => train?.edited === true);
    rmSync(layers.fsPath);
    assert.equal(window.api.store.get(uri.fsPath)?.train?.edited, true);
  });

  it("can be mended by Restart, which trains the new text", async () => {
    const uri = window.write("net.model.ts", modelText("train"));
    const editor = await window.show(uri);
    await train(uri);
    const { runId } = window.api.store.get(uri.fsPath)?.train ?? {};
    await window.replace(editor, modelText("finish", "// count 12"));
    await save(editor.document);
    await window.known(uri, ({ train }) => train?.edited === true);
    await vscode.commands.executeCommand("kindling.restart", uri.fsPath);
    await window.known(uri, ({ train }) => train?.runId !== runId && train?.state === "finished");
    assert.equal(window.api.store.get(uri.fsPath)?.train?.edited, undefined);
    assert.match((await window.lenses(uri)).join(), /^3: 12 params \| ▶ Train/);
  });

  it("is that its loss is no number, above the model and on the line that is to blame, through inspections too", async () => {
    const uri = window.write("net.model.ts", modelText("nan"));
    await window.show(uri);
    const trained = window.settled(uri, "train");
    await vscode.commands.executeCommand("kindling.train", uri);
    await trained;
    const lens = "9 params | ⚠ loss is NaN since step 2 | ▶ Train | Inspect | Debug";
    assert.deepEqual(await window.lenses(uri), [`3: ${lens}`]);
    assert.deepEqual(window.problems(uri), ["3:1 loss is NaN since step 2: lower the learning rate."]);
    const inspected = window.settled(uri, "inspect");
    await vscode.commands.executeCommand("kindling.inspect", uri);
    await inspected;
    assert.equal(window.problems(uri).length, 1);
    assert.equal((await window.lenses(uri))[0], `3: ${lens}`);
  });

  it("stays to be seen when the file is inspected, and the inspection is a command away", async () => {
    const uri = window.write("net.model.ts", modelText("finish"));
    await window.show(uri);
    const trained = window.settled(uri, "train");
    await vscode.commands.executeCommand("kindling.train", uri);
    await trained;
    const inspected = window.settled(uri, "inspect");
    await vscode.commands.executeCommand("kindling.inspect", uri);
    await inspected;
    const shown = (): string | undefined => window.api.store.get(uri.fsPath)?.shown;
    assert.equal(shown(), "train");
    assert.equal(window.api.store.get(uri.fsPath)?.train?.curves.get("loss")?.length, 1);
    await vscode.commands.executeCommand("kindling.showInspection");
    assert.equal(shown(), "inspect");
    await vscode.commands.executeCommand("kindling.showTraining");
    assert.equal(shown(), "train");
  });
});

describe("counts above models", () => {
  beforeEach(async () => {
    window = await Window.open("stand-in");
  });
  afterEach(() => window.close());

  it("are marked while there are unsaved edits", async () => {
    const uri = window.write("net.model.ts", modelText("finish"));
    const editor = await window.show(uri);
    await editor.edit((edit) => edit.insert(new vscode.Position(4, 0), "// more\n"));
    assert.match((await window.lenses(uri)).join(), /^3: ≈ 9 params \|/);
    await window.rowsRead(1, /≈ 9 params/);
    await save(editor.document);
    assert.match((await window.lenses(uri)).join(), /^3: 9 params \|/);
  });

  it("are marked when the text that was saved has an error", async () => {
    const uri = window.write("net.model.ts", modelText("finish"));
    const editor = await window.show(uri);
    await window.replace(editor, modelText("throw"));
    await save(editor.document);
    assert.match((await window.lenses(uri)).join(), /^3: ≈ 9 params · before the error \|/);
  });

  it("wait for the arguments of an example, however often it is saved by itself", async () => {
    const uri = window.write("net.model.ts", modelText("finish"));
    await window.show(uri);
    await vscode.commands.executeCommand("kindling.addExample", uri.fsPath, "Net", ["inFeatures", "classes"]);
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    const { runId } = window.api.store.get(uri.fsPath)?.inspect ?? {};
    await editor.document.save();
    await vscode.commands.executeCommand("editor.action.insertSnippet", { snippet: "20" });
    await editor.document.save();
    assert.equal(window.api.store.get(uri.fsPath)?.inspect?.runId, runId, "placeholders were run");
    await window.replace(editor, editor.document.getText().replace(/example = new Net\(.*\)/, "example = new Net(20, 3)"));
    await save(editor.document);
    assert.notEqual(window.api.store.get(uri.fsPath)?.inspect?.runId, runId);
  });
});

describe("an error of syntax", () => {
  beforeEach(async () => {
    window = await Window.open("stand-in");
  });
  afterEach(() => window.close());
  const typescript = vscode.languages.createDiagnosticCollection("test-syntax");
  afterEach(() => typescript.clear());

  it("is said once where TypeScript says it too, and doesn't come back while it is being mended", async () => {
    const model = window.write("net.model.ts", modelText("syntax"));
    const diagnostic = new vscode.Diagnostic(new vscode.Range(3, 0, 3, 1), "';' expected.");
    diagnostic.code = 1005;
    diagnostic.source = "ts";
    typescript.set(model, [diagnostic]);
    await window.show(model);
    assert.deepEqual(window.problems(model), []);
    typescript.clear();
    await window.marked(model, (marks) => marks.every(({ message }) => message !== diagnostic.message));
    assert.deepEqual(window.problems(model), []);
  });

  it("is Kindling's to say where TypeScript says nothing", async () => {
    const uri = window.write("net.model.ts", modelText("syntax"));
    await window.show(uri);
    assert.deepEqual(window.problems(uri), ["4:1 Unexpected end of file"]);
  });
});

const columnOf = (label: string): number | undefined => vscode.window.tabGroups.all.find(({ tabs }) => tabs.some((tab) => tab.label === label))?.viewColumn;

describe("the panel", () => {
  beforeEach(async () => {
    window = await Window.open("stand-in");
  });
  afterEach(() => window.close());

  it("is not covered by files that are opened while it has the focus", async () => {
    const uri = window.write("net.model.ts", modelText("finish"));
    const other = window.write("other.ts", "");
    await window.show(uri);
    await vscode.commands.executeCommand("kindling.openPanel", uri);
    await window.tab("Kindling: net");
    assert.equal(columnOf("Kindling: net"), 2);
    await vscode.commands.executeCommand("workbench.action.focusSecondEditorGroup");
    await vscode.commands.executeCommand("vscode.open", other);
    assert.equal(columnOf("other.ts"), 1);
    assert.equal(vscode.window.tabGroups.all.find(({ viewColumn }) => viewColumn === 2)?.tabs.length, 1);
  });

  it("has a group of its own, and leaves the user's groups as they are", async () => {
    const uri = window.write("net.model.ts", modelText("finish"));
    const [second, third] = ["second.ts", "third.ts"].map((name) => window.write(name, ""));
    await window.show(uri);
    await vscode.window.showTextDocument(second!, { viewColumn: vscode.ViewColumn.Two });
    await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
    await vscode.commands.executeCommand("kindling.openPanel", uri);
    await window.tab("Kindling: net");
    assert.equal(columnOf("Kindling: net"), 3);
    await vscode.commands.executeCommand("workbench.action.focusSecondEditorGroup");
    await vscode.commands.executeCommand("vscode.open", third);
    assert.equal(columnOf("third.ts"), 2, "the user's own group is not locked");
  });
});

describe("the panels of two files", () => {
  beforeEach(async () => {
    window = await Window.open("stand-in");
  });
  afterEach(() => window.close());

  const open = async (name: string, outcome: string): Promise<void> => {
    const uri = window.write(`${name}.model.ts`, modelText(outcome));
    await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
    await vscode.commands.executeCommand("kindling.openPanel", uri);
    await window.tab(`Kindling: ${name}`);
  };

  it("stand side by side, and the one that is open comes to the front instead of another", async () => {
    await open("first", "finish");
    await open("second", "finish");
    assert.deepEqual([columnOf("Kindling: first"), columnOf("Kindling: second")], [2, 3]);
    await open("first", "finish");
    const labels = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
    assert.deepEqual(
      labels.filter((label) => label.startsWith("Kindling")),
      ["Kindling: first", "Kindling: second"],
    );
  });

  it("share a place where the file before has ended its training", async () => {
    const train = async (name: string): Promise<void> => {
      const uri = window.write(`${name}.model.ts`, modelText("finish"));
      await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
      const settled = window.settled(uri, "train");
      await vscode.commands.executeCommand("kindling.train", uri);
      await settled;
      await window.tab(`Kindling: ${name}`);
    };
    await train("first");
    await train("second");
    assert.deepEqual([columnOf("Kindling: first"), columnOf("Kindling: second")], [2, 2]);
  });
});

describe("types of kindling in a folder that has none", () => {
  beforeEach(async () => {
    window = await Window.open("stand-in");
  });
  afterEach(() => window.close());

  it("take TypeScript's red lines away by themselves", async () => {
    const [workspace] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(workspace);
    rmSync(join(workspace.uri.fsPath, "node_modules", "kindling"), { recursive: true, force: true });
    // A server that has read the types before goes on knowing them: it doesn't watch node_modules.
    await vscode.commands.executeCommand("typescript.restartTsServer");
    // Only who knows the types sees that the last line is wrong.
    const text = modelText(
      "finish",
      '\nclass Head extends nn.Module {\n  override forward(): never {\n    throw new Error();\n  }\n}\nnew nn.Linear("20", 3);',
    );
    const uri = window.write("pasted.model.ts", text);
    await window.show(uri);
    const codes = (marks: readonly vscode.Diagnostic[]): string =>
      marks
        .filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error)
        .map(({ code }) => String(typeof code === "object" ? code.value : code))
        .join();
    await window.marked(uri, (marks) => codes(marks).includes("2307") && codes(marks).includes("4112"));
    await vscode.commands.executeCommand("kindling.addTypes", uri);
    await window.marked(uri, (marks) => codes(marks) === "2769");
  });
});
