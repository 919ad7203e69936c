/** The names that the translation knows are those that the engine has. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { builtRunner } from "../runner/built.ts";

describe("the names of the API", () => {
  it("are those of the built engine", async () => {
    const { namesOf, textOf } = (await import(new URL("../../scripts/python/names.mjs", import.meta.url).href)) as {
      namesOf(engine: object): object;
      textOf(names: object): string;
    };
    const engine = (await import(new URL("kindling.js", await builtRunner()).href)) as object;
    assert.equal(
      readFileSync(new URL("../../src/python/apiNames.ts", import.meta.url), "utf8"),
      textOf(namesOf(engine)),
      "run `node scripts/python/names.mjs`",
    );
  });
});
