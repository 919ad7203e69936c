import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { folders, pageShares } from "../../scripts/suites.mjs";
import { repository } from "../harness/temporary.ts";

/** Suites that start an editor of their own. */
const ofEditors = ["vscode", "e2e"];

describe("the suites", () => {
  it("leave no folder with tests out", () => {
    const run = new Set([...Object.values(folders).flat(), ...ofEditors]);
    const hasTests = (folder: string): boolean =>
      readdirSync(join(repository, "test", folder), { recursive: true, encoding: "utf8" }).some((name) => name.endsWith(".test.ts"));
    const all = readdirSync(join(repository, "test"), { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== "screenshots");
    assert.deepEqual(
      all.map(({ name }) => name).filter((name) => hasTests(name) && !run.has(name)),
      [],
    );
  });

  it("give each file to one browser", () => {
    const all = readdirSync(join(repository, "test", "webview"), { encoding: "utf8" }).filter((name) => name.endsWith(".test.ts"));
    const given = pageShares().flat();
    assert.deepEqual(given.map((file) => basename(file)).sort(), all.sort());
  });
});
