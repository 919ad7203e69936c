import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasTorch, python } from "../python/python.ts";
import { withEditor } from "../harness/suite.ts";
import { copyOfExamples } from "../harness/temporary.ts";
import { eventually } from "../harness/wait.ts";
import type { Workbench } from "../harness/workbench.ts";

(hasTorch ? describe : describe.skip)("a person who trains with PyTorch", () => {
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
    writeFileSync(script, readFileSync(script, "utf8").replace("else 20", "else 200"));
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
    await workbench.inPanel("run-state", "[data-state=finished]").waitFor({ timeout: 120_000 });
    assert.ok(early < 4_799);
    assert.equal(await number("step-value"), 4_799);
    await workbench.page.locator(".part.sidebar .monaco-list-row", { hasText: /4,800 steps · loss/ }).waitFor();
    await workbench.turnTo("layer");
    await workbench.screenshot("watched-python-dark");
    assert.equal(await workbench.inPanel("command-train").count(), 0);
    await workbench.setTheme("Light Modern", "light");
    await workbench.turnTo("curves");
    await workbench.screenshot("watched-python-light");
  });
});
