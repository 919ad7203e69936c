import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCommandLine } from "../../src/cli/commandLine.ts";
import { UsageError } from "../../src/cli/usageError.ts";
import { countsText, modelTable } from "../../src/cli/modelTable.ts";
import { tableText } from "../../src/cli/keptRuns.ts";
import { plain, problemText } from "../../src/cli/problemText.ts";
import { ProgressBar, progressLine } from "../../src/cli/progressBar.ts";
import type { ModelInfo, ModuleInfo, StepWork } from "../../src/protocol/index.ts";

describe("the command line", () => {
  it("puts what stands in a table beneath its heading, in whatever script it is written", () => {
    const rows = [
      ["実験一号", "a"],
      ["🔥 lr", "b"],
      ["e\u0301te\u0301 👩‍👩‍👧", "c"],
      ["plain", "d"],
    ];
    // In columns of a terminal: four of the East are eight, a family is two, an accent none.
    assert.equal(tableText(["name", "x"], rows, plain), "name      x\n実験一号  a\n🔥 lr     b\ne\u0301te\u0301 👩‍👩‍👧    c\nplain     d\n");
  });

  it("takes a command, a file and options in any order", () => {
    assert.deepEqual(readCommandLine(["inspect", "--json", "a.model.ts", "--threads", "2"], {}), {
      type: "run",
      mode: "inspect",
      file: "a.model.ts",
      json: true,
      threads: 2,
      keep: true,
      checkpoints: true,
      findsLate: false,
      weightsFrom: undefined,
      weightsPrefix: undefined,
      weightsExcept: [],
      seeds: 0,
      constants: [],
      programArguments: [],
    });
    assert.deepEqual(readCommandLine(["train", "a.model.ts"], { KINDLING_THREADS: "3" }), {
      type: "run",
      mode: "train",
      file: "a.model.ts",
      json: false,
      threads: 3,
      keep: true,
      checkpoints: true,
      findsLate: false,
      weightsFrom: undefined,
      weightsPrefix: undefined,
      weightsExcept: [],
      seeds: 0,
      constants: [],
      programArguments: [],
    });
  });

  it("refuses what would do nothing with a command, and says which it goes with", () => {
    const idle: readonly (readonly [args: readonly string[], message: RegExp])[] = [
      [["resume", "latest", "--weights-from", "a.pt"], /`--weights-from` goes with `train`, `export` and `to-python` only/],
      [["branch", "latest", "--from", "3", "--seeds", "2"], /`--seeds` goes with `train` only/],
      [["inspect", "a.model.ts", "--find-bad-number"], /`--find-bad-number` goes with `train` only/],
      [["train", "a.model.ts", "--to", "3"], /`--to` goes with `rewind` only/],
      [["train", "a.model.ts", "-o", "b"], /`-o` goes with `from-python`, `to-python`, `weights` and `export` only/],
      [["rewind", "latest", "--to", "3", "--threads", "1"], /`--threads` goes with `train` and `inspect` only/],
      [["show", "latest", "--", "more"], /what stands after `--` is for the program, which `show` doesn't run/],
      [["trian", "a.model.ts"], /there is no command `trian`/],
    ];
    for (const [args, message] of idle) assert.throws(() => readCommandLine(args, {}), { message });
  });

  it("leaves what stands after -- to the program", () => {
    const command = readCommandLine(["train", "a.model.ts", "--threads", "2", "--", "--epochs", "3", "--", "b.model.ts", "--threads=0"], {});
    assert.deepEqual(command, {
      type: "run",
      mode: "train",
      file: "a.model.ts",
      json: false,
      threads: 2,
      keep: true,
      checkpoints: true,
      findsLate: false,
      weightsFrom: undefined,
      weightsPrefix: undefined,
      weightsExcept: [],
      seeds: 0,
      constants: [],
      programArguments: ["--epochs", "3", "--", "b.model.ts", "--threads=0"],
    });
  });

  it("takes a file whose name begins with a dash", () => {
    const command = readCommandLine(["train", "-net.model.ts"], {});
    assert.equal(command.type === "run" && command.file, "./-net.model.ts");
  });

  for (const count of ["0", "-1", "1.5", "two", "1e1", "65", "99999999999999999999", " 2"]) {
    it(`refuses --threads ${JSON.stringify(count)} and KINDLING_THREADS, and says what it may be`, () => {
      for (const args of [
        ["train", "a", "--threads", count],
        ["train", "a", `--threads=${count}`],
      ]) {
        assert.throws(() => readCommandLine(args, {}), new UsageError(`--threads has to be a whole number from 1 to 64, not \`${count}\``));
      }
      assert.throws(() => readCommandLine(["train", "a"], { KINDLING_THREADS: count }), /^Error: KINDLING_THREADS has to be/);
    });
  }

  for (const [words, sentence] of [
    ["train a --seds 3", "there is no option `--seds`; did you mean `--seeds`?"],
    ["train a --no-kep", "there is no option `--no-kep`; did you mean `--no-keep`?"],
    ["train a --weight-from b", "there is no option `--weight-from`; did you mean `--weights-from`?"],
    ["train a --from 3", "`--from` goes with `branch` only"],
    ["rewind a --form 3", "there is no option `--form`"],
    ["rewind a -t 3", "there is no option `-t`; did you mean `--to`?"],
    ["train a --seeds", "`--seeds` wants a value: `--seeds N`"],
    ["train a --seeds --no-keep", "`--seeds` wants a value: `--seeds N`"],
    ["train a --threads=", "`--threads` wants a value: `--threads N`"],
    ["to-python a -o", "`-o` wants a value: `-o FOLDER`"],
    ["show a --json=yes", "`--json` takes no value, such as `yes`"],
    ["train a --seeds 3 --seeds 4", "`--seeds` stands there twice; which of the two?"],
    ["rewind a --to -1", "--to has to be a number of steps, not `-1`"],
    ["fill-in", "which run? `kindling runs` lists them"],
  ] as const) {
    it(`says what is wrong with \`kindling ${words}\``, () => assert.throws(() => readCommandLine(words.split(" "), {}), new UsageError(sentence)));
  }

  it("takes a negative number, and an option that may be given several times", () => {
    const command = readCommandLine(["branch", "a", "--from", "3", "--lr", "-0.1", "--freeze", "x", "--freeze=y"], {});
    assert.deepEqual(command, { type: "branch", run: "a", step: 3, rate: -0.1, frozen: ["x", "y"] });
  });

  for (const args of [
    [],
    ["trian", "a"],
    ["train"],
    ["train", "a", "b"],
    ["train", "a", "--json"],
    ["train", "a", "--threads", "x"],
    ["train", "a", "--colour"],
  ]) {
    it(`refuses \`kindling ${args.join(" ")}\``, () => assert.throws(() => readCommandLine(args, {}), UsageError));
  }
});

describe("a problem as text", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "kindling-text-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("shows the source line with a mark under the culprit", () => {
    const file = join(folder, "net.model.ts");
    writeFileSync(file, "class Net {\n\treturn this.layer2(x);\n}\n");
    const text = problemText({ severity: "error", code: "shape", message: "shapes don't fit", position: { file, line: 2, column: 14 } });
    assert.equal(text, ["error: shapes don't fit", `  --> ${file}:2:14`, "   |", " 2 | \treturn this.layer2(x);", "   | \t            ^^^^^^", ""].join("\n"));
  });

  it("keeps a name with line breaks and control characters on one line", () => {
    const text = problemText({ severity: "error", code: "x", message: "no", position: { file: join(folder, "a\nb\u001b[2J.ts"), line: 2, column: 1 } });
    assert.equal(text, `error: no\n  --> ${join(folder, "a\\nb\\u001b[2J.ts")}:2:1\n`);
  });

  it("does without the line where the file is gone", () => {
    const text = problemText({ severity: "warning", code: "x", message: "careful", position: { file: join(folder, "gone.ts"), line: 2, column: 1 } });
    assert.equal(text, `warning: careful\n  --> ${join(folder, "gone.ts")}:2:1\n`);
  });
});

