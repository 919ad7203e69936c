/** `kindling inspect` */
import type { ModelClassInfo, ModelInfo, Problem, RunEvent, RunRequest } from "../protocol/index.ts";
import { classText, modelTable } from "./modelTable.ts";
import { exitCodeOf } from "./interruption.ts";
import { problemText, type Paint } from "./problemText.ts";
import { RunnerProcess } from "./runnerProcess.ts";

/** What `--json` prints. */
interface Inspection {
  readonly file: string;
  models: readonly ModelInfo[];
  classes: readonly ModelClassInfo[];
  readonly problems: Problem[];
}

/** Runs the file up to its first training step and prints what there is; resolves with the exit code. */
export async function inspect(script: URL, request: RunRequest, json: boolean, paint: Paint): Promise<number> {
  const found: Inspection = { file: request.file, models: [], classes: [], problems: [] };
  const start = (): RunnerProcess => new RunnerProcess({
    script,
    request,
    // The program's own output is not what was asked for.
    capture: (stdout, stderr) => {
      stdout.pipe(process.stderr, { end: false });
      stderr.pipe(process.stderr, { end: false });
    },
    onEvent(event: RunEvent) {
      if (event.type === "models") found.models = event.models;
      if (event.type === "classes") found.classes = event.classes;
      if (event.type === "problem") found.problems.push(event.problem);
    },
  });
  return exitCodeOf(
    start,
    (runner) => runner.kill(),
    ({ state }) => {
      if (state === "stopped") process.stderr.write("kindling: stopped\n");
      else print(found, json, paint);
    },
  );
}

function print(found: Inspection, json: boolean, paint: Paint): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    return;
  }
  for (const model of found.models) process.stdout.write(`${modelTable(model, paint)}\n`);
  const others = found.classes.map(classText).filter((text) => text !== undefined);
  if (others.length > 0) process.stdout.write(`${others.join("\n")}\n`);
  for (const problem of found.problems) process.stderr.write(problemText(problem, paint));
}
