import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import { withEditor } from "../harness/suite.ts";
import { temporaryFolder } from "../harness/temporary.ts";
import { eventually } from "../harness/wait.ts";
import type { Workbench } from "../harness/workbench.ts";

const endless = (width: number) => `import { nn, optim, randn } from "kindling";
const model = new nn.Sequential(new nn.Linear(4, ${width}), new nn.ReLU(), new nn.Linear(${width}, 1));
const optimizer = new optim.SGD(model.parameters(), { lr: 0.001 });
for (let epoch = 0; epoch < 3_000_000; epoch++) {
  const x = randn(8, 4);
  const loss = nn.functional.mseLoss(model(x), x.sum(1, true));
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
`;

describe("two files that train at once", () => {
  const editor = withEditor();
  let workbench: Workbench;

  beforeEach(async () => {
    const folder = temporaryFolder("models");
    writeFileSync(join(folder, "north.model.ts"), endless(3));
    writeFileSync(join(folder, "south.model.ts"), endless(5));
    workbench = await editor().openWorkbench(folder);
    for (const name of ["north", "south"]) {
      await workbench.openFile(`${name}.model.ts`);
      await workbench.runCommand("Kindling: Train Model");
      await inState(await workbench.panelOf(`${name}.model.ts`), "running");
    }
  });
  afterEach(() => workbench.close());

  const inState = (panel: Frame, state: string) => panel.locator(`[data-testid=run-state][data-state=${state}]`).waitFor({ timeout: 90_000 });
  const step = async (panel: Frame) => Number(await panel.locator("[data-testid=step-value]").getAttribute("data-value"));
  const goesOn = async (panel: Frame) => {
    const before = await step(panel);
    await eventually(
      "a later step",
      () => step(panel),
      (now) => now > before,
    );
  };

  it("are both shown live, side by side, each obeying its own buttons", async function () {
    this.timeout(300_000);
    const [north, south] = [await workbench.panelOf("north.model.ts"), await workbench.panelOf("south.model.ts")];
    await goesOn(north);
    await goesOn(south);
    await workbench.screenshot("two-panels");
    await north.locator("[data-testid=command-pause]").click();
    await inState(north, "paused");
    await goesOn(south);
    await south.locator("[data-testid=command-stop]").click();
    await inState(south, "stopped");
    assert.equal(await north.locator("[data-testid=run-state]").getAttribute("data-state"), "paused");
    await north.locator("[data-testid=command-resume]").click();
    await goesOn(north);
  });

  it("come back each with its own run when the window is loaded again", async function () {
    this.timeout(300_000);
    await workbench.reload();
    for (const file of ["north.model.ts", "south.model.ts"]) await inState(await workbench.panelOf(file), "interrupted");
    assert.equal(await workbench.page.locator(".tab", { hasText: "Kindling: " }).count(), 2);
  });
});
