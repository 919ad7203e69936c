import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatCount, formatNumber } from "../../src/run/numbers.ts";
import { withEditor } from "../harness/suite.ts";
import { temporaryFolder } from "../harness/temporary.ts";
import { eventually } from "../harness/wait.ts";
import type { Workbench } from "../harness/workbench.ts";

/** Trains until a file `enough` is there, then writes down what it came to. */
const program = `import { existsSync, writeFileSync } from "node:fs";
import { nn, optim, randn, log, type Tensor } from "kindling";

class Net extends nn.Module {
  first = new nn.Linear(4, 8);
  last = new nn.Linear(8, 1);
  override forward(x: Tensor): Tensor {
    return this.last(this.first(x).relu());
  }
}

const model = new Net();
const optimizer = new optim.AdamW(model.parameters(), { lr: 0.001 });
let steps = 0;
for (let epoch = 0; epoch < 1_000_000; epoch++) {
  const x = randn(8, 4);
  const loss = nn.functional.mseLoss(model(x), x.sum(1, true));
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  log({ steps: ++steps, half: steps / 2 });
  if (!existsSync("enough")) continue;
  writeFileSync("last.json", JSON.stringify({ loss: loss.item(), epoch, steps }));
  break;
}
`;

describe("values behind the lines of a training", () => {
  const editor = withEditor();
  let workbench: Workbench;
  let folder: string;

  beforeEach(async () => {
    folder = temporaryFolder("live");
    writeFileSync(join(folder, "net.model.ts"), program);
    workbench = await editor().openWorkbench(folder, { "kindling.openPanelOnTrain": false });
    await workbench.openFile("net.model.ts");
  });
  afterEach(() => workbench.close());

  const waitForTexts = (what: string, accept: (texts: readonly string[]) => boolean) => eventually(what, () => workbench.liveTexts(), accept);

  /** How many epochs the first line showed in some seconds of the page's own time; between two changes of the rules it may show none. */
  const countShown = (seconds: number): Promise<number> =>
    workbench.page.evaluate(
      (time) =>
        new Promise<number>((resolve) => {
          const shown = new Set<string>();
          const end = performance.now() + 1000 * time;
          const look = (now: number): void => {
            for (const element of document.querySelectorAll(".view-line span[class*='ced-']")) {
              const epoch = /epoch\s+[\d,]+/.exec(getComputedStyle(element, "::after").content);
              if (epoch) shown.add(epoch[0]);
            }
            if (now < end) requestAnimationFrame(look);
            else resolve(shown.size);
          };
          requestAnimationFrame(look);
        }),
      seconds,
    );

  it("change at most twice a second, and end with the run's own numbers, until the text changes", async () => {
    assert.deepEqual(await workbench.liveTexts(), []);
    await workbench.runCommand("Kindling: Train Model");
    const running = await waitForTexts("values", (texts) => texts.length === 3);
    assert.match(running[0]!, /^epoch [\d,]+ of 1,000,000$/);
    assert.match(running[1]!, /^loss \S+$/);
    assert.match(running[2]!, /^steps \S+ half \S+$/);
    const shown = await countShown(15);
    // The one that stood there, thirty, and those of some seconds before, which a busy page takes up late.
    assert.ok(shown <= 39, `${shown} epochs in 15 seconds`);
    for (let i = 0; i < 2; i++) {
      const [epoch] = await workbench.liveTexts();
      await waitForTexts("a later epoch", (texts) => texts.length === 3 && texts[0] !== epoch);
    }
    await workbench.screenshot("live-values");
    writeFileSync(join(folder, "enough"), "");
    await eventually("the end", async () => existsSync(join(folder, "last.json")), Boolean, 60_000);
    const last = JSON.parse(readFileSync(join(folder, "last.json"), "utf8")) as { loss: number; epoch: number; steps: number };
    await waitForTexts("the last values", (texts) => texts[1] === `loss ${formatNumber(last.loss)}`);
    assert.deepEqual(await workbench.liveTexts(), [
      `epoch ${formatCount(last.epoch + 1)} of 1,000,000`,
      `loss ${formatNumber(last.loss)}`,
      `steps ${formatNumber(last.steps)} half ${formatNumber(last.steps / 2)}`,
    ]);
    await workbench.setTheme("Light Modern", "light");
    await workbench.screenshot("live-values-past-light");
    const settings = join(folder, ".vscode", "settings.json");
    mkdirSync(join(folder, ".vscode"));
    writeFileSync(settings, JSON.stringify({ "kindling.liveValues": false }));
    await waitForTexts("none, where they are not wanted", (texts) => texts.length === 0);
    writeFileSync(settings, "{}");
    await waitForTexts("the last values again", (texts) => texts.length === 3);
    await workbench.page.locator(".monaco-editor .view-line").first().click();
    await workbench.page.keyboard.type(" ");
    await waitForTexts("nothing", (texts) => texts.length === 0);
  });
});
