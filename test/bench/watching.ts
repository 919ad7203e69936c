/** What being watched costs a training. */
import { execFile } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensureServer, type Settings } from "../../scripts/vscode-server.mjs";
import { Editor } from "../harness/editor.ts";
import { repository, temporaryFolder } from "../harness/temporary.ts";
import type { Workbench } from "../harness/workbench.ts";
import { bundleProgram } from "./bundle.ts";
import { median, milliseconds, percent } from "./numbers.ts";
import { held } from "./report.ts";
import type { Subject } from "./subject.ts";
import { watchingCost } from "./watchingCost.ts";

/** Of the speed from the command line; with the panel open where the panel is drawn by the very cores that train. */
const bars = { open: 0.9, closed: 0.97 };
const name = "digits.model.ts";
const warmUpEpochs = 4;
const epochs = 60;
const stepsPerEpoch = 45;

interface Trial {
  readonly folder: string;
  /** Where the program leaves the milliseconds that its measured epochs took. */
  readonly result: string;
}

/** examples/digits with the convolutional network only, trained for a fixed number of epochs and timing itself. */
function makeTrial(): Trial {
  const folder = temporaryFolder("watching");
  cpSync(join(repository, "examples"), folder, { recursive: true });
  const result = join(folder, "milliseconds");
  const text = readFileSync(join(folder, name), "utf8");
  const calls = `train("CNN", cnn, 20);\ntrain("MLP", mlp, 20);`;
  if (!text.includes(calls)) throw new Error(`${name} no longer trains as this benchmark expects`);
  const timed = [
    `train("CNN", cnn, ${warmUpEpochs});`,
    `const begin = performance.now();`,
    `train("CNN", cnn, ${epochs});`,
    `writeFileSync(${JSON.stringify(result)}, String(performance.now() - begin));`,
  ].join("\n");
  writeFileSync(join(folder, name), `import { writeFileSync } from "node:fs";\n${text.replace(calls, timed)}`);
  return { folder, result };
}

const execute = promisify(execFile);

/** Milliseconds per step of one run. */
async function timed({ result }: Trial, run: () => Promise<unknown>): Promise<number> {
  rmSync(result, { force: true });
  await run();
  return Number(readFileSync(result, "utf8")) / (epochs * stepsPerEpoch);
}

/** From the palette, until the status bar says that it is over. */
async function trainInEditor(workbench: Workbench): Promise<void> {
  await workbench.runCommand("Kindling: Train Model");
  await workbench.statusShows(/epoch/);
  await workbench.page.locator(".statusbar-item[id*='kindling']", { hasText: /trained/ }).waitFor({ timeout: 300_000 });
}

export const watching: Subject = {
  title: "training with the panel open and closed, from the command line, and unwatched",
  method: `examples/digits, the convolutional network alone, ${(epochs * stepsPerEpoch).toLocaleString("en-US")} steps after a warm-up, timed by the program itself and including its evaluations: in the editor with the panel open and closed and default sampling, with \`kindling train\`, and as a plain Node program that imports the engine with the same kernels. All on the Node that the VS Code server runs, one after another in each round; the ratios are medians of the rounds' ratios. Before that, what measuring costs: steps that are measured beside the same steps unwatched, in one process with one thread; and whole runs in the runner, measured as by default and not at all in turn, medians.`,
  async measure(bench) {
    const { vsix, calm, rounds, say } = bench;
    const trial = makeTrial();
    const { node } = await ensureServer();
    const costs = await watchingCost(bench, node);
    const program = await bundleProgram(join(trial.folder, name), join(trial.folder, "unwatched.mjs"));
    const editor = await Editor.start(await vsix());
    const times = { open: [] as number[], closed: [] as number[], line: [] as number[], alone: [] as number[] };
    const tries: Readonly<Record<keyof typeof times, () => Promise<unknown>>> = {
      open: () => trainIn({}),
      closed: () => trainIn({ "kindling.openPanelOnTrain": false }),
      line: () => execute(node, [join(repository, "dist", "cli", "main.js"), "train", join(trial.folder, name)]),
      alone: () => execute(node, [program], { env: { ...process.env, KINDLING_KERNELS: "best" } }),
    };
    const trainIn = async (settings: Settings): Promise<void> => {
      const workbench = await editor.openWorkbench(trial.folder, settings);
      await workbench.openFile(name);
      await workbench.lens(/\d params.*Train/).waitFor();
      await calm.wait();
      await trainInEditor(workbench);
      await workbench.close();
    };
    try {
      for (let round = 0; round < rounds; round++) {
        for (const [what, run] of Object.entries(tries)) {
          await calm.wait();
          times[what as keyof typeof times].push(await timed(trial, run));
        }
        say(
          `round ${round + 1}: ${Object.entries(times)
            .map(([what, all]) => `${what} ${milliseconds(all.at(-1)!)}`)
            .join(", ")}`,
        );
      }
    } finally {
      await editor.close();
    }
    const speed = (of: readonly number[], against: readonly number[]): number => median(of.map((time, round) => against[round]! / time));
    const inEditor = (what: "open" | "closed") => ({
      what: `Training step, panel ${what}`,
      measured: milliseconds(median(times[what])),
      against: `≥ ${percent(bars[what])} of the speed of \`kindling train\``,
      verdict: `${percent(speed(times[what], times.line))}, ${held(speed(times[what], times.line), { atLeast: bars[what] })}`,
    });
    return [
      ...costs,
      inEditor("open"),
      inEditor("closed"),
      {
        what: "Training step, `kindling train`",
        measured: milliseconds(median(times.line)),
        against: "unwatched",
        verdict: percent(speed(times.line, times.alone)),
      },
      { what: "Training step, unwatched", measured: milliseconds(median(times.alone)) },
    ];
  },
};
