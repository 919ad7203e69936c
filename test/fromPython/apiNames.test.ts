/** The names that the translation knows are those that the engine has. */
import assert from "node:assert/strict";
import { apiMembers, apiNames, tensorMembers } from "../../src/fromPython/apiNames.ts";
import { builtRunner } from "../runner/built.ts";

interface Names {
  readonly spaces: Readonly<Record<string, readonly string[]>>;
  readonly members: readonly string[];
  readonly tensor: readonly string[];
}

describe("the names of the API", () => {
  let names: Names;
  before(async () => {
    const { namesOf } = (await import(new URL("../../scripts/fromPython/names.mjs", import.meta.url).href)) as { namesOf(engine: object): Names };
    names = namesOf((await import(new URL("kindling.js", await builtRunner()).href)) as object);
  });

  it("are, in each namespace, those of the built engine", () => {
    const known = Object.fromEntries(Object.entries(apiNames).map(([path, space]) => [path, [...space].sort()]));
    const built = Object.fromEntries(
      Object.entries(names.spaces)
        .filter(([path]) => path in known)
        .map(([path, space]) => [path, [...space].sort()]),
    );
    assert.deepEqual(known, built, "run `node scripts/fromPython/names.mjs` after a build");
  });

  it("are, of tensors and other objects, ones that these have", () => {
    const [built, tensor] = [new Set(names.members), new Set(names.tensor)];
    assert.deepEqual(
      [...tensorMembers].filter((name) => !tensor.has(name)),
      [],
    );
    assert.deepEqual(
      [...apiMembers].filter((name) => !built.has(name)),
      [],
    );
  });
});
