/** What being watched costs a training. */
import { execFile } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensureServer } from "../../scripts/vscode-server.mjs";
import { Editor } from "../harness/editor.ts";
import { repository, temporaryFolder } from "../harness/temporary.ts";
import type { Workbench } from "../harness/workbench.ts";
import { bundleProgram } from "./bundle.ts";
import { median, milliseconds, percent } from "./numbers.ts";
import { held } from "./report.ts";
import type { Subject } from "./subject.ts";
import { watchingCost } from "./watchingCost.ts";

const bar = 0.95;
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

async function trainInEditor(workbench: Workbench): Promise<void> {
  const state = (one: string) => workbench.inPanel("run-state", `[data-state="${one}"]`);
  await workbench.runCommand("Kindling: Train Model");
  await state("running").waitFor();
  await state("finished").waitFor({ timeout: 300_000 });
}

export const watching: Subject = {
  title: "training with the panel open, from the command line, and unwatched",
  method:
    `examples/digits, the convolutional network alone, ${(epochs * stepsPerEpoch).toLocaleString("en-US")} steps after a warm-up, timed by the program itself and including its evaluations: in the editor with the panel open and default sampling, with \`kindling train\`, and as a plain Node program that imports the engine. All three on the Node that the VS Code server runs, one after another in each round; the ratios are medians of the rounds' ratios. Before that, what measuring costs: steps that are measured beside the same steps unwatched, in one process with one thread; and whole runs in the runner, measured as by default and not at all in turn, medians.`,
  async measure(bench) {
    const { vsix, calm, rounds, say } = bench;
    const trial = makeTrial();
    const { node } = await ensureServer();
    const costs = await watchingCost(bench, node);
    const program = await bundleProgram(join(trial.folder, name), join(trial.folder, "unwatched.mjs"));
    const editor = await Editor.start(await vsix());
    const panel: number[] = [];
    const line: number[] = [];
    const alone: number[] = [];
    try {
      const workbench = await editor.openWorkbench(trial.folder);
      await workbench.openFile(name);
      await workbench.lens(/\d params.*Train/).waitFor();
      for (let round = 0; round < rounds; round++) {
        await calm.wait();
        panel.push(await timed(trial, () => trainInEditor(workbench)));
        await calm.wait();
        line.push(await timed(trial, () => execute(node, [join(repository, "dist", "cli", "main.js"), "train", join(trial.folder, name)])));
        await calm.wait();
        alone.push(await timed(trial, () => execute(node, [program])));
        say(`round ${round + 1}: ${milliseconds(panel.at(-1)!)} with the panel, ${milliseconds(line.at(-1)!)} from the command line, ${milliseconds(alone.at(-1)!)} unwatched`);
      }
    } finally {
      await editor.close();
    }
    const speed = (of: readonly number[], against: readonly number[]): number => median(of.map((time, round) => against[round]! / time));
    return [
      ...costs,
      { what: "Training step, panel open", measured: milliseconds(median(panel)), against: "≥ 95 % of the speed of `kindling train`", verdict: `${percent(speed(panel, line))}, ${held(speed(panel, line), { atLeast: bar })}` },
      { what: "Training step, `kindling train`", measured: milliseconds(median(line)), against: "unwatched", verdict: percent(speed(line, alone)) },
      { what: "Training step, unwatched", measured: milliseconds(median(alone)) },
    ];
  },
};
