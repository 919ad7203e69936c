import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withEditor } from "../harness/suite.ts";
import { temporaryFolder } from "../harness/temporary.ts";

describe("VS Code in the browser", () => {
  const editor = withEditor();

  it("opens a folder, shows its files, and follows the theme", async () => {
    const folder = temporaryFolder("folder");
    mkdirSync(join(folder, "nets"));
    writeFileSync(join(folder, "nets", "hello.ts"), "export const answer = 42;\n");
    const workbench = await editor().openWorkbench(folder);
    await workbench.openFile("hello.ts");
    assert.match(await workbench.page.locator(".view-lines").innerText(), /answer/);
    await workbench.setTheme("Light Modern", "light");
    await workbench.setTheme("Dark Modern", "dark");
    await workbench.close();
  });
});
