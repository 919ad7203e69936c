import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { contrast, over, type Rgb } from "../../webview/charts/palette.ts";
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

/** How what a lint says stands out in the hover. The fainter source and name behind it are VS Code's own, of whatever extension. */
async function messageContrast(page: Page): Promise<number> {
  const message = page.locator(".monaco-hover:visible .marker span", { hasText: "hidden from the module" }).last();
  const [colour, background, opacity] = await message.evaluate((element) => {
    const around = (one: Element): Element[] => [one, ...(one.parentElement ? around(one.parentElement) : [])];
    const styles = around(element).map((one) => getComputedStyle(one));
    const behind = styles.find(({ backgroundColor }) => !backgroundColor.endsWith(", 0)"))!;
    return [styles[0]!.color, behind.backgroundColor, styles.reduce((product, style) => product * Number(style.opacity), 1)] as const;
  });
  return contrast(over(rgbOf(colour), opacity, rgbOf(background)), rgbOf(background));
}

/** `rgb(59, 59, 59)` */
function rgbOf(colour: string): Rgb {
  const [red, green, blue] = colour.match(/[\d.]+/g)!.map(Number);
  return [red!, green!, blue!];
}

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
    const code = page.locator(".monaco-hover .hover-contents a.code-link, .monaco-hover a.code-link", { hasText: "hidden-modules" }).first();
    for (const [theme, kind] of [
      ["Dark Modern", "dark"],
      ["Light Modern", "light"],
    ] as const) {
      await page.mouse.move(0, 0);
      await code.waitFor({ state: "hidden" });
      await workbench.setTheme(theme, kind);
      await field.hover({ position: { x: 35, y: 9 } });
      await code.waitFor();
      await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {}))));
      await workbench.screenshot(`lint-${kind}`);
      const ratio = await messageContrast(page);
      assert.ok(ratio >= 4.5, `${ratio.toFixed(2)} in ${theme}`);
    }
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
