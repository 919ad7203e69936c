/** `train_model` */
import { basename, dirname } from "node:path";
import { listRuns } from "../keep/keptRuns.ts";
import { jsonable } from "../keep/facts.ts";
import { runsFolder } from "../keep/layout.ts";
import { defaultSampling, roomForRuns, type RunRequest } from "../protocol/index.ts";
import { checked, list, number, optional, record, text, whole } from "../run/codec.ts";
import { formatCount, formatNumber } from "../run/numbers.ts";
import { modelFile } from "./files.ts";
import { oneRun } from "./oneRun.ts";
import { argumentsProperty, fileProperty } from "./program.ts";
import { told } from "./told.ts";
import type { Tool } from "./tool.ts";

interface Input {
  readonly file: string;
  readonly steps?: number;
  readonly seconds?: number;
  readonly arguments?: readonly string[];
}

const usualSteps = 1000;
const usualSeconds = 60;
const mostSeconds = 3600;

export const trainModel: Tool<Input> = {
  name: "train_model",
  title: "Train a model",
  description:
    "Trains a Kindling model file (.model.ts) and answers how it went: state, steps, each curve thinned to a few points, one sentence on its health, every finding with what to " +
    "try and the line it is about, problems, what was printed, and the id under which the run is kept. It stops by itself after so many steps or seconds; " +
    "a run that was stopped so is no failure.",
  inputSchema: {
    type: "object",
    properties: {
      file: fileProperty,
      steps: { type: "integer", minimum: 1, default: usualSteps, description: "Stops after so many training steps." },
      seconds: { type: "number", exclusiveMinimum: 0, maximum: mostSeconds, default: usualSeconds, description: "Stops after so many seconds." },
      arguments: argumentsProperty,
    },
    required: ["file"],
    additionalProperties: false,
  },
  input: record<Input>({
    file: text,
    steps: optional(checked(whole, "not a whole number from 1", (steps) => steps >= 1)),
    seconds: optional(checked(number, `not between 0 and ${mostSeconds}`, (seconds) => seconds > 0 && seconds <= mostSeconds)),
    arguments: optional(list(text)),
  }),
  runsCode: true,
  announce: ({ file, steps = usualSteps, seconds = usualSeconds }) =>
    `Train ${basename(file)} for at most ${formatCount(steps)} steps and ${formatCount(seconds)} seconds`,
  async run({ file: path, steps = usualSteps, seconds = usualSeconds, arguments: programArguments = [] }, house) {
    const file = modelFile(path, house);
    const folder = runsFolder(file);
    const before = new Set(listRuns(folder).map(({ id }) => id));
    const request: RunRequest = {
      file,
      mode: "train",
      directory: dirname(file),
      sampling: defaultSampling,
      timeLimit: 0,
      threads: 0,
      programArguments,
      inBackground: true,
      keep: { folder, limit: roomForRuns },
    };
    const { run, problems, end, endedBy } = await oneRun(request, { steps, seconds }, house);
    const kept = listRuns(folder).find(({ id, info }) => !before.has(id) && info.file === file);
    return jsonable({
      file,
      ...(kept && { run: kept.id }),
      state: end.state,
      ...(endedBy && { endedBy }),
      ...(end.exitCode !== undefined && { exitCode: end.exitCode }),
      ...told(run),
      ...(endedBy === "seconds" &&
        !run.progress && {
          hint: `No training step was taken in ${formatNumber(seconds)} s. Give it more seconds; inspect_model says which line it does not get past.`,
        }),
      problems,
    });
  },
};
