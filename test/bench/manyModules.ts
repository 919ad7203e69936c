/** A model with 10,000 modules: the editor must not stall. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import type { Page } from "playwright-core";
import { temporaryFolder } from "../harness/temporary.ts";
import { HostBlocks } from "./hostBlocks.ts";
import { median, milliseconds, spread } from "./numbers.ts";
import type { Subject } from "./subject.ts";
import { stopwatch } from "./stopwatch.ts";

const name = "wide.model.ts";

/** All children beside one another: the hardest case for a tree, which has to take them in at once. */
const program = `import { nn, optim, randn } from "kindling";

class Wide extends nn.Module {
  layers = new nn.ModuleList(Array.from({ length: 9_998 }, () => new nn.Linear(4, 4)));

  override forward(x: ReturnType<typeof randn>) {
    return this.layers.slice(0, 8).modules().reduce((h, layer) => (layer instanceof nn.Linear ? layer(h) : h), x);
  }
}

const model = new Wide();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
for (let step = 0; step < 3; step++) {
  const loss = model(randn(8, 4)).square().mean();
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
`;

/** The window's main thread: tasks of 50 ms and more, as the browser reports them. */
async function watchWindow(page: Page): Promise<void> {
  await page.evaluate(() => {
    const holder = window as unknown as { longTasks: number[] };
    holder.longTasks = [];
    new PerformanceObserver((list) => holder.longTasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask" });
  });
}

async function longestWindowBlock(page: Page): Promise<number> {
  return Math.max(0, ...(await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks.splice(0))));
}

type Step = "open" | "expand" | "panel";
type Measured = Record<Step, { time: number[]; host: number[]; window: number[] }>;

export const manyModules: Subject = {
  title: "a model with 10,000 modules",
  method:
    "A model of 10,000 modules, 9,998 of them beside one another in one `ModuleList`, with the models view open. From the file's tab until the model stands in the tree (this holds a whole inspection); from the key that opens the list until its rows stand there; from the command to the module tree in the panel. Blocks: the longest time that the extension host's thread did not come to its timers, and the browser's longest task in the window's main thread, which the panel shares.",
  async measure({ vsix, calm, rounds }) {
    const blocks = new HostBlocks();
    const editor = await blocks.startEditor(await vsix());
    const measured: Measured = { open: empty(), expand: empty(), panel: empty() };
    try {
      for (let round = 0; round < rounds; round++) {
        const folder = temporaryFolder("wide");
        writeFileSync(join(folder, name), program);
        writeFileSync(join(folder, "other.model.ts"), "export {};\n");
        const workbench = await editor.openWorkbench(folder);
        const { page } = workbench;
        await workbench.openFile("other.model.ts");
        await page.locator(".activitybar .action-item a[aria-label^='Kindling']").click();
        await watchWindow(page);
        const step = async (which: Step, action: () => Promise<number>): Promise<void> => {
          await calm.wait();
          await longestWindowBlock(page);
          blocks.begin();
          measured[which].time.push(await action());
          // What comes after the sight belongs to it too.
          await after(1_000);
          measured[which].host.push(blocks.longest());
          measured[which].window.push(await longestWindowBlock(page));
        };
        const row = (level: number) => `.part.sidebar .monaco-list-row[aria-level="${level}"] .label-name`;
        await after(2_000);
        await step("open", async () => {
          const elapsed = await stopwatch(page, { selector: `.tab.active[data-resource-name="${name}"]` }, { selector: row(1), text: "model" });
          await workbench.openFile(name);
          return elapsed();
        });
        await step("expand", async () => {
          await workbench.treeRow("layers").click();
          const elapsed = await stopwatch(page, { key: "ArrowRight" }, { selector: row(3) });
          await page.keyboard.press("ArrowRight");
          return elapsed();
        });
        await step("panel", async () => {
          const begin = performance.now();
          await workbench.runCommand("Kindling: Open Panel");
          await workbench.turnTo("modules");
          await workbench.inPanel("module-row").first().waitFor();
          return performance.now() - begin;
        });
        await workbench.close();
      }
    } finally {
      await editor.close();
    }
    const titles: Readonly<Record<Step, string>> = {
      open: "10,000 modules: file → tree",
      expand: "10,000 modules: 9,998 rows opened",
      panel: "10,000 modules: panel opened",
    };
    return (Object.keys(titles) as Step[]).map((which) => {
      const { time, host, window } = measured[which];
      return {
        what: titles[which],
        measured: spread(time),
        against: "no stall",
        verdict: `longest block: host ${milliseconds(median(host))}, window ${longTask(median(window))}`,
      };
    });
  },
};

function empty(): { time: number[]; host: number[]; window: number[] } {
  return { time: [], host: [], window: [] };
}

/** Browsers report no task below 50 ms. */
function longTask(duration: number): string {
  return duration === 0 ? "< 50 ms" : milliseconds(duration);
}
