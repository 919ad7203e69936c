/** The table of what an edited file takes over from its training, in the packed extension. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { withEditor } from "../harness/suite.ts";
import { temporaryFolder } from "../harness/temporary.ts";

/** Trains for ever. */
const net = (width: number, name: string, more: string): string => `import { nn, optim, randn, type Tensor } from "kindling";

class Net extends nn.Module {
  ${name} = new nn.Linear(4, 8);
  wide = new nn.Linear(8, ${width});
  head = new nn.Linear(${width}, 1);
${more}
  override forward(x: Tensor): Tensor {
    return this.head(this.wide(this.${name}(x)));
  }
}

const net = new Net();
const optimizer = new optim.Adam(net.parameters(), { lr: 0.001 });
for (let step = 0; ; step++) {
  optimizer.zeroGrad();
  net(randn(8, 4)).square().mean().backward();
  optimizer.step();
}
`;

describe("Restart with These Weights in the packed extension", () => {
  const editor = withEditor();

  it("shows first what is kept, renamed, resized, new and gone, each to be declined by key", async () => {
    const folder = temporaryFolder("models");
    const file = join(folder, "net.model.ts");
    writeFileSync(file, net(16, "first", "  old = new nn.Linear(3, 3);\n"));
    const workbench = await editor().openWorkbench(folder);
    const { page } = workbench;
    await workbench.openFile("net.model.ts");
    await workbench.runCommand("Kindling: Train Model");
    await workbench.inPanel("run-state", '[data-state="running"]').waitFor({ timeout: 90_000 });
    writeFileSync(file, net(24, "embed", "  norm = new nn.BatchNorm1d(8);\n"));
    await workbench.runCommand("Kindling: Restart with These Weights…");
    const rows = page.locator(".quick-input-list .monaco-list-row");
    const row = (text: string) => rows.filter({ hasText: text });
    await row("net.embed").waitFor({ timeout: 60_000 });
    await workbench.screenshot("restart-dark");
    const texts = (await rows.allTextContents()).map((text) => text.replaceAll(/\s+/g, " ")).join("\n");
    for (const wanted of ["Restart", "net.embed", "net.wide", "net.head", "net.norm", "net.old"]) assert.ok(texts.includes(wanted), texts);
    // The first row begins; the next one down is declined by Enter, and says so.
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await row("begins anew").first().waitFor();
    await page.keyboard.press("Escape");
    await workbench.setTheme("Light Modern", "light");
    await workbench.runCommand("Kindling: Restart with These Weights…");
    await row("net.embed").waitFor({ timeout: 60_000 });
    await workbench.screenshot("restart-light");
    await page.keyboard.press("Escape");
    await workbench.runCommand("Kindling: Stop");
    await workbench.close();
  });
});