describe("the table of a model", () => {
  const module = (id: number, path: string, type: string, total: number, trainable: number, shapes?: number[][]): ModuleInfo => ({
    id,
    parent: id === 0 ? null : 0,
    name: path,
    path,
    type,
    extra: "",
    parameters: [],
    buffers: [],
    counts: { total, trainable, frozen: total - trainable },
    training: true,
    ...(shapes ? { outputShapes: shapes } : {}),
  });

  it("has a row for each module", () => {
    const model: ModelInfo = {
      id: 0,
      name: "model",
      isVariable: true,
      modules: [module(0, "", "Net", 5955, 5000, [[32, 3]]), module(1, "fc", "Linear", 955, 0), module(2, "act", "ReLU", 0, 0, [[32, 64]])],
    };
    assert.deepEqual(modelTable(model).split("\n"), [
      "model: Net  5,955 params · 5,000 trainable · 955 frozen",
      "  path     type    output  parameters",
      "  (model)  Net     32×3         5,955  955 frozen",
      "  fc       Linear  –              955  frozen",
      "  act      ReLU    32×64            0  –",
      "",
    ]);
  });

  describe("of a step that was measured", () => {
    const modules = [
      module(0, "", "Net", 5955, 5955, [[32, 3]]),
      { ...module(1, "features.convolution", "Conv2d", 5955, 5955, [[32, 16, 8, 8]]), inputShapes: [[32, 1, 8, 8]] },
      module(2, "spare", "Linear", 0, 0),
    ];
    const model: ModelInfo = { id: 0, name: "model", isVariable: true, modules };
    const step: StepWork = {
      model: 0,
      step: 0,
      training: [true, true, true],
      calls: [1, 1, 0],
      forward: [0.0123, 1.5, 0],
      backward: [0, 2.5, 0],
      multiplyAdds: [0, 12_345_678, 0],
      outputBytes: [0, 0, 0],
      total: { backward: 3 },
    };
    const lines = (width?: number): string[] => modelTable(model, new Map([[0, [step]]]), undefined, width).split("\n");

    it("says what each module does, with what is below it", () => {
      assert.deepEqual(lines(120).slice(1), [
        "  path                  type    input     output     parameters  multiply-adds  forward  backward",
        "  (model)               Net     –         32×3            5,955         12.3 M  1.51 ms   2.50 ms  trainable",
        "  features.convolution  Conv2d  32×1×8×8  32×16×8×8       5,955         12.3 M  1.50 ms   2.50 ms  trainable",
        "  spare                 Linear  –         –                   0              –        –         –  –",
        "  Times are of the first step, which is slower than those to come.",
        "",
      ]);
    });

    it("leaves out what it can be done without where lines would be too long, the inputs first", () => {
      for (const width of [100, 80, 70, 60]) {
        const text = lines(width);
        assert.ok(Math.max(...text.map(({ length }) => length)) <= width || width < 70, `${width}`);
        assert.ok(!text[1]!.includes("input"));
      }
      assert.match(lines(100)[1]!, /multiply-adds {2}forward {2}backward$/);
      assert.match(lines(80)[1]!, /parameters {2}multiply-adds$/);
      assert.match(lines(60)[1]!, /output {5,}parameters$/);
      assert.deepEqual(lines(), lines(100));
    });
  });

  it("counts tied weights once, and says whose they are", () => {
    const tied = { name: "weight", shape: [3, 4], dtype: "float32", count: 12, trainable: true, sharedWith: "embedding.weight" };
    const model: ModelInfo = { id: 0, name: "model", isVariable: true, modules: [{ ...module(0, "", "Net", 12, 12), parameters: [tied] }] };
    assert.match(modelTable(model), /\(model\) {2}Net {3}– {15}12 {2}trainable, weight shared with embedding\.weight/);
  });

  it("counts with separators", () => {
    assert.equal(countsText({ total: 1234567, trainable: 1234567, frozen: 0 }), "1,234,567 params · 1,234,567 trainable · 0 frozen");
  });
});

