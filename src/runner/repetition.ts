/**
 * Runs a program once more, as far as a number that isn't finite, with every operation watched. Its process may not write files
 * nor start others (`again.ts`); what it writes goes nowhere, what it prints and says to the network neither.
 */
import dgram from "node:dgram";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { Socket } from "node:net";
import { Writable } from "node:stream";
import * as engine from "../engine/index.ts";
import { setInstrument, watchOperations } from "../engine/instrument.ts";
import { mostLosses } from "../observe/badNumbers/alarm.ts";
import { Search, type Found } from "../observe/badNumbers/search.ts";
import { explained } from "../observe/badNumbers/words.ts";
import { DeclaredClasses } from "./classes.ts";
import { giveSeed } from "./givenSeed.ts";
import { watchProcess } from "./processEnd.ts";
import { giveWay, programSource, useThreads } from "./program.ts";
import { programHooksKey, type ProgramHooks } from "./programHooks.ts";
import { SourceMap } from "./sourceMap.ts";
import type { Job, RepeatedRun, Searched, WorkerMessage } from "./workerMessages.ts";

// Names of `process` are the program's to change; this one is ours.
const leave = process.exit.bind(process);

export class Repetition {
  readonly #job: Job;
  readonly #run: RepeatedRun;
  readonly #post: (message: WorkerMessage) => void;
  readonly #classes: DeclaredClasses;
  readonly #search: Search;
  /** Number of losses that went backward. */
  #backwards = 0;
  #isOver = false;

  constructor(job: Job, run: RepeatedRun, post: (message: WorkerMessage) => void) {
    this.#job = job;
    this.#run = run;
    this.#post = post;
    this.#classes = new DeclaredClasses(job.declarations.classes, job.request.file);
    const source = programSource(new SourceMap(job.program, job.map), job.declarations, this.#classes);
    this.#search = new Search({
      source,
      agrees: (loss) => this.#agrees(loss),
      found: (found: Found) => this.#end({ explanation: explained(found, source) }),
    });
  }

  async run(): Promise<void> {
    const { threads, inBackground = false, programArguments = [], seed } = this.#job.request;
    if (inBackground) giveWay();
    useThreads(threads);
    engine.manualSeed(this.#run.seed);
    if (seed !== undefined) giveSeed(seed, () => {});
    process.argv = [process.execPath, this.#job.place, ...programArguments];
    this.#installHooks();
    leaveTheWorldAlone();
    const another = (): void => this.#end({ isAnother: true });
    watchProcess({ isOurs: () => false, uncaught: another, exit: (code) => this.#end(code === 0 ? {} : { isAnother: true }) });
    setInstrument(this.#search);
    watchOperations(this.#search);
    try {
      await import(this.#job.program);
    } catch {
      another();
    }
  }

  /** Bit for bit the same losses: only then it is the same run. */
  #agrees(loss: number): boolean {
    const { losses } = this.#run;
    const isSame = this.#backwards >= mostLosses || Object.is(loss, losses[this.#backwards]);
    this.#backwards++;
    if (!isSame) this.#end({ isAnother: true });
    return isSame;
  }

  #installHooks(): void {
    const hooks: ProgramHooks = {
      begun() {},
      declared: (constructor, index) => {
        this.#classes.declare(constructor as Function, index);
        return constructor;
      },
      loop() {},
      turn() {},
      left() {},
      called() {},
      value: (value) => value,
      report() {},
    };
    Object.defineProperty(globalThis, Symbol.for(programHooksKey), { value: hooks });
  }

  #end(searched: Searched): void {
    if (this.#isOver) return;
    this.#isOver = true;
    setInstrument(null);
    watchOperations(null);
    this.#post({ type: "searched", searched });
    leave(0);
  }
}

/** What the program does to files and network happened already. */
function leaveTheWorldAlone(): void {
  const nothing = (): void => {};
  for (const name of ["writeFileSync", "appendFileSync", "mkdirSync", "rmSync", "unlinkSync", "renameSync", "copyFileSync"] as const) {
    Object.assign(fs, { [name]: nothing });
  }
  for (const name of ["writeFile", "appendFile", "mkdir", "rm", "unlink", "rename", "copyFile"] as const) {
    Object.assign(fs, { [name]: (...values: unknown[]) => (values.at(-1) as (error: null) => void)(null) });
    Object.assign(fs.promises, { [name]: () => Promise.resolve() });
  }
  Object.assign(fs, { createWriteStream: () => new Writable({ write: (_chunk, _encoding, done) => done() }) });
  const refuse = (): never => {
    throw new Error("This program runs once more to find where a number comes from, and the network is left out.");
  };
  Object.assign(Socket.prototype, { connect: refuse });
  Object.assign(dgram.Socket.prototype, { send: refuse, bind: refuse });
  syncBuiltinESMExports();
}
