/** The options of the command line, and which commands take them: one that would do nothing is refused. */
import { parseArgs } from "node:util";
import { misspelledName } from "../engine/forms/nearest.ts";
import { optionWords } from "./usage.ts";
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
  const { values, positionals } = parsed(tokensOf(args));
  return { values, positionals, programArguments };
}

/** The command's name, whatever is wrong behind it. */
export function commandIn(args: readonly string[]): string | undefined {
  return commandAmong(tokensOf(args));
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

type Token = ReturnType<typeof tokensOf>[number];
type OptionToken = Extract<Token, { readonly kind: "option" }>;

/** Of what stands before `--`. */
function tokensOf(args: readonly string[]) {
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  // A file's name may begin with a dash.
  const words = own.map((word) => (/^-.*\.model\.ts$/.test(word) ? `./${word}` : word));
  return parseArgs({ args: words, allowPositionals: true, strict: false, tokens: true, options }).tokens;
}

const commandAmong = (tokens: readonly Token[]): string | undefined => tokens.find((token) => token.kind === "positional")?.value;

function parsed(tokens: readonly Token[]) {
  const given = tokens.filter((token) => token.kind === "option");
  const command = commandAmong(tokens);
  if (!given.some(({ name }) => name === "help")) for (const token of given) refuseMistake(token, given, command);
  const known = tokens.filter((token) => token.kind !== "option" || Object.hasOwn(options, token.name));
  // With its `=` a value may begin with a dash, as a number does.
  return parseArgs({ args: known.map(written), allowPositionals: true, options });
}

function written(token: Token): string {
  if (token.kind !== "option") return token.kind === "positional" ? token.value : "--";
  return options[token.name as Option].type === "boolean" ? `--${token.name}` : `--${token.name}=${token.value ?? ""}`;
}

/** @throws UsageError where there is no such option, or its value is missing or one too many */
function refuseMistake(token: OptionToken, all: readonly OptionToken[], command: string | undefined): void {
  const { name, rawName, value, inlineValue } = token;
  if (!Object.hasOwn(options, name)) throw new UsageError(`there is no option \`${rawName}\`${meantText(name, command)}`);
  const option: { readonly type: "string" | "boolean"; readonly multiple?: boolean } = options[name as Option];
  if (option.type === "boolean") {
    if (value !== undefined) throw new UsageError(`\`${rawName}\` takes no value, such as \`${value}\``);
    return;
  }
  const isOption = !inlineValue && value !== undefined && /^-\D/.test(value);
  if (value === undefined || value === "" || isOption) throw new UsageError(`\`${rawName}\` wants a value: \`${optionWords(rawName, command)}\``);
  const isTwice = !option.multiple && all.some((other) => other !== token && other.name === name);
  if (isTwice) throw new UsageError(`\`${rawName}\` stands there twice; which of the two?`);
}

/** The option that was probably meant: one that the command takes, where one is near. */
function meantText(name: string, command: string | undefined): string {
  const all = Object.keys(options);
  const own = all.filter((option) => command === undefined || (takenBy[option as keyof typeof takenBy]?.includes(command) ?? true));
  const meant = misspelledName(name, own);
  return meant === null ? "" : `; did you mean \`--${meant}\`?`;
}
