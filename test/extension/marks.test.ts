import assert from "node:assert/strict";
import { marks } from "../../src/extension/problems/marks.ts";
import { lintProblem } from "../../src/run/lints.ts";
import type { Problem } from "../../src/protocol/index.ts";
import { file, fileRuns, model, module } from "./samples.ts";

describe("problems", () => {
  const thrown: Problem = {
    severity: "error",
    code: "shape",
    message: "mat1 and mat2 shapes cannot be multiplied (32x20 and 64x3)",
    position: { file: "/models/layers.ts", line: 12, column: 10 },
    module: "head (Linear) of Net",
    stack: [
      { function: "Head.forward", position: { file: "/models/layers.ts", line: 12, column: 10 } },
      { function: "Net.forward", position: { file, line: 30, column: 5 } },
      { function: "", position: { file, line: 40, column: 1 } },
    ],
  };

  it("stand on the user's own line, counted as the editor counts", () => {
    const [mark] = marks([{ file, problems: [thrown] }]).get("/models/layers.ts") ?? [];
    assert.deepEqual(mark?.range, { line: 11, column: 9, endLine: 11, endColumn: 9 });
    assert.equal(mark?.message, `${thrown.message} (in head (Linear) of Net)`);
  });

  it("lead to the calls on the way", () => {
    const [mark] = marks([{ file, problems: [thrown] }]).get("/models/layers.ts") ?? [];
    assert.deepEqual(
      mark?.related.map(({ message, range }) => [message, range.line]),
      [
        ["in Net.forward", 29],
        ["called from here", 39],
      ],
    );
  });

  it("that blame no line stand at the head of the model file", () => {
    const { position: _, ...nowhere } = thrown;
    const [mark] = marks([{ file, problems: [nowhere] }]).get(file) ?? [];
    assert.deepEqual(mark?.range, { line: 0, column: 0, endLine: 0, endColumn: 0 });
  });

  it("reach to the offending text's end where it is known", () => {
    const [mark] = marks([{ file, problems: [{ ...thrown, end: { line: 12, column: 20 } }] }]).get("/models/layers.ts") ?? [];
    assert.deepEqual(mark?.range, { line: 11, column: 9, endLine: 11, endColumn: 19 });
  });

  it("name the other places that have to do with them before the calls on the way", () => {
    const related = [{ message: "mat2 comes from here", position: { file, line: 5, column: 3 }, end: { line: 5, column: 9 } }];
    const [mark] = marks([{ file, problems: [{ ...thrown, related }] }]).get("/models/layers.ts") ?? [];
    assert.deepEqual(mark?.related[0], { message: "mat2 comes from here", file, range: { line: 4, column: 2, endLine: 4, endColumn: 8 } });
    assert.equal(mark?.related.length, 3);
  });

  it("name where the module is made and called that they are in, unless something else leads there", () => {
    const root = module(0, null, "net", { type: "Net" });
    const head = module(1, 0, "head", { constructedAt: { file, line: 8, column: 17 }, calledAt: { file, line: 30, column: 17 } });
    const related = (problem: Problem) =>
      [...marks([{ ...fileRuns({ models: [model("net", [root, head])] }), problems: [problem] }]).values()]
        .flat()[0]!
        .related.map(({ message, range }) => `${message} ${range.line + 1}:${range.column + 1}`);
    assert.deepEqual(related(thrown), ["net.head is made here 8:17", "in Net.forward 30:5", "called from here 40:1"]);
    assert.deepEqual(related({ ...thrown, stack: [] }), ["net.head is made here 8:17", "net.head is called here 30:17"]);
    assert.deepEqual(related({ ...thrown, position: { file, line: 8, column: 1 }, stack: [] }), ["net.head is called here 30:17"]);
    assert.deepEqual(related({ ...thrown, module: "tail (Linear) of Net", stack: [] }), []);
  });

  it("carry what mends them", () => {
    const fixes = [{ title: "Make it 64", edits: [{ position: { file, line: 5, column: 3 }, end: { line: 5, column: 5 }, text: "64" }] }];
    const [mark] = marks([{ file, problems: [{ ...thrown, fixes }] }]).get("/models/layers.ts") ?? [];
    assert.deepEqual(mark?.fixes, [{ title: "Make it 64", edits: [{ file, range: { line: 4, column: 2, endLine: 4, endColumn: 4 }, text: "64" }] }]);
  });

  it("that TypeScript reports as well are left to it", () => {
    assert.equal(marks([{ file, problems: [thrown] }], (problem) => (problem === thrown ? undefined : problem)).size, 0);
  });

  it("are as severe as the user wants", () => {
    const [mark] = marks([{ file, problems: [thrown] }], (problem) => ({ ...problem, severity: "information" })).get("/models/layers.ts") ?? [];
    assert.equal(mark?.severity, "information");
  });

  it("of one lint on one line are one, that of the text in the editor before that of a run", () => {
    const found = lintProblem("unshuffled", { message: "as it is written", position: { file, line: 3, column: 7 } });
    const measured = { ...found, message: "as it ran", position: { file, line: 3, column: 1 } };
    const own = marks([
      { file, problems: [found], version: 4 },
      { file, problems: [measured] },
    ]).get(file);
    assert.deepEqual(
      own?.map(({ message, version }) => [message, version]),
      [["as it is written", 4]],
    );
  });

  it("of a file that two models import are shown once", () => {
    const all = marks([
      { file, problems: [thrown] },
      { file: "/models/other.model.ts", problems: [thrown] },
    ]);
    assert.equal(all.get("/models/layers.ts")?.length, 1);
  });
});
