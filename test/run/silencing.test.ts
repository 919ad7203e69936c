import assert from "node:assert/strict";
import type { Problem } from "../../src/protocol/index.ts";
import { lintProblem } from "../../src/run/lints.ts";
import { heard, silencingFix } from "../../src/run/silencing.ts";

const file = "/models/net.model.ts";
const problem = lintProblem("dead-units", { message: "Half of the units are dead.", position: { file, line: 2, column: 5 } });
const isHeard = (text: string, one: Problem = problem): boolean => heard(one, text) !== undefined;

describe("a lint is silenced", () => {
  for (const [where, text] of [
    ["at its line's end", "first();\nsecond(); // kindling: ignore dead-units\n"],
    ["on the line before", "// kindling: ignore dead-units\nsecond();\n"],
    ["among others, with a reason behind", "first();\nsecond(); // kindling: ignore saturated, dead-units: it is meant so\n"],
    ["in a block comment", "/* kindling: ignore dead-units */\nsecond();\n"],
    ["behind another comment", "first();\nsecond(); // the hidden layer // kindling: ignore dead-units\n"],
    ["for the whole file", "first();\nsecond();\nthird();\n// kindling: ignore-file dead-units\n"],
    ["in a file with Windows' line ends", "first();\r\nsecond(); // kindling: ignore dead-units\r\n"],
  ] as const) {
    it(where, () => assert.ok(!isHeard(text)));
  }

  it("two lines above, where all between is comment", () => {
    const later = { ...problem, position: { file, line: 3, column: 1 } };
    assert.ok(!isHeard("// kindling: ignore dead-units\n// they wake up later\nsecond();\n", later));
  });

  for (const [where, text] of [
    ["of another lint", "first();\nsecond(); // kindling: ignore saturated\n"],
    ["of a lint whose name begins alike", "first();\nsecond(); // kindling: ignore dead-units-too\n"],
    ["at the end of the line before, which is about that line", "first(); // kindling: ignore dead-units\nsecond();\n"],
    ["on the line after", "first();\nsecond();\n// kindling: ignore dead-units\n"],
    ["without a name", "first();\nsecond(); // kindling: ignore\n"],
    ["that is no comment", 'first();\nlog("kindling: ignore dead-units");\n'],
  ] as const) {
    it(`not by a comment ${where}`, () => assert.ok(isHeard(text)));
  }

  it("and nothing else is: an error stays, whatever a comment or a setting says", () => {
    const error: Problem = { severity: "error", code: "shape", message: "they don't fit", position: { file, line: 1, column: 1 } };
    assert.equal(heard(error, "first(); // kindling: ignore shape\n", { "shape": "off", "*": "off" }), error);
  });

  it("by the setting, for itself or for all that aren't named", () => {
    assert.equal(heard(problem, "", { "dead-units": "off" }), undefined);
    assert.equal(heard(problem, "", { "*": "off" }), undefined);
    assert.equal(heard(problem, "", { "*": "off", "dead-units": "error" })?.severity, "error");
    assert.equal(heard(problem, "", { saturated: "off" }), problem);
  });

  it("where no line is to blame, by the file's comment only", () => {
    const { position: _, ...nowhere } = problem;
    assert.ok(isHeard("first(); // kindling: ignore dead-units\n", nowhere));
    assert.ok(!isHeard("// kindling: ignore-file dead-units\n", nowhere));
  });

  it("and heard where the file can't be read", () => assert.equal(heard(problem, undefined), problem));
});

describe("the comment that silences a lint", () => {
  const silenced = (text: string, line: number): string | undefined => {
    const [edit] = silencingFix("dead-units", file, line, text)?.edits ?? [];
    if (!edit) return undefined;
    const lines = text.split("\n");
    const own = lines[edit.position.line - 1]!;
    lines[edit.position.line - 1] = own.slice(0, edit.position.column - 1) + edit.text + own.slice(edit.end.column - 1);
    return lines.join("\n");
  };

  for (const [what, text, expected] of [
    ["stands at the line's end", "first();\nsecond();\n", "first();\nsecond(); // kindling: ignore dead-units\n"],
    ["keeps Windows' line ends", "first();\r\nsecond();\r\n", "first();\r\nsecond(); // kindling: ignore dead-units\r\n"],
    ["joins one that is there", "first();\nsecond(); // kindling: ignore saturated\n", "first();\nsecond(); // kindling: ignore saturated, dead-units\n"],
    ["follows another comment", "first();\nsecond(); // why\n", "first();\nsecond(); // why // kindling: ignore dead-units\n"],
  ] as const) {
    it(what, () => {
      const after = silenced(text, 2);
      assert.equal(after, expected);
      assert.ok(!isHeard(after));
    });
  }

  it("is not offered where it would be part of a text", () => assert.equal(silenced("const a = 1;\nprint(`first\nsecond`);\n", 2), undefined));
  it("is not offered on a line that isn't there", () => assert.equal(silenced("first();\n", 9), undefined));
});
