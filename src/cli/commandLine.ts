/** What the words on the command line ask for. */
import type { StepRange } from "../protocol/index.ts";
import { MOST_THREADS } from "../engine/kernels/threadControl.ts";
import { misspelledName } from "../engine/forms/nearest.ts";
import { readWords, refuseIdle, type Values, type Words } from "./options.ts";
import { commandNames, type CommandName } from "./usage.ts";
import { UsageError } from "./usageError.ts";

export type Command =
  /** Of a command, or of all. */
  | { readonly type: "help"; readonly command?: CommandName }
  | { readonly type: "version" }
  | { readonly type: "fromPython"; readonly file: string; readonly output: string | undefined }
  | {
      readonly type: "run";
      readonly mode: "train" | "inspect";
      readonly file: string;
      readonly json: boolean;
      readonly threads: number;
      /** Whether the run is written down. */
      readonly keep: boolean;
      /** Whether checkpoints are kept as well. */
      readonly checkpoints: boolean;
      /** A run or a file, whose weights it begins with. */
      readonly weightsFrom: string | undefined;
      /** Of these, only those whose names begin with it, as if it weren't there. */
      readonly weightsPrefix: string | undefined;
      /** Of these, what begins anew all the same. */
      readonly weightsExcept: readonly string[];
      /** Whether the first bad number is looked for however late it comes. */
      readonly findsLate: boolean;
      readonly programArguments: readonly string[];
      /** Numbers of seeds to train with; 0: as the program is. */
      readonly seeds: number;
      /** Values that constants of the file take: `lr=0.1,0.01`. */
      readonly constants: readonly ConstantValues[];
    }
  /** A server for agents, of this folder. */
  | { readonly type: "mcp"; readonly folder: string }
  /** Kept runs: of the project of this folder. */
  | { readonly type: "runs"; readonly folder: string; readonly json: boolean }
  | { readonly type: "show"; readonly run: string; readonly json: boolean }
  | { readonly type: "compare"; readonly runs: readonly string[]; readonly json: boolean }
  /** A kept run is brought back to a step, and from there goes on where it is a branch, or was cut off. */
  | { readonly type: "rewind"; readonly run: string; readonly step: number }
  | { readonly type: "branch"; readonly run: string; readonly step: number; readonly rate: number | undefined; readonly frozen: readonly string[] }
  /** The same with the weights of then in other code. */
  | { readonly type: "branchCode"; readonly run: string; readonly step: number; readonly file: string }
  | { readonly type: "resume"; readonly run: string }
  /** A kept run is asked for more than it told. */
  | {
      readonly type: "fillIn";
      readonly run: string;
      /** The text that tells more; without, the run's own file where nothing is to be measured, else what ran. */
      readonly file: string | undefined;
      /** The steps that are measured, `to` not among them; all, where there is no end. */
      readonly samples: StepRange | undefined;
    }
  /** What is in a file of weights. */
  | { readonly type: "listWeights"; readonly file: string; readonly prefix: string | undefined; readonly json: boolean }
  | {
      readonly type: "weights";
      readonly run: string;
      /** Steps that it had taken; without, what it came to. */
      readonly step: number | undefined;
      readonly output: string;
    }
  | {
      readonly type: "export";
      readonly file: string;
      /** Of the ONNX file; without, beside the program. */
      readonly output: string | undefined;
      readonly model: string | undefined;
      readonly training: boolean;
      readonly batchDimension: number | undefined;
      readonly weightsFrom: string | undefined;
      readonly weightsPrefix: string | undefined;
      readonly step: number | undefined;
      readonly programArguments: readonly string[];
    }
  | {
      readonly type: "toPython";
      readonly file: string;
      /** Where the project goes; without, the Python is printed. */
      readonly folder: string | undefined;
      /** Whose weights go along; without, those that the training begins with. */
      readonly trained: { readonly run: string; readonly step: number | undefined } | undefined;
    };

export interface ConstantValues {
  readonly name: string;
  readonly values: readonly string[];
}

const prefixOfWhat = "`--weights-prefix` goes with `--weights-from` and `weights FILE` only";
export const whichRuns = "which runs? two or more, or the name of a group; `kindling runs` lists them";

