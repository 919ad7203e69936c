import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { withEditor } from "../harness/suite.ts";
import { repository, temporaryFolder } from "../harness/temporary.ts";
import { eventually } from "../harness/wait.ts";
import type { Workbench } from "../harness/workbench.ts";

const file = "dead-relu.model.ts";

describe("a person who trains a network that can't learn", () => {
  const editor = withEditor();
  let workbench: Workbench;

  afterEach(() => workbench.close());

  it("reads in panel and tree what is wrong and where, and is led to the layer", async () => {
    const folder = temporaryFolder("dead");
    copyFileSync(join(repository, "test/webview/networks", file), join(folder, file));
    workbench = await editor().openWorkbench(folder);
    await workbench.openFile(file);
    await workbench.runCommand("Kindling: Train Model");
    await workbench.inPanel("run-state", `[data-state="finished"]`).waitFor({ timeout: 120_000 });
    const sentence = workbench.inPanel("health-sentence");
    assert.equal(await sentence.innerText(), "layer2: all 64 units have been zero behind its ReLU for every sample since step 0. No gradient passes.");
    await workbench.inPanel("health-more").click();
    assert.match(await workbench.inPanel("health-list").innerText(), /look at how its weights and bias begin/);
    await sentence.click();
    await workbench.turnTo("layer");
    await workbench.inPanel("module-details", `[data-path="layer2"]`).waitFor();
    await workbench.treeRows();
    const row = workbench.treeRow("layer2");
    await eventually(
      "a sign in the tree",
      () => row.locator(".codicon-error").count(),
      (count) => count === 1,
    );
    assert.equal(await workbench.treeRow("layer1").locator(".codicon-error, .codicon-warning").count(), 0);
    await workbench.screenshot("health-dead");
  });
});
