import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { withEditor } from "../harness/suite.ts";
import { temporaryFolder } from "../harness/temporary.ts";
import type { Workbench } from "../harness/workbench.ts";
import { adder } from "../webview/comparedRuns.ts";

describe("a person who compares runs", () => {
  const editor = withEditor();
  let workbench: Workbench;
  let folder: string;

  beforeEach(async () => {
    folder = temporaryFolder("compare");
    writeFileSync(join(folder, "package.json"), "{}");
    writeFileSync(join(folder, "net.model.ts"), `const rate = 0.01;\n${adder(0.01).replace("lr: 0.01", "lr: rate")}`);
    workbench = await editor().openWorkbench(folder);
    await workbench.openFile("net.model.ts");
  });

  afterEach(() => workbench.close());

  it("trains with three seeds, and sees them as one band with a row for each, after a reload of the window, too", async () => {
    await workbench.runCommand("Kindling: Train with Seeds…");
    await workbench.page.locator(".quick-input-list").getByText("3 seeds").click();
    await workbench.inPanel("compared-run").nth(2).waitFor({ timeout: 120_000 });
    assert.equal(await workbench.inPanel("compared-run").count(), 3);
    assert.match(await workbench.inPanel("compared-group").innerText(), /net, .*3 seeds/);
    await workbench.inPanel("curve", '[data-name="val/loss"]').waitFor();
    await workbench.screenshot("compare-seeds");
    await workbench.reload();
    await workbench.inPanel("compared-run").nth(2).waitFor();
    await workbench.inPanel("curve", '[data-name="val/loss"]').waitFor();
    await workbench.inPanel("diff-code").first().click();
    await workbench.page.locator(".diff-editor, .monaco-diff-editor").first().waitFor();
  });

  it("trains with two values of a constant, and sees which is better", async () => {
    await workbench.runCommand("Kindling: Train with Values…");
    await workbench.page.locator(".quick-input-list").getByText("rate").click();
    const input = workbench.page.locator(".quick-input-widget input[type='text']");
    await input.fill("0.001, fast");
    await workbench.page.getByText("rate is a number, and fast is none.").waitFor();
    await input.fill("0.001, 0.03");
    await workbench.page.keyboard.press("Enter");
    await workbench.inPanel("compared-run").nth(1).waitFor({ timeout: 120_000 });
    const [slow, fast] = await workbench.inPanel("compared-run").allInnerTexts();
    assert.match(slow!, /rate 0\.001/);
    assert.match(fast!, /rate 0\.03/);
    assert.equal(await workbench.inPanel("compared-run").nth(1).locator('[aria-label="the best"]').count(), 6);
    await workbench.screenshot("compare-values");
  });

  it("has the panel of a kept run again after a reload of the window", async () => {
    await workbench.close();
    workbench = await editor().openWorkbench(folder, { "kindling.openPanelOnTrain": false });
    await workbench.openFile("net.model.ts");
    await workbench.runCommand("Kindling: Train Model");
    await workbench.statusShows(/trained/);
    await workbench.runCommand("Kindling: Show Kept Run");
    await workbench.page.locator(".quick-input-list .monaco-list-row").first().click();
    await workbench.inPanel("run-state", '[data-state="finished"]').waitFor();
    await workbench.reload();
    await workbench.inPanel("run-state", '[data-state="finished"]').waitFor();
    await workbench.page.locator(".tab", { hasText: "Kindling: net" }).waitFor();
    await workbench.inPanel("curve", '[data-name="loss"]').first().waitFor();
  });
});