/** @param environment for `KINDLING_THREADS` */
export function readCommandLine(args: readonly string[], environment: NodeJS.ProcessEnv): Command {
  const words = readWords(args);
  const { values, positionals, programArguments } = words;
  if (values.version) return { type: "version" };
  const [mode, file, ...rest] = positionals[0] === "help" ? positionals.slice(1) : positionals;
  if (values.help || positionals[0] === "help") return { type: "help", ...(mode !== undefined && { command: commandOf(mode) }) };
  const json = values.json ?? false;
  if (mode === undefined) throw new UsageError("say what to do: `train`, `inspect`, `from-python` …");
  refuseIdle(commandOf(mode), words);
  switch (mode) {
    case "runs":
      if (rest.length > 0) throw new UsageError(`one folder at a time; \`${rest[0]}\` is too much`);
      return { type: "runs", folder: file ?? ".", json };
    case "mcp":
      if (rest.length > 0) throw new UsageError(`one folder at a time; \`${rest[0]}\` is too much`);
      return { type: "mcp", folder: file ?? "." };
    case "show":
      if (file === undefined) throw new UsageError("which run? `kindling runs` lists them");
      if (rest.length > 0) throw new UsageError(`one run at a time; \`${rest[0]}\` is too much`);
      return { type: "show", run: file, json };
    case "compare":
      if (file === undefined) throw new UsageError(whichRuns);
      return { type: "compare", runs: [file, ...rest], json };
  }
  if (mode === "weights") return weightsCommand(file, rest, values);
  if (mode === "export") return exportCommand(file, rest, values, programArguments);
  if (mode === "fill-in") return fillInCommand(file, rest, values.measure);
  if (isReplayWord(mode)) return replayCommand(mode, file, rest, values);
  if (mode === "from-python") return readFromPython(file, rest, values.output);
  if (mode === "to-python") return toPythonCommand(file, rest, values);
  return runCommand(mode as "train" | "inspect", file, rest, words, environment);
}

function commandOf(word: string): CommandName {
  if (commandNames.includes(word as CommandName)) return word as CommandName;
  const meant = misspelledName(word, commandNames);
  throw new UsageError(`there is no command \`${word}\`${meant === null ? "" : `; did you mean \`${meant}\`?`}`);
}

function runCommand(
  mode: "train" | "inspect",
  file: string | undefined,
  rest: readonly string[],
  { values, programArguments }: Words,
  environment: NodeJS.ProcessEnv,
): Command {
  if (file === undefined) throw new UsageError("which file?");
  if (rest.length > 0) throw new UsageError(`one file at a time; \`${rest[0]}\` is too much (what is for the program stands after \`--\`)`);
  const weightsFrom = values["weights-from"];
  const weightsExcept = values["weights-except"] ?? [];
  if (weightsExcept.length > 0 && weightsFrom === undefined) throw new UsageError("`--weights-except` goes with `--weights-from` only");
  const weightsPrefix = values["weights-prefix"];
  if (weightsPrefix !== undefined && weightsFrom === undefined) throw new UsageError(prefixOfWhat);
  const threads =
    values.threads === undefined ? threadCount("KINDLING_THREADS", environment["KINDLING_THREADS"] ?? "") : threadCount("--threads", values.threads);
  const varied = variations(values);
  const keep = !values["no-keep"];
  if (!keep && (varied.seeds > 0 || varied.constants.length > 0)) throw new UsageError("`--no-keep` leaves nothing of several trainings to compare");
  return {
    type: "run",
    mode,
    file,
    json: values.json ?? false,
    threads,
    keep,
    checkpoints: !values["no-checkpoints"],
    findsLate: values["find-bad-number"] ?? false,
    weightsFrom,
    weightsPrefix,
    weightsExcept,
    programArguments,
    ...varied,
  };
}

function weightsCommand(run: string | undefined, rest: readonly string[], values: Values): Command {
  const { output, step, json = false, "weights-prefix": prefix } = values;
  if (run === undefined) throw new UsageError("of which run? `kindling runs` lists them");
  if (rest.length > 0) throw new UsageError(`one run at a time; \`${rest[0]}\` is too much`);
  if (output === undefined && step === undefined && isWeightsFile(run)) return { type: "listWeights", file: run, prefix, json };
  if (prefix !== undefined) throw new UsageError("`--weights-prefix` goes with `--weights-from` and `weights FILE` only");
  if (json) throw new UsageError("`--json` goes with `weights FILE` only");
  if (output === undefined) throw new UsageError("where to? `kindling weights RUN -o FILE.safetensors`, or `.pt` for PyTorch");
  if (!/\.(safetensors|pt|pth)$/i.test(output)) throw new UsageError(`weights are written as .safetensors, .pt or .pth; \`${output}\` is none of these`);
  return { type: "weights", run, step: wholeNumber("--step", step), output };
}

function exportCommand(file: string | undefined, rest: readonly string[], values: Values, programArguments: readonly string[]): Command {
  if (file === undefined) throw new UsageError("which file?");
  if (rest.length > 0) throw new UsageError(`one file at a time; \`${rest[0]}\` is too much (what is for the program stands after \`--\`)`);
  if (!values.onnx) throw new UsageError("as what? `kindling export FILE.model.ts --onnx`; `to-python` writes it for PyTorch");
  const { step, output, model, training = false, "weights-from": weightsFrom, "weights-prefix": weightsPrefix, "batch-dimension": dimension } = values;
  if (weightsPrefix !== undefined && weightsFrom === undefined) throw new UsageError(prefixOfWhat);
  if (step !== undefined && weightsFrom === undefined) throw new UsageError("`--step` goes with `--weights-from RUN`: of which run?");
  const numbers = { step: wholeNumber("--step", step), batchDimension: dimension === "none" ? -1 : wholeNumber("--batch-dimension", dimension) };
  return { type: "export", file, output, model, training, weightsFrom, weightsPrefix, programArguments, ...numbers };
}

/** A run's name has no such ending. */
function isWeightsFile(word: string): boolean {
  return /\.(safetensors|pt|pth|bin|ckpt|tar|index\.json)$/i.test(word);
}

