/** A model in the debugger, as a person sees it in the packed extension. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { withEditor } from "../harness/suite.ts";
import { temporaryFolder } from "../harness/temporary.ts";
import { eventually } from "../harness/wait.ts";

const program = `import { manualSeed, nn, optim, randn, type Tensor } from "kindling";

class Net extends nn.Module {
  first = new nn.Linear(4, 16);
  last = new nn.Linear(16, 1);

  override forward(x: Tensor): Tensor {
    const hidden = this.first(x).relu();
    return this.last(hidden);
  }
}

manualSeed(1);
const model = new Net();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
for (let step = 0; step < 8; step++) {
  const x = randn(32, 4);
  const loss = nn.functional.mseLoss(model(x), x.sum(1, true));
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
`;

describe("the debugger in the packed extension", () => {
  const editor = withEditor();

  it("says in its views what this and tensors are, and shows a variable as a picture", async () => {
    const folder = temporaryFolder("models");
    writeFileSync(join(folder, "net.model.ts"), program);
    const workbench = await editor().openWorkbench(folder, { "kindling.openPanelOnTrain": false });
    const { page } = workbench;
    await workbench.openFile("net.model.ts");
    await page.locator(".view-line", { hasText: "return this.last" }).click();
    await page.keyboard.press("F9");
    await page.locator(".codicon-debug-breakpoint, .codicon-debug-breakpoint-unverified").first().waitFor();
    await workbench.runCommand("Kindling: Debug Model");
    const row = (name: string) =>
      page.locator(".debug-variables .monaco-list-row").filter({ has: page.locator(".name", { hasText: new RegExp(`^\\s*${name}\\s*[:=]?\\s*$`) }) });
    const scope = page.locator(".debug-variables .monaco-list-row", { hasText: "Local: forward" });
    await scope.waitFor({ timeout: 60_000 });
    await eventually(
      "the scope to be open",
      async () => (await scope.getAttribute("aria-expanded")) === "true" || (await scope.click().then(() => false)),
      (isOpen) => isOpen,
    );
    const texts = await eventually(
      "the locals",
      () => Promise.all(["this", "x", "hidden"].map((name) => row(name).first().locator(".value").textContent({ timeout: 60_000 }))),
      (found) => found.every((text) => text !== null && text !== ""),
    );
    assert.equal(texts[0], "Net 97 params");
    assert.match(texts[1]!, /^Tensor\[32, 4\] float32 mean /);
    assert.match(texts[2]!, /^Tensor\[32, 16\] float32 mean /);

    await row("hidden").first().click({ button: "right" });
    await workbench.chooseInMenu("Show Tensor");
    await page.locator(".tab", { hasText: "hidden [32, 16]" }).waitFor();
    assert.equal(await workbench.inPanel("tensor-expression").textContent(), "hidden");
    assert.equal(await workbench.inPanel("tensor-facts").textContent(), "[32, 16] float32");
    const picture = workbench.inPanel("tensor-picture");
    await picture.hover({ position: { x: 20, y: 4 } });
    assert.match((await workbench.inPanel("tensor-value").textContent())!, /^\[0, 1\] = \d/);
    await workbench.inPanel("tensor-as-table").click();
    assert.equal(await workbench.inPanel("value-table").locator("tbody tr").count(), 32);
    await workbench.screenshot("debugger-dark");

    // Hovered in the editor it is told in the same words.
    await page
      .locator(".view-line", { hasText: "const hidden" })
      .locator("span", { hasText: /^hidden$/ })
      .first()
      .hover();
    await page.locator(".debug-hover-widget", { hasText: "Tensor[32, 16] float32" }).waitFor();
    await workbench.screenshot("debugger-hover-dark");
    await page.keyboard.press("Escape");

    await workbench.setTheme("Light Modern", "light");
    await workbench.screenshot("debugger-light");
    await workbench.runCommand("Kindling: Stop");
    await workbench.close();
  });
});
