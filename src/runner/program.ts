/** Runs the user's program in this worker thread, watched, and tells how it ended. */
import { availableParallelism } from "node:os";
import { parentPort } from "node:worker_threads";
import * as engine from "../engine/index.ts";
import { MOST_THREADS } from "../engine/kernels/threadControl.ts";
import { setInstrument } from "../engine/instrument.ts";
import { useCollector } from "../engine/memory/survey.ts";
import { MetricBuffer } from "../observe/metricBuffer.ts";
import { Observer } from "../observe/observer.ts";
import type { ProgramSource } from "../observe/modelRegistry.ts";
import type { Problem, RunEvent } from "../protocol/index.ts";
import { programHooksKey, type Annotations, type ProgramHooks } from "./annotations.ts";
import { DeclaredClasses } from "./classes.ts";
import { synchronousCollector } from "./collector.ts";
import { Control } from "./control.ts";
import { noModelProblem, noTrainingProblem, startOf } from "./problems.ts";
import { SourceMap } from "./sourceMap.ts";
import type { Job, Outcome, ThreadMessage } from "./thread.ts";
import { StackReader, thrownProblem } from "./thrown.ts";

/** Thrown through the user's code when the run was stopped; its `finally` blocks run. */
class StopSignal extends Error {
  override name = "Stopped";

  constructor() {
    super("The run was stopped.");
  }
}

/** What can be done before there is a program. */
export function prepareEngine(): void {
  useCollector(synchronousCollector() ?? null);
}

export class Program {
  readonly #job: Job;
  readonly #control: Control;
  readonly #stacks: StackReader;
  readonly #classes: DeclaredClasses;
  readonly #observer: Observer;
  #hasEnded = false;
  /** Whether the module's own code ran to its end. */
  #isEvaluated = false;

