import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { lint } from "../../src/lint/lint.ts";

const root = new URL("../../", import.meta.url);
const filesIn = (folder: string): URL[] =>
  readdirSync(new URL(folder, root))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => new URL(`${folder}/${name}`, root));
const found = (file: URL): string[] | undefined =>
  lint(fileURLToPath(file), readFileSync(file, "utf8"))?.map(({ code, position }) => `${code} at ${position?.line}`);

/** The tutorial's listing that shows the mistake. */
const onPurpose: Readonly<Record<string, readonly string[]>> = { "06-module-list.model.ts": ["hidden-modules at 35"] };

describe("nothing is said of", () => {
  for (const folder of ["test/lint/healthy", "examples", "examples/tutorial", "media/templates", "media/templates/pretrained"]) {
    for (const file of filesIn(folder)) {
      const name = file.pathname.split("/").at(-1)!;
      it(`${folder}/${name}${onPurpose[name] ? " but what it shows on purpose" : ""}`, () => assert.deepEqual(found(file), onPurpose[name] ?? []));
    }
  }

  it("at least twenty healthy programs", () => assert.ok(filesIn("test/lint/healthy").length >= 20));
});
