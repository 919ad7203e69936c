/** The Python that PyTorch is installed for, and how tests run scripts with it. */
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { repository } from "../harness/temporary.ts";

export const python = process.env["KINDLING_PYTHON"] ?? "/usr/bin/python3";

export const hasTorch = spawnSync(python, ["-c", "import torch"], { stdio: "ignore" }).status === 0;

const environment = { ...process.env, PYTHONPATH: join(repository, "python"), PYTHONDONTWRITEBYTECODE: "1", PYTHONWARNINGS: "ignore" };

export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs Python in a folder, with Kindling's package at hand, until it ends. */
export function runPython(folder: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): Ended {
  const { status, stdout, stderr } = spawnSync(python, [...args], { cwd: folder, env: { ...environment, ...more }, encoding: "utf8", maxBuffer: 1e8 });
  return { code: status, output: stdout, errors: stderr };
}

/** The same where it must end well. */
export function answerOfPython(folder: string, args: readonly string[]): string {
  return execFileSync(python, [...args], { cwd: folder, env: environment, encoding: "utf8" });
}

export { environment as pythonEnvironment };
