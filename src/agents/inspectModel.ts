/** `inspect_model` */
import { basename, dirname } from "node:path";
import { defaultSampling, type ModelClassInfo, type Problem } from "../protocol/index.ts";
import { list, optional, record, text } from "../run/codec.ts";
import type { RunSnapshot } from "../run/snapshot.ts";
import { modelFile } from "./files.ts";
import { oneRun } from "./oneRun.ts";
import { argumentsProperty, fileProperty } from "./program.ts";
import type { Tool } from "./tool.ts";

interface Input {
  readonly file: string;
  readonly arguments?: readonly string[];
}

/** Seconds that a file may take to its first training step. */
const timeLimit = 60;

export const inspectModel: Tool<Input> = {
  name: "inspect_model",
  title: "Inspect a model",
  description:
    "Runs a Kindling model file (.model.ts, PyTorch-like TypeScript) up to its first training step, without training it. Answers each model's module tree with types, " +
    "hyperparameters, input and output shapes, parameter counts and what is frozen; multiply-adds; and every problem with its line: errors, shape errors with both " +
    "operands' shapes, likely mistakes (lints) with the text edits that mend them. Use it after each change of a model file.",
  inputSchema: {
    type: "object",
    properties: {
      file: fileProperty,
      arguments: argumentsProperty,
    },
    required: ["file"],
    additionalProperties: false,
  },
  input: record<Input>({ file: text, arguments: optional(list(text)) }),
  runsCode: true,
  announce: ({ file }) => `Inspect ${basename(file)}`,
  async run({ file: path, arguments: programArguments = [] }, house) {
    const file = modelFile(path, house);
    const request = {
      file,
      mode: "inspect" as const,
      directory: dirname(file),
      sampling: defaultSampling,
      timeLimit: timeLimit * 1000,
      threads: 0,
      programArguments,
    };
    const { run, classes, problems } = await oneRun(request, { seconds: 2 * timeLimit }, house);
    return inspection(run, classes, problems);
  },
};

/** What `kindling inspect --json` prints. */
export function inspection({ file, models, works }: RunSnapshot, classes: readonly ModelClassInfo[], problems: readonly Problem[]) {
  return { file, models, work: [...works.values()].flat(), classes, problems };
}
