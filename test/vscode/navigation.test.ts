import assert from "node:assert/strict";
import * as vscode from "vscode";
import { isMetric, Window } from "./window.ts";

/** Trains until it is stopped. */
const text = `import { nn, optim, randn, type Tensor } from "kindling";
class Block extends nn.Module {
  fc = new nn.Linear(4, 4);
  override forward(x: Tensor): Tensor {
    return this.fc(x).relu();
  }
}
class Net extends nn.Module {
  first = new Block();
  second = new Block();
  head = new nn.Linear(4, 1);
  override forward(x: Tensor): Tensor {
    x = this.second(this.first(x));
    return this.head(x);
  }
}





const net = new Net();
const optimizer = new optim.SGD(net.parameters(), { lr: 0.001 });
for (;;) {
  const loss = net(randn(8, 4)).square().mean();
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
`;

describe("a module", () => {
  let window: Window;
  let uri: vscode.Uri;
  let editor: vscode.TextEditor;
  const settings = () => vscode.workspace.getConfiguration("kindling");
  const set = (name: string, value: unknown) => settings().update(name, value, vscode.ConfigurationTarget.Workspace);

  beforeEach(async () => {
    window = await Window.open("real");
    uri = window.write("net.model.ts", text);
    editor = await window.show(uri);
  });
  afterEach(() => window.close());

  const cursor = (): string => {
    const active = vscode.window.activeTextEditor!;
    assert.equal(active.document.uri.fsPath, uri.fsPath);
    return `${active.selection.active.line + 1}:${active.selection.active.character + 1}`;
  };

  /** The row of the models view with that path. */
  async function row(path: string) {
    const names = path.split(".");
    let [node] = await window.children();
    for (const name of names) {
      const children = await window.children(node);
      node = children.find((child) => child.kind === "module" && child.module.name === name);
    }
    assert.ok(node, `no row ${path}`);
    return node;
  }

  it("is a symbol of the workspace, found at the line that makes it, wherever that has gone", async () => {
    const symbols = async (query: string): Promise<string[]> => {
      const found = await vscode.commands.executeCommand<vscode.SymbolInformation[]>("vscode.executeWorkspaceSymbolProvider", query);
      return found
        .filter(({ location, name }) => location.uri.fsPath === uri.fsPath && name.startsWith("net"))
        .map(({ name, containerName, location: { range } }) => `${name} ${containerName} ${range.start.line + 1}:${range.start.character + 1}`);
    };
    assert.deepEqual(await symbols("net.second.fc"), ["net.second.fc Linear 3:8"]);
    assert.deepEqual(await symbols("net.head"), ["net.head Linear 11:10"]);
    await editor.edit((edit) => edit.insert(new vscode.Position(2, 0), "  // a line more\n"));
    assert.deepEqual(await symbols("net.second.fc"), ["net.second.fc Linear 4:8"]);
    await set("moduleSymbols", false);
    try {
      assert.deepEqual(await symbols("net.head"), []);
    } finally {
      await set("moduleSymbols", undefined);
    }
    await vscode.commands.executeCommand("workbench.action.files.revert");
  });

  it("leads from its row to the lines that make and call it", async () => {
    await window.rowsRead(2, /second/);
    await vscode.commands.executeCommand("kindling.goToMade", await row("second.fc"));
    assert.equal(cursor(), "3:8");
    await vscode.commands.executeCommand("kindling.goToCalled", await row("second.fc"));
    assert.equal(cursor(), "5:17");
    await vscode.commands.executeCommand("kindling.goToCalled", await row("second"));
    assert.equal(cursor(), "13:14");
    await vscode.commands.executeCommand("kindling.goToMade", await row("head"));
    assert.equal(cursor(), "11:10");
  });

  it("leads from the panel to the same lines", async () => {
    const at = (line: number, column: number) => ({ file: uri.fsPath, line, column });
    const target = { webviewSection: "module", name: "head", made: at(11, 10), called: at(14, 17) };
    await vscode.commands.executeCommand("kindling.goToCalled", target);
    assert.equal(cursor(), "14:17");
    await vscode.commands.executeCommand("kindling.goToMade", target);
    assert.equal(cursor(), "11:10");
  });

  it("can be frozen above the line that makes it while it trains, each of several that it makes", async () => {
    const lenses = async (line: number): Promise<vscode.Command[]> => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", uri, 100);
      return found.filter(({ range }) => range.start.line === line - 1).flatMap(({ command }) => command ?? []);
    };
    const titles = async (line: number): Promise<string[]> =>
      (await lenses(line)).filter(({ command }) => command.startsWith("kindling.")).map(({ title }) => title);
    await set("layerLens", "all");
    try {
      assert.deepEqual(await Promise.all([titles(3), titles(9), titles(11)]), [["2 × 20 params"], ["20 params"], ["5 params"]]);
      const begun = window.seen(uri, isMetric);
      await vscode.commands.executeCommand("kindling.train", uri);
      await begun;
      assert.deepEqual(await titles(3), ["2 × 20 params", "Freeze"]);
      const freeze = (await lenses(3)).find(({ title }) => title === "Freeze")!;
      const frozen = window.known(uri, ({ train }) => train?.models[0]?.modules[0]?.counts.frozen === 40);
      await vscode.commands.executeCommand(freeze.command, ...(freeze.arguments ?? []));
      await frozen;
      assert.deepEqual(await Promise.all([titles(3), titles(9), titles(11)]), [
        ["2 × 20 params · frozen", "Unfreeze"],
        ["20 params · frozen", "Unfreeze"],
        ["5 params", "Freeze"],
      ]);
      const names = window.api.store.get(uri.fsPath)!.train!.interventions.map(({ target }) => target);
      assert.deepEqual(names, ["first.fc", "second.fc"]);
      await set("layerLens", "frozen");
      assert.deepEqual(await Promise.all([titles(3), titles(11)]), [["2 × 20 params · frozen", "Unfreeze"], []]);
    } finally {
      await set("layerLens", undefined);
    }
  });
});
