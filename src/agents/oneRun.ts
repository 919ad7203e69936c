/** Runs a file for a tool, within bounds of steps, time and memory, and gathers what it tells. */
import { setTimeout as after, clearTimeout as cancel } from "node:timers";
import type { RunEnd } from "../client/runnerProcess.ts";
import { sourceText } from "../client/sourceText.ts";
import { Complaints } from "../lint/complaints.ts";
import type { ModelClassInfo, Problem, RunEvent, RunRequest } from "../protocol/index.ts";
import { emptySnapshot, reduceSnapshot, type RunSnapshot } from "../run/snapshot.ts";
import { refuseUntrusted, type House } from "./tool.ts";

/** Seconds that a program may take until it runs. */
const patience = 60;

export interface Bounds {
  readonly steps?: number;
  /** From the program's first line. */
  readonly seconds: number;
  /** Where a kept run is brought back to a step, it waits there: no further. */
  readonly untilPaused?: boolean;
}

export interface OneRun {
  readonly run: RunSnapshot;
  readonly classes: readonly ModelClassInfo[];
  readonly problems: readonly Problem[];
  readonly end: RunEnd;
  /** Which bound ended it, if one did. */
  readonly endedBy?: "steps" | "seconds" | "arrival" | "request";
}

/** @throws Refusal in folders that aren't trusted */
export async function oneRun(request: RunRequest, { steps = Infinity, seconds, untilPaused = false }: Bounds, house: House): Promise<OneRun> {
  refuseUntrusted(house);
  let run = emptySnapshot({ runId: "", file: request.file, mode: request.mode, startedAt: Date.now() });
  let classes: readonly ModelClassInfo[] = [];
  let endedBy: OneRun["endedBy"];
  const complaints = new Complaints(request.file, sourceText);
  const problems: Problem[] = [...complaints.ofText()];
  const runner = house.startRunner();
  const stop = (reason: NonNullable<OneRun["endedBy"]>): void => {
    if (endedBy) return;
    endedBy = reason;
    runner.stop();
  };
  const event = (told: RunEvent): void => {
    run = reduceSnapshot(run, told);
    problems.push(...complaints.of(told, run));
    if (told.type === "classes") ({ classes } = told);
    if (told.type === "state" && told.state === "running") countFrom(seconds);
    if (untilPaused && told.type === "state" && told.state === "paused") stop("arrival");
    if (told.type === "progress" && told.progress.step >= steps) stop("steps");
  };
  let timer: NodeJS.Timeout | undefined;
  const countFrom = (most: number): void => {
    cancel(timer);
    timer = after(() => stop("seconds"), most * 1000);
  };
  // A busy machine takes its time to load a program, which is none of the training's.
  countFrom(seconds + patience);
  const abort = (): void => stop("request");
  house.signal?.addEventListener("abort", abort, { once: true });
  if (house.signal?.aborted) abort();
  try {
    const end = await runner.run(request, { event, output: () => {} });
    await runner.exited;
    return { run, classes, problems, end, ...(endedBy && { endedBy }) };
  } finally {
    cancel(timer);
    house.signal?.removeEventListener("abort", abort);
  }
}
