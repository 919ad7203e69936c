/** `kindling rewind`, `kindling branch` and `kindling resume`: a kept run, back at one of its steps. */
import type { RunnerProcess } from "../client/runnerProcess.ts";
import type { KeptRun } from "../keep/keptRuns.ts";
import { replayRequest } from "../keep/replayRequest.ts";
import { misspelledName } from "../engine/forms/nearest.ts";
import { defaultSampling, roomForRuns, type Change, type ModelInfo, type RunEvent } from "../protocol/index.ts";
import { formatCount, formatNumber, plural } from "../run/numbers.ts";
import type { RunSnapshot } from "../run/snapshot.ts";
import { isFinal } from "../run/standing.ts";
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
  let isRefused = false;
  // Changes of which nothing was heard yet.
  let waiting = 0;
  const refuse = (why: string): void => {
    isRefused = true;
    process.stderr.write(`kindling: ${why}\n`);
  };
  const goOn = (runner: RunnerProcess): void => {
    if (isRefused) runner.stop();
    else if (waiting === 0) runner.send({ type: "resume" });
  };
  const look = (run: RunSnapshot, isAtEnd: boolean): void => {
    hasArrived = true;
    process.stderr.write(`${arrivalText(kept, step, isAtEnd)}\n`);
    if (!goesOn) process.stdout.write(standingText(run, paint));
  };
  const arrive = (run: RunSnapshot, runner: RunnerProcess): void => {
    look(run, false);
    if (!goesOn) return runner.stop();
    const why = whyNotChanged(run, wanted);
    const changes = why === undefined ? changesOf(run, wanted) : [];
    if (why !== undefined) refuse(why);
    waiting = changes.length;
    for (const change of changes) runner.send({ type: "steer", steering: { type: "change", change } });
    goOn(runner);
  };
  return train(script, request, paint, {
    event(event: RunEvent, run, runner) {
      if (event.type === "refused" && waiting > 0) refuse(event.message);
      if ((event.type === "refused" || event.type === "intervention") && waiting > 0 && --waiting === 0) goOn(runner);
      if (hasArrived || event.type !== "state") return;
      if (event.state === "paused") arrive(run, runner);
      // After its last step there is no other to stand before.
      else if (event.state === kept.state && isFinal(event.state) && (run.progress?.step ?? 0) === step) look(run, true);
    },
    exitCode: (code) => (isRefused ? 1 : hasArrived && !goesOn ? 0 : code),
  });
}

function arrivalText({ id }: KeptRun, step: number, isAtEnd: boolean): string {
  const place = isAtEnd ? `at the end of ${id}, after ${plural(step, "step")}` : `before step ${formatCount(step)} of ${id}`;
  return `kindling: back ${place}; all that it told by then is the same, number for number`;
}

function standingText(run: RunSnapshot, paint: Paint): string {
  const last = [...run.curves].map(([name, { values }]) => `${name} ${formatNumber([...values].at(-1))}`);
  const tables = run.models.map((model) => modelTable(model, run.works, paint, process.stdout.columns));
  return `${[last.join(", "), ...tables].join("\n\n")}\n`;
}

/** Why nothing could come of a change that is wanted, in words for the user. */
function whyNotChanged(run: RunSnapshot, { rate, frozen }: Replay["wanted"]): string | undefined {
  const unknown = frozen.find((path) => placesOf(run, path).length === 0);
  if (unknown !== undefined) {
    const meant = misspelledName(unknown, run.models.flatMap(pathsIn));
    return `there is no module or parameter \`${unknown}\` to freeze${meant === null ? "" : `; did you mean \`${meant}\`?`}`;
  }
  if (rate === undefined || changesOf(run, { rate, frozen: [] }).length > 0) return undefined;
  return run.optimizers.length === 0 ? "there is no optimizer yet whose learning rate could be another" : `the learning rate is ${formatNumber(rate)} already`;
}

function changesOf(run: RunSnapshot, { rate, frozen }: Replay["wanted"]): readonly Change[] {
  const rates = run.optimizers.flatMap(({ id, groups }) =>
    groups.flatMap(({ options }, group): Change[] =>
      rate === undefined || options["lr"] === rate ? [] : [{ kind: "option", optimizer: id, group, name: "lr", value: rate }],
    ),
  );
  return [...rates, ...frozen.flatMap((path) => placesOf(run, path))];
}

/** Of a module, or of a parameter; behind the name of its model, or without it in each that has it. */
function placesOf({ models }: RunSnapshot, wanted: string): readonly Change[] {
  return models.flatMap((model) => {
    const path = wanted === model.name ? "" : wanted.startsWith(`${model.name}.`) ? wanted.slice(model.name.length + 1) : wanted;
    return path === "" || pathsIn(model).includes(path) ? [{ kind: "freeze", model: model.id, path, frozen: true } as const] : [];
  });
}

/** Of all its modules and parameters. */
function pathsIn({ modules }: ModelInfo): string[] {
  return modules
    .flatMap(({ path, parameters }) => [path, ...parameters.map(({ name }) => (path === "" ? name : `${path}.${name}`))])
    .filter((path) => path !== "");
}
