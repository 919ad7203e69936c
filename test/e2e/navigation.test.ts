import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "../../scripts/vscode-server.mjs";
import { withEditor } from "../harness/suite.ts";
import { temporaryFolder } from "../harness/temporary.ts";
import { eventually } from "../harness/wait.ts";
import type { Workbench } from "../harness/workbench.ts";

const program = `import { nn, optim, randn, type Tensor } from "kindling";
class Block extends nn.Module {
  fc = new nn.Linear(4, 4);
  override forward(x: Tensor): Tensor {
    return this.fc(x).relu();
  }
}
class Net extends nn.Module {
  first = new Block();
  second = new Block();
  head = new nn.Sequential(
    new nn.Linear(4, 4),
    new nn.Linear(4, 1),
  );
  override forward(x: Tensor): Tensor {
    x = this.second(this.first(x));
    return this.head(x);
  }
}
const net = new Net();
net.first.requiresGrad_(false);
const optimizer = new optim.SGD(net.parameters(), { lr: 0.001 });
for (let epoch = 0; epoch < 20; epoch++) {
  const loss = net(randn(8, 4)).square().mean();
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
`;

describe("between a module and its lines", () => {
  const editor = withEditor();
  let workbench: Workbench;

  async function open(settings: Settings = {}): Promise<void> {
    const folder = temporaryFolder("navigation");
    writeFileSync(join(folder, "net.model.ts"), program);
    workbench = await editor().openWorkbench(folder, settings);
    await workbench.openFile("net.model.ts");
    await eventually(
      "counts",
      () => workbench.lensTexts(),
      (all) => all.some((text) => text.includes("params")),
    );
  }
  before(async function () {
    this.timeout(300_000);
    await open();
  });
  after(() => workbench.close());

  /** Where the cursor is, as the status bar says: `12:5`. */
  const cursor = async (): Promise<string> => {
    const text = (await workbench.page.locator(".statusbar-item[id='status.editor.selection']").textContent()) ?? "";
    return /Ln (\d+), Col (\d+)/.exec(text)?.slice(1).join(":") ?? text;
  };
  const cursorAt = (place: string) => eventually(`the cursor at ${place}`, cursor, (now) => now === place);

  const clickLine = (text: string) =>
    workbench.page
      .locator(".view-line")
      .filter({ hasText: new RegExp(text.replaceAll(" ", "\\s")) })
      .first()
      .click({ position: { x: 60, y: 8 } });

  const selectedRow = async (): Promise<string> =>
    (await workbench.page
      .locator(".part.sidebar .monaco-list-row.selected .label-name")
      .first()
      .textContent({ timeout: 1000 })
      .catch(() => "")) ?? "";
  const rowSelected = (label: string) => eventually(`the row ${label}`, selectedRow, (now) => now === label);

  /** Numbers of the lines that are highlighted. */
  const highlighted = (): Promise<number[]> =>
    workbench.page.evaluate(() => {
      const tops = [...document.querySelectorAll(".view-overlays .cdr[class*='ced-']")].map((element) => element.getBoundingClientRect().top);
      return [...document.querySelectorAll(".margin-view-overlays .line-numbers")]
        .filter((element) => tops.some((top) => Math.abs(element.getBoundingClientRect().top - top) < 3))
        .map((element) => Number(element.textContent));
    });

  it("the cursor's line selects the module in the tree, and a row that is chosen there highlights its line", async () => {
    await (await workbench.tree()).locator(".monaco-list-row").nth(3).waitFor();
    await clickLine("second = new Block");
    await rowSelected("second");
    await workbench.page.keyboard.press("ArrowDown");
    await rowSelected("head");
    assert.ok(await workbench.page.locator(".monaco-editor.focused").first().isVisible(), "the focus left the text");
    await clickLine("return this.head");
    await rowSelected("head");
    await workbench.treeRow("second").click();
    await eventually("the line of second", highlighted, (lines) => lines.join() === "10");
    await rowSelected("second");
    await workbench.screenshot("navigation-highlight");
    await workbench.page.keyboard.press("Shift+F12");
    await cursorAt("16:14");
    await workbench.page.keyboard.press("ArrowDown");
    await eventually("no line", highlighted, (lines) => lines.length === 0);
  });

  it("a module is found by its path among the symbols of the workspace", async () => {
    await workbench.page.keyboard.press("Control+T");
    await workbench.choose("#net.second.fc", "net.second.fc");
    await cursorAt("3:8");
  });

  it("a row of the panel leads to the lines that make and call it, by menu and by keyboard", async () => {
    await open({ "kindling.followCursor.panel": true, "kindling.layerLens": "all" });
    await workbench.runCommand("Kindling: Train Model");
    await workbench.inPanel("run-state", `[data-state="finished"]`).waitFor({ timeout: 90_000 });
    await clickLine("const optimizer");
    const before = await cursor();
    const row = workbench.inPanel("module-row", `[data-path="second"]`);
    await row.click();
    await eventually("the line of second", highlighted, (lines) => lines.join() === "10");
    await row.click({ button: "right" });
    await workbench.page.locator(".monaco-menu .action-label", { hasText: "Go to Where It Is Called" }).waitFor();
    await workbench.screenshot("navigation-menu");
    for (const key of ["ArrowDown", "ArrowDown", "Enter"]) await workbench.page.keyboard.press(key);
    await cursorAt("16:14");
    assert.notEqual(before, "16:14");
    for (const [keys, place] of [
      ["Enter", "10:12"],
      ["Shift+Enter", "16:14"],
      ["F12", "10:12"],
      ["Shift+F12", "16:14"],
    ] as const) {
      await workbench.inPanel("module-tree").press(keys);
      await cursorAt(place);
    }
    await clickLine("head = new nn.Sequential");
    await workbench.inPanel("module-details", `[data-path="head"]`).waitFor();
    await workbench.screenshot("navigation-panel-dark");
    await workbench.setTheme("Light Modern", "light");
    await workbench.screenshot("navigation-panel-light");
  });
});
