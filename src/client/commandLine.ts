/** The command line in a process of its own: for what wants an engine, which nobody else has to load. */
import { fork } from "node:child_process";

export interface Said {
  /** None where it was ended, or could not be started. */
  readonly code: number | null;
  readonly stdout: string;
  /** What it told about its doing, without its name in front. */
  readonly lines: readonly string[];
}

interface Surroundings {
  /** Decides which project's runs are meant. */
  readonly directory: string;
  /** Node's. */
  readonly flags?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** @param script path of the command line's entry */
export function runCommandLine(script: string, args: readonly string[], { directory, flags = [], signal }: Surroundings): Promise<Said> {
  const child = fork(script, args, { cwd: directory, execArgv: [...flags], stdio: ["ignore", "pipe", "pipe", "ipc"], ...(signal && { signal }) });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) child[stream]!.setEncoding("utf8").on("data", (text: string) => (said[stream] += text));
  return new Promise((resolve, reject) => {
    child.once("error", (error) => (error.name === "AbortError" ? reject(error) : resolve({ code: null, stdout: "", lines: [error.message] })));
    child.once("close", (code) => resolve({ code, stdout: said.stdout, lines: linesOf(said.stderr) }));
  });
}

/** The first thing that it said where it didn't end well. */
export function failureOf({ code, lines }: Said): string | undefined {
  return code === 0 ? undefined : lines[0];
}

function linesOf(text: string): string[] {
  return text
    .trim()
    .split("\n")
    .map((line) => line.replace(/^kindling: /, ""));
}
