/** Mistakes as people write them: in classes, functions, closures, loops of every kind, and other files. */
import assert from "node:assert/strict";
import { lint } from "../../src/lint/lint.ts";
import type { Problem } from "../../src/protocol/index.ts";
import { applied } from "./twins.ts";
import { marks, wordings } from "./wordings.ts";

const found = (name: string, text: string): readonly Problem[] => lint(`/models/${name}`, text) ?? [];

/** As all fixes leave it, one after the other. */
function mended(name: string, text: string): string {
  const fix = found(name, text).find(({ fixes }) => fixes)?.fixes?.[0];
  return fix ? mended(name, applied(text, fix)) : text;
}

describe("the text alone shows, and says nothing else", () => {
  for (const { name, text } of wordings) {
    it(name.replace(".model.ts", ""), () => {
      const problems = found(name, text);
      assert.deepEqual(
        problems.map(({ code, position }) => `${code} in line ${position!.line}`),
        marks(text, "read"),
      );
      const isMendable = problems.length > 0 && problems.every(({ fixes }) => fixes);
      if (isMendable) assert.deepEqual(found(name, mended(name, text)), []);
    });
  }
});
