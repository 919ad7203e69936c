import assert from "node:assert/strict";
import * as vscode from "vscode";
import { isMetric, Window } from "./window.ts";

/** Whatever a file holds: one clear message at the right place, a host that goes on, and a next run that works. */
const good = `import { data, nn, optim, randint, randn, type Tensor } from "kindling";

class Net extends nn.Module {
  hidden: nn.Linear;
  output: nn.Linear;
  constructor() {
    super();
    this.hidden = new nn.Linear(4, 8);
    this.output = new nn.Linear(8, 3);
  }
  override forward(x: Tensor) {
    return this.output(this.hidden(x).relu());
  }
}

const loader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(3, [64])), { batchSize: 8, shuffle: true });
const model = new Net();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
for (let epoch = 0; epoch < 3; epoch++) {
  for (const [x, y] of loader) {
    const loss = new nn.CrossEntropyLoss()(model(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
}
`;
/** 4·8 + 8 + 8·3 + 3 */
const lens = "67 params | ▶ Train | Inspect | Debug";
const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split("\n").length;

interface Case {
  readonly title: string;
  readonly text: string;
  /** The line that is to blame, by what stands on it. */
  readonly at: string;
  readonly message: RegExp;
}

const cases: readonly Case[] = [
  {
    title: "an import that isn't there",
    text: `import { width } from "./sizes.ts";\n${good}console.log(width);\n`,
    at: "./sizes.ts",
    message: /sizes\.ts/,
  },
  {
    title: "shapes that don't fit",
    text: good.replace("new nn.Linear(8, 3)", "new nn.Linear(9, 3)"),
    at: "return this.output",
    message: /mat1 and mat2 shapes cannot be multiplied \(8x8 and 9x3\).*output/s,
  },
  {
    title: "an error that the program throws",
    text: good.replace("const model", 'if (loader.length > 2) throw new Error("too many batches");\nconst model'),
    at: "throw new Error",
    message: /too many batches/,
  },
  {
    title: "no model in it",
    text: "export const answer = 42;\n",
    at: "export const",
    message: /model/i,
  },
  {
    title: "more memory than there is",
    text: good.replace("const model", "const huge = randn(50_000_000_000 / 4);\nconst model"),
    at: "const huge",
    message: /memory|GB|GiB|allocat/i,
  },
  {
    title: "an endless loop",
    text: good.replace("const model", "let turns = 0;\nwhile (true) turns++;\nconst model"),
    at: "while (true)",
    message: /2 seconds/,
  },
];

