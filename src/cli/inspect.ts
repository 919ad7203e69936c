/** `kindling inspect` */
import { inspection } from "../agents/inspectModel.ts";
import { Complaints } from "../lint/complaints.ts";
import type { ModelClassInfo, Problem, RunEvent, RunRequest } from "../protocol/index.ts";
import { reduceSnapshot, type RunSnapshot } from "../run/snapshot.ts";
import { exitCodeOf } from "./interruption.ts";
import { classText, modelTable } from "./modelTable.ts";
import { problemText, type Paint } from "./problemText.ts";
import { newRun, startRunner } from "./runner.ts";
import { sourceText } from "../client/sourceText.ts";

/** Runs the file up to its first training step and prints what there is; resolves with the exit code. */
export async function inspect(script: URL, request: RunRequest, json: boolean, paint: Paint): Promise<number> {
  let run = newRun(request);
  let classes: readonly ModelClassInfo[] = [];
  const complaints = new Complaints(request.file, sourceText);
  const problems: Problem[] = [...complaints.ofText()];
  const event = (told: RunEvent): void => {
    run = reduceSnapshot(run, told);
    problems.push(...complaints.of(told, run));
    if (told.type === "classes") ({ classes } = told);
  };
  return exitCodeOf({
    // The program's own output is not what was asked for.
    start: () =>
      startRunner(script, (stdout, stderr) => {
        stdout.pipe(process.stderr, { end: false });
        stderr.pipe(process.stderr, { end: false });
      }),
    request,
    listener: { event },
    onSignal: (runner) => runner.kill(),
    onEnd({ state }) {
      if (state === "stopped") process.stderr.write("kindling: stopped\n");
      else if (json) process.stdout.write(`${JSON.stringify(inspection(run, classes, problems), null, 2)}\n`);
      else print(run, classes, problems, paint);
    },
  });
}

function print({ models, works }: RunSnapshot, classes: readonly ModelClassInfo[], problems: readonly Problem[], paint: Paint): void {
  for (const model of models) process.stdout.write(`${modelTable(model, works, paint, process.stdout.columns)}\n`);
  const others = classes.map(classText).filter((text) => text !== undefined);
  if (others.length > 0) process.stdout.write(`${others.join("\n")}\n`);
  for (const problem of problems) process.stderr.write(problemText(problem, paint));
}
