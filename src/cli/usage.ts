/** How commands and options are written and what they do: what `--help` prints, of all or of one, and what stands below a mistake. */

interface Usage {
  /** What stands behind the command's name. */
  readonly words: string;
  readonly does: string;
}

const commands = {
  train: [{ words: "FILE.model.ts [-- ARGUMENTS]", does: "run the file to its end; its own output goes to stdout" }],
  inspect: [{ words: "FILE.model.ts [-- ARGUMENTS]", does: "run it up to its first training step and show its models" }],
  runs: [{ words: "[FOLDER or FILE]", does: "list the trainings that are kept, newest first" }],
  show: [{ words: "RUN", does: "what is known of one: its id, the beginning of it, its name, or `latest`" }],
  compare: [{ words: "RUN RUN …", does: "what differs between them, and their series side by side" }],
  weights: [
    { words: "RUN [--step K] -o FILE", does: "write what its models ended with, or had after K steps, as .safetensors or .pt" },
    { words: "FILE", does: "list what a file of weights holds: .pt, .pth, .bin, .safetensors, or the .index.json of several" },
  ],
  rewind: [{ words: "RUN --to STEP", does: "bring it back to where it had taken so many steps, and show it there" }],
  branch: [{ words: "RUN --from STEP [--lr RATE]", does: "go on from there, with another learning rate, or with modules that learn no more" }],
  resume: [{ words: "RUN", does: "go on with one that was cut off or stopped" }],
  "fill-in": [{ words: "RUN [FILE]", does: "add what the file logs now, or every step's histograms, as if it had always been there" }],
  mcp: [{ words: "[FOLDER]", does: "serve agents (Model Context Protocol on stdin and stdout): they inspect and train what is in there" }],
  export: [
    { words: "FILE.model.ts --onnx [-- ARGUMENTS]", does: "write its model as FILE.onnx for ONNX Runtime, and compare the two where that is installed" },
  ],
  "to-python": [{ words: "FILE.model.ts [-o FOLDER]", does: "print the file as PyTorch's Python, or write it as a project" }],
  "from-python": [{ words: "FILE.py [-o FILE]", does: "print the PyTorch program as a Kindling program, or write it" }],
} satisfies Record<string, readonly Usage[]>;

export type CommandName = keyof typeof commands;

export const commandNames = Object.keys(commands) as readonly CommandName[];

interface OptionUsage {
  readonly words: string;
  /** The commands that take it; with more of their words where only these do. None: all. */
  readonly of?: readonly string[];
  readonly does: readonly string[];
}

