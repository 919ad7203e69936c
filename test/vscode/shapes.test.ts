import assert from "node:assert/strict";
import { copyFileSync, cpSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as vscode from "vscode";
import { Window } from "./window.ts";

let window: Window;

/** The shapes beside the code by line, as they stand there. */
async function hints(uri: vscode.Uri): Promise<string[]> {
  const all = new vscode.Range(0, 0, 10_000, 0);
  const found = await vscode.commands.executeCommand<vscode.InlayHint[]>("vscode.executeInlayHintProvider", uri, all);
  const document = await vscode.workspace.openTextDocument(uri);
  const own = found.filter(({ label }) => typeof label === "string" && /^[:≈ ] ?[[(]/.test(label));
  return own
    .toSorted((a, b) => a.position.compareTo(b.position))
    .map(
      ({ label, position: { line, character } }) => `${line + 1} ${/[\w.]*[)\]]?$/.exec(document.lineAt(line).text.slice(0, character))![0]}${String(label)}`,
    );
}

/** Opens an example, and what it needs, in the folder of the test. */
async function example(name: string, ...others: string[]): Promise<vscode.Uri> {
  const examples = join(window.extension.extensionPath, "examples");
  for (const other of others) cpSync(join(examples, other), join(window.folder, basename(other)));
  const file = join(window.folder, basename(name));
  copyFileSync(join(examples, name), file);
  const uri = vscode.Uri.file(file);
  await window.show(uri);
  return uri;
}

async function save(uri: vscode.Uri): Promise<void> {
  const inspected = window.settled(uri, "inspect");
  const document = await vscode.workspace.openTextDocument(uri);
  await document.save();
  await inspected;
}

async function hoverAt(uri: vscode.Uri, line: number, text: string): Promise<string> {
  const document = await vscode.workspace.openTextDocument(uri);
  const position = new vscode.Position(line - 1, document.lineAt(line - 1).text.indexOf(text));
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>("vscode.executeHoverProvider", uri, position);
  return hovers.flatMap(({ contents }) => contents.map((content) => (typeof content === "string" ? content : content.value))).join("\n");
}

const chain = `import { nn, randn, type Tensor } from "kindling";
class Net extends nn.Module {
  a = new nn.Linear(20, 64);
  b = new nn.Linear(60, 10);
  override forward(x: Tensor): Tensor {
    const h = this.a(x).relu();
    return this.b(h);
  }
}
const net = new Net();
const y = net(randn(32, 20));
`;

describe("shapes in the editor", () => {
  beforeEach(async () => {
    window = await Window.open("real");
  });
  afterEach(async () => {
    await vscode.workspace.getConfiguration("kindling").update("shapes", undefined, vscode.ConfigurationTarget.Workspace);
    await window.close();
  });

  /** PyTorch's, by the names of the same program there; where a batch comes first it is called so here. */
  function expected(network: "deepResNet" | "digits", ...named: readonly (readonly [place: string, name: string, index?: number])[]): string[] {
    const fixture = join(window.extension.extensionPath, "test", "fixtures", "shapes.json");
    const all = (JSON.parse(readFileSync(fixture, "utf8")) as Record<string, Record<string, number[][]>>)[network]!;
    const batch = all[network === "digits" ? "<module> y" : "<module> y_b"]![0]![0]!;
    return named.map(([place, name, index = 0]) => `${place}[${all[name]![index]!.map((size, dim) => (dim === 0 && size === batch ? "B" : size)).join(", ")}]`);
  }

  it("of the digits are PyTorch's", async () => {
    const uri = await example("digits.model.ts", "digits.csv");
    assert.deepEqual(
      await hints(uri),
      expected(
        "digits",
        ["10 pixels: ", "<module> pixels"],
        ["11 labels: ", "<module> labels"],
        ["32 x ", "forward x"],
        ["33 ): ", "forward return"],
        ["76 x: ", "<module> x"],
        ["76 y: ", "<module> y"],
        ["77 loss: ", "<module> loss"],
      ),
    );
  });

  it("of the tutorial's deep ResNet are PyTorch's, in the file that it imports, too", async () => {
    const uri = await example("tutorial/17-deep-resnet.model.ts", "tutorial/networks.ts", "tutorial/printing.ts");
    assert.deepEqual(
      await hints(uri),
      expected(
        "deepResNet",
        ["20 x ", "forward x"],
        ["21 x: ", "forward x", 1],
        ["25 x): ", "forward return"],
        ["29 xTrain: ", "<module> X_train"],
        ["30 yTrain: ", "<module> y_train"],
        ["53 xB: ", "<module> X_b"],
        ["53 yB: ", "<module> y_b"],
        ["54 loss: ", "<module> loss"],
      ),
    );
    const networks = vscode.Uri.file(join(window.folder, "networks.ts"));
    await vscode.window.showTextDocument(networks);
    assert.deepEqual(await hints(networks), expected("deepResNet", ["49 x ", "forward x", 1]));
  });

  it("stand at every assignment, argument and return where that is wanted, or nowhere", async () => {
    const uri = window.write("net.model.ts", chain.replace("60", "64"));
    await window.show(uri);
    assert.deepEqual(await hints(uri), ["5 x [32, 20]", "6 h: [32, 64]", "7 h): [32, 10]", "11 y: [32, 10]"]);
    const settings = vscode.workspace.getConfiguration("kindling");
    await settings.update("shapes", "all", vscode.ConfigurationTarget.Workspace);
    assert.deepEqual(await hints(uri), [
      "5 x [32, 20]",
      "6 h: [32, 64]",
      "6 x: [32, 20]",
      "7 h: [32, 64]",
      "7 h): [32, 10]",
      "11 y: [32, 10]",
      "11 20): [32, 20]",
    ]);
    await settings.update("shapes", "off", vscode.ConfigurationTarget.Workspace);
    assert.deepEqual(await hints(uri), []);
    assert.doesNotMatch(await hoverAt(uri, 6, "h"), /float32|panel/);
  });

  it("move with the text, are of an old text until it is saved, and gone from the line that is edited", async () => {
    const uri = window.write("net.model.ts", chain.replace("60", "64"));
    const editor = await window.show(uri);
    await editor.edit((edit) => edit.insert(new vscode.Position(5, 0), "    // more\n"));
    assert.deepEqual(await hints(uri), ["5 x≈[32, 20]", "7 h≈ [32, 64]", "8 h)≈ [32, 10]", "12 y≈ [32, 10]"]);
    await editor.edit((edit) => edit.replace(new vscode.Range(11, 0, 11, 30), "const y = net(randn(7, 20));"));
    assert.deepEqual(await hints(uri), ["5 x≈[32, 20]", "7 h≈ [32, 64]", "8 h)≈ [32, 10]"]);
    await save(uri);
    assert.deepEqual(await hints(uri), ["5 x [7, 20]", "7 h: [7, 64]", "8 h): [7, 10]", "12 y: [7, 10]"]);
  });

  it("are as before once an edit is undone", async () => {
    const uri = window.write("net.model.ts", chain.replace("60", "64"));
    await window.show(uri);
    const before = await hints(uri);
    const editor = vscode.window.activeTextEditor!;
    await editor.edit((edit) => edit.insert(new vscode.Position(5, 8), "q"));
    assert.notDeepEqual(await hints(uri), before);
    await vscode.commands.executeCommand("undo");
    assert.equal(editor.document.isDirty, false);
    assert.deepEqual(await hints(uri), before);
  });

  it("stay, as those of an older text, while the file does not run", async () => {
    const uri = window.write("net.model.ts", chain.replace("60", "64"));
    const editor = await window.show(uri);
    await editor.edit((edit) => edit.insert(new vscode.Position(11, 0), "const broken = ;\n"));
    await save(uri);
    assert.deepEqual(await hints(uri), ["5 x≈[32, 20]", "6 h≈ [32, 64]", "7 h)≈ [32, 10]", "11 y≈ [32, 10]"]);
  });

  it("are told with their values to who points at them", async () => {
    const uri = window.write("net.model.ts", chain.replace("60", "64"));
    await window.show(uri);
    const text = await hoverAt(uri, 6, "h =");
    assert.match(text, /`h` \[32, 64\] · float32 · requires grad/);
    assert.match(text, /mean .* · std .* · min 0 · max .* zeros/);
    assert.match(text, /data:image\/svg\+xml/);
    assert.match(text, /\[Open in panel\]\(command:kindling\.openPanel/);
    assert.match(await hoverAt(uri, 7, "this.b(h)"), /`this\.b\(h\)` \[32, 10\]/);
  });

  it("that don't go together are underlined from end to end, lead to where they come from, and are mended by a quick fix", async () => {
    const uri = window.write("net.model.ts", chain);
    await window.show(uri);
    await window.marked(uri, (marks) => marks.some(({ source }) => source === "Kindling"));
    const [mark] = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "Kindling");
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(document.getText(mark!.range), "b(h)");
    assert.deepEqual(
      mark!.relatedInformation!.slice(0, 2).map(({ message, location }) => `${message}: ${document.getText(location.range)}`),
      ["`h` [32, 64] comes from here: h", "`b` was made here with inFeatures 60: new nn.Linear(60, 10)"],
    );
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>("vscode.executeCodeActionProvider", uri, mark!.range);
    const fix = actions.find(({ title }) => title === "Make it 'nn.Linear(64, …)'");
    assert.ok(fix?.edit, actions.map(({ title }) => title).join());
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.equal(document.getText(), chain.replace("60", "64"));
    await save(uri);
    assert.equal(readFileSync(uri.fsPath, "utf8"), chain.replace("60", "64"));
    assert.deepEqual(window.problems(uri), []);
    assert.deepEqual(await hints(uri), ["5 x [32, 20]", "6 h: [32, 64]", "7 h): [32, 10]", "11 y: [32, 10]"]);
  });
});
