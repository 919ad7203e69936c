/** `kindling train` */
import type { RunnerProcess } from "../client/runnerProcess.ts";
import { Complaints } from "../lint/complaints.ts";
import type { Problem, RunEvent, RunRequest } from "../protocol/index.ts";
import { formatDuration, formatNumber, plural } from "../run/numbers.ts";
import { reduceSnapshot, type RunSnapshot } from "../run/snapshot.ts";
import { standing } from "../run/standing.ts";
import { exitCodeOf } from "./interruption.ts";
import { problemText, type Paint } from "./problemText.ts";
import { ProgressBar } from "./progressBar.ts";
import { newRun, startRunner } from "./runner.ts";
import { sourceText } from "../client/sourceText.ts";
import { weightsTeller } from "./weightsTable.ts";

/** Who follows the run besides, and may steer it. */
export interface Companion {
  event(event: RunEvent, run: RunSnapshot, runner: RunnerProcess): void;
  exitCode(code: number): number;
}

/** Runs the file to its end; resolves with the exit code. */
export async function train(script: URL, request: RunRequest, paint: Paint, companion?: Companion): Promise<number> {
  const bar = process.stderr.isTTY ? new ProgressBar(process.stderr) : undefined;
  const begin = performance.now();
  let run = newRun(request);
  const print = (text: string): void => {
    bar?.clear();
    process.stderr.write(text);
  };
  const weightsText = weightsTeller();
  const complaints = new Complaints(request.file, sourceText);
  const tell = (problems: readonly Problem[]): void => {
    for (const problem of problems) print(problemText(problem, paint));
  };
  const event = (told: RunEvent): void => {
    run = reduceSnapshot(run, told);
    tell(complaints.of(told, run));
    if (told.type === "weights") print(weightsText(told.weights, paint));
    if (told.type === "progress") bar?.show(told.progress);
    companion?.event(told, run, runner!);
  };
  const relayBoth =
    (ours: ProgressBar) =>
    (stdout: NodeJS.ReadableStream, stderr: NodeJS.ReadableStream): void => {
      relay(ours, stdout, process.stdout);
      relay(ours, stderr, process.stderr);
    };
  // A run of then is not of the text of now.
  if (!request.replay) tell(complaints.ofText());
  let runner: RunnerProcess | undefined;
  const code = await exitCodeOf({
    // Straight through wherever no bar could be in the way.
    start: () => (runner = startRunner(script, bar && relayBoth(bar))),
    request,
    listener: { event },
    onSignal(own, signal) {
      print(`Stopping … (${signal === "SIGINT" ? "Ctrl+C" : signal} again to end it at once)\n`);
      own.stop();
    },
    onEnd: (_, { kernels }) => print(summary(run, kernels, (performance.now() - begin) / 1000)),
  });
  return companion?.exitCode(code) ?? code;
}

function relay(bar: ProgressBar, from: NodeJS.ReadableStream, to: NodeJS.WritableStream): void {
  from.on("data", (chunk: Buffer) => bar.around(() => to.write(chunk), chunk.at(-1) === 0x0a));
}

/** @param seconds since the command began, which is more than the run itself took */
function summary(run: RunSnapshot, kernels: string | undefined, seconds: number): string {
  const { state, progress } = run;
  const loss = standing(run)?.loss;
  const parts = [
    `${state} after ${seconds < 60 ? `${seconds.toFixed(1)} s` : formatDuration(seconds)}`,
    ...(kernels ? [`${kernels} kernels`] : []),
    ...(progress ? [plural(progress.epoch + 1, "epoch"), plural(progress.step, "step")] : []),
    ...(loss === undefined ? [] : [`loss ${formatNumber(loss)}`]),
  ];
  return `kindling: ${parts.join(", ")}\n`;
}
