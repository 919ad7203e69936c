/** An exported project as people get it: written by the command line, run by the PyTorch of this machine. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { printedByPython } from "../python/python.ts";
import { builtRunner } from "../runner/built.ts";

const run = promisify(execFile);

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

  /** One of its own to change and to run in, with the project as it was written. */
  copy(): Exported {
    const copy = new Exported(readFileSync(this.#file, "utf8"));
    cpSync(this.project, copy.project, { recursive: true });
    return copy;
  }

  async write(...options: readonly string[]): Promise<void> {
    await this.#kindling("to-python", this.#file, "-o", this.project, ...options);
  }

  /** Trains here, keeps the run, and gives what was printed. */
  trainAndKeep(): Promise<string> {
    return this.#kindling("train", this.#file);
  }

  /** What the program prints here. */
  train(): Promise<string> {
    return this.#kindling("train", "--no-keep", this.#file);
  }

  /** What `python train.py` prints. */
  python(...options: readonly string[]): Promise<string> {
    return printedByPython(this.project, ["train.py", ...options]);
  }

  /** What as many processes print together, started as torchrun starts them. Rejects when one of them fails. */
  async processes(count: number, ...options: readonly string[]): Promise<string> {
    const port = await freePort();
    const contract = { MASTER_ADDR: "127.0.0.1", MASTER_PORT: String(port), WORLD_SIZE: String(count), LOCAL_WORLD_SIZE: String(count) };
    const started = Array.from({ length: count }, (_, i) =>
      printedByPython(this.project, ["train.py", ...options], { ...contract, RANK: String(i), LOCAL_RANK: String(i) }),
    );
    const ended = await Promise.allSettled(started);
    return ended.map((each) => (each.status === "fulfilled" ? each.value : fail(each.reason as Error))).join("");
  }

  text(name: string): string {
    return readFileSync(join(this.project, name), "utf8");
  }

  edit(name: string, change: (text: string) => string): void {
    writeFileSync(join(this.project, name), change(this.text(name)));
  }

  async #kindling(...args: readonly string[]): Promise<string> {
    return (await run(process.execPath, [fileURLToPath(new URL("cli/main.js", await builtRunner())), ...args], { cwd: this.folder })).stdout;
  }
}

function fail(error: Error): never {
  throw error;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Every number that was printed. */
export const numbers = (text: string): number[] => (text.match(/-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/g) ?? []).map(Number);

/** The largest difference between two curves, in parts of their values. */
export function difference(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length || ours.length === 0) return Infinity;
  return Math.max(...ours.map((value, i) => Math.abs(value - theirs[i]!) / Math.max(1e-3, Math.abs(theirs[i]!))));
}
