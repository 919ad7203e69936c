import assert from "node:assert/strict";
import { formatTicks } from "../../webview/charts/ticks.ts";
import { shareAfterKey } from "../../webview/frame/splitter.tsx";

describe("numbers along an axis", () => {
  it("are of one kind", () => {
    assert.deepEqual(formatTicks([0, 0.5, 1]), ["0", "0.5", "1"]);
    assert.deepEqual(formatTicks([0, 0.00025, 0.0005]), ["0", "2.5e−4", "5e−4"]);
    assert.deepEqual(formatTicks([0, 5000, 20000]), ["0", "5000", "20k"]);
    assert.deepEqual(formatTicks([null, 1, -2]), ["", "1", "−2"]);
  });
});

describe("a splitter", () => {
  it("moves with the arrow keys of its own direction", () => {
    assert.ok(shareAfterKey("ArrowLeft", 0.5, true)! < 0.5);
    assert.ok(shareAfterKey("ArrowDown", 0.5, false)! > 0.5);
    assert.equal(shareAfterKey("ArrowDown", 0.5, true), null);
  });
});
