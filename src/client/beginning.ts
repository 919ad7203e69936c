/** What a program's training begins with, for whoever takes it elsewhere. */
import type { BeginningOptions, Problem, RunRequest } from "../protocol/index.ts";
import type { RunnerProcess } from "./runnerProcess.ts";

/**
 * Runs the program up to its first training step and has its weights, and the data that it drew, written into a folder.
 * Resolves with what kept it from that; with nothing where all is there.
 */
export async function writeBeginning(runner: RunnerProcess, request: Omit<RunRequest, "mode">, beginning: BeginningOptions): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const { state } = await runner.run(
    { ...request, mode: "inspect", beginning },
    { event: (event) => event.type === "problem" && event.problem.severity === "error" && problems.push(event.problem) },
  );
  runner.kill();
  await runner.exited;
  return state === "finished" ? [] : problems;
}
