/** `kindling inspect` */
import type { ModelClassInfo, ModelInfo, Problem, RunEvent, RunRequest } from "../protocol/index.ts";
import { classText, modelTable } from "./modelTable.ts";
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
  const runner = new RunnerProcess({
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
  const kill = (): void => runner.kill();
  process.on("SIGINT", kill);
  const state = await runner.ended;
  process.off("SIGINT", kill);
  if (json) {
    process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  } else {
    for (const model of found.models) process.stdout.write(`${modelTable(model, paint)}\n`);
    const others = found.classes.map(classText).filter((text) => text !== undefined);
    if (others.length > 0) process.stdout.write(`${others.join("\n")}\n`);
    for (const problem of found.problems) process.stderr.write(problemText(problem, paint));
  }
  return state === "finished" ? 0 : 1;
}
