/** The table of what a file of weights gives to a model, in the packed extension. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ones, save, type Tensor } from "../../src/engine/index.ts";
import { withEditor } from "../harness/suite.ts";
import { temporaryFolder } from "../harness/temporary.ts";

const net = `import { nn, optim, randn, type Tensor } from "kindling";

class Net extends nn.Module {
  fc = new nn.Linear(4, 6);
  norm = new nn.BatchNorm1d(6);
  head = new nn.Linear(6, 1);

  override forward(x: Tensor): Tensor {
    return this.head(this.norm(this.fc(x)));
  }
}

const net = new Net();
const optimizer = new optim.SGD(net.parameters(), { lr: 0.001 });
for (let step = 0; step < 20; step++) {
  optimizer.zeroGrad();
  net(randn(8, 4)).square().mean().backward();
  optimizer.step();
}
`;

describe("Start with Weights From File in the packed extension", () => {
  const editor = withEditor();

  it("asks for the file, shows what fits and what doesn't, and trains with it", async () => {
    const folder = temporaryFolder("models");
    writeFileSync(join(folder, "net.model.ts"), net);
    const model = new Map<string, Tensor>([
      ["module.fc.weight", ones(4, 6)],
      ["module.fc.bias", ones(6)],
      ["module.head.weight", ones(1, 6)],
      ["module.head.bias", ones(1)],
      ["module.decoder.weight", ones(2, 2)],
    ]);
    save({ model, epoch: 3 }, join(folder, "pretrained.pth"));
    const workbench = await editor().openWorkbench(folder);
    const { page } = workbench;
    await workbench.openFile("net.model.ts");
    const rows = page.locator(".quick-input-list .monaco-list-row");
    const row = (text: string) => rows.filter({ hasText: text });
    const open = async (): Promise<void> => {
      await workbench.runCommand("Kindling: Start with Weights From File…");
      // In the browser the dialog is a list of the folder's files.
      await row("pretrained.pth").click({ timeout: 60_000 });
      await row("net.norm").first().waitFor({ timeout: 60_000 });
    };
    await open();
    await workbench.screenshot("start-with-weights-dark");
    const texts = (await rows.allTextContents()).map((text) => text.replaceAll(/\s+/g, " ")).join("\n");
    for (const wanted of ["Start", "net.fc", "net.head", "net.norm", "decoder"]) assert.ok(texts.includes(wanted), texts);
    await page.keyboard.press("Escape");
    await workbench.setTheme("Light Modern", "light");
    await open();
    await workbench.screenshot("start-with-weights-light");
    // The first row begins.
    await page.keyboard.press("Enter");
    await workbench.inPanel("run-state", '[data-state="finished"]').waitFor({ timeout: 90_000 });
    await workbench.close();
  });
});