const options: readonly OptionUsage[] = [
  { words: "--json", of: ["inspect", "runs", "show", "compare", "weights FILE"], does: ["print everything as JSON"] },
  { words: "--no-keep", of: ["train"], does: ["write nothing of the run down"] },
  { words: "--seeds N", of: ["train"], does: ["train with the seeds 1 to N, as one group; RUN may be a group, too"] },
  {
    words: "--with NAME=VALUE,VALUE …",
    of: ["train"],
    does: ["train with each of these values of a top-level `const` of the file, or of an option (`lr`, `SGD.lr`);", "several make all combinations"],
  },
  { words: "--no-checkpoints", of: ["train"], does: ["keep everything of the run but the parameters on the way"] },
  {
    words: "--weights-from RUN or FILE",
    of: ["train", "export"],
    does: [
      "begin with these weights, wherever path and shape fit; what was renamed, widened or narrowed counts as fitting;",
      "FILE is PyTorch's (.pt, .pth, .bin), .safetensors, or the .index.json of several",
      "RUN is what it came to; RUN@best, also of `weights`, its checkpoint nearest to the lowest validation loss (the loss where there",
      "is none), RUN@best:NAME to the best value of that series",
    ],
  },
  { words: "--weights-from RUN", of: ["to-python"], does: ["put what it learned into weights.pt"] },
  {
    words: "--weights-prefix PREFIX",
    of: ["train", "export", "weights FILE"],
    does: ["of a file only what begins with it, as if it weren't there: `backbone.`"],
  },
  { words: "--weights-except PATH", of: ["train"], does: ["begin this one anew all the same; may be given several times"] },
  {
    words: "--find-bad-number",
    of: ["train"],
    does: ["when something becomes NaN or infinite after more than 30 s, run it all again to find what made it first"],
  },
  { words: "-o FILE", of: ["from-python"], does: ["write the program there instead of printing it"] },
  { words: "-o FILE", of: ["weights", "export"], does: ["the file that is written"] },
  { words: "-o FOLDER", of: ["to-python"], does: ["write model.py, train.py and what they need there"] },
  { words: "--onnx", of: ["export"], does: ["as an ONNX file"] },
  { words: "--model NAME", of: ["export"], does: ["the variable or class of the model, where there are several"] },
  {
    words: "--batch-dimension N",
    of: ["export"],
    does: ["which dimension of the first input is the batch, counted from 0, where that isn't found by itself; `none`: all sizes stay as they are"],
  },
  { words: "--training", of: ["export"], does: ["as it is in training, not in eval()"] },
  { words: "--step K", of: ["weights RUN", "export", "to-python"], does: ["of the last checkpoint that is kept up to there"] },
  { words: "--to STEP", of: ["rewind"], does: ["the number of steps taken"] },
  { words: "--from STEP", of: ["branch"], does: ["the number of steps taken"] },
  { words: "--measure STEPS", of: ["fill-in"], does: ["all layers in each of these steps: 390-410, or all"] },
  { words: "--lr RATE", of: ["branch"], does: ["the learning rate from then on; without, nothing is changed"] },
  {
    words: "--code FILE",
    of: ["branch"],
    does: ["other code, which begins with the weights of then, and what the optimizers remembered, wherever path and shape fit"],
  },
  { words: "--freeze PATH", of: ["branch"], does: ["a module or parameter that learns no more; may be given several times"] },
  {
    words: "--threads N",
    of: ["train", "inspect"],
    does: ["threads of the engine (or KINDLING_THREADS=N); by default all cores but one"],
  },
  { words: "--help", does: ["show this, or of a command what it takes: `kindling train --help`"] },
  { words: "--version", does: ["show the version"] },
];

const itsOwn = "What stands after `--` is the program's own: it finds it in process.argv.";

/** @param command without, of all commands */
export function helpText(command?: CommandName): string {
  const lines = usageLines(command === undefined ? commandNames : [command]);
  const own = options.filter(({ of: takers }) => command === undefined || takers?.some((taker) => nameIn(taker) === command));
  const optionLines = own.flatMap((option) => linesOf(option, command));
  const parts = [["Usage:", ...lines], ...(lines.some((line) => line.includes("[-- ARGUMENTS]")) ? [[itsOwn]] : [])];
  if (optionLines.length > 0) parts.push(["Options:", ...optionLines]);
  return `${parts.map((part) => part.join("\n")).join("\n\n")}\n`;
}

/** Below a mistake: how the command is written, and where more is said. */
export function usageHint(command: CommandName | undefined): string {
  const ways = command === undefined ? ["kindling COMMAND …"] : commands[command].map(({ words }) => `kindling ${command} ${words}`);
  const more = command === undefined ? "`kindling --help` lists the commands" : `\`kindling ${command} --help\` says more`;
  return `usage: ${[...ways, more].join("\n       ")}\n`;
}

/** How an option of that command is written with its value: `--seeds N`. @param name as on the command line */
export function optionWords(name: string, command: string | undefined): string {
  const all = options.filter(({ words }) => words.split(" ")[0] === name);
  return (all.find(({ of: takers }) => takers?.some((taker) => nameIn(taker) === command)) ?? all[0])?.words ?? name;
}

const nameIn = (taker: string): string => taker.split(" ")[0]!;

function usageLines(names: readonly CommandName[]): string[] {
  const all = names.flatMap((name) => commands[name].map(({ words, does }) => ({ how: `kindling ${name} ${words}`, does })));
  const width = Math.max(...all.map(({ how }) => how.length));
  return all.map(({ how, does }) => `  ${how.padEnd(width)}  ${does}`);
}

/** Columns before what an option does. */
const margin = 17;

function linesOf({ words, of: takers, does: [first, ...others] }: OptionUsage, command: CommandName | undefined): string[] {
  const said = `${command === undefined && takers ? `(${takers.join(", ")}) ` : ""}${first}`;
  const beginning = `  ${words}`;
  const heading = beginning.length < margin - 1 ? [`${beginning.padEnd(margin)}${said}`] : [beginning, `${" ".repeat(margin)}${said}`];
  return [...heading, ...others.map((line) => `${" ".repeat(margin)}${line}`)];
}
