/** "Export to ONNX…" in the real extension host: what is asked, what is written, and what is said where it can't be. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import * as vscode from "vscode";
import { load, type Tensor } from "../../src/engine/index.ts";
import type { OnnxRuntime } from "../../src/onnx/runtime.ts";
import { answering, Window, type KeptRunRow } from "./window.ts";

/** y = 2·x₀ + 3·x₁ + 1, until it is trained. */
const text = (forward: string, more = ""): string => `import { manualSeed, nn, optim, randn, type Tensor } from "kindling";
manualSeed(1);
class Net extends nn.Module {
  fc = new nn.Linear(2, 1);
  override forward(x: Tensor): Tensor {
    ${forward}
  }
}
const net = new Net();
nn.init.constant_(net.fc.bias!, 1);
net.fc.weight.detach().at([], 0).fill_(2);
net.fc.weight.detach().at([], 1).fill_(3);
${more}
const optimizer = new optim.SGD(net.parameters(), { lr: 0.01 });
for (let i = 0; i < 5; i++) {
  optimizer.zeroGrad();
  net(randn(8, 2)).square().mean().backward();
  optimizer.step();
}
`;

type Item = { readonly label: string; readonly description?: string };

describe("exporting a model as ONNX", () => {
  let window: Window;
  beforeEach(async () => {
    window = await Window.open("real");
    // A project of its own, so that its runs are its own.
    window.write("package.json", "{}");
  });
  afterEach(() => window.close());

  interface Said {
    readonly asked: (readonly Item[])[];
    readonly messages: string[];
    /** Where the file was to go by itself. */
    readonly suggested: string[];
  }

  /** @param pick which row of a list a person takes */
  async function exported(uri: vscode.Uri, target: vscode.Uri, pick: (items: readonly Item[]) => unknown = ([first]) => first): Promise<Said> {
    const said: Said = { asked: [], messages: [], suggested: [] };
    const hear = (message: string): void => void said.messages.push(message);
    await answering(
      {
        showQuickPick: async (items: readonly Item[]) => (said.asked.push(items), pick(items)),
        showSaveDialog: async ({ defaultUri }: vscode.SaveDialogOptions) => (said.suggested.push(defaultUri!.fsPath), target),
        setStatusBarMessage: hear,
        showWarningMessage: async (message: string) => hear(message),
        showErrorMessage: async (message: string, ...choices: readonly string[]) => (hear(message), choices[0]),
      },
      () => vscode.commands.executeCommand("kindling.exportOnnx", uri),
    );
    return said;
  }

  /** What ONNX Runtime makes of (1, 0), (0, 1) and (0, 0): weights and bias. */
  async function answers(file: vscode.Uri): Promise<number[]> {
    const { InferenceSession, Tensor } = (await import("onnxruntime-web")) as unknown as OnnxRuntime;
    const session = await InferenceSession.create(await vscode.workspace.fs.readFile(file), { logSeverityLevel: 3 });
    const { output } = await session.run({ x: new Tensor("float32", Float32Array.of(1, 0, 0, 1, 0, 0), [3, 2]) });
    await session.release();
    assert.deepEqual(output!.dims, [3, 1]);
    return Array.from(output!.data);
  }

  /** Trains it to its end, and until that is written down. */
  async function trained(uri: vscode.Uri): Promise<KeptRunRow> {
    await vscode.commands.executeCommand("kindling.runs.focus");
    await vscode.commands.executeCommand("kindling.train", uri);
    const [run] = await window.keptRunsWhen(uri, ([newest]) => newest?.run.state === "finished");
    return run!;
  }

  /** Of the only run, what it ended with. */
  const ofRun = ([first, second]: readonly Item[]): Item => (first!.label === "As the Program Has Them" ? second! : first!);

  it("writes a file that ONNX Runtime answers from as the program does, and says so", async () => {
    const uri = window.write("net.model.ts", text("return this.fc(x);"));
    await window.show(uri);
    const target = vscode.Uri.joinPath(uri, "..", "elsewhere.onnx");
    const { asked, messages, suggested } = await exported(uri, target);
    assert.deepEqual(await answers(target), [3, 4, 1]);
    // No run is kept, and there is one model: nothing to choose.
    assert.deepEqual(asked, []);
    assert.deepEqual(suggested, [vscode.Uri.joinPath(uri, "..", "net.onnx").fsPath]);
    const wanted =
      /^\$\(check\) Wrote elsewhere\.onnx: x float32 \[batch, 2\] → output float32 \[batch, 1\]; opset 17, .* onnxruntime-web [\d.]+ gives the same/;
    assert.match(messages.join(), wanted);
  });

  it("names the line that has no ONNX form, goes there where that is wanted, and writes nothing", async () => {
    const uri = window.write("net.model.ts", text("return this.fc(x.abs().lgamma());"));
    await window.show(uri);
    const target = vscode.Uri.joinPath(uri, "..", "net.onnx");
    const editor = vscode.window.activeTextEditor!;
    const there = new Promise<number>((resolve) => {
      const subscription = vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections: [selection] }) => {
        if (textEditor.document.uri.fsPath !== uri.fsPath) return;
        subscription.dispose();
        resolve(selection!.active.line + 1);
      });
    });
    assert.equal(editor.selection.active.line, 0);
    const { messages } = await exported(uri, target);
    assert.deepEqual(messages, ["net.model.ts, line 6: Not written as ONNX: `lgamma` has no ONNX form."]);
    assert.equal(await there, 6);
    assert.ok(!existsSync(target.fsPath));
  });

  it("asks which of several models", async () => {
    const uri = window.write("net.model.ts", text("return this.fc(x);", "const other = new nn.Linear(2, 2);\nother(net(randn(4, 2)).repeat(1, 2));"));
    await window.show(uri);
    const target = vscode.Uri.joinPath(uri, "..", "net.onnx");
    const { asked, messages } = await exported(uri, target);
    assert.deepEqual(asked, [["net", "other"]]);
    assert.deepEqual(await answers(target), [3, 4, 1]);
    assert.match(messages.join(), /^\$\(check\) Wrote net\.onnx/);
  });

  it("takes the weights that a kept run ended with, which are those of its exported weights", async () => {
    const uri = window.write("net.model.ts", text("return this.fc(x);"));
    await window.show(uri);
    const run = await trained(uri);
    const target = vscode.Uri.joinPath(uri, "..", "net.onnx");
    const { asked, messages } = await exported(uri, target, ofRun);
    const [runs, moments] = asked.map((items) => items.map(({ label, description }) => `${label}: ${description}`));
    assert.deepEqual([runs!.length, runs![0]], [2, "As the Program Has Them: before its first training step"]);
    assert.match(runs![1]!, /-net-\w+: 5 steps$/);
    if (moments) assert.match(moments[0]!, /^After 5 steps: what it ended with/);
    const [left, right, bias] = await answers(target);
    assert.notDeepEqual([left, right, bias], [3, 4, 1]);
    const weights = vscode.Uri.joinPath(uri, "..", "net.safetensors");
    await answering({ showQuickPick: async (items: readonly Item[]) => items[0], showSaveDialog: async () => weights }, () =>
      vscode.commands.executeCommand("kindling.exportKeptWeights", run),
    );
    const state = load<Map<string, Tensor>>(weights.fsPath);
    const [[w0, w1], b] = [[...state.get("fc.weight")!.toTypedArray()] as [number, number], Number(state.get("fc.bias")!.item())];
    for (const [there, here] of [
      [bias, b],
      [left, w0 + b],
      [right, w1 + b],
    ])
      assert.ok(Math.abs(there! - here!) < 1e-6, `${there} ${here}`);
    assert.match(messages.join(), /^\$\(check\) Wrote net\.onnx with the weights of \S+-net-\w+, step 5: x float32/);
  });

  it("says how far a run's weights fit a file that has changed since", async () => {
    const uri = window.write("net.model.ts", text("return this.fc(x);"));
    await window.show(uri);
    await trained(uri);
    const editor = await vscode.window.showTextDocument(uri);
    const target = vscode.Uri.joinPath(uri, "..", "net.onnx");
    await window.replace(editor, text("return this.last(this.fc(x));").replace("  override", "  last = new nn.Linear(1, 1);\n  override"));
    const some = await exported(uri, target, ofRun);
    assert.match(some.messages.join(), /^Not all weights of \S+, step 5 are those of the file by now: 2 tensors kept, 2 new\. Wrote net\.onnx/);
    await window.replace(
      editor,
      text("return this.table(x.abs().int()).sum(2);")
        .replaceAll("  fc = new nn.Linear(2, 1);", "  table = new nn.Embedding(9, 4);")
        .replaceAll(/^n.*fc.*\n/gm, ""),
    );
    const none = await exported(uri, target, ofRun);
    assert.match(none.messages.join(), /^None of the weights of \S+, step 5 fit the file by now, so the model has its own\. Wrote net\.onnx/);
  });
});
