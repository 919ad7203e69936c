/** A PyTorch program, translated, has no error of types in a strict editor. */
import assert from "node:assert/strict";
import { temporaryFolder } from "../harness/temporary.ts";
import { listingNames, programNames, programs, translate, tutorial } from "./translate.ts";
import { typeErrors } from "./typeErrors.ts";

describe("programs from Python in a strict editor", function () {
  this.timeout(120_000);

  it("TypeScript finds no error in any of them", async () => {
    const folder = temporaryFolder("from-python-types");
    for (const name of programNames) translate(programs, name, folder);
    for (const name of listingNames) translate(tutorial, name, folder);
    assert.deepEqual(await typeErrors(folder), []);
  });
});