describe("the progress bar", () => {
  it("shows how much of all epochs is done", () => {
    const line = progressLine({
      epoch: 1,
      epochs: 4,
      step: 1500,
      batch: 4,
      batches: 10,
      loss: 0.123456,
      stepsPerSecond: 812.3456,
      remainingSeconds: 75,
      elapsed: 0,
    });
    assert.equal(line, "epoch 2/4  ━━━━━━━━━───────────────  37%  step 1,500  loss 0.1235  812 steps/s  1:15 left");
  });

  it("never wraps, and makes way for what the program prints", () => {
    let text = "";
    const bar = new ProgressBar({ write: (part) => (text += part), columns: 20 });
    bar.show({ epoch: 0, step: 1, stepsPerSecond: 1, elapsed: 0 });
    assert.equal(text, "\r\u001b[Kepoch 1  step 1  1.");
    text = "";
    bar.around(() => (text += "hello\n"), true);
    assert.equal(text, "\r\u001b[Khello\n\r\u001b[Kepoch 1  step 1  1.");
  });

  it("leaves a question of the program's alone", () => {
    let text = "";
    const bar = new ProgressBar({ write: (part) => (text += part), columns: 20 });
    bar.show({ epoch: 0, step: 1, stepsPerSecond: 1, elapsed: 0 });
    bar.around(() => (text += "how many? "), false);
    text = "";
    bar.show({ epoch: 0, step: 2, stepsPerSecond: 1, elapsed: 0 });
    bar.around(() => (text += "(really) "), false);
    assert.equal(text, "(really) ");
  });
});
