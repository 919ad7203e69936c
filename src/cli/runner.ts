/** The runner as the command line starts it. */
import { fileURLToPath } from "node:url";
import { RunnerProcess, type RunnerOptions } from "../client/runnerProcess.ts";
import type { RunRequest } from "../protocol/index.ts";
import { emptySnapshot, type RunSnapshot } from "../run/snapshot.ts";

/** @param output where the program prints; by default straight to where our own output goes */
export function startRunner(script: URL, output: RunnerOptions["output"] = "inherit"): RunnerProcess {
  // What would have been colourful on the terminal stays so.
  const colours = output !== "inherit" && process.stdout.isTTY && !process.env["NO_COLOR"] ? { FORCE_COLOR: "1" } : {};
  return new RunnerProcess({ script: fileURLToPath(script), environment: colours, input: "inherit", output });
}

/** A run of which nothing is known yet. */
export function newRun({ file, mode }: RunRequest): RunSnapshot {
  return emptySnapshot({ runId: "", file, mode, startedAt: Date.now() });
}
