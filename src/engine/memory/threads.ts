/**
 * Helpers for the engine's thread: kernels with enough work are cut into parts (kernels/cuts.ts) that run side by side.
 *
 * The engine's thread hands the parts out, does the first itself, and waits for the others. Handing out and waiting cost
 * something, so work is shared only where one thread would take several times as long; the cost is measured when the
 * helpers have come up. Where the machine has no core free for a helper, waiting for it costs more than its help is worth:
 * then the engine's thread works alone for a while, and tries again.
 */
import { ArgumentError } from "../errors.ts";
import { cuts, type Cut } from "../kernels/cuts.ts";
import type { Kernels } from "../kernels/exports.ts";
import { threadSource } from "../kernels/generated.ts";
import { argumentsOf, CONTROL_BYTES, jobWord, MOST_THREADS, Word, type HelperStart } from "../kernels/threadControl.ts";
import type { Int } from "../ops/types.ts";
import { allocateBlock } from "./heap.ts";
import { kernels, kernelModules, memory } from "./linear.ts";
import { areGhosts, reading } from "./reading.ts";
import { Workspace } from "./workspace.ts";

/** Work is shared where one thread would take so many times as long as the sharing. */
const WORTH_SHARING = 4;
/** How often the engine's thread looks whether the helpers are done before it goes to sleep. */
const LOOKS = 20_000;
/** So many times in a row a helper must have come late before the engine's thread works alone. */
const PATIENCE = 3;
/** How long it then does; milliseconds, doubling with each disappointment up to the second. */
const [SHORT_PAUSE, LONG_PAUSE] = [20, 1000];

type Kernel = (...args: number[]) => number;

let team: Team | null = null;
let wanted = 1;
let fixedThreshold: number | null = null;

/**
 * How many threads compute.
 * @see https://pytorch.org/docs/stable/generated/torch.get_num_threads.html
 * @api torch.getNumThreads
 */
export function getNumThreads(): number {
  return wanted;
}

/**
 * Lets so many threads compute, this one included. Helpers come up in the background; until they have, this thread works
 * alone, as it does where no threads can be started.
 * @throws ArgumentError if `num` isn't from 1 to 64
 * @see https://pytorch.org/docs/stable/generated/torch.set_num_threads.html
 * @api torch.setNumThreads
 */
export function setNumThreads(num: Int): void {
  if (!Number.isInteger(num) || num < 1 || num > MOST_THREADS) {
    throw new ArgumentError(`setNumThreads expects a whole number from 1 to ${MOST_THREADS}, but got ${num}`);
  }
  if (num === wanted) return;
  // The kernels that are there have no team.
  if (areGhosts()) reading.ofProgram?.lacks("the number of threads changes");
  team?.disband();
  wanted = num;
  team = num > 1 ? new Team(num) : null;
}

/** Sharing begins at so many nanoseconds of work, whatever it costs; `null` (default) to have that measured. For tests. @internal */
export function shareFrom(time: number | null): void {
  fixedThreshold = time;
}

/** Resolves when the helpers can take work. */
export async function whenHelpersAreUp(): Promise<void> {
  await team?.ready();
}

class Team {
  readonly #size: number;
  readonly #control = new SharedArrayBuffer(CONTROL_BYTES);
  readonly #words = new Int32Array(this.#control);
  readonly #arguments: readonly Float64Array[];
  readonly #helpers: readonly Helper[];
  readonly #serial: Kernels;
  readonly #names = Object.keys(cuts) as (keyof Kernels)[];
  readonly #workspaces: readonly Workspace[];
  /** Nanoseconds that one thread must take before work is shared; 0 until it has been measured. */
  #threshold = 0;
  #jobs = 0;
  #late = 0;
  #pause = SHORT_PAUSE;
  #aloneUntil = 0;

