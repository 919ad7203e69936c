import assert from "node:assert/strict";
import { readNumber } from "../../src/extension/shared/numberSetting.ts";

describe("a setting that is a number", () => {
  const range = { least: 0, most: 64, isInteger: true, otherwise: 4 };

  it("is used as it is written where it is in range", () => {
    for (const value of [0, 3, 64]) assert.deepEqual(readNumber("kindling.threads", value, range), { value });
  });

  it("is the nearest that is allowed otherwise, with a word of which and what", () => {
    const used = (written: unknown): number => readNumber("kindling.threads", written, range).value;
    assert.deepEqual([-3, 999, 2.6, "many", null, NaN, undefined].map(used), [0, 64, 3, 4, 4, 4, 4]);
    assert.equal(
      readNumber("kindling.threads", 999, range).remark,
      "The setting kindling.threads is 999, but has to be a whole number from 0 to 64: 64 is used.",
    );
  });
});
