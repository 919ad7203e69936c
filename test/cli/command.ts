/** Starts the command line as it is shipped. */
import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../harness/temporary.ts";
import { builtRunner } from "../runner/built.ts";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  /** Leads a group of its own, as a command in a terminal does: `process.kill(-child.pid, …)` reaches all of it. */
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when the program has printed that. */
  printed(text: string): Promise<void>;
}

export interface Surroundings {
  readonly directory: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** What stands on stdin; without, it is empty. */
  readonly input?: string;
}

/** A cache in which the command has said already what it says only once. */
let usedCache: Promise<string> | undefined;

async function useCache(): Promise<string> {
  const cache = temporaryFolder("cli-cache");
  const directory = temporaryFolder("cli-first");
  writeFileSync(join(directory, "first.model.ts"), "");
  await kindling(["train", "first.model.ts"], { directory, environment: { KINDLING_CACHE: cache } });
  return cache;
}

export async function startKindling(args: readonly string[], { directory, environment: own = {}, input }: Surroundings): Promise<Started> {
  const script = fileURLToPath(new URL("cli/main.js", await builtRunner()));
  const environment = { ...own, KINDLING_CACHE: own["KINDLING_CACHE"] ?? (await (usedCache ??= useCache())) };
  const stdio: StdioOptions = [input === undefined ? "ignore" : "pipe", "pipe", "pipe"];
  const child = spawn(process.execPath, [script, ...args], { cwd: directory, env: { ...process.env, ...environment }, stdio, detached: true });
  child.stdin?.end(input);
  let stdout = "";
  let stderr = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, stdout, stderr }));
  const printed = async (text: string): Promise<void> => {
    while (!stdout.includes(text))
      await Promise.race([once(child.stdout!, "data"), ended.then(() => Promise.reject(new Error(`it ended before it printed ${text}: ${stderr}`)))]);
  };
  return { child, ended, printed };
}

export async function kindling(args: readonly string[], surroundings: Surroundings): Promise<Ended> {
  return (await startKindling(args, surroundings)).ended;
}
