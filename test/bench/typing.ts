/** Whether a person who types while a network trains feels it. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { Editor } from "../harness/editor.ts";
import { repository, temporaryFolder } from "../harness/temporary.ts";
import type { Workbench } from "../harness/workbench.ts";
import { median, milliseconds } from "./numbers.ts";
import { held, type Row } from "./report.ts";
import type { Subject } from "./subject.ts";

/** Of the idle median of the same round. */
const bar = 1.3;
const keysPerRound = 60;
/** Between two keys, as a quick typist presses them; milliseconds. */
const rhythm = 120;
const model = "digits.model.ts";
const notes = "notes.ts";

const situations = ["idle", "training", "training with the panel"] as const;
type Situation = (typeof situations)[number];

/** examples/digits, which trains for longer than anybody types, and a file to type in. */
function folderToTypeIn(): string {
  const folder = temporaryFolder("typing");
  cpSync(join(repository, "examples"), folder, { recursive: true });
  const text = readFileSync(join(folder, model), "utf8");
  const calls = `train("CNN", cnn, 20);\ntrain("MLP", mlp, 20);`;
  if (!text.includes(calls)) throw new Error(`${model} no longer trains as this benchmark expects`);
  writeFileSync(join(folder, model), text.replace(calls, `train("CNN", cnn, 100_000);`));
  writeFileSync(join(folder, notes), "\n");
  return folder;
}

/** Types letters at a steady rhythm; milliseconds from each key's event to the frame after its letter is in the page. */
async function keystrokes(page: Page, count: number): Promise<number[]> {
  await page.evaluate(() => {
    const holder = window as unknown as { keystrokes: number[] };
    const times: number[] = (holder.keystrokes = []);
    let pressed: number | undefined;
    window.addEventListener("keydown", (event) => (pressed = event.timeStamp), { capture: true });
    new MutationObserver(() => {
      if (pressed === undefined) return;
      const begin = pressed;
      pressed = undefined;
      // The frame that shows the letter ends before the next one's callbacks begin.
      requestAnimationFrame(() => requestAnimationFrame(() => times.push(performance.now() - begin)));
    }).observe(document.querySelector(".editor-group-container.active .view-lines")!, { subtree: true, childList: true, characterData: true });
  });
  for (let i = 0; i < count; i++) {
    await page.keyboard.press(i % 8 === 7 ? "Space" : "a");
    await page.waitForTimeout(rhythm);
  }
  return page.evaluate(() => (window as unknown as { keystrokes: number[] }).keystrokes);
}

async function open(editor: Editor, situation: Situation): Promise<Workbench> {
  const workbench = await editor.openWorkbench(folderToTypeIn(), {
    "editor.quickSuggestions": { other: "off" },
    "editor.wordBasedSuggestions": "off",
    "files.autoSave": "off",
    "kindling.openPanelOnTrain": situation === "training with the panel",
  });
  await workbench.openFile(model);
  await workbench.lens(/\d params.*Train/).waitFor();
  if (situation !== "idle") {
    await workbench.runCommand("Kindling: Train Model");
    await workbench.statusShows(/epoch/);
    if (situation === "training with the panel") await workbench.inPanel("curve").first().waitFor();
  }
  await workbench.openFile(notes);
  await workbench.page.locator(".editor-group-container.active .view-line").first().click();
  return workbench;
}

export const typing: Subject = {
  title: "from a key to its letter on the screen, while a network trains",
  method: `In the real editor: ${keysPerRound} letters typed into another file, one each ${rhythm} ms, with nothing running, while examples/digits trains with the panel closed, and with the panel open beside the file. From the key's event to the end of the frame that shows the letter, in the page's clock; medians of a round, and of the rounds' ratios. Headless and without a GPU, so that everything is drawn by the cores that train.`,
  async measure({ vsix, calm, rounds, say }) {
    const editor = await Editor.start(await vsix());
    const times: Record<Situation, number[]> = { idle: [], training: [], "training with the panel": [] };
    try {
      for (let round = 0; round < rounds; round++) {
        for (const situation of situations) {
          await calm.wait();
          const workbench = await open(editor, situation);
          // The first keys load what typing needs.
          await keystrokes(workbench.page, 10);
          times[situation].push(median(await keystrokes(workbench.page, keysPerRound)));
          if (situation !== "idle") await workbench.runCommand("Kindling: Stop");
          await workbench.close();
        }
        say(`round ${round + 1}: ${situations.map((situation) => `${situation} ${milliseconds(times[situation].at(-1)!)}`).join(", ")}`);
      }
    } finally {
      await editor.close();
    }
    return situations.map((situation): Row => {
      const ratio = median(times[situation].map((time, round) => time / times.idle[round]!));
      const row = { what: `Key to letter, ${situation}`, measured: milliseconds(median(times[situation])) };
      return situation === "idle" ? row : { ...row, against: `≤ ${bar} × idle`, verdict: `${ratio.toFixed(2)} ×, ${held(ratio, { atMost: bar })}` };
    });
  },
};
