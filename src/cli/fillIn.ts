/** `kindling fill-in`: a kept run is run again for what it did not tell. */
import { additionsOf, additionText } from "../keep/additions.ts";
import { whyNotFilled } from "../keep/filling.ts";
import type { KeptRun } from "../keep/keptRuns.ts";
import { stepsTaken, whyNotRepeated } from "../keep/past.ts";
import { fillRequest } from "../keep/replayRequest.ts";
import { roomForRuns, type Problem, type RunEvent, type StepRange } from "../protocol/index.ts";
import { exitCodeOf } from "./interruption.ts";
import { problemText, type Paint } from "./problemText.ts";
import { ProgressBar } from "./progressBar.ts";
import { startRunner } from "./runner.ts";

export interface FillIn {
  readonly script: URL;
  readonly kept: KeptRun;
  /** Whose text tells more. */
  readonly file: string | undefined;
  /** What is measured. */
  readonly samples: StepRange | undefined;
  readonly paint: Paint;
}

/** Resolves with the exit code. */
export function fillRun({ script, kept, samples, paint, ...given }: FillIn): Promise<number> {
  const file = given.file ?? (samples ? undefined : kept.info.file);
  const taken = stepsTaken(kept);
  const why = whyNotFilled(kept) ?? whyNotRepeated(kept, samples && samples.from >= taken ? samples.from + 1 : taken);
  if (why !== undefined) {
    process.stderr.write(`kindling: ${why}\n`);
    return Promise.resolve(1);
  }
  const bar = process.stderr.isTTY ? new ProgressBar(process.stderr) : undefined;
  const print = (text: string): void => {
    bar?.clear();
    process.stderr.write(text);
  };
  const before = additionsOf(kept.folder).length;
  return exitCodeOf({
    start: () => startRunner(script),
    request: fillRequest(kept, { ...(file !== undefined && { file }), ...(samples && { samples }) }, roomForRuns),
    listener: {
      event(event: RunEvent) {
        if (event.type === "progress") bar?.show(event.progress);
        if (event.type === "problem" && isNews(event.problem, kept)) print(problemText(event.problem, paint));
      },
    },
    onSignal(runner) {
      print("Stopping …\n");
      runner.stop();
    },
    onEnd() {
      const added = additionsOf(kept.folder).slice(before);
      for (const { addition } of added) print(`kindling: ${kept.id} has now ${additionText(addition)}\n`);
    },
  });
}

/** Warnings, and the error that it ended with, it told then. */
function isNews({ code, severity }: Problem, { state }: KeptRun): boolean {
  return code === "fillIn" || (severity === "error" && state !== "failed");
}
