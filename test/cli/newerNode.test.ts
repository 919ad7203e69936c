import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { newerNodeText } from "../../src/cli/newerNode.ts";
import { temporaryFolder } from "../harness/temporary.ts";

const [node20, node22, node24] = [
  { node: "20.20.2", v8: "11.3.244.8" },
  { node: "22.23.3", v8: "12.4.254.21" },
  { node: "24.21.0", v8: "13.6.233.17" },
];

describe("the word about a newer Node", () => {
  const before = process.env["KINDLING_CACHE"];
  beforeEach(function () {
    // A newer Node is faster by instructions that only this processor has.
    if (process.arch !== "x64") this.skip();
    process.env["KINDLING_CACHE"] = join(temporaryFolder("newer-node"), "cache");
  });
  afterEach(() => {
    if (before === undefined) delete process.env["KINDLING_CACHE"];
    else process.env["KINDLING_CACHE"] = before;
  });

  it("comes once for each Node and each Kindling", () => {
    assert.equal(newerNodeText("1.0.0", node22), "kindling: this is Node 22.23.3; Node 24 or later would compute about twice as fast.\n");
    assert.equal(newerNodeText("1.0.0", node22), undefined);
    assert.match(newerNodeText("1.0.0", node20)!, /this is Node 20\.20\.2;/);
    assert.match(newerNodeText("1.1.0", node22)!, /twice as fast/);
  });

  it("comes not at all where no newer Node is faster", () => {
    assert.equal(newerNodeText("1.0.0", node24), undefined);
  });

  it("comes each time where nothing can be remembered", () => {
    process.env["KINDLING_CACHE"] = join(temporaryFolder("newer-node"), "file");
    writeFileSync(process.env["KINDLING_CACHE"], "");
    assert.match(newerNodeText("1.0.0", node20)!, /twice as fast/);
    assert.match(newerNodeText("1.0.0", node20)!, /twice as fast/);
  });
});