  constructor(size: number) {
    this.#size = size;
    this.#serial = { ...kernels };
    this.#arguments = Array.from({ length: size }, (_, part) => argumentsOf(this.#control, part));
    this.#workspaces = Array.from({ length: size }, () => new Workspace());
    this.#helpers = this.#start();
    for (const name of this.#helpers.length > 0 ? this.#names : []) this.#share(name, cuts[name]!);
  }

  /** Helpers come up in any order; each says so in the same word. */
  async ready(): Promise<void> {
    for (let up = Atomics.load(this.#words, Word.ready); up < this.#helpers.length; up = Atomics.load(this.#words, Word.ready)) {
      await Atomics.waitAsync(this.#words, Word.ready, up).value;
    }
  }

  disband(): void {
    Object.assign(kernels, this.#serial);
    for (const helper of this.#helpers) helper.terminate();
    // Their memory stays theirs: a helper may be at its last instructions still.
  }

  #start(): Helper[] {
    const helpers: Helper[] = [];
    const bytes = Number((this.#serial.scratchBytes as WebAssembly.Global).value) * kernelModules.length;
    for (let part = 1; part < this.#size; part++) {
      const scratch = allocateBlock(bytes);
      if (scratch < 0) return helpers;
      const helper = startHelper({ modules: kernelModules, memory, control: this.#control, part, names: this.#names, scratch });
      if (helper === null) return helpers;
      helpers.push(helper);
    }
    return helpers;
  }

  /** Puts a kernel that shares its work in the place of the plain one. */
  #share(name: keyof Kernels, cut: Cut): void {
    const serial = this.#serial[name] as unknown as Kernel;
    const number = this.#names.indexOf(name);
    const shared = (...args: number[]): number => {
      if (cut.time(args) < (fixedThreshold ?? this.#threshold) || !this.#isAtHand()) return serial(...args);
      const parts = this.#partsOf(args, cut);
      if (parts.length < 2) return serial(...args);
      this.#run(number, serial, parts);
      return 0;
    };
    (kernels as unknown as Record<string, Kernel>)[name] = shared;
  }

  #isAtHand(): boolean {
    if (this.#threshold > 0) return fixedThreshold !== null || this.#aloneUntil === 0 || this.#triesAgain();
    if (Atomics.load(this.#words, Word.ready) < this.#helpers.length) return false;
    this.#calibrate();
    return fixedThreshold !== null;
  }

  #triesAgain(): boolean {
    if (performance.now() < this.#aloneUntil) return false;
    this.#aloneUntil = 0;
    return true;
  }

  #partsOf(args: number[], cut: Cut): number[][] {
    const size = cut.size(args);
    const grains = Math.floor(size / cut.grain);
    const count = Math.min(this.#helpers.length + 1, grains);
    const bounds = Array.from({ length: count + 1 }, (_, i) => (i === count ? size : Math.round((grains * i) / count) * cut.grain));
    if (count < 2) return [];
    return Array.from({ length: count }, (_, i) => this.#own(cut.part(args, bounds[i]!, bounds[i + 1]!), i, args, cut));
  }

  /** A part's arguments with memory of its own where it needs some. */
  #own(mine: number[], part: number, args: number[], cut: Cut): number[] {
    if (part === 0 || cut.workspace === undefined) return mine;
    mine[cut.workspace] = this.#workspaces[part]!.ofSize(cut.workBytes!(args, this.#serial));
    return mine;
  }

  #run(number: number, serial: Kernel, parts: readonly number[][]): void {
    const words = this.#words;
    for (let i = 1; i < parts.length; i++) this.#arguments[i]!.set(parts[i]!);
    words[Word.kernel] = number;
    words[Word.count] = parts[0]!.length;
    Atomics.store(words, Word.pending, parts.length - 1);
    Atomics.store(words, Word.job, jobWord(++this.#jobs, parts.length));
    Atomics.notify(words, Word.job);
    const begin = performance.now();
    serial(...parts[0]!);
    const done = performance.now();
    this.#wait();
    this.#learn(done - begin, performance.now() - done);
    if (Atomics.exchange(words, Word.failed, 0) !== 0) throw new Error("a thread of the engine failed in a kernel");
  }

  #wait(): void {
    const words = this.#words;
    for (let looks = LOOKS; looks > 0 && Atomics.load(words, Word.pending) > 0; looks--);
    for (let left = Atomics.load(words, Word.pending); left > 0; left = Atomics.load(words, Word.pending)) Atomics.wait(words, Word.pending, left);
  }

  /** A helper that comes later than twice the time that its part takes has no core to itself. */
  #learn(own: number, waited: number): void {
    if (fixedThreshold !== null) return;
    if (waited <= own + 0.05) {
      this.#late = 0;
      this.#pause = SHORT_PAUSE;
      return;
    }
    if (++this.#late < PATIENCE) return;
    this.#late = 0;
    this.#aloneUntil = performance.now() + this.#pause;
    this.#pause = Math.min(LONG_PAUSE, this.#pause * 2);
  }

  /** What it costs to hand out work and wait, measured with no work at all. */
  #calibrate(): void {
    const parts = Array.from({ length: this.#helpers.length + 1 }, () => [0, 0, 1]);
    const number = this.#names.indexOf("scale");
    const costs = Array.from({ length: 31 }, () => {
      const begin = performance.now();
      this.#run(number, this.#serial.scale as unknown as Kernel, parts);
      return performance.now() - begin;
    });
    const median = costs.sort((a, b) => a - b)[15]!;
    this.#threshold = Math.max(10_000, WORTH_SHARING * median * 1e6);
    this.#late = 0;
    this.#aloneUntil = 0;
  }
}

// --- starting a thread, in whatever this runs in -----------------------------------------------------------------------

interface Helper {
  terminate(): void;
}

interface NodeWorker {
  unref(): void;
  terminate(): Promise<number>;
  on(event: "error", listener: () => void): void;
}

interface NodeThreads {
  Worker: new (source: string, options: { eval: boolean; workerData: unknown; execArgv: string[]; name: string }) => NodeWorker;
}

/** `null` where no thread can be started. */
function startHelper(start: HelperStart): Helper | null {
  const node = (globalThis as { process?: { getBuiltinModule?(name: string): NodeThreads | undefined } }).process?.getBuiltinModule?.("node:worker_threads");
  if (node !== undefined) {
    const source = `const { workerData: workerStart } = require("node:worker_threads");\n${threadSource}`;
    const worker = new node.Worker(source, { eval: true, workerData: start, execArgv: [], name: `kernels ${start.part}` });
    // A helper doesn't keep the program from ending, and one that can't start leaves the work to the others.
    worker.unref();
    worker.on("error", () => {});
    return { terminate: () => void worker.terminate() };
  }
  if (typeof Worker === "undefined") return null;
  const worker = new Worker(URL.createObjectURL(new Blob([threadSource], { type: "text/javascript" })));
  worker.postMessage(start);
  return { terminate: () => worker.terminate() };
}

/** A program outside of an editor or a command line says in its environment how many threads it wants. */
const asked = Number((globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env?.["KINDLING_THREADS"] ?? 1);
if (Number.isInteger(asked) && asked > 1 && asked <= MOST_THREADS) setNumThreads(asked);
