import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withEditor } from "../harness/suite.ts";
import { temporaryFolder } from "../harness/temporary.ts";
import { eventually } from "../harness/wait.ts";
import type { Workbench } from "../harness/workbench.ts";

/** Trains until it is stopped, and writes down from time to time the bits of each parameter. */
const endless = `import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { nn, optim, randn, type Tensor } from "kindling";
class Net extends nn.Module {
  first = new nn.Linear(4, 8);
  last = new nn.Linear(8, 1);
  override forward(x: Tensor): Tensor {
    return this.last(this.first(x).relu());
  }
}
const model = new Net();
const optimizer = new optim.AdamW(model.parameters(), { lr: 0.001 });
const bits = (tensor: Tensor) => createHash("sha1").update(new Uint8Array(tensor.toTypedArray().buffer.slice(0))).digest("hex");
for (let step = 0; ; step++) {
  const x = randn(8, 4);
  const loss = nn.functional.mseLoss(model(x), x.sum(1, true));
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  const lr = optimizer.paramGroups[0]!.lr;
  if (step % 50 === 0) appendFileSync("bits.txt", [lr, ...model.namedParameters().map(([name, p]) => name + ":" + bits(p))].join(" ") + "\\n");
}
`;

describe("a person who steers a training", () => {
  const editor = withEditor();
  let workbench: Workbench;
  let folder: string;

  beforeEach(async () => {
    folder = temporaryFolder("models");
    writeFileSync(join(folder, "net.model.ts"), endless);
    workbench = await editor().openWorkbench(folder);
    await workbench.openFile("net.model.ts");
    await workbench.runCommand("Kindling: Train Model");
    await inState("running");
  });
  afterEach(() => workbench.close());

  const inState = (state: string) => workbench.inPanel("run-state", `[data-state="${state}"]`).waitFor({ timeout: 90_000 });
  const bits = (): string => join(folder, "bits.txt");
  /** None before the program has come to its first. */
  const lines = (): string[] => (existsSync(bits()) ? readFileSync(bits(), "utf8").trim().split("\n") : []);
  const written = (count: number) =>
    eventually(
      `${count} lines`,
      async () => lines(),
      (all) => all.length >= count,
    );
  /** How many different values a parameter had in some lines. */
  const distinct = (name: string, some: readonly string[]) => new Set(some.map((line) => line.split(" ").find((part) => part.startsWith(name)))).size;
  const row = (path: string) => workbench.inPanel("module-row", `[data-path="${path}"]`);

  it("freezes a layer in the tree: it keeps its bits, the others don't, until Undo in the panel", async function () {
    this.timeout(300_000);
    await written(3);
    await eventually(
      "the layer in the tree",
      () => workbench.treeRows(),
      (rows) => rows.some(({ label }) => label === "first"),
    );
    await workbench.treeRow("first").hover();
    await workbench.treeRow("first").getByRole("button", { name: "Freeze", exact: true }).click();
    await row("first").and(workbench.inPanel("module-row", `[data-status="frozen"]`)).waitFor();
    await workbench.turnTo("control");
    await workbench.inPanel("intervention", `[data-id="0"]`).waitFor();
    await eventually(
      "the lock in the tree",
      () => workbench.treeRows(),
      (rows) => rows.some(({ label, description }) => label === "first" && /frozen/.test(description)),
    );
    await workbench.screenshot("steering-frozen");
    const from = lines().length;
    await written(from + 6);
    // Read once: the program goes on writing.
    const frozen = lines().slice(from);
    assert.deepEqual([distinct("first.weight", frozen), distinct("first.bias", frozen)], [1, 1]);
    assert.equal(distinct("last.weight", frozen), frozen.length);
    await workbench.inPanel("undo").first().click();
    await workbench.inPanel("intervention", `[data-id="1"]`).waitFor();
    const after = lines().length;
    await written(after + 3);
    const thawed = lines().slice(after);
    assert.equal(distinct("first.weight", thawed), thawed.length);
  });

  it("changes the learning rate, steps batch by batch with the keyboard, and runs to a step", async function () {
    this.timeout(300_000);
    await written(2);
    await workbench.turnTo("control");
    await workbench.inPanel("option-lr").fill("0.05");
    await workbench.inPanel("option-lr").press("Enter");
    await eventually(
      "the rate in the program",
      async () => lines(),
      (all) => all.at(-1)?.startsWith("0.05 ") === true,
    );
    await workbench.inPanel("option-lr").press("F10");
    await inState("paused");
    const stepOf = async () => Number(await workbench.inPanel("place").getAttribute("data-step"));
    const step = await stepOf();
    await workbench.inPanel("step-batch").click();
    await eventually("the next step", stepOf, (now) => now !== step);
    assert.equal(await stepOf(), step + 1);
    await workbench.inPanel("run-to-number").fill(String(step + 1001));
    await workbench.inPanel("run-to-go").click();
    await eventually("another place", stepOf, (now) => now > step + 1);
    assert.equal(await stepOf(), step + 1001);
    await workbench.inPanel("step-module").click();
    await workbench.inPanel("place", `[data-module=""]`).waitFor();
    await workbench.screenshot("steering-paused");
  });

  it("asks what wrote a weight, reads the step that did, and is led to its line", async function () {
    this.timeout(300_000);
    await written(2);
    await row("last").click();
    await workbench.turnTo("layer");
    await workbench.inPanel("module-details", `[data-path="last"]`).waitFor();
    const weight = workbench.panelFrame().locator(".tensor-row", { has: workbench.page.locator(`[data-kind="parameter:weight"]`) });
    await weight.getByTestId("what-wrote-this").click();
    const writing = workbench.inPanel("writing").first();
    await writing.waitFor();
    assert.match(await writing.innerText(), /AdamW/);
    await workbench.screenshot("what-wrote-this");
    await writing.click();
    const line = endless.split("\n").findIndex((text) => text.includes("optimizer.step()")) + 1;
    await workbench.page.locator(".statusbar-item", { hasText: `Ln ${line}, ` }).waitFor();
  });
});
