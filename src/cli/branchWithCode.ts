/** `kindling branch --code`: goes on from a step of a kept run in other code, with the weights of then. */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunnerProcess } from "../client/runnerProcess.ts";
import type { KeptRun } from "../keep/keptRuns.ts";
import { runsFolder } from "../keep/layout.ts";
import { whyNotBranched } from "../keep/past.ts";
import { replayRequest } from "../keep/replayRequest.ts";
import { defaultSampling, roomForRuns, type RunEvent } from "../protocol/index.ts";
import { formatCount } from "../run/numbers.ts";
import { exitCodeOf } from "./interruption.ts";
import { problemText, type Paint } from "./problemText.ts";
import { startRunner } from "./runner.ts";
import { train } from "./train.ts";

export interface BranchWithCode {
  readonly script: URL;
  readonly kept: KeptRun;
  /** Number of steps taken by then. */
  readonly step: number;
  /** The code that goes on. */
  readonly file: string;
  readonly paint: Paint;
}

/** Resolves with the exit code. */
export async function branchWithCode(branch: BranchWithCode): Promise<number> {
  const { script, kept, step, file, paint } = branch;
  const why = whyNotBranched(kept, step);
  if (why !== undefined) {
    process.stderr.write(`kindling: ${why}\n`);
    return 1;
  }
  const weights = join(tmpdir(), `kindling-${randomUUID()}.safetensors`);
  try {
    const code = await takeWeights(branch, weights);
    if (code !== 0) return code;
    const { arguments: programArguments, threads } = kept.info;
    const sampling = { ...defaultSampling, enabled: false };
    const request = { file, mode: "train", directory: process.cwd(), programArguments, threads, timeLimit: 0, sampling } as const;
    const origin = `${kept.id} after ${formatCount(step)} steps`;
    return await train(
      script,
      {
        ...request,
        keep: { folder: runsFolder(file), limit: roomForRuns },
        weights: { file: weights, origin, declined: [], isMadeForRun: true, branchOf: { run: kept.id, step } },
      },
      paint,
    );
  } finally {
    rmSync(weights, { force: true });
  }
}

/** Brings the run back to its step, and writes there what it has. */
async function takeWeights({ script, kept, step, paint }: BranchWithCode, file: string): Promise<number> {
  let isTaken = false;
  let runner: RunnerProcess | undefined;
  const code = await exitCodeOf({
    start: () => (runner = startRunner(script)),
    request: replayRequest(kept, step, { sampling: { ...defaultSampling, enabled: false }, limit: roomForRuns }),
    listener: {
      event(event: RunEvent) {
        if (event.type === "problem" && event.problem.severity === "error") process.stderr.write(problemText(event.problem, paint));
        if (event.type === "state" && event.state === "paused") runner!.send({ type: "steer", steering: { type: "capture", file } });
        if (event.type !== "captured") return;
        isTaken = event.failure === undefined;
        if (!isTaken) process.stderr.write(`kindling: ${event.failure}\n`);
        runner!.stop();
      },
    },
    onSignal: (own) => own.stop(),
    onEnd() {},
  });
  return isTaken ? 0 : code || 1;
}
