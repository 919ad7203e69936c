/** `kindling rewind`, `kindling branch` and `kindling resume`: a kept run, back at one of its steps. */
import type { RunnerProcess } from "../client/runnerProcess.ts";
import type { KeptRun } from "../keep/keptRuns.ts";
import { replayRequest } from "../keep/replayRequest.ts";
import { defaultSampling, roomForRuns, type Change, type RunEvent } from "../protocol/index.ts";
import { formatCount, formatNumber } from "../run/numbers.ts";
import type { RunSnapshot } from "../run/snapshot.ts";
import { modelTable } from "./modelTable.ts";
import type { Paint } from "./problemText.ts";
import { train } from "./train.ts";

export interface Replay {
  readonly script: URL;
  readonly kept: KeptRun;
  /** Number of steps taken by then. */
  readonly step: number;
  /** What is changed there. */
  readonly wanted: { readonly rate: number | undefined; readonly frozen: readonly string[] };
  /** Whether it goes on from there, or is only looked at. */
  readonly goesOn: boolean;
  readonly paint: Paint;
}

/** Resolves with the exit code. */
export function replayRun({ script, kept, step, wanted, goesOn, paint }: Replay): Promise<number> {
  const request = replayRequest(kept, step, { sampling: { ...defaultSampling, enabled: !goesOn }, limit: roomForRuns });
  let hasArrived = false;
  const arrive = (run: RunSnapshot, runner: RunnerProcess): void => {
    hasArrived = true;
    process.stderr.write(`${arrivalText(kept, step)}\n`);
    if (!goesOn) {
      process.stdout.write(standingText(run, paint));
      return runner.stop();
    }
    for (const change of changesOf(run, wanted)) runner.send({ type: "steer", steering: { type: "change", change } });
    runner.send({ type: "resume" });
  };
  return train(script, request, paint, {
    event(event: RunEvent, run, runner) {
      if (!hasArrived && event.type === "state" && event.state === "paused") arrive(run, runner);
    },
    exitCode: (code) => (hasArrived && !goesOn ? 0 : code),
  });
}

function arrivalText({ id }: KeptRun, step: number): string {
  return `kindling: back before step ${formatCount(step)} of ${id}; all that it told by then is the same, number for number`;
}

function standingText(run: RunSnapshot, paint: Paint): string {
  const last = [...run.curves].map(([name, { values }]) => `${name} ${formatNumber([...values].at(-1))}`);
  const tables = run.models.map((model) => modelTable(model, run.works, paint, process.stdout.columns));
  return `${[last.join(", "), ...tables].join("\n\n")}\n`;
}

function changesOf({ optimizers, models }: RunSnapshot, { rate, frozen }: Replay["wanted"]): readonly Change[] {
  const rates = optimizers.flatMap(({ id, groups }) =>
    rate === undefined ? [] : groups.map((_, group): Change => ({ kind: "option", optimizer: id, group, name: "lr", value: rate })),
  );
  const freezes = frozen.flatMap((path) => models.map(({ id }): Change => ({ kind: "freeze", model: id, path, frozen: true })));
  return [...rates, ...freezes];
}
