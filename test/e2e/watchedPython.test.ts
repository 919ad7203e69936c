import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasTorch, python } from "../python/python.ts";
import { withEditor } from "../harness/suite.ts";
import { copyOfExamples } from "../harness/temporary.ts";
import { eventually } from "../harness/wait.ts";
import type { Workbench } from "../harness/workbench.ts";

describe("a person who trains with PyTorch", () => {
  before(async function () {
    this.timeout(60_000);
    // Only a Python that has PyTorch can run what is tested here.
    if (!(await hasTorch())) this.skip();
  });
  const editor = withEditor();
  let workbench: Workbench;

  afterEach(() => workbench.close());

  const number = async (id: string): Promise<number> => Number(await workbench.inPanel(id).getAttribute("data-value"));

  it("watches a script, sees its curves, modules and histograms grow in the panel, and finds it among the runs", async function () {
    this.timeout(300_000);
    const folder = copyOfExamples();
    mkdirSync(join(folder, ".vscode"));
    writeFileSync(join(folder, ".vscode", "settings.json"), JSON.stringify({ "kindling.python": python }));
    const script = join(folder, "digits.py");
    // Half way it waits until it was seen running.
    const wait = `    while epoch == 10 and not Path("seen").exists():\n        time.sleep(0.05)\n    model.train()\n`;
    writeFileSync(script, readFileSync(script, "utf8").replace("import sys\n", "import sys\nimport time\n").replace("    model.train()\n", wait));
    workbench = await editor().openWorkbench(folder);
    await workbench.openFile("digits.py");
    await workbench.runCommand("Kindling: Watch PyTorch Script");
    await workbench.inPanel("run-state", "[data-state=running]").waitFor({ timeout: 90_000 });
    const early = await eventually(
      "a step",
      () => number("step-value"),
      (step) => step > 0,
    );
    await workbench.page.locator(".activitybar .action-item a[aria-label^='Kindling']").click({ force: true });
    await workbench.page.locator(".part.sidebar .pane-header", { hasText: "Runs" }).click();
    await workbench.page.locator(".part.sidebar .monaco-list-row", { hasText: /running · .*loss/ }).waitFor();
    await workbench.screenshot("watched-python-running");
    writeFileSync(join(folder, "seen"), "");
    await workbench.inPanel("run-state", "[data-state=finished]").waitFor({ timeout: 120_000 });
    assert.ok(early < 479);
    assert.equal(await number("step-value"), 479);
    await workbench.page.locator(".part.sidebar .monaco-list-row", { hasText: /480 steps · loss/ }).waitFor();
    await workbench.turnTo("layer");
    const row = (text: RegExp) => workbench.page.locator(".part.sidebar .monaco-list-row", { hasText: text });
    await row(/model\s*Digits · 64×10 · 8,970 params/).waitFor();
    await workbench.screenshot("watched-python-dark");
    await row(/output\s*Linear · 64×10 · 650 params/).click();
    await workbench.inPanel("module-details", `[data-path="output"]`).waitFor();
    await workbench.openFile("digits.model.ts");
    await row(/DigitCNN/).waitFor();
    assert.equal(await row(/Digits · 64×10/).count(), 0);
    await workbench.page.locator(`.tab[data-resource-name="digits.py"]`).click();
    await row(/model\s*Digits/).waitFor();
    assert.equal(await workbench.inPanel("command-train").count(), 0);
    await workbench.setTheme("Light Modern", "light");
    await workbench.turnTo("curves");
    await workbench.screenshot("watched-python-light");
  });
});
