import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withEditor } from "../harness/suite.ts";
import { copyOfExamples } from "../harness/temporary.ts";
import { eventually } from "../harness/wait.ts";
import type { Workbench } from "../harness/workbench.ts";

describe("following a sample", () => {
  const editor = withEditor();
  let workbench: Workbench;
  afterEach(() => workbench.close());

  const lookedAt = async () => Number(await workbench.inPanel("chosen").getAttribute("data-step"));

  it("chooses a digit while the network trains, sees its channels, and what the network says without one", async function () {
    this.timeout(300_000);
    const folder = copyOfExamples();
    const file = join(folder, "digits.model.ts");
    // Longer than any machine takes to open the panel.
    writeFileSync(file, readFileSync(file, "utf8").replace("epoch < epochs", "epoch < 1000 * epochs"));
    workbench = await editor().openWorkbench(folder);
    await workbench.openFile("digits.model.ts");
    await workbench.runCommand("Kindling: Train Model");
    await workbench.inPanel("run-state", `[data-state="running"]`).waitFor({ timeout: 60_000 });
    await workbench.turnTo("data");
    await workbench.inPanel("sample").first().waitFor({ timeout: 60_000 });
    const first = await lookedAt();
    await eventually("a look at a later step", lookedAt, (step) => step > first);

    await workbench.inPanel("command-pause").click();
    await workbench.inPanel("run-state", `[data-state="paused"]`).waitFor();
    await workbench.inPanel("sample").nth(4).click();
    await workbench.inPanel("chosen", `[data-sample="4"]`).waitFor();
    const units = workbench.inPanel("call", `[data-path="features.0"][data-call="0"]`).locator(`[data-testid="units"]`).first();
    await units.waitFor();
    const drawn = await units.locator("canvas").evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(Array.from({ length: data.length / 4 }, (_, i) => data.slice(4 * i, 4 * i + 3).join())).size;
    });
    assert.ok(drawn > 50, `the channels show ${drawn} different colours`);

    await units.focus();
    await workbench.page.keyboard.press("ArrowRight");
    await workbench.page.keyboard.press("Enter");
    const effect = workbench.inPanel("effect");
    await effect.waitFor();
    assert.match((await effect.textContent())!, /This sample's loss \S+ → \S+; the batch's \S+ → \S+, right [\d.]+ % → [\d.]+ %/);
    await workbench.screenshot("data-dark");
    await workbench.inPanel("view-confusion").click();
    const counts = await workbench.inPanel("cell").evaluateAll((cells) => cells.map((cell) => Number((cell as HTMLElement).dataset["count"])));
    assert.equal(counts.length, 100);
    assert.ok(counts.reduce((sum, count) => sum + count, 0) >= 32);
    await workbench.screenshot("confusion-dark");
  });
});
