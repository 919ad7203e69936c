import assert from "node:assert/strict";
import * as vscode from "vscode";
import { Window } from "./window.ts";

/** The tutorial's mistake: the model has 0 parameters, and nothing fails. */
const hidden = `import { nn, randn, relu, type Tensor } from "kindling";

class BrokenMLP extends nn.Module {
  layers: nn.Linear[];

  constructor(sizes: number[]) {
    super();
    this.layers = Array.from({ length: sizes.length - 1 }, (_, i) => new nn.Linear(sizes[i]!, sizes[i + 1]!));
  }

  override forward(x: Tensor): Tensor {
    for (const layer of this.layers.slice(0, -1)) x = relu(layer(x));
    return this.layers.at(-1)!(x);
  }
}

const model = new BrokenMLP([20, 64, 32, 3]);
console.log(model(randn(4, 20)).shape);
`;

describe("a lint", () => {
  let window: Window;
  const settings = () => vscode.workspace.getConfiguration("kindling");
  const set = (name: string, value: unknown) => settings().update(name, value, vscode.ConfigurationTarget.Workspace);
  const own = (uri: vscode.Uri) => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "Kindling");
  const codes = (marks: readonly vscode.Diagnostic[]): string[] =>
    marks.filter(({ source }) => source === "Kindling").map(({ code }) => String(typeof code === "object" ? code.value : code));
  const isFound = (marks: readonly vscode.Diagnostic[]): boolean => codes(marks).includes("hidden-modules");
  const isGone = (marks: readonly vscode.Diagnostic[]): boolean => !isFound(marks);

  async function actions(uri: vscode.Uri): Promise<vscode.CodeAction[]> {
    const [mark] = own(uri);
    assert.ok(mark);
    return await vscode.commands.executeCommand<vscode.CodeAction[]>("vscode.executeCodeActionProvider", uri, mark.range, vscode.CodeActionKind.QuickFix.value);
  }

  async function apply(uri: vscode.Uri, title: string): Promise<void> {
    const action = (await actions(uri)).find((one) => one.title === title);
    assert.ok(action?.edit, `${title}: ${(await actions(uri)).map((one) => one.title).join()}`);
    assert.ok(await vscode.workspace.applyEdit(action.edit));
  }

  beforeEach(async () => {
    window = await Window.open("real");
    await set("inspectOnSave", false);
  });
  afterEach(async () => {
    await window.close();
    for (const name of ["inspectOnSave", "lints"]) await set(name, undefined);
  });

  it("stands on its line without a run, is mended by its fix, and the file then has its parameters", async () => {
    const uri = window.write("broken.model.ts", hidden);
    const editor = await vscode.window.showTextDocument(uri);
    await window.marked(uri, isFound);
    const [mark, ...others] = own(uri);
    assert.deepEqual(others, []);
    assert.equal(editor.document.getText(mark!.range), "this.layers");
    assert.equal(mark!.severity, vscode.DiagnosticSeverity.Warning);
    assert.equal(window.api.store.get(uri.fsPath)?.inspect, undefined, "the file ran");

    await apply(uri, "Make it 'nn.ModuleList'");
    await window.marked(uri, isGone);
    assert.match(editor.document.getText(), /layers: nn\.ModuleList<nn\.Linear>;/);
    await editor.document.save();
    const inspected = window.settled(uri, "inspect");
    await vscode.commands.executeCommand("kindling.inspect", uri);
    assert.equal((await inspected).state, "finished");
    assert.deepEqual(own(uri), []);
    // 20·64 + 64 + 64·32 + 32 + 32·3 + 3
    assert.match((await window.lenses(uri)).join("\n"), /3,523 params/);
  });

  it("appears as one types, and stays while the text makes no sense", async () => {
    const uri = window.write(
      "net.model.ts",
      hidden.replace("nn.Linear[]", "nn.ModuleList<nn.Linear>").replace(/Array\.from\((.*)\);/, "new nn.ModuleList(Array.from($1));"),
    );
    const editor = await vscode.window.showTextDocument(uri);
    await window.replace(editor, hidden);
    await window.marked(uri, isFound);
    const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
    await editor.edit((edit) => edit.insert(end, "const x = ((;\n"));
    // Another file that is linted after this edit: by then this one was looked at, too.
    const other = window.write("other.model.ts", hidden);
    await vscode.window.showTextDocument(other);
    await window.marked(other, isFound);
    assert.ok(isFound(own(uri)));
  });

  it("is silenced by the comment that its light bulb writes", async () => {
    const uri = window.write("broken.model.ts", hidden);
    const editor = await vscode.window.showTextDocument(uri);
    await window.marked(uri, isFound);
    await apply(uri, "Silence 'hidden-modules' here");
    await window.marked(uri, isGone);
    assert.match(editor.document.lineAt(7).text, /\); \/\/ kindling: ignore hidden-modules$/);
  });

  it("is switched off, or made an error, by the setting", async () => {
    const uri = window.write("broken.model.ts", hidden);
    await vscode.window.showTextDocument(uri);
    await window.marked(uri, isFound);
    await set("lints", { "hidden-modules": "error" });
    await window.marked(uri, () => own(uri)[0]?.severity === vscode.DiagnosticSeverity.Error);
    await set("lints", { "*": "off" });
    await window.marked(uri, isGone);
  });

  it("leads to its page", async () => {
    const uri = window.write("broken.model.ts", hidden);
    await vscode.window.showTextDocument(uri);
    await window.marked(uri, isFound);
    const [mark] = own(uri);
    const target = typeof mark?.code === "object" ? mark.code.target : undefined;
    assert.match(target?.path ?? "", /\/docs\/lints\/hidden-modules\.md$/);
    assert.match((await vscode.workspace.openTextDocument(target!)).getText(), /^# Layers or parameters in a plain array/);
    const explaining = (await actions(uri)).find(({ title }) => title === "Explain 'hidden-modules'");
    const shown = window.tab("hidden-modules.md");
    await vscode.commands.executeCommand(explaining!.command!.command, ...(explaining!.command!.arguments ?? []));
    await shown;
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    assert.equal(tab?.input instanceof vscode.TabInputCustom && tab.input.viewType, "vscode.markdown.preview.editor", tab?.label);
  });
});
