/** The Python that PyTorch is installed for, and how tests run scripts with it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { repository, temporaryFolder } from "../harness/temporary.ts";

export const python = process.env["KINDLING_PYTHON"] ?? "/usr/bin/python3";

/** Kindling's package is at hand; one thread, as files of tests run side by side. */
export const pythonEnvironment = { ...process.env, PYTHONPATH: join(repository, "python"), PYTHONDONTWRITEBYTECODE: "1", OMP_NUM_THREADS: "1" };

export interface Ended {
  /** Negative is the signal that ended it. */
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** What `warm.py` answers. */
interface Answer {
  readonly number: number;
  readonly code: number;
}

/** A process that has PyTorch imported and branches off one for each script. */
class WarmPython {
  readonly #child: ChildProcess;
  readonly #folder = temporaryFolder("python");
  readonly #waiting = new Map<number, (code: number) => void>();
  readonly #closed: Promise<unknown>;
  #asked = 0;
  /** Whether there is a PyTorch. */
  readonly isReady: Promise<boolean>;

  constructor() {
    this.#child = spawn(python, [join(repository, "test", "python", "warm.py")], { env: pythonEnvironment, stdio: ["pipe", "pipe", "ignore"] });
    this.#child.on("error", () => undefined);
    this.#closed = new Promise((resolve) => this.#child.once("close", resolve));
    const lines = createInterface(this.#child.stdout!).on("line", (line) => this.#answered(JSON.parse(line) as Answer | "ready"));
    this.isReady = Promise.race([once(lines, "line").then(() => true), this.#closed.then(() => false)]);
  }

  async run(folder: string, args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ended> {
    const number = this.#asked++;
    const [output, errors] = ["output", "errors"].map((name) => join(this.#folder, `${number}-${name}`)) as [string, string];
    this.#hold(true);
    const answer = new Promise<number>((resolve) => this.#waiting.set(number, resolve));
    this.#child.stdin!.write(`${JSON.stringify({ number, folder, args, environment, output, errors })}\n`);
    const code = await Promise.race([answer, this.#closed.then(() => Promise.reject(new Error("the Python that runs scripts is gone")))]);
    return { code, output: readFileSync(output, "utf8"), errors: readFileSync(errors, "utf8") };
  }

  #answered(answer: Answer | "ready"): void {
    if (answer !== "ready") {
      this.#waiting.get(answer.number)!(answer.code);
      this.#waiting.delete(answer.number);
    }
    if (this.#waiting.size === 0) this.#hold(false);
  }

  /** Whether the tests' process stays for it: only while it is asked something. It ends when they do. */
  #hold(isAsked: boolean): void {
    for (const part of [this.#child, this.#child.stdin as Socket, this.#child.stdout as Socket]) part[isAsked ? "ref" : "unref"]();
  }
}

let started: WarmPython | undefined;
const warm = (): WarmPython => (started ??= new WarmPython());

export const hasTorch = (): Promise<boolean> => warm().isReady;

/** Runs what would stand behind `python` in a folder, until it ends. */
export function runPython(folder: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return warm().run(folder, args, environment);
}

/** What it prints, where it must end well. */
export async function printedByPython(folder: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, output, errors } = await runPython(folder, args, environment);
  if (code !== 0) throw new Error(`Python ended with ${code}: ${errors}`);
  return output;
}
