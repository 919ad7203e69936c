import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { withEditor } from "../harness/suite.ts";
import { temporaryFolder } from "../harness/temporary.ts";

const hidden = `import { nn, type Tensor } from "kindling";

class Net extends nn.Module {
  layers = [new nn.Linear(4, 8), new nn.Linear(8, 2)];

  override forward(x: Tensor): Tensor {
    for (const layer of this.layers) x = layer(x);
    return x;
  }
}

const model = new Net();
console.log(model);
`;

describe("a lint in the packed extension", () => {
  const editor = withEditor();

  it("stands in a folder that nobody trusts, and its name leads to its page, as it is meant to be read", async () => {
    const folder = temporaryFolder("folder");
    writeFileSync(join(folder, "net.model.ts"), hidden);
    const workbench = await editor().openWorkbench(folder, {
      "security.workspace.trust.enabled": true,
      "security.workspace.trust.startupPrompt": "never",
      "security.workspace.trust.untrustedFiles": "open",
    });
    const { page } = workbench;
    await workbench.openFile("net.model.ts");
    await page.locator(".squiggly-warning").first().waitFor();
    // Nothing has run, and nothing may.
    await workbench.lens("Trust this workspace to train").first().waitFor();
    const field = page.locator(".view-line", { hasText: "layers" }).first();
    await field.hover({ position: { x: 35, y: 9 } });
    const code = page.locator(".monaco-hover .hover-contents a.code-link, .monaco-hover a.code-link", { hasText: "hidden-modules" }).first();
    await code.waitFor();
    await workbench.screenshot("lint");
    await code.click();
    await page.locator(".tab.active", { hasText: "hidden-modules.md" }).waitFor();
    // Shown, and not as the Markdown that it is written in.
    await page.locator(".editor-instance iframe, iframe.webview.ready").first().waitFor({ state: "attached" });
    await workbench.screenshot("lint-page");
  });

  it("is mended by its quick fix, in light and in dark", async () => {
    const folder = temporaryFolder("folder");
    writeFileSync(join(folder, "net.model.ts"), hidden);
    const workbench = await editor().openWorkbench(folder);
    const { page } = workbench;
    await workbench.openFile("net.model.ts");
    await page.locator(".squiggly-warning").first().waitFor();
    await page.locator(".view-line", { hasText: "layers = [" }).click({ position: { x: 45, y: 9 } });
    const fix = page.locator(".action-widget .monaco-list-row", { hasText: "nn.ModuleList" }).first();
    for (const [theme, kind] of [
      ["Light Modern", "light"],
      ["Dark Modern", "dark"],
    ] as const) {
      await workbench.setTheme(theme, kind);
      await workbench.runCommand("Quick Fix...");
      await fix.waitFor();
      await workbench.screenshot(`lint-fix-${kind}`);
      if (kind === "light") await page.keyboard.press("Escape");
    }
    await page.keyboard.press("Enter");
    await page.locator(".view-line", { hasText: "new nn.ModuleList([" }).waitFor();
    await page.locator(".squiggly-warning").first().waitFor({ state: "detached" });
  });
});
