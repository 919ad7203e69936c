import assert from "node:assert/strict";
import { exampleSnippet, isUnfinishedExample } from "../../src/extension/lenses/example.ts";

describe("an example instance", () => {
  it("is a line at the end with a place for each argument", () => {
    assert.equal(exampleSnippet("class Net {}\n", "Net", ["inFeatures", "classes"]), "\nconst example = new Net(${1:inFeatures}, ${2:classes});$0\n");
  });

  it("is unfinished as long as a place in it has its parameter's name", () => {
    const parameters = ["inFeatures", "classes"];
    const text = "class Net { constructor(inFeatures: number, classes: number) {} }\n";
    const isUnfinished = (call: string): boolean => isUnfinishedExample(`${text}${call}\n`, "Net", parameters);
    assert.ok(isUnfinished("const example = new Net(inFeatures, classes);"));
    assert.ok(isUnfinished("const example2 = new Net(20, classes);"));
    assert.ok(!isUnfinished("const example = new Net(20, 3);"));
    assert.ok(!isUnfinished("const classes = 3;\nconst example = new Net(20, classes);"), "a name that is declared is no place to fill in");
    assert.ok(!isUnfinished('import { a, classes } from "./data.ts";\nconst example = new Net(20, classes);'));
    assert.ok(!isUnfinished("const example = new Net(20, data.classes);"));
    assert.ok(!isUnfinished(""), "it was taken out again");
  });

  it("takes a name that is free, and begins a line of its own", () => {
    assert.equal(exampleSnippet("const example = 1;", "Net", []), "\n\nconst example2 = new Net();$0\n");
  });
});
