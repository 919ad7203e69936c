/** The machine under the numbers, and how calm it is. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { ensureServer } from "../../scripts/vscode-server.mjs";
import { ways, type Way } from "./ours.ts";

/** Versions and hardware, one line each, as Markdown. */
export async function describeMachine(): Promise<string> {
  const { directory, node } = await ensureServer();
  const code = JSON.parse(readFileSync(join(directory, "code-server", "lib", "vscode", "package.json"), "utf8")) as { version: string };
  const version = (program: string): string => execFileSync(program, ["--version"], { encoding: "utf8" }).trim();
  return [
    `- ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${release()}`,
    `- Node ${process.version} (\`kindling train\`); VS Code ${code.version} (server, its Node ${version(node)}, which also runs the runner)`,
    `- Kindling's engine is run by ${(await ways()).map(describeWay).join("; ")}`,
    "- Threads: `KINDLING_THREADS`, `OMP_NUM_THREADS` and `OPENBLAS_NUM_THREADS` as the tables say",
    `- ${version(process.env["KINDLING_CHROMIUM"] ?? "/usr/bin/chromium").split(" built")[0]}, headless, without a GPU: the panel is drawn by the same cores that train`,
  ].join("\n");
}

function describeWay({ name, environment }: Way): string {
  const variables = Object.entries(environment).map(([variable, value]) => `\`${variable}=${value}\``);
  return variables.length > 0 ? `${name} (${variables.join(", ")})` : name;
}

interface Ticks {
  readonly busy: number;
  readonly all: number;
}

function ticks(): Ticks {
  const times = cpus().map((cpu) => cpu.times);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const idle = sum(times.map((time) => time.idle));
  const all = sum(times.map(({ user, nice, sys, idle: rest, irq }) => user + nice + sys + rest + irq));
  return { busy: all - idle, all };
}

const lookTime = 400;

/** The share of all cores that is in use while this process does nothing. */
async function busyShare(): Promise<number> {
  const before = ticks();
  await after(lookTime);
  const now = ticks();
  return (now.busy - before.busy) / Math.max(1, now.all - before.all);
}

/** Waits for a calm machine before each round, and remembers how calm it was. */
export class Calm {
  readonly #shares: number[] = [];
  readonly #patience: number;

  /** @param patience how long to wait for calm before a round goes on all the same; milliseconds */
  constructor(patience: number) {
    this.#patience = patience;
  }

  async wait(): Promise<void> {
    const deadline = performance.now() + this.#patience;
    let share = await busyShare();
    while (share > 0.1 && performance.now() < deadline) share = await busyShare();
    this.#shares.push(share);
  }

  /** Mean over the rounds since the last call. */
  take(): number {
    const shares = this.#shares.splice(0);
    return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
  }
}
