/** A program that went to Python and came back is the same program; where it can't be in every word, it says why. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { published } from "./programs.ts";
import { returned, worded } from "./roundTrip.ts";
import { commentsOf, wording } from "./wording.ts";

describe("what went to Python and came back", () => {
  for (const program of published) {
    const { name, file } = program;
    const told = (source: string): unknown => ({ tree: wording(source), comments: commentsOf(source) });
    const reason = worded[name];
    it(reason === undefined ? `is the same program: ${name}` : `is worded otherwise where ${reason}: ${name}`, () => {
      const [ours, theirs] = [told(returned(program)[0]!.code), told(readFileSync(file, "utf8"))];
      if (reason === undefined) assert.deepEqual(ours, theirs);
      else assert.notDeepEqual(ours, theirs, "it is the same by now: take it out of the list");
    });
  }
});
