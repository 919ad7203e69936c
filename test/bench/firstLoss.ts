/** How long a person looks at nothing after a click on Train. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { setTimeout as after } from "node:timers/promises";
import { Editor } from "../harness/editor.ts";
import { copyOfExamples } from "../harness/temporary.ts";
import { eventually } from "../harness/wait.ts";
import type { Workbench } from "../harness/workbench.ts";
import { median, spread } from "./numbers.ts";
import { held } from "./report.ts";
import type { Subject } from "./subject.ts";

const bar = 1000;
const file = "digits.model.ts";
/** For a runner to get ready. Milliseconds. */
const pause = 2_500;

/** Where the two frames note times, in milliseconds since the epoch: they have a clock in common, but no window. */
interface Notes {
  clicked?: number;
  shown?: number;
}

/**
 * In each frame that comes: where it holds the panel's document, notes when a loss stands in it and is painted. Starts
 * anew when the curve goes. It looks from the frame around that document, because the document itself is replaced
 * without its window being told.
 */
function noteLosses(): void {
  const notes = window as unknown as Notes;
  const look = (time: number): void => {
    const panel = document.querySelector<HTMLIFrameElement>("#active-frame")?.contentDocument;
    const value = panel?.querySelector(`[data-testid="curve"][data-name="loss"] .readout .value`)?.textContent ?? "";
    if (!/\d/.test(value)) delete notes.shown;
    else notes.shown ??= performance.timeOrigin + time;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** The examples, with so many epochs that training is still going on whenever it is looked at. */
function longExamples(): string {
  const folder = copyOfExamples();
  const path = join(folder, file);
  writeFileSync(path, readFileSync(path, "utf8").replaceAll(", 20);", ", 2000);"));
  return folder;
}

async function noteClicks(page: Page): Promise<void> {
  await page.evaluate(() => {
    const notes = window as unknown as Notes;
    window.addEventListener("mouseup", (event) => (notes.clicked = performance.timeOrigin + event.timeStamp), { capture: true });
  });
}

async function clickToLoss(workbench: Workbench): Promise<number> {
  await workbench
    .lens("Train")
    .locator("a", { hasText: /\bTrain\b/ })
    .first()
    .click();
  const clicked = await workbench.page.evaluate(() => (window as unknown as Notes).clicked!);
  await workbench.inPanel("run-state", `[data-state="running"]`).waitFor();
  await workbench.inPanel("curve", `[data-name="loss"]`).waitFor();
  const around = workbench.page.frameLocator("iframe.webview.ready").locator("html");
  const shown = await eventually(
    "the loss painted",
    () => around.evaluate(() => (window as unknown as Notes).shown ?? 0),
    (time) => time > 0,
  );
  if (shown < clicked) throw new Error("the loss was that of an earlier run");
  return shown - clicked;
}

async function stop(workbench: Workbench): Promise<void> {
  await workbench.inPanel("command-stop").click();
  await workbench.inPanel("run-state", `[data-state="stopped"]`).waitFor();
}

export const firstLoss: Subject = {
  title: "from a click on Train to the first loss in the panel",
  method:
    "In the real editor, on examples/digits.model.ts with more epochs, with a warm runner: from the click on the lens until the loss curve with its first value is painted in the panel; once in a new window, where the click also opens the panel, and once more with the panel open.",
  async measure({ vsix, calm, rounds }) {
    const editor = await Editor.start(await vsix());
    const [opening, open]: [number[], number[]] = [[], []];
    try {
      for (let round = 0; round < rounds; round++) {
        const workbench = await editor.openWorkbench(longExamples());
        await workbench.openFile(file);
        await workbench.lens(/\d params.*Train/).waitFor();
        await noteClicks(workbench.page);
        await workbench.page.addInitScript(noteLosses);
        for (const times of [opening, open]) {
          await after(pause);
          await calm.wait();
          times.push(await clickToLoss(workbench));
          await stop(workbench);
        }
        await workbench.close();
      }
    } finally {
      await editor.close();
    }
    const row = (what: string, times: readonly number[]) => ({
      what,
      measured: spread(times),
      against: "< 1,000 ms",
      verdict: held(median(times), { atMost: bar }),
    });
    return [row("Train click → first loss, panel opens", opening), row("Train click → first loss, panel open", open)];
  },
};
