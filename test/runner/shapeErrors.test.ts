import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Problem, RunMode, SourceEnd, SourcePosition, TextEdit } from "../../src/protocol/index.ts";
import { Folder, run } from "./job.ts";

const start = 'import { nn, randn, randint, tensor, matmul, cat, stack, zeros, Tensor } from "kindling";\n';

describe("shapes that don't go together", function () {
  this.timeout(60_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  async function failure(text: string, mode: RunMode = "inspect"): Promise<{ problem: Problem; file: string }> {
    const file = folder.write("net.model.ts", start + text);
    const job = await run(file, { mode });
    assert.equal(job.states.at(-1), "failed");
    assert.equal(job.problems.length, 1, JSON.stringify(job.problems));
    return { problem: job.problems[0]!, file };
  }

  function textAt(file: string, position: SourcePosition, end: SourceEnd): string {
    const lines = readFileSync(file, "utf8").split("\n");
    assert.equal(position.line, end.line);
    return lines[position.line - 1]!.slice(position.column - 1, end.column - 1);
  }

  /** What is underlined, each other place with its message, and the fixes. */
  function told({ problem, file }: { problem: Problem; file: string }): string[] {
    return [
      textAt(file, problem.position!, problem.end!),
      ...(problem.related ?? []).map(({ message, position, end }) => `${message}: ${textAt(file, position, end!)}`),
      ...(problem.fixes ?? []).map(({ title }) => `→ ${title}`),
    ];
  }

  function applied(text: string, edits: readonly TextEdit[]): string {
    const lines = text.split("\n");
    for (const { position, end, text: put } of edits) {
      const line = lines[position.line - 1]!;
      lines[position.line - 1] = line.slice(0, position.column - 1) + put + line.slice(end.column - 1);
    }
    return lines.join("\n");
  }

  const net = (layers: string, forward: string, input = "randn(32, 20)"): string =>
    `class Net extends nn.Module {\n  ${layers}\n  override forward(x: Tensor): Tensor {\n    ${forward}\n  }\n}\nconst data = ${input};\nnew Net()(data);`;

  /** What a wrong layer is mended with; the program runs with it. */
  const mended: readonly [what: string, text: string, fix: string][] = [
    [
      "features of a Linear",
      net("a = new nn.Linear(20, 64); b = new nn.Linear(60, 10);", "const h = this.a(x).relu();\n    return this.b(h);"),
      "Make it `nn.Linear(64, …)`",
    ],
    [
      "one in a Sequential",
      "const net = new nn.Sequential(new nn.Linear(20, 64), new nn.ReLU(), new nn.Linear(60, 10));\nnet(randn(3, 20));",
      "Make it `nn.Linear(64, …)`",
    ],
    [
      "one behind a Flatten, as a product",
      "const net = new nn.Sequential(new nn.Conv2d(1, 4, 3), new nn.Flatten(), new nn.Linear(4 * 7 * 7, 10));\nnet(randn(2, 1, 8, 8));",
      "Make it `nn.Linear(144, …)`",
    ],
    [
      "one that takes its sizes by name",
      "const net = new nn.Linear({ inFeatures: 7, outFeatures: 3 } as never);\nnet(randn(2, 5));",
      "Make inFeatures 5 in `nn.Linear(…)`",
    ],
    ["one of a class imported by itself", "const { Linear } = nn;\nconst net = new Linear(7, 3);\nnet(randn(2, 5));", "Make it `Linear(5, …)`"],
    ["a Bilinear's second input", "const net = new nn.Bilinear(3, 4, 5);\nnet(randn(2, 3), randn(2, 6));", "Make in2Features 6 in `nn.Bilinear(…)`"],
    ["channels of a Conv1d", "const net = new nn.Conv1d(2, 4, 3);\nnet(randn(3, 5, 8));", "Make it `nn.Conv1d(5, …)`"],
    ["channels of a Conv2d without a batch", "const net = new nn.Conv2d(1, 4, 3);\nnet(randn(3, 8, 8));", "Make it `nn.Conv2d(3, …)`"],
    ["channels of a ConvTranspose2d", "const net = new nn.ConvTranspose2d(1, 4, 3);\nnet(randn(2, 3, 8, 8));", "Make it `nn.ConvTranspose2d(3, …)`"],
    ["features of a BatchNorm1d", "const net = new nn.BatchNorm1d(7);\nnet(randn(3, 8));", "Make it `nn.BatchNorm1d(8)`"],
    ["features of a BatchNorm2d", "const net = new nn.BatchNorm2d(7);\nnet(randn(3, 8, 2, 2));", "Make it `nn.BatchNorm2d(8)`"],
    ["a LayerNorm's shape, as a number", "const net = new nn.LayerNorm(7);\nnet(randn(3, 8));", "Make it `nn.LayerNorm(8)`"],
    ["a LayerNorm's shape, as a list", "const net = new nn.LayerNorm([4, 7]);\nnet(randn(3, 4, 8));", "Make it `nn.LayerNorm([4, 8])`"],
    ["channels of a GroupNorm", "const net = new nn.GroupNorm(2, 6);\nnet(randn(3, 8, 4));", "Make numChannels 8 in `nn.GroupNorm(…)`"],
    ["rows of an Embedding", "const net = new nn.Embedding(10, 3);\nnet(tensor([1, 12]));", "Make it `nn.Embedding(13, …)`"],
    ["inputs of an LSTM", "const net = new nn.LSTM(10, 3, { batchFirst: true });\nnet(randn(4, 2, 11));", "Make it `nn.LSTM(11, …)`"],
    ["inputs of a GRU", "const net = new nn.GRU(10, 3);\nnet(randn(4, 2, 11));", "Make it `nn.GRU(11, …)`"],
    ["inputs of an RNN", "const net = new nn.RNN(10, 3);\nnet(randn(4, 2, 11));", "Make it `nn.RNN(11, …)`"],
    ["inputs of an LSTMCell", "const net = new nn.LSTMCell(10, 3);\nnet(randn(4, 11));", "Make it `nn.LSTMCell(11, …)`"],
  ];
  for (const [what, text, fix] of mended) {
    it(`are mended: ${what}`, async () => {
      const { problem, file } = await failure(text);
      assert.deepEqual(
        problem.fixes?.map(({ title }) => title),
        [fix],
      );
      assert.match(problem.message, /, but .* takes .*: make its \w+ .*, or change what goes into it\.$/);
      const again = await run(folder.write("net.model.ts", applied(readFileSync(file, "utf8"), problem.fixes![0]!.edits)));
      assert.deepEqual([again.states.at(-1), ...again.problems.filter(({ severity }) => severity === "error").map(({ message }) => message)], ["finished"]);
    });
  }

  it("say what came in and where it comes from, and where the layer was made", async () => {
    const text = net("a = new nn.Linear(20, 64); b = new nn.Linear(60, 10);", "const h = this.a(x).relu();\n    return this.b(h).relu();");
    const failed = await failure(text);
    assert.deepEqual(told(failed), [
      "b(h)",
      "`h` [32, 64] comes from here: h",
      "`b` was made here with inFeatures 60: new nn.Linear(60, 10)",
      "→ Make it `nn.Linear(64, …)`",
    ]);
    assert.equal(failed.problem.code, "shape");
    assert.match(
      failed.problem.message,
      /^mat1 and mat2 shapes cannot be multiplied \(32x64 and 60x10\) in b \(Linear\) of Net\. `h` is \[32, 64\], but `b` takes 60 features/,
    );
  });

  it("say so in a training, too", async () => {
    const text = net("a = new nn.Linear(20, 64); b = new nn.Linear(60, 10);", "const h = this.a(x).relu();\n    return this.b(h);");
    assert.deepEqual(told(await failure(text, "train")), told(await failure(text, "inspect")));
  });

  it("within a Sequential come from the layer before", async () => {
    const failed = await failure("const net = new nn.Sequential(new nn.Linear(20, 64), new nn.ReLU(), new nn.Linear(60, 10));\nnet(randn(3, 20));");
    assert.deepEqual(told(failed), [
      "net(randn(3, 20))",
      "[3, 64] comes from the ReLU made here: new nn.ReLU()",
      "Layer 2 (Linear) was made here with inFeatures 60: new nn.Linear(60, 10)",
      "→ Make it `nn.Linear(64, …)`",
    ]);
  });

  /** Where mending one thing would break another, or what to change is not written where the layer is made. */
  const unmended: readonly [what: string, text: string][] = [
    ["a size that is a name", "const size = 60;\nconst net = new nn.Linear(size, 10);\nnet(randn(3, 20));"],
    ["a layer that worked before", "const net = new nn.Linear(60, 10);\nnet(randn(3, 60));\nnet(randn(3, 20));"],
    ["another layer that the same text made", "const nets = [1, 2].map(() => new nn.Linear(60, 10));\nnets[0]!(randn(3, 60));\nnets[1]!(randn(3, 20));"],
    ["channels in groups", "const net = new nn.Conv2d(4, 4, 3, { groups: 4 });\nnet(randn(1, 6, 8, 8));"],
    ["groups that wouldn't be alike", "const net = new nn.GroupNorm(3, 6);\nnet(randn(3, 8, 4));"],
    ["a class of the user's own", "class Own extends nn.Linear { constructor(n: number) { super(n, 10); } }\nconst net = new Own(60);\nnet(randn(3, 20));"],
  ];
  for (const [what, text] of unmended) {
    it(`have no fix that is certain: ${what}`, async () => {
      const { problem } = await failure(text);
      assert.equal(problem.fixes, undefined);
      assert.ok(problem.end);
    });
  }

  const operands: readonly [text: string, ...told: string[]][] = [
    ["const a = randn(3, 4), b = randn(3, 5);\nconst c = a.add(b);", "add(b)", "`a` [3, 4] comes from here: a", "`b` [3, 5] comes from here: b"],
    [
      "const a = randn(3, 4);\nlet b = randn(5);\nb = b.view(1, 5);\nmatmul(a, b);",
      "matmul(a, b)",
      "`a` [3, 4] comes from here: a",
      "`b` [1, 5] comes from here: b",
    ],
    ["const a = randn(3, 4), b = randn(2, 5);\ncat([a, b], 1);", "cat([a, b], 1)", "`a` [3, 4] comes from here: a", "`b` [2, 5] comes from here: b"],
    ["const a = randn(3, 4), b = randn(3);\nstack([a, b]);", "stack([a, b])", "`a` [3, 4] comes from here: a", "`b` [3] comes from here: b"],
    [
      "const out = randn(8, 3), y = tensor([0, 1, 2]);\nnn.functional.crossEntropy(out, y);",
      "crossEntropy(out, y)",
      "`out` [8, 3] comes from here: out",
      "`y` [3] comes from here: y",
    ],
    [
      "const out = randn(8, 1), y = randn(8);\nnn.functional.binaryCrossEntropy(out.sigmoid(), y);",
      "binaryCrossEntropy(out.sigmoid(), y)",
      "`y` [8] comes from here: y",
    ],
    [
      "const out = randn(8, 1), y = randn(8, 2).sigmoid(), loss = new nn.BCELoss();\nloss(out.sigmoid(), y);",
      "loss(out.sigmoid(), y)",
      "`y` [8, 2] comes from here: y",
    ],
    ["const x = randn(3, 4);\nx.relu().view(5, -1);", "view(5, -1)"],
    ["const x = randn(3, 4);\nx.view(5, -1);", "view(5, -1)", "`x` [3, 4] comes from here: x"],
    [
      "function join(p: Tensor, q: Tensor): Tensor { return p.mul(q); }\nconst one = randn(2), two = randn(3);\njoin(one, two);",
      "mul(q)",
      "`one` [2] comes from here: one",
      "`two` [3] comes from here: two",
    ],
  ];
  for (const [text, ...expected] of operands) {
    it(`say where each operand comes from: ${text.split("\n").at(-1)!}`, async () => {
      assert.deepEqual(told(await failure(text)), expected);
    });
  }

  it("name both shapes", async () => {
    const { problem } = await failure("const a = randn(3, 4), b = randn(3, 5);\na.add(b);");
    assert.equal(problem.message, "The size of tensor a (4) must match the size of tensor b (5) at non-singleton dimension 1. `a` is [3, 4], `b` is [3, 5].");
  });

  it("say nothing of shapes where the trouble is another", async () => {
    const { problem } = await failure("const x = tensor([1, 2], { requiresGrad: true });\nconst y = x.mul(x).sum();\ny.backward();\ny.backward();");
    assert.deepEqual([problem.related, problem.fixes, problem.code], [undefined, undefined, "thrown"]);
  });
});
