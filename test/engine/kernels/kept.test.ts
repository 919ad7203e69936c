import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kept } from "../../../src/engine/kernels/kept.ts";
import { temporaryFolder } from "../../harness/temporary.ts";

const never = (): string => assert.fail("asked again");

describe("what is kept in the cache folder", () => {
  const names = ["KINDLING_CACHE", "XDG_CACHE_HOME"] as const;
  const before = names.map((name) => process.env[name]);
  let folder: string;
  beforeEach(() => (process.env["KINDLING_CACHE"] = folder = join(temporaryFolder("kept"), "new", "cache")));
  afterEach(() => {
    names.forEach((name, i) => {
      if (before[i] === undefined) delete process.env[name];
      else process.env[name] = before[i];
    });
  });

  it("is found once, and given again", () => {
    assert.equal(
      kept("answer", () => "42"),
      "42",
    );
    assert.equal(kept("answer", never), "42");
    assert.equal(
      kept("another", () => "43"),
      "43",
    );
  });

  it("lies where the user's programs keep such things, under a name that every file system knows", () => {
    const home = temporaryFolder("kept");
    delete process.env["KINDLING_CACHE"];
    process.env["XDG_CACHE_HOME"] = home;
    kept("kernels 14.6 AMD/EPYC (TM): 2", () => "plain");
    assert.equal(readFileSync(join(home, "kindling", "kernels-14.6-AMD-EPYC-TM-2"), "utf8"), "plain");
  });

  it("is what the first of two processes found that look for it at the same time, and nothing else is left behind", () => {
    assert.equal(
      kept("answer", () => {
        kept("answer", () => "first");
        return "second";
      }),
      "first",
    );
    assert.deepEqual(readdirSync(folder), ["answer"]);
  });

  it("is nothing where nothing can be written", () => {
    process.env["KINDLING_CACHE"] = join(folder, "..", "..", "file");
    writeFileSync(process.env["KINDLING_CACHE"], "");
    assert.equal(
      kept("answer", () => "42"),
      null,
    );
    assert.equal(
      kept("answer", () => "43"),
      null,
    );
  });
});
