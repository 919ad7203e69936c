import assert from "node:assert/strict";
import { Folder, run } from "./job.ts";

describe("what a program throws is told in words", function () {
  this.timeout(60_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  async function thrown(text: string) {
    const job = await run(folder.write("net.model.ts", text));
    assert.equal(job.states.at(-1), "failed");
    assert.equal(job.problems.length, 1, JSON.stringify(job.problems));
    const { message, position } = job.problems[0]!;
    return { message, line: position!.line };
  }

  const cases: readonly [text: string, message: string | RegExp, line?: number][] = [
    ['\nawait fetch("http://127.0.0.1:9/data.csv");', /^TypeError: fetch failed, caused by Error: (bad port|connect ECONNREFUSED 127\.0\.0\.1:9)$/, 2],
    ['throw new Error("a", { cause: new TypeError("b", { cause: "c" }) });', 'Error: a, caused by TypeError: b, caused by "c"'],
    ['const e = new Error("round"); e.cause = e; throw e;', "Error: round"],
    [
      'await Promise.any([Promise.reject(new Error("one")), Promise.reject(new TypeError("two"))]);',
      "AggregateError: All promises were rejected (Error: one; TypeError: two)",
    ],
    [
      "throw new AggregateError(Array.from({ length: 9 }, (_, i) => new Error(String(i))), 'many');",
      "AggregateError: many (Error: 0; Error: 1; Error: 2; Error: 3; Error: 4; and 4 more)",
    ],
    ['throw { code: 42, why: "because" };', "The program threw { code: 42, why: 'because' }, which is not an Error."],
    ['throw "text";', 'The program threw "text", which is not an Error.'],
    ["throw null;", "The program threw null, which is not an Error."],
    ["throw undefined;", "The program threw undefined, which is not an Error."],
    ["await Promise.reject();", "The program threw undefined, which is not an Error."],
    ["void Promise.reject({ status: 404 });\nsetTimeout(() => {}, 1000);", "The program threw { status: 404 }, which is not an Error."],
    ['throw Object.defineProperty(new Error("x"), "message", { get() { throw new Error("gotcha"); } });', "Error"],
    ['throw Object.defineProperty(new Error("x"), "cause", { get() { throw new Error("gotcha"); } });', "Error: x"],
    ['throw Object.defineProperty(new Error("x"), "stack", { get() { throw new Error("gotcha"); } });', "Error: x"],
    ["throw { [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('gotcha'); } };", "The program threw an object, which is not an Error."],
    ['class ValidationError extends Error { override name = "ValidationError"; }\nthrow new ValidationError("bad");', "ValidationError: bad", 2],
    ['import { nn } from "kindling";\n(nn.Linear as any)(2, 3);', "TypeError: nn.Linear is a class here: write new nn.Linear(…)", 2],
    [
      'import { tensor } from "kindling";\nconst x = tensor([1, 2], { requiresGrad: true });\nconst y = x.mul(x).sum();\ny.backward();\ny.backward();',
      /^Trying to backward through the graph a second time/,
      5,
    ],
    [
      'import { randn } from "kindling";\nrandn(8, 2).requiresGrad_(true).square().backward();',
      "grad can be implicitly created only for scalar outputs, and this one has shape [8, 2]. Take its mean() or sum() before backward(), or give backward() a gradient of that shape.",
      2,
    ],
    [
      'import { randn } from "kindling";\nrandn(8, 2).requiresGrad_(true).argmax(1).float().mean().backward();',
      /^element 0 of tensors does not require grad and does not have a grad_fn\. Gradients end at detach\(\), item\(\), argmax\(\) and comparisons/,
      2,
    ],
    [
      'import { nn, randn, tensor } from "kindling";\nnn.functional.crossEntropy(randn(2, 3), tensor([1, 3]));',
      "Target 3 is out of bounds. The outputs are for 3 classes, numbered from 0 to 2.",
      2,
    ],
    [
      'import { nn, tensor } from "kindling";\nnew nn.BCELoss()(tensor([-1.25, 0.5, 3]), tensor([0, 1, 1]));',
      /^all elements of input should be between 0 and 1, but they go from -1\.25 to 3\. Use BCEWithLogitsLoss/,
      2,
    ],
    ['import { randn } from "kindling";\n(randn(2) as any).index_select(0, 1);', /index_select is not a function; did you mean indexSelect\?$/, 2],
    ['import { nn } from "kindling";\nnew (nn as any).LeakyRelu();', /LeakyRelu is not a constructor; did you mean LeakyReLU\?$/, 2],
    ["const own: any = {};\nown.load_everything();", "TypeError: own.load_everything is not a function", 2],
    [
      'import { data } from "kindling";\nnew data.DataLoader({} as never);',
      /^a dataset is an array, or has a `length` and a `get\(index\)`; Object is neither/,
      2,
    ],
  ];
  for (const [text, message, line = 1] of cases) {
    it(text.split("\n").at(-1)!, async () => {
      const told = await thrown(text);
      if (typeof message === "string") assert.equal(told.message, message);
      else assert.match(told.message, message);
      assert.equal(told.line, line);
    });
  }

  it("a stack that the program prints has its own lines and nothing of Kindling's inside", async () => {
    const file = folder.write(
      "net.model.ts",
      'import { nn, randn } from "kindling";\nfunction call(): void { new nn.Linear(2, 3)(randn(4, 5)); }\ntry { call(); } catch (error) { console.log((error as Error).stack); }\n',
    );
    const { stdout } = await run(file);
    assert.deepEqual(
      stdout
        .trimEnd()
        .replace(/(:\d+):\d+/g, "$1")
        .split("\n"),
      ["RuntimeError: mat1 and mat2 shapes cannot be multiplied (4x5 and 2x3) in Linear", `    at call (${file}:2)`, `    at ${file}:3`],
    );
  });

  it("`require` gives the engine that is running, Node's own modules and the file's neighbours", async () => {
    folder.write("part.ts", "export const part = 2;\n");
    folder.write("old.js", "module.exports = { old: 3 };\n");
    const job = await run(
      folder.write(
        "net.model.ts",
        'import { tensor } from "kindling";\nconst torch = require("kindling");\nconst { part } = require("./part");\nconsole.log(torch.tensor([1]).item(), torch.tensor === tensor, part, require("./old").old, typeof require("node:fs").readFileSync);\n',
      ),
    );
    assert.equal(job.stdout, "1 true 2 3 function\n");
  });
});
