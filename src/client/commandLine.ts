/** The command line in a process of its own: for what wants an engine, which nobody else has to load. */
import { fork } from "node:child_process";

export interface Said {
  /** None where it was ended. */
  readonly code: number | null;
  /** What it told about its doing, without its name in front. */
  readonly lines: readonly string[];
}

/**
 * @param script path of the command line's entry
 * @param options `directory` decides which project's runs are meant; `flags` are Node's
 */
export function runCommandLine(
  script: string,
  args: readonly string[],
  { directory, flags = [], signal }: { readonly directory: string; readonly flags?: readonly string[]; readonly signal?: AbortSignal | undefined },
): Promise<Said> {
  const child = fork(script, args, {
    cwd: directory,
    execArgv: [...flags],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    ...(signal && { signal }),
  });
  let said = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (said += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) =>
      resolve({
        code,
        lines: said
          .trim()
          .split("\n")
          .map((line) => line.replace(/^kindling: /, "")),
      }),
    );
  });
}
