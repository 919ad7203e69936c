import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withEditor } from "../harness/suite.ts";
import { repository, temporaryFolder } from "../harness/temporary.ts";
import { eventually } from "../harness/wait.ts";
import type { Workbench } from "../harness/workbench.ts";

const broken = `import { nn, randn, type Tensor } from "kindling";

class Net extends nn.Module {
  a = new nn.Linear(20, 64);
  b = new nn.Linear(60, 10);

  override forward(x: Tensor): Tensor {
    const h = this.a(x).relu();
    return this.b(h);
  }
}

const net = new Net();
const y = net(randn(32, 20));
`;

/** The hints on the screen, top to bottom. */
async function hintTexts({ page }: Workbench): Promise<string[]> {
  const found = await page.locator(".view-lines .view-line span[class*='dyn-rule']").evaluateAll((elements) =>
    elements.map((element) => ({
      top: element.getBoundingClientRect().top,
      left: element.getBoundingClientRect().left,
      text: [getComputedStyle(element, "::before").content, getComputedStyle(element, "::after").content, element.textContent ?? ""]
        .filter((text) => text !== "none" && text !== "normal")
        .join(" "),
    })),
  );
  return found
    .toSorted((a, b) => a.top - b.top || a.left - b.left)
    .map(({ text }) =>
      text
        .replaceAll("\u200d", "")
        .replaceAll(/[\s"]+/g, " ")
        .trim(),
    )
    .filter((text) => /\[[B\d]|\[\]/.test(text));
}

/** The hover with that in it, once it has come all the way. */
async function hover({ page }: Workbench, selector: string): Promise<void> {
  await page.keyboard.press("Control+K");
  await page.keyboard.press("Control+I");
  await page.locator(`.monaco-hover ${selector}`).first().waitFor();
  await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {}))));
}

async function goTo({ page }: Workbench, line: number, column: number): Promise<void> {
  await page.keyboard.press("Control+G");
  const input = page.locator(".quick-input-widget input[type='text']");
  await input.fill(`:${line}:${column}`);
  await page.keyboard.press("Enter");
  await page.locator(".statusbar-item", { hasText: `Ln ${line}, Col ${column}` }).waitFor();
}

describe("shapes beside the code", function () {
  this.timeout(180_000);
  const editor = withEditor();
  let folder: string;
  let workbench: Workbench;

  before(async () => {
    folder = temporaryFolder("shapes");
    cpSync(join(repository, "examples", "tutorial"), folder, { recursive: true });
    writeFileSync(join(folder, "broken.model.ts"), broken);
    workbench = await editor().openWorkbench(folder);
  });
  after(() => workbench.close());
  afterEach(() => workbench.closeEditors());

  it("are seen in light and in dark, tell their values to who points at them, and lead to the panel", async () => {
    const { page } = workbench;
    await workbench.openFile("17-deep-resnet.model.ts");
    await eventually(
      "shapes beside the code",
      () => hintTexts(workbench),
      (texts) => texts.some((text) => text.includes("[B, 10]")),
    );
    for (const [theme, kind] of [
      ["Dark Modern", "dark"],
      ["Light Modern", "light"],
    ] as const) {
      await workbench.setTheme(theme, kind);
      await goTo(workbench, 21, 6);
      await hover(workbench, "img");
      const picture = page.locator(".monaco-hover img").first();
      assert.ok(await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth > 100)));
      await workbench.screenshot(`shapes-${kind}`);
      if (kind === "dark") await page.keyboard.press("Escape");
    }
    await page.locator(".monaco-hover a", { hasText: "Open in panel" }).first().click();
    await workbench.inPanel("panel-file").waitFor();
    await workbench.screenshot("shapes-panel");
  });

  it("that don't go together are underlined, and mended from the keyboard", async () => {
    const { page } = workbench;
    await workbench.openFile("broken.model.ts");
    await page.locator(".squiggly-error").first().waitFor();
    for (const [theme, kind] of [
      ["Dark Modern", "dark"],
      ["Light Modern", "light"],
    ] as const) {
      await workbench.setTheme(theme, kind);
      await goTo(workbench, 9, 17);
      await hover(workbench, ".marker");
      await workbench.screenshot(`shape-error-${kind}`);
      await page.keyboard.press("Escape");
    }
    await goTo(workbench, 9, 17);
    await page.keyboard.press("Control+.");
    await page.locator(".action-widget", { hasText: "Make it 'nn.Linear(64, …)'" }).waitFor();
    await workbench.screenshot("shape-fix");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+S");
    await eventually(
      "the mended file's shapes",
      () => hintTexts(workbench),
      (texts) => texts.some((text) => text.includes("[32, 10]")),
    );
    assert.equal(readFileSync(join(folder, "broken.model.ts"), "utf8"), broken.replace("60", "64"));
  });
});
