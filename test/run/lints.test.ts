import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type { SourcePosition } from "../../src/protocol/index.ts";
import { isLint, lintIds, lintProblem, lints, ToldLints } from "../../src/run/lints.ts";

const root = new URL("../../", import.meta.url);
const pages = new URL("docs/lints/", root);
const page = (id: string): string => readFileSync(new URL(`${id}.md`, pages), "utf8");

describe("each lint", () => {
  for (const id of lintIds) {
    it(`${id} has a page that says what, why, how it looks and how to silence it`, () => {
      const text = page(id);
      assert.ok(text.startsWith(`# ${lints[id].title}\n\n\`${id}\`\n`), text.slice(0, 80));
      for (const heading of ["What", "Why", "Example", "To silence it"]) assert.ok(text.includes(`\n## ${heading}\n`), heading);
      assert.ok(text.includes("\n```ts\n"));
      assert.ok(text.includes(`// kindling: ignore ${id}\``));
    });
  }

  it("stands in the list of all, and no page is of another", () => {
    const listed = [...page("README").matchAll(/\[`([\w-]+)`\]\(\1\.md\) \| (.*) \|/g)].map(([, id, title]) => [id, title]);
    assert.deepEqual(listed.toSorted(), lintIds.map((id) => [id, lints[id].title]).toSorted());
    const files = readdirSync(pages).map((name) => name.replace(/\.md$/, ""));
    assert.deepEqual(files.filter((name) => name !== "README").toSorted(), [...lintIds].toSorted());
  });

  it("can be set by its id, with its own severity shown as the default", () => {
    const { contributes } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
    const setting = contributes.configuration.properties["kindling.lints"];
    const { "*": all, ...each } = setting.properties as Record<string, { enum: string[]; default?: string; description: string }>;
    assert.equal(setting.additionalProperties, false);
    assert.deepEqual(all?.enum, ["off", "information", "warning", "error"]);
    assert.deepEqual(Object.keys(each).toSorted(), [...lintIds].toSorted());
    for (const id of lintIds) {
      assert.deepEqual([each[id]!.enum, each[id]!.default, each[id]!.description], [all.enum, lints[id].severity, `${lints[id].title}.`]);
    }
  });

  it("is told once where text and run show it, each from its side", () => {
    const told = new ToldLints();
    const at = (line: number): SourcePosition => ({ file: "/models/net.model.ts", line, column: 1 });
    const ofText = lintProblem("softmax-before-cross-entropy", { message: "here", position: at(8), related: [{ message: "goes in here", position: at(16) }] });
    assert.ok(!told.isTold(ofText, "text"));
    assert.ok(!told.isTold({ ...ofText, message: "two on one line" }, "text"));
    for (const line of [8, 16]) assert.ok(told.isTold(lintProblem("softmax-before-cross-entropy", { message: "as it ran", position: at(line) }), "run"));
    assert.ok(!told.isTold(lintProblem("softmax-before-cross-entropy", { message: "elsewhere", position: at(9) }), "run"));
    assert.ok(!told.isTold(lintProblem("dead-units", { message: "another", position: at(8) }), "run"));
  });

  it("is known by its id alone", () => {
    assert.ok(isLint("dead-units"));
    assert.ok(!isLint("toString"));
    assert.ok(!isLint("shape"));
  });
});