type ReplayWord = "rewind" | "branch" | "resume";

function isReplayWord(word: string | undefined): word is ReplayWord {
  return word === "rewind" || word === "branch" || word === "resume";
}

function replayCommand(type: ReplayWord, run: string | undefined, rest: readonly string[], values: Values): Command {
  if (run === undefined) throw new UsageError("which run? `kindling runs` lists them");
  if (rest.length > 0) throw new UsageError(`one run at a time; \`${rest[0]}\` is too much`);
  switch (type) {
    case "resume":
      return { type, run };
    case "rewind":
      return { type, run, step: stepOf("--to", values.to) };
    case "branch":
      if (values.code !== undefined) return branchCodeCommand(run, values.code, values);
      return { type, run, step: stepOf("--from", values.from), rate: rateOf(values.lr), frozen: values.freeze ?? [] };
  }
}

function fillInCommand(run: string | undefined, [file, ...rest]: readonly string[], measure: string | undefined): Command {
  if (run === undefined) throw new UsageError("which run? `kindling runs` lists them");
  if (rest.length > 0) throw new UsageError(`one file at a time; \`${rest[0]}\` is too much`);
  return { type: "fillIn", run, file, samples: measure === undefined ? undefined : stepsOf(measure) };
}

/** `390-410`, both ends among them; `all`. */
function stepsOf(text: string): StepRange {
  if (text === "all") return { from: 0, to: Number.MAX_SAFE_INTEGER };
  const [, from, last = from] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (from === undefined || Number(last) < Number(from)) throw new UsageError(`--measure takes steps, \`--measure 390-410\`, or \`all\`, not \`${text}\``);
  return { from: Number(from), to: Number(last) + 1 };
}

function branchCodeCommand(run: string, file: string, { from, lr, freeze }: Values): Command {
  if (lr !== undefined || freeze !== undefined)
    throw new UsageError("with `--code` the learning rate, and what learns, is the file's own; leave `--lr` and `--freeze` away");
  return { type: "branchCode", run, step: stepOf("--from", from), file };
}

function stepOf(option: string, text: string | undefined): number {
  if (text === undefined) throw new UsageError(`which step? \`${option} STEP\` says it`);
  if (!/^\d+$/.test(text)) throw new UsageError(`${option} has to be a number of steps, not \`${text}\``);
  return Number(text);
}

function rateOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const rate = Number(text);
  if (text.trim() === "" || !Number.isFinite(rate)) throw new UsageError(`--lr has to be a number, not \`${text}\``);
  return rate;
}

function toPythonCommand(file: string | undefined, rest: readonly string[], values: Values): Command {
  if (file === undefined) throw new UsageError("which file?");
  if (rest.length > 0) throw new UsageError(`one file at a time; \`${rest[0]}\` is too much`);
  const { output: folder, "weights-from": run } = values;
  if (run !== undefined && folder === undefined)
    throw new UsageError("where do the weights go? `kindling to-python FILE.model.ts -o FOLDER --weights-from RUN`");
  if (run === undefined && values.step !== undefined) throw new UsageError("`--step` of which run? `--weights-from RUN` says it");
  return { type: "toPython", file, folder, trained: run === undefined ? undefined : { run, step: wholeNumber("--step", values.step) } };
}

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text !== undefined && !/^\d+$/.test(text)) throw new UsageError(`${option} takes a whole number, not \`${text}\``);
  return text === undefined ? undefined : Number(text);
}

function readFromPython(file: string | undefined, rest: readonly string[], output: string | undefined): Command {
  if (file === undefined) throw new UsageError("which file?");
  if (rest.length > 0) throw new UsageError(`one file at a time; \`${rest[0]}\` is too much`);
  return { type: "fromPython", file, output };
}

const mostSeeds = 1_000;

function variations({ seeds, with: given = [] }: Values) {
  const count = Number(seeds ?? 0);
  if (seeds !== undefined && (!/^\d+$/.test(seeds) || count < 1 || count > mostSeeds)) {
    throw new UsageError(`--seeds has to be a whole number from 1 to ${mostSeeds}, not \`${seeds}\``);
  }
  const constants = given.map((word) => {
    const [, name, list] = /^([^=]+)=(.+)$/s.exec(word) ?? [];
    if (name === undefined) throw new UsageError(`--with wants a constant or an option, and its values, \`--with lr=0.1,0.01\`, not \`${word}\``);
    return { name: name.trim(), values: list!.split(",").map((value) => value.trim()) };
  });
  const twice = constants.find(({ name }, i) => constants.findIndex((one) => one.name === name) !== i);
  if (twice) throw new UsageError(`\`${twice.name}\` stands twice behind --with; write all its values behind one`);
  return { seeds: count, constants };
}

/** 0 leaves the choice to the runner. @param source what sets it */
function threadCount(source: string, text: string): number {
  if (text === "" && source !== "--threads") return 0;
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > MOST_THREADS) {
    throw new UsageError(`${source} has to be a whole number from 1 to ${MOST_THREADS}, not \`${text}\``);
  }
  return count;
}
