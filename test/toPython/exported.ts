/** An exported project as people get it: written by the command line, run by the PyTorch of this machine. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { builtRunner } from "../runner/built.ts";

const run = promisify(execFile);
export const python = process.env["KINDLING_PYTHON"] ?? "/usr/bin/python3";
export const hasTorch = spawnSync(python, ["-c", "import torch"]).status === 0;

export class Exported implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "kindling-exported-"));
  readonly project = join(this.folder, "project");
  readonly #file = join(this.folder, "net.model.ts");

  constructor(source: string) {
    writeFileSync(this.#file, source);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async write(): Promise<void> {
    await this.#kindling("to-python", this.#file, "-o", this.project);
  }

  /** What the program prints here. */
  train(): Promise<string> {
    return this.#kindling("train", "--no-keep", this.#file);
  }

  /** What `python train.py` prints. */
  async python(...options: readonly string[]): Promise<string> {
    return (await run(python, ["train.py", ...options], { cwd: this.project, env: { ...process.env, OMP_NUM_THREADS: "1" } })).stdout;
  }

  text(name: string): string {
    return readFileSync(join(this.project, name), "utf8");
  }

  edit(name: string, change: (text: string) => string): void {
    writeFileSync(join(this.project, name), change(this.text(name)));
  }

  async #kindling(...args: readonly string[]): Promise<string> {
    return (await run(process.execPath, [fileURLToPath(new URL("cli/main.js", await builtRunner())), ...args])).stdout;
  }
}

/** Every number that was printed. */
export const numbers = (text: string): number[] => (text.match(/-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/g) ?? []).map(Number);

/** The largest difference between two curves, in parts of their values. */
export function difference(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length || ours.length === 0) return Infinity;
  return Math.max(...ours.map((value, i) => Math.abs(value - theirs[i]!) / Math.max(1e-3, Math.abs(theirs[i]!))));
}
