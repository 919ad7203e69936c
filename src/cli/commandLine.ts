/** What the words on the command line ask for. */
import { parseArgs } from "node:util";

export type Command =
  | { readonly type: "help" }
  | { readonly type: "version" }
  | { readonly type: "run"; readonly mode: "train" | "inspect"; readonly file: string; readonly json: boolean; readonly threads: number };

/** A command line that can't be understood; exit code 2. */
export class UsageError extends Error {}

export const usage = `Usage:
  kindling train FILE.model.ts     run the file to its end; its own output goes to stdout
  kindling inspect FILE.model.ts   run it up to its first training step and show its models

Options:
  --json         (inspect) print everything as JSON
  --threads N    threads of the engine (or KINDLING_THREADS=N); by default all cores but one
  --help         show this
  --version      show the version
`;

/** @param environment for `KINDLING_THREADS` */
export function readCommandLine(args: readonly string[], environment: NodeJS.ProcessEnv): Command {
  const { values, positionals } = parse(args);
  if (values.help) return { type: "help" };
  if (values.version) return { type: "version" };
  const [mode, file, ...rest] = positionals;
  if (mode === undefined) throw new UsageError("say what to do: `train` or `inspect`");
  if (mode !== "train" && mode !== "inspect") throw new UsageError(`there is no command \`${mode}\``);
  if (file === undefined) throw new UsageError(`which file? \`kindling ${mode} FILE.model.ts\``);
  if (rest.length > 0) throw new UsageError(`one file at a time; \`${rest[0]}\` is too much`);
  const json = values.json ?? false;
  if (json && mode === "train") throw new UsageError("`--json` goes with `inspect` only");
  return { type: "run", mode, file, json, threads: threadCount(values.threads ?? environment["KINDLING_THREADS"]) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: "boolean" },
        threads: { type: "string" },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean", short: "v" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** 0 leaves the choice to the runner. */
function threadCount(text: string | undefined): number {
  if (text === undefined || text === "") return 0;
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new UsageError(`the number of threads has to be a whole number from 1, not \`${text}\``);
  return Number(text);
}
