/** The options of the command line, and which commands take them: one that would do nothing is refused. */
import { parseArgs } from "node:util";
import { UsageError } from "./usageError.ts";

const options = {
  json: { type: "boolean" },
  output: { type: "string", short: "o" },
  threads: { type: "string" },
  step: { type: "string" },
  "no-keep": { type: "boolean" },
  "no-checkpoints": { type: "boolean" },
  "find-bad-number": { type: "boolean" },
  seeds: { type: "string" },
  with: { type: "string", multiple: true },
  to: { type: "string" },
  from: { type: "string" },
  lr: { type: "string" },
  measure: { type: "string" },
  code: { type: "string" },
  freeze: { type: "string", multiple: true },
  onnx: { type: "boolean" },
  model: { type: "string" },
  training: { type: "boolean" },
  "batch-dimension": { type: "string" },
  "weights-from": { type: "string" },
  "weights-prefix": { type: "string" },
  "weights-except": { type: "string", multiple: true },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;

type Option = keyof typeof options;

export type Values = ReturnType<typeof parsed>["values"];

/** Of those that any command takes. An inspection keeps nothing, and may be told so. */
const takenBy: Readonly<Record<Exclude<Option, "help" | "version">, readonly string[]>> = {
  json: ["inspect", "runs", "show", "compare", "weights"],
  output: ["from-python", "to-python", "weights", "export"],
  threads: ["train", "inspect"],
  step: ["weights", "export", "to-python"],
  "no-keep": ["train", "inspect"],
  "no-checkpoints": ["train", "inspect"],
  "find-bad-number": ["train"],
  seeds: ["train"],
  with: ["train"],
  to: ["rewind"],
  from: ["branch"],
  lr: ["branch"],
  measure: ["fill-in"],
  code: ["branch"],
  freeze: ["branch"],
  onnx: ["export"],
  model: ["export"],
  training: ["export"],
  "batch-dimension": ["export"],
  "weights-from": ["train", "export", "to-python"],
  "weights-prefix": ["train", "export", "weights"],
  "weights-except": ["train"],
};

/** Commands that run a file, which may be told something behind `--`. */
const running = ["train", "inspect", "export"];

export interface Words {
  readonly values: Values;
  readonly positionals: readonly string[];
  /** What stands behind `--`: the program's own. */
  readonly programArguments: readonly string[];
}

export function readWords(args: readonly string[]): Words {
  const end = args.indexOf("--");
  const programArguments = end < 0 ? [] : args.slice(end + 1);
  const { values, positionals } = parsed(end < 0 ? args : args.slice(0, end));
  return { values, positionals, programArguments };
}

/** @throws UsageError where something that was given does nothing with this command */
export function refuseIdle(command: string, { values, programArguments }: Words): void {
  for (const [option, commands] of Object.entries(takenBy)) {
    if (values[option as Option] === undefined || commands.includes(command)) continue;
    throw new UsageError(`\`${option === "output" ? "-o" : `--${option}`}\` goes with ${listed(commands)} only`);
  }
  if (programArguments.length > 0 && !running.includes(command)) {
    throw new UsageError(`what stands after \`--\` is for the program, which \`${command}\` doesn't run`);
  }
}

/** `a`, `b` and `c` */
function listed(words: readonly string[]): string {
  const quoted = words.map((word) => `\`${word}\``);
  return [quoted.slice(0, -1).join(", "), quoted.at(-1)].filter(Boolean).join(" and ");
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: unambiguous(args), allowPositionals: true, options });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** A file's name may begin with a dash, and so may what is meant for a number. */
function unambiguous(args: readonly string[]): string[] {
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    if ((word === "--threads" || word === "--seeds") && at + 1 < args.length) words.push(`${word}=${args[++at]}`);
    else words.push(/^-.*\.model\.ts$/.test(word) ? `./${word}` : word);
  }
  return words;
}