describe("a model file with", () => {
  let window: Window;
  const settings = () => vscode.workspace.getConfiguration("kindling");
  before(() => settings().update("inspectTimeLimit", 2, vscode.ConfigurationTarget.Workspace));
  after(() => settings().update("inspectTimeLimit", undefined, vscode.ConfigurationTarget.Workspace));
  beforeEach(async () => {
    window = await Window.open("real");
  });
  afterEach(() => window.close());

  it("nothing wrong has its counts, and no problem", async () => {
    const uri = window.write("net.model.ts", good);
    await window.show(uri);
    assert.deepEqual(window.problems(uri), []);
    assert.deepEqual(await window.lenses(uri), [`3: ${lens}`, `17: ${lens}`]);
  });

  for (const { title, text, at, message } of cases) {
    it(`${title} says so on that line, and works once it is mended`, async () => {
      const uri = window.write("net.model.ts", text);
      const editor = await window.show(uri);
      const [problem, ...others] = window.problems(uri);
      assert.ok(problem, `nothing in the Problems view: ${JSON.stringify(window.api.store.get(uri.fsPath))}`);
      assert.deepEqual(others, [], "more than one message");
      assert.match(problem, message);
      if (at !== "") assert.equal(Number(problem.split(":")[0]), lineOf(text, at), problem);
      await window.replace(editor, good);
      const inspected = window.settled(uri, "inspect");
      await editor.document.save();
      assert.equal((await inspected).state, "finished");
      assert.deepEqual(window.problems(uri), []);
      assert.match((await window.lenses(uri)).join(), /67 params/);
    });
  }

  it("a syntax error, which TypeScript tells of, is told of once, and works once it is mended", async () => {
    const text = good.replace("const model = new Net();", "const model = = new Net();");
    const uri = window.write("net.model.ts", text);
    const editor = await window.show(uri);
    const isOfTypeScript = ({ source }: vscode.Diagnostic): boolean => source === "ts";
    await window.marked(uri, (marks) => marks.some(isOfTypeScript) && !marks.some(({ source }) => source === "Kindling"));
    // What TypeScript makes of the rest of the file is its own affair.
    const ofTheLine = vscode.languages.getDiagnostics(uri).filter(({ range }) => range.start.line + 1 === lineOf(text, "const model = ="));
    assert.deepEqual(
      ofTheLine.map(({ source }) => source),
      ["ts"],
    );
    await window.replace(editor, good);
    const inspected = window.settled(uri, "inspect");
    await editor.document.save();
    assert.equal((await inspected).state, "finished");
    assert.match((await window.lenses(uri)).join(), /67 params/);
  });

  it("a model that is never trained is counted, and told about when it is asked to train", async () => {
    const uri = window.write("net.model.ts", good.slice(0, good.indexOf("for (let epoch")));
    await window.show(uri);
    assert.deepEqual(window.problems(uri), []);
    assert.match((await window.lenses(uri)).join(), /67 params/);
    const trained = window.settled(uri, "train");
    await vscode.commands.executeCommand("kindling.train");
    assert.equal((await trained).state, "finished");
    assert.match(window.problems(uri).join("\n"), /step\(\)|train/);
    assert.equal(window.problems(uri).length, 1);
  });

  it("a loop without end in its training is stopped in two seconds", async () => {
    const text = good.replace("    optimizer.step();\n  }\n}", "    optimizer.step();\n  }\n  while (true) {}\n}");
    const uri = window.write("net.model.ts", text);
    await window.show(uri);
    const trained = window.settled(uri, "train");
    const begun = window.seen(uri, isMetric);
    await vscode.commands.executeCommand("kindling.train");
    await begun;
    const asked = performance.now();
    await vscode.commands.executeCommand("kindling.stop");
    assert.equal((await trained).state, "stopped");
    assert.ok(performance.now() - asked < 2000, `took ${Math.round(performance.now() - asked)} ms`);
    assert.deepEqual(window.problems(uri), []);
  });

  it("a class that needs arguments says which, and offers to add an example", async () => {
    const head =
      "class Head extends nn.Module {\n  constructor(inFeatures: number, classes: number) {\n    super();\n    console.log(inFeatures, classes);\n  }\n}\n";
    const text = good.replace("const loader", `${head}\nconst loader`);
    const uri = window.write("net.model.ts", text);
    await window.show(uri);
    const line = lineOf(text, "class Head");
    const found = (await window.lenses(uri)).find((one) => one.startsWith(`${line}:`));
    assert.equal(found, `${line}: needs arguments (inFeatures, classes): add an example | ▶ Train | Inspect | Debug`);
  });

  it("a class in an imported file has its counts there, and Train runs the model file", async () => {
    const head = `import { nn, type Tensor } from "kindling";\n\nexport class Head extends nn.Module {\n  fc = new nn.Linear(8, 3);\n  override forward(x: Tensor) {\n    return this.fc(x);\n  }\n}\n`;
    const layers = window.write("head.ts", head);
    const uri = window.write(
      "net.model.ts",
      `import { Head } from "./head.ts";\n${good.replace("output: nn.Linear", "output: Head").replace("new nn.Linear(8, 3)", "new Head()")}`,
    );
    await window.show(uri);
    await vscode.window.showTextDocument(layers);
    assert.deepEqual(await window.lenses(layers), ["3: 27 params | ▶ Train | Inspect | Debug"]);
  });
});

describe("a number that breaks a training", () => {
  let window: Window;
  beforeEach(async () => {
    window = await Window.open("real");
  });
  afterEach(() => window.close());

  it("is blamed on the operation that made it, with the loss that it breaks beside it, until it is mended", async () => {
    const text = good.replace("this.hidden(x).relu()", "this.hidden(x).mul(0).log()");
    const uri = window.write("net.model.ts", text);
    const editor = await window.show(uri);
    const isOurs = ({ code }: vscode.Diagnostic): boolean => code === "nonFiniteLoss";
    const mark = vscode.languages.getDiagnostics(uri).find(isOurs);
    assert.ok(mark, JSON.stringify(window.problems(uri)));
    assert.match(mark.message, /^loss became NaN at step 0\. It began with `log` of 0 in Net: 64 of 64 values are 0\./);
    assert.equal(mark.range.start.line + 1, lineOf(text, ".log()"));
    assert.equal(editor.document.getText(editor.document.getWordRangeAtPosition(mark.range.start)), "log");
    assert.ok(mark.relatedInformation?.some(({ location }) => location.range.start.line + 1 === lineOf(text, "loss.backward")));
    await window.replace(editor, good);
    const inspected = window.settled(uri, "inspect");
    await editor.document.save();
    await inspected;
    assert.equal(vscode.languages.getDiagnostics(uri).find(isOurs), undefined);
  });
});
