import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import * as vscode from "vscode";
import type { KeptRunNode } from "../../src/extension/keptRuns/keptRunsView.ts";
import { answering, Window, type KeptRunRow } from "./window.ts";

const text = (rate: number): string => `import { manualSeed, nn, optim, randn } from "kindling";
manualSeed(1);
const model = new nn.Linear(3, 1);
const optimizer = new optim.SGD(model.parameters(), { lr: ${rate} });
for (let i = 0; i < 20; i++) {
  const loss = model(randn(8, 3)).square().mean();
  optimizer.zeroGrad(); loss.backward(); optimizer.step();
}
`;

describe("trainings in the runs view", () => {
  let window: Window;
  beforeEach(async () => {
    window = await Window.open("real");
    // A project of its own.
    window.write("package.json", "{}");
  });
  afterEach(() => window.close());

  const runsOf = (uri: vscode.Uri): Promise<KeptRunRow[]> => window.keptRuns(uri);
  const runsWhen: Window["keptRunsWhen"] = (uri, isSo) => window.keptRunsWhen(uri, isSo);

  /** So many that are over. */
  const runsWhenThereAre = (count: number, uri: vscode.Uri): Promise<KeptRunRow[]> =>
    runsWhen(uri, (runs) => runs.filter(({ run }) => run.state === "finished").length >= count);

  /** The runs of a file as they are when one of them has a branch that is wanted. */
  function branchedRuns(uri: vscode.Uri, isWanted: (branch: KeptRunRow) => boolean = () => true): Promise<KeptRunRow[]> {
    return runsWhen(uri, async (runs) => {
      for (const trunk of runs.filter(({ branches }) => branches !== undefined)) {
        if (((await window.api.runs.getChildren(trunk)) as KeptRunRow[]).some(isWanted)) return true;
      }
      return false;
    });
  }

  async function train(uri: vscode.Uri): Promise<void> {
    const settled = window.settled(uri, "train");
    await vscode.commands.executeCommand("kindling.train", uri);
    assert.equal((await settled).state, "finished");
  }

  /** Resolves when a tab of that name is there. */
  function tabNamed(name: RegExp): Promise<void> {
    const isThere = (): boolean => vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => name.test(label)));
    return new Promise((resolve) => {
      const check = (): void => {
        if (!isThere()) return;
        subscription.dispose();
        resolve();
      };
      const subscription = vscode.window.tabGroups.onDidChangeTabs(check);
      check();
    });
  }

  const item = async (run: KeptRunRow): Promise<vscode.TreeItem> => window.api.runs.getTreeItem(run);

  /** Exports a panel as one does from the palette, which names none; the id of the run that the page shows. */
  async function exportedRun(uri: vscode.Uri): Promise<string> {
    const place = vscode.Uri.joinPath(uri, "..", "page.html");
    let saved!: () => void;
    const isSaved = new Promise<void>((resolve) => (saved = resolve));
    await answering({ showSaveDialog: async () => place, showInformationMessage: async () => saved() }, async () => {
      await vscode.commands.executeCommand("kindling.exportPanel");
      await isSaved;
    });
    const data = /id="exported">(.*)<\/script>/.exec(readFileSync(place.fsPath, "utf8"))![1]!;
    return /"runId":"([^"]+)"/.exec(gunzipSync(Buffer.from(JSON.parse(data).content, "base64")).toString())![1]!;
  }

  it("are kept by file, newest first, pinned, copied, compared with the code of now, shown again and told apart", async () => {
    const uri = window.write("net.model.ts", text(0.01));
    await window.show(uri);
    await train(uri);
    const editor = await vscode.window.showTextDocument(uri);
    await window.replace(editor, text(0.1));
    await editor.document.save();
    await train(uri);
    await vscode.commands.executeCommand("kindling.runs.focus");
    const [second, first] = await runsWhenThereAre(2, uri);
    assert.deepEqual([second!.run.state, second!.run.summary.steps], ["finished", 20]);
    assert.match(String((await item(first!)).description), /^20 steps · loss [\d.]+ · [▁-█]+$/);

    await vscode.commands.executeCommand("kindling.pinKept", first);
    const pinned = (await runsOf(uri))[1]!;
    assert.deepEqual([pinned.run.label, (await item(pinned)).contextValue], [{ pinned: true }, "run.pinned"]);

    await vscode.commands.executeCommand("kindling.copyKept", first);
    assert.match(await vscode.env.clipboard.readText(), /\*\*net\.model\.ts\*\*[\s\S]*\| loss \| [\d.]+ \|/);

    await vscode.commands.executeCommand("kindling.diffKeptCode", first);
    const diff = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(diff instanceof vscode.TabInputTextDiff);
    assert.equal((await vscode.workspace.openTextDocument(diff.original)).getText(), text(0.01));

    await vscode.commands.executeCommand("kindling.showKept", first);
    await tabNamed(/^Kindling: net, /);
    assert.equal(await exportedRun(uri), first!.run.id, "the panel that was shown last is meant");

    await vscode.commands.executeCommand("kindling.compareKept", first, [first, second]);
    await tabNamed(/^Kindling: 2 runs compared$/);
  });

  it("have their weights exported, of what they ended with", async () => {
    const uri = window.write("net.model.ts", text(0.01));
    await window.show(uri);
    await train(uri);
    await vscode.commands.executeCommand("kindling.runs.focus");
    const [run] = await runsWhenThereAre(1, uri);
    const target = vscode.Uri.joinPath(uri, "..", "net.safetensors");
    const { showQuickPick, showSaveDialog } = vscode.window;
    // Nobody is there to answer; the first that is offered is taken.
    Object.assign(vscode.window, { showQuickPick: async (items: readonly unknown[]) => items[0], showSaveDialog: async () => target });
    try {
      await vscode.commands.executeCommand("kindling.exportKeptWeights", run);
    } finally {
      Object.assign(vscode.window, { showQuickPick, showSaveDialog });
    }
    const bytes = await vscode.workspace.fs.readFile(target);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true))));
    assert.deepEqual(Object.keys(header), ["__metadata__", "weight", "bias"]);
    assert.deepEqual([header.weight.shape, header["__metadata__"].step], [[1, 3], "20"]);
  });

  it("are filled in with what the file logs now, in the panel that shows them, or say why not", async () => {
    const uri = window.write("net.model.ts", text(0.01));
    await window.show(uri);
    await train(uri);
    await vscode.commands.executeCommand("kindling.runs.focus");
    const [run] = await runsWhenThereAre(1, uri);
    const editor = await vscode.window.showTextDocument(uri);
    const { showQuickPick, showWarningMessage } = vscode.window;
    const said: string[] = [];
    Object.assign(vscode.window, {
      showQuickPick: async (items: readonly unknown[]) => items[0],
      showWarningMessage: async (message: string) => void said.push(message),
    });
    try {
      const logs = text(0.01).replace("import { ", "import { log, ").replace("loss.backward();", "loss.backward(); log({ twice: 2 * loss.item() });");
      // It is not saved: that is done before it is read.
      await window.replace(editor, logs);
      // Of a row that was drawn while the run went on.
      await vscode.commands.executeCommand("kindling.fillInKept", { ...run, run: { ...run!.run, state: "running" } });
      const [filled] = await runsWhen(uri, ([only]) => "twice" in only!.run.summary.series);
      assert.deepEqual(Object.keys(filled!.run.summary.series), ["twice", "loss", "lr"]);
      const curves = window.api.store.get(uri.fsPath)!.train!.curves;
      const [twice, loss] = ["twice", "loss"].map((name) => [...curves.get(name)!.values]);
      assert.deepEqual([twice!.length, twice], [20, loss!.map((value) => 2 * value)]);
      await window.replace(editor, logs.replace("lr: 0.01", "lr: 0.02"));
      await vscode.commands.executeCommand("kindling.fillInKept", run);
      assert.match(said.join(), /^Nothing was filled in: at step [01] `\w+` is [\d.]+, and was [\d.]+ then\. What is added may not change the training\.$/);
      const shown = { file: uri.fsPath, step: 12, runId: window.api.store.get(uri.fsPath)!.train!.runId, startedAt: run!.run.info.startedAt };
      Object.assign(vscode.window, { showQuickPick: async (items: readonly unknown[]) => items[1] });
      await vscode.commands.executeCommand("kindling.fillInHere", shown);
      const samples = window.api.store.get(uri.fsPath)!.train!.samples.get(0)!;
      assert.deepEqual(
        samples.filter(({ step }) => step >= 2).map(({ step }) => step),
        Array.from({ length: 18 }, (_, i) => i + 2),
      );
    } finally {
      Object.assign(vscode.window, { showQuickPick, showWarningMessage });
    }
  });

  it("go on in the code of now from a step, with the weights of then, as a branch", async () => {
    const uri = window.write("net.model.ts", text(0.01));
    await window.show(uri);
    await train(uri);
    await vscode.commands.executeCommand("kindling.runs.focus");
    const [first] = await runsWhenThereAre(1, uri);
    const before = window.api.store.get(uri.fsPath)!.train!.runId;
    const editor = await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
    await window.replace(editor, text(0.1).replace("i < 20", "i < 15"));
    const { showQuickPick, showInputBox } = vscode.window;
    Object.assign(vscode.window, { showInputBox: async () => "12", showQuickPick: async (items: readonly unknown[]) => items[2] });
    try {
      await vscode.commands.executeCommand("kindling.branchKept", first);
      const over = window.known(uri, ({ train }) => train?.weights !== undefined && train.runId !== before && train.state === "finished");
      let isOver = false;
      void over.then(() => (isOver = true));
      // The rows of the table can't be read from here; Enter on its first one begins.
      while (!isOver) {
        await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
        await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 100))]);
      }
    } finally {
      Object.assign(vscode.window, { showQuickPick, showInputBox });
    }
    // It stands under the run that it parts from.
    const isInOtherCode = ({ run }: KeptRunRow): boolean => run.info.parent?.otherCode === true;
    const [trunk, ...none] = await branchedRuns(uri, isInOtherCode);
    const [second, another] = [((await window.api.runs.getChildren(trunk)) as KeptRunRow[]).find(isInOtherCode), trunk];
    assert.deepEqual(second!.run.info.parent, { run: first!.run.id, step: 12, otherCode: true });
    assert.equal(window.api.store.get(uri.fsPath)!.train!.curves.get("loss")!.length, 15);
    assert.deepEqual([another!.run.id, none.length], [first!.run.id, 0]);
  });

  it("with several seeds are one group, and come beside each other when they are over", async () => {
    const uri = window.write("net.model.ts", text(0.01));
    await window.show(uri);
    await vscode.commands.executeCommand("kindling.runs.focus");
    await vscode.commands.executeCommand("kindling.trainSeeds", uri, 3);
    await tabNamed(/^Kindling: 3 runs compared$/);
    const rowsNow = async (): Promise<KeptRunNode[]> => {
      const [file] = (await window.api.runs.getChildren()) ?? [];
      return (await window.api.runs.getChildren(file)) ?? [];
    };
    const isWhole = ([row]: readonly KeptRunNode[]): boolean => row?.kind === "group" && row.runs.filter(({ state }) => state === "finished").length === 3;
    const rows = await new Promise<KeptRunNode[]>((resolve) => {
      const check = async (): Promise<void> => {
        const now = await rowsNow();
        if (!isWhole(now)) return;
        subscription.dispose();
        resolve(now);
      };
      const subscription = window.api.runs.onDidChangeTreeData!(() => void check());
      void check();
    });
    assert.deepEqual(
      rows.map(({ kind }) => kind),
      ["group"],
    );
    const group = await window.api.runs.getTreeItem(rows[0]!);
    assert.deepEqual([group.label, group.contextValue], ["3 seeds", "group"]);
    assert.match(String(group.description), / · 3 runs · loss [\d.]+ … [\d.]+$/);
    const runs = ((await window.api.runs.getChildren(rows[0]!)) ?? []) as KeptRunRow[];
    assert.deepEqual(runs.map(({ run }) => [run.info.seed, run.state]).sort(), [
      [1, "finished"],
      [2, "finished"],
      [3, "finished"],
    ]);
    assert.equal((await item(runs.find(({ run }) => run.info.seed === 2)!)).label, "seed 2");
  });

  it("are brought back to a step from a chart, paused there, and go on from there as runs of their own", async () => {
    const uri = window.write("net.model.ts", text(0.01));
    await window.show(uri);
    await train(uri);
    const trained = window.api.store.get(uri.fsPath)!.train!;
    const paused = new Promise<void>((resolve) => {
      const subscription = window.api.onDidChange(({ runs }) => {
        if (runs.train?.runId === trained.runId || runs.train?.state !== "paused") return;
        subscription.dispose();
        resolve();
      });
    });
    const { runId, startedAt } = trained;
    await vscode.commands.executeCommand("kindling.rewindHere", { file: uri.fsPath, runId, startedAt, step: 12 });
    await paused;
    const back = window.api.store.get(uri.fsPath)!.train!;
    assert.deepEqual([back.place?.step, back.models.length], [12, 1]);
    assert.deepEqual([...back.curves.get("loss")!.values], [...trained.curves.get("loss")!.values].slice(0, 12));
    const settled = window.settled(uri, "train");
    await vscode.commands.executeCommand("kindling.resume", uri);
    assert.equal((await settled).state, "finished");
    const ended = window.api.store.get(uri.fsPath)!.train!;
    assert.deepEqual([...ended.curves.get("loss")!.values], [...trained.curves.get("loss")!.values]);
    await vscode.commands.executeCommand("kindling.runs.focus");
    const [trunk] = await branchedRuns(uri);
    const [branch] = (await window.api.runs.getChildren(trunk)) as KeptRunRow[];
    assert.equal(branch?.run.info.parent?.step, 12);
    assert.match(String((await item(branch!)).description), /branched at 12/);
  });
});