  constructor(job: Job) {
    this.#job = job;
    this.#control = new Control(job.control);
    const map = new SourceMap(job.program, job.map);
    this.#stacks = new StackReader(map);
    this.#classes = new DeclaredClasses(job.annotations.classes, job.request.file);
    this.#observer = new Observer({
      sampling: job.request.sampling,
      source: programSource(map, job.annotations, this.#classes),
      metrics: new MetricBuffer(job.metrics),
      sink: {
        event: tell,
        series: (index, name) => post({ type: "series", index, name }),
        points: (values) => post({ type: "points", values }),
      },
      gate: (beforeBlocking) => this.#passGate(beforeBlocking),
      ...(job.request.mode === "inspect" ? { firstStep: () => this.#endInspection() } : {}),
    });
  }

  async run(): Promise<void> {
    const { file, threads } = this.#job.request;
    // One core is left to whoever watches.
    engine.setNumThreads(Math.min(threads > 0 ? threads : Math.max(1, availableParallelism() - 1), MOST_THREADS));
    process.argv = [process.execPath, file];
    this.#stacks.install();
    this.#installHooks();
    const unknown = this.#job.annotations.imports.filter(({ name }) => !(name in engine));
    if (unknown.length > 0) return this.#fail(unknown.map(({ name, position }) => missingExport(name, position)));
    process.on("uncaughtException", (error) => this.#endWith(error));
    process.on("beforeExit", () => this.#endOfLoop());
    process.on("exit", (code) => this.#endOfProcess(code));
    setInstrument(this.#observer);
    try {
      await import(this.#job.program);
      // From here on timers and promises keep the program going, or nothing does.
      this.#isEvaluated = true;
    } catch (error) {
      this.#endWith(error);
    }
  }

  #installHooks(): void {
    const hooks: ProgramHooks = {
      declared: (constructor, index) => {
        this.#classes.declare(constructor as Function, index);
        return constructor;
      },
      loop: (counter, first, bound) => this.#observer.loopTurn(counter, first, bound),
      turn: (loop, mayBreak, index, count) => this.#observer.trainingTurn(loop, mayBreak, index, count),
      left: (loop) => this.#observer.trainingLoopLeft(loop),
      report: () => {
        // Classes that are tried are not the program's.
        setInstrument(null);
        this.#tellAll();
      },
    };
    Object.defineProperty(globalThis, Symbol.for(programHooksKey), { value: hooks });
  }

  #passGate(beforeBlocking: () => void): number {
    if (this.#control.isStopped) throw new StopSignal();
    if (!this.#control.isPaused) return 0;
    const begin = performance.now();
    beforeBlocking();
    post({ type: "paused", paused: true });
    this.#control.waitWhilePaused();
    if (this.#control.isStopped) throw new StopSignal();
    post({ type: "paused", paused: false });
    return performance.now() - begin;
  }

  /** All is known; nothing of the program's own may run any more, not even its `finally` blocks, which might save things. */
  #endInspection(): void {
    this.#end("finished");
    process.exit(0);
  }

  #endWith(error: unknown): void {
    if (this.#hasEnded) return;
    if (error instanceof StopSignal) this.#end("stopped");
    else this.#fail([thrownProblem(error, this.#job.request.file, this.#stacks)]);
    process.exit(error instanceof StopSignal ? 0 : 1);
  }

  /** Nothing is left to do. */
  #endOfLoop(): void {
    if (this.#hasEnded) return;
    if (this.#control.isStopped) return this.#end("stopped");
    if (this.#isEvaluated) return this.#end(process.exitCode ? "failed" : "finished");
    const message = "The program waits at a top-level `await` for something that never comes, so it ended there.";
    this.#fail([{ severity: "error", code: "thrown", message, position: startOf(this.#job.request.file) }]);
  }

  /** The program called `process.exit()`, or its thread is terminated. */
  #endOfProcess(code: number): void {
    if (this.#hasEnded) return;
    if (this.#control.isStopped) return this.#end("stopped");
    if (code === 0) return this.#end("finished");
    const stack = this.#stacks.framesOf(new Error());
    const message = `The program ended itself with process.exit(${code}).`;
    const position = stack[0]?.position ?? startOf(this.#job.request.file);
    this.#fail([{ severity: "error", code: "exit", message, position, ...(stack.length > 0 ? { stack } : {}) }]);
  }

  #fail(problems: readonly Problem[]): void {
    for (const problem of problems) tell({ type: "problem", problem });
    this.#end("failed");
  }

  #end(outcome: Outcome): void {
    this.#hasEnded = true;
    setInstrument(null);
    const { file, mode } = this.#job.request;
    const classes = this.#tellAll();
    if (outcome === "finished") {
      if (this.#observer.registry.isEmpty && classes === 0) tell({ type: "problem", problem: noModelProblem(file) });
      else if (mode === "train" && this.#observer.steps === 0) tell({ type: "problem", problem: noTrainingProblem(file) });
    }
    post({ type: "ended", outcome });
  }

  /** The last word on models, metrics and classes; returns the number of classes. */
  #tellAll(): number {
    this.#observer.finish();
    const classes = this.#classes.describe(this.#observer.registry);
    tell({ type: "classes", classes });
    return classes.length;
  }
}

function post(message: ThreadMessage): void {
  parentPort!.postMessage(message);
}

function tell(event: RunEvent): void {
  post({ type: "event", event });
}

function missingExport(name: string, position: Problem["position"] & object): Problem {
  const message = `\`kindling\` exports no \`${name}\`. Check the spelling; names are PyTorch's in camelCase.`;
  const end = { line: position.line, column: position.column + name.length };
  return { severity: "error", code: "import", message, position, end };
}

function programSource(map: SourceMap, { variables }: Annotations, classes: DeclaredClasses): ProgramSource {
  const byPlace = new Map(variables.map((variable) => [placeKey(variable.position), variable]));
  return {
    program: map.program,
    locate: (line, column) => map.locate(line, column),
    variableAt: (position) => byPlace.get(placeKey(position)),
    declaredAt: (constructor) => classes.declaredAt(constructor),
    isModuleClass: (name) => classes.isModuleClass(name),
    nameInProgram: (constructor) => classes.nameInProgram(constructor),
  };
}

function placeKey({ file, line, column }: { file: string; line: number; column: number }): string {
  return `${file}:${line}:${column}`;
}
