/** The command line, in a process of its own: it has an engine, which the extension's own process is spared. */
import { fork } from "node:child_process";

export interface CommandLineEnd {
  readonly stdout: string;
  /** What went wrong, if anything did. */
  readonly failure: string | undefined;
}

/** @param script path of the command line's script */
export function runCommandLine(script: string, args: readonly string[], cwd: string): Promise<CommandLineEnd> {
  const child = fork(script, args, { cwd, stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) child[stream]!.setEncoding("utf8").on("data", (text: string) => (said[stream] += text));
  return new Promise((resolve) => {
    child.once("error", ({ message }) => resolve({ stdout: "", failure: message }));
    child.once("close", (code) => resolve({ stdout: said.stdout, failure: code === 0 ? undefined : said.stderr.replace(/^kindling: /, "").split("\n")[0] }));
  });
}
