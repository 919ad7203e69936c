/** `kindling train` */
import type { Progress, RunEvent, RunRequest } from "../protocol/index.ts";
import { exitCodeOf } from "./interruption.ts";
import { problemText, type Paint } from "./problemText.ts";
import { durationText, numberText, ProgressBar } from "./progressBar.ts";
import { RunnerProcess } from "./runnerProcess.ts";

/** Runs the file to its end; resolves with the exit code. */
export async function train(script: URL, request: RunRequest, paint: Paint): Promise<number> {
  const bar = process.stderr.isTTY ? new ProgressBar(process.stderr) : undefined;
  const begin = performance.now();
  let progress: Progress | undefined;
  const print = (text: string): void => {
    bar?.clear();
    process.stderr.write(text);
  };
  const start = (): RunnerProcess => new RunnerProcess({
    script,
    request,
    // Straight through wherever no bar could be in the way.
    ...(bar && {
      capture: (stdout, stderr) => {
        relay(bar, stdout, process.stdout);
        relay(bar, stderr, process.stderr);
      },
    }),
    onEvent(event: RunEvent) {
      if (event.type === "problem") print(problemText(event.problem, paint));
      if (event.type !== "progress") return;
      progress = event.progress;
      bar?.show(progress);
    },
  });

  return exitCodeOf(
    start,
    (runner) => {
      print("Stopping … (Ctrl+C again to end it at once)\n");
      runner.stop();
    },
    ({ state }, { kernels }) => print(summary(state, kernels, progress, (performance.now() - begin) / 1000)),
  );
}

function relay(bar: ProgressBar, from: NodeJS.ReadableStream, to: NodeJS.WritableStream): void {
  from.on("data", (chunk: Buffer) => bar.around(() => to.write(chunk), chunk.at(-1) === 0x0a));
}

function summary(state: string, kernels: string | undefined, progress: Progress | undefined, seconds: number): string {
  const parts = [
    `${state} after ${seconds < 10 ? `${seconds.toFixed(1)} s` : durationText(seconds)}`,
    ...(kernels ? [`${kernels} kernels`] : []),
    ...(progress ? [counted(progress.epoch + 1, "epoch"), counted(progress.step, "step")] : []),
    ...(progress?.loss === undefined ? [] : [`loss ${numberText(progress.loss)}`]),
  ];
  return `kindling: ${parts.join(", ")}\n`;
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
