import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { withEditor } from "../harness/suite.ts";
import { temporaryFolder } from "../harness/temporary.ts";
import { eventually } from "../harness/wait.ts";
import type { Workbench } from "../harness/workbench.ts";

const residual = `import { manualSeed, nn, noGrad, optim, randn, type Tensor } from "kindling";

manualSeed(0);

class Block extends nn.Module {
  inner = new nn.Linear(8, 8);

  override forward(x: Tensor): Tensor {
    return this.inner(x).relu().add(x);
  }
}

class Tower extends nn.Module {
  blocks = new nn.Sequential(new Block(), new Block(), new Block());
  head = new nn.Linear(8, 2);

  override forward(x: Tensor): Tensor {
    return this.head(this.blocks(x));
  }
}

const model = new Tower();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
for (let epoch = 0; epoch < 20; epoch++) {
  model.train();
  const loss = nn.functional.mseLoss(model(randn(16, 8)), randn(16, 2));
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  model.eval();
  noGrad(() => model(randn(4, 8)));
}
`;

const mistaken = residual.replace("head = new nn.Linear(8, 2)", "head = new nn.Linear(9, 2)");
const lineOf = (words: string): number => residual.split("\n").findIndex((line) => line.includes(words)) + 1;

describe("a person who looks at the graph", () => {
  const editor = withEditor();
  let workbench: Workbench;

  before(async () => {
    const folder = temporaryFolder("graph");
    writeFileSync(join(folder, "residual.model.ts"), residual);
    writeFileSync(join(folder, "mistaken.model.ts"), mistaken);
    workbench = await editor().openWorkbench(folder);
  });
  after(() => workbench.close());
  afterEach(() => workbench.closeEditors());

  const block = (title: string) => workbench.inPanel("graph-block", `[data-title="${title}"]`);

  it("sees what the step computed, opens a folded run of blocks, and goes from an operation to its line", async () => {
    await workbench.openFile("residual.model.ts");
    await workbench.runCommand("Kindling: Train Model");
    await workbench.inPanel("run-state", `[data-state="finished"]`).waitFor({ timeout: 120_000 });
    await workbench.turnTo("graph");

    const options = workbench.inPanel("graph-pass").locator("option");
    await eventually(
      "both passes, counted",
      () => options.allTextContents(),
      (all) => all.join() === "Training · 20 times,Evaluation · 20 times",
    );
    await block("Block × 3").waitFor();
    await workbench.screenshot("graph-folded");

    // By keyboard: to the folded blocks, open them, and into the first.
    await workbench.inPanel("graph-search").fill("add");
    await workbench.page.keyboard.press("Enter");
    await block("add").first().waitFor();
    const edges = await workbench
      .inPanel("graph-edge")
      .evaluateAll((all) => all.map((one) => `${(one as HTMLElement).dataset["from"]} → ${(one as HTMLElement).dataset["to"]}`));
    // The layer's way, and past it.
    for (const edge of ["inner → relu", "relu → add", " → inner", " → add"]) assert.ok(edges.includes(edge), `${edge} in ${edges.join(", ")}`);
    await workbench.screenshot("graph-open");

    await block("add").first().dblclick();
    await workbench.page.locator(".statusbar-item", { hasText: new RegExp(`Ln ${lineOf(".relu().add(x)")}, `) }).waitFor();

    await workbench.inPanel("graph-search").fill("head");
    await workbench.page.keyboard.press("Enter");
    await block("head").click();
    await workbench.turnTo("modules");
    await workbench.inPanel("module-row", `[data-path="head"][aria-selected="true"]`).waitFor();
  });

  it("sees where shapes don't go together, also in an inspection", async () => {
    await workbench.openFile("mistaken.model.ts");
    await workbench.runCommand("Kindling: Inspect Model");
    await workbench.runCommand("Kindling: Open Panel");
    await workbench.inPanel("run-state", `[data-state="failed"]`).waitFor({ timeout: 120_000 });
    await workbench.turnTo("graph");
    await workbench.inPanel("graph-failure").waitFor();
    assert.match(await workbench.inPanel("graph-failure").innerText(), /ended at head \(Linear\): 16×8 and 9×2 don't go together/);
    assert.equal(await block("head").locator(".caption").textContent(), "16×8 and 9×2");
    await workbench.screenshot("graph-failed");
    await workbench.inPanel("graph-failure-line").click();
    await workbench.page.locator(".statusbar-item", { hasText: new RegExp(`Ln ${lineOf("return this.head(")}, `) }).waitFor();
  });
});
