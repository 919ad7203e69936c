/** Each layer in ONNX Runtime: several sizes, several batches, in `eval()` and in training. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { layers } from "./layers.ts";
import { worstDifference } from "./measured.ts";

/** What float32 rounds away in sums of these lengths. */
const rounding = 2e-5;

describe("in ONNX Runtime, the same as here", () => {
  for (const name of Object.keys(layers)) {
    it(name, async () => {
      assert.ok((await worstDifference(name)) <= rounding);
    });
  }

  it("the table of docs/onnx.md is of these layers", () => {
    const page = readFileSync(new URL("../../docs/onnx.md", import.meta.url), "utf8");
    const listed = [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);
    assert.deepEqual(listed, Object.keys(layers));
  });
});
