/** Runs the user's program in this worker thread, watched, and tells how it ended. */
import { availableParallelism, constants, setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import { types } from "node:util";
import * as engine from "../engine/index.ts";
import { MOST_THREADS } from "../engine/kernels/threadControl.ts";
import { setInstrument, watchOperations } from "../engine/instrument.ts";
import { kernelBuild } from "../engine/memory/kernelBuild.ts";
import { useCollector } from "../engine/memory/survey.ts";
import type { CheckpointSink } from "../observe/checkpoints/checkpoint.ts";
import { hashOf } from "../keep/checkpointKeeper.ts";
import { MetricBuffer } from "../observe/curves/metricBuffer.ts";
import { Observer, type ObserverOptions } from "../observe/observer.ts";
import { openWeights } from "../observe/weights/openWeights.ts";
import { areGhosts } from "../engine/memory/reading.ts";
import type { AtMoment, Checkpoints } from "../observe/checkpoints/checkpoints.ts";
import type { ProgramSource } from "../observe/program/programSource.ts";
import type { Problem, RunEvent, SentEvent, Steering } from "../protocol/index.ts";
import { plural } from "../run/numbers.ts";
import { sent } from "../run/sentEvents.ts";
import { Beginning } from "./beginning.ts";
import { OnnxExport } from "./onnxExport.ts";
import type { Declarations } from "./declarations.ts";
import { observedHooks } from "./observedHooks.ts";
import { programHooksKey, type ProgramHooks } from "./programHooks.ts";
import { DeclaredClasses } from "./classes.ts";
import { garbageCollector } from "./garbageCollector.ts";
import { CheckpointTray } from "./checkpointTray.ts";
import { Control } from "./control.ts";
import { Gate, StopSignal } from "./gate.ts";
import { giveSeed } from "./givenSeed.ts";
import { Mailbox } from "./mailbox.ts";
import { listenToOutput, mute, quietly } from "./output.ts";
import { PrintedLines } from "./printedLines.ts";
import { exitProblem, noCheckpointsProblem, noModelProblem, noTrainingProblem, startOf, unreadableWeightsProblem, watchProblem } from "./problems.ts";
import { watchProcess } from "./processEnd.ts";
import { shield } from "./shield.ts";
import { SourceMap } from "./sourceMap.ts";
import { Surroundings } from "./surroundings.ts";
import type { Ending, Job, JobPast, Outcome, Post, WorkerMessage } from "./workerMessages.ts";
import { StackReader, thrownProblem } from "./thrown.ts";
import { isInstance } from "./words.ts";
import { World } from "./world/world.ts";

/**
 * What can be done before there is a program. Returns the build of the kernels.
 * @param debug a debugger runs code of its own in each new context, and V8 dies of that in one of the collector's
 */
export function prepareEngine(debug: boolean): string {
  useCollector((debug ? undefined : garbageCollector()) ?? null);
  return kernelBuild;
}

/** To whatever else the machine does, an editor first of all. Threads of the engine that start later do so, too. */
export function giveWay(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not everywhere may a process do so. It then trains all the same.
  }
}

/** @param threads as the run was asked for; 0 leaves one core to whoever watches */
export function useThreads(threads: number): void {
  engine.setNumThreads(Math.min(threads > 0 ? threads : Math.max(1, availableParallelism() - 1), MOST_THREADS));
}

// Names of `process` and of the global object are the program's to change; these are ours.
const leave = process.exit.bind(process);

/** What is told of a measured step before its last word. */
const hasMoreToCome: ReadonlySet<RunEvent["type"]> = new Set(["statistics", "work"]);

export class Program {
  readonly #job: Job;
  readonly #toMain: Post;
  /** Events that go with the next message: to wake the main thread takes longer than to write them. */
  readonly #waiting: SentEvent[] = [];
  readonly #control: Control;
  readonly #gate: Gate;
  readonly #stacks: StackReader;
  readonly #classes: DeclaredClasses;
  readonly #observer: Observer;
  readonly #printed: PrintedLines;
  /** None where nobody writes down what it answers. */
  readonly #world: World | undefined;
  readonly #surroundings: Surroundings;
  readonly #beginning: Beginning | undefined;
  readonly #onnx: OnnxExport | undefined;
  /** What the default generator began with. */
  #seed: number | bigint = engine.initialSeed();
  /** Why the weights that it is to begin with can't be read. */
  #unreadable: Problem | undefined;
  #isWatched = true;
  /** Whether a run that is brought back to a step is there. */
  #isBack = false;
  #hasEnded = false;
  /** Whether the module's own code ran to its end. */
  #isEvaluated = false;

  /** @param post reaches the main thread, and nobody else does */
  constructor(job: Job, post: Post) {
    this.#job = job;
    this.#toMain = post;
    this.#control = new Control(job.control);
    this.#gate = new Gate(
      this.#control,
      new Mailbox(this.#control, job.mailbox),
      (steering) => this.#hear(steering),
      (paused) => {
        this.#printed.flush();
        this.#post({ type: "paused", paused });
      },
    );
    // Before the world listens: it is not the program that reads them.
    const weights = this.#weights();
    this.#world = job.keepsAnswers ? this.#newWorld(job.past) : undefined;
    const map = new SourceMap(job.program, job.map);
    this.#stacks = new StackReader(map, job.home);
    this.#classes = new DeclaredClasses(job.declarations.classes, job.request.file);
    const source = programSource(map, job.declarations, this.#classes);
    this.#observer = new Observer({
      sampling: job.request.sampling,
      source,
      metrics: new MetricBuffer(job.metrics),
      sink: {
        event: (event) => this.#tell(event),
        alarm: (problem, { what, losses, time }) => this.#post({ type: "alarm", problem, what, run: { losses, seed: this.#seed }, time }),
        series: (index, name) => this.#post({ type: "series", index, name }),
        points: (values) => {
          this.#post({ type: "points", values });
          this.#printed.flushIfDue();
        },
      },
      gate: this.#gate,
      quietly,
      places: job.declarations.values,
      ...(job.past && { repeated: { ...job.past, arrived: () => this.#arrive() } }),
      atMoment: this.#atMoment(job.past),
      ...(job.checkpoints && { checkpoints: this.#checkpointSink(new CheckpointTray(job.checkpoints)) }),
      ...weights,
      ...(job.request.mode === "inspect" ? { firstStep: () => this.#leave() } : {}),
    });
    this.#printed = new PrintedLines(
      () => this.#observer.step,
      (event) => this.#tell(event),
    );
    this.#stacks.install();
    this.#surroundings = new Surroundings();
    shield(this.#observer, (error) => this.#stopWatching(error));
    const { beginning, onnx, file } = job.request;
    this.#beginning = beginning && new Beginning(beginning, this.#observer, job.declarations.values);
    this.#onnx = onnx && new OnnxExport(onnx, { file, home: job.home, observer: this.#observer, source, placeOf: (error) => this.#problemOf(error) });
  }

  async run(): Promise<void> {
    const { threads, inBackground = false, programArguments = [], seed } = this.#job.request;
    if (inBackground) giveWay();
    useThreads(threads);
    if (this.#world) engine.manualSeed((this.#seed = this.#world.seed(this.#seed)));
    if (seed !== undefined) giveSeed(seed, (own) => this.#tellSeed(seed, own));
    process.argv = [process.execPath, this.#job.place, ...programArguments];
    this.#installHooks();
    const unknown = this.#job.declarations.imports.filter(({ name }) => !(name in engine));
    if (this.#unreadable) return this.#fail([this.#unreadable]);
    if (unknown.length > 0) return this.#fail(unknown.map(({ name, position }) => missingExport(name, position)));
    watchProcess({
      isOurs: (error) => isInstance(error, StopSignal),
      uncaught: (error) => this.#endWith(error),
      exit: (code, cause) => this.#endOfProcess(code, cause),
    });
    setInstrument(this.#observer);
    this.#beginning?.listen();
    this.#onnx?.listen();
    listenToOutput((chunk, isError) => {
      this.#printed.add(chunk, isError);
      // An "exit" handler of the program's may have the last word.
      if (this.#hasEnded) this.#printed.flush();
    });
    try {
      await import(this.#job.program);
      // From here on timers and promises keep the program going, or nothing does.
      this.#isEvaluated = true;
    } catch (error) {
      this.#endWith(error);
    }
  }

  #tellSeed(seed: number, own: number | bigint): void {
    const text = `${seed}, in place of the program's manualSeed(${own})`;
    this.#surroundings.during(() => this.#tell({ type: "note", name: "seed", step: this.#observer.step, text }));
  }

  #newWorld(past: JobPast | undefined): World {
    // What was printed then need not be printed twice.
    mute(past !== undefined);
    return new World({
      ...(past && { past: past.world }),
      foreign: [fileURLToPath(new URL(".", this.#job.program)), fileURLToPath(this.#job.home)],
      tell: (answers) => this.#toMain({ type: "world", answers }),
      parted: (reason) => this.#part(reason),
      ...((this.#job.checkpoints || past?.hops.length) && {
        readings: {
          hops: past?.hops ?? [],
          leavesOut: () => this.#observer.leaveOut(),
          astray: (reason) => this.#goAstray(reason),
        },
      }),
    });
  }

  #atMoment(past: JobPast | undefined): AtMoment {
    return (step, checkpoints) => {
      this.#world?.readings?.atMoment(step, checkpoints);
      if (past && !areGhosts()) this.#prove(past, step, checkpoints);
    };
  }

  /** That the parameters are those of then, wherever a checkpoint told what they were. */
  #prove({ hashes, step: last }: JobPast, step: number, checkpoints: Checkpoints): void {
    const then = step <= last && !this.#isBack ? hashes.get(step) : undefined;
    if (then !== undefined && hashOf(checkpoints.capture()) !== then) this.#part(`after ${plural(step, "step")} the parameters are not those of then`);
  }

  /** That the models end with what they ended with then, where they end after as many steps. */
  #proveEnd({ end, isFilled }: JobPast): string | undefined {
    if (!isFilled || end?.step !== this.#observer.steps || hashOf(this.#observer.checkpoints.capture()) === end.hash) return undefined;
    return `after ${plural(end.step, "step")}, at its end, the parameters are not those of then`;
  }

  #part(reason: string): never {
    return this.#giveUp({ parted: reason });
  }

  /** The short way back to a step can't be gone, or not be known to be right. */
  #goAstray(reason: string): never {
    return this.#giveUp({ astray: reason });
  }

  /** Without a last word: it is none of the run's, and would be taken for where that is another. */
  #giveUp(why: Ending): never {
    this.#hasEnded = true;
    setInstrument(null);
    this.#post({ type: "ended", outcome: "failed", ...why });
    return leave(1);
  }

  /** The run is back at its step; from here on it is lived anew. */
  #arrive(): void {
    if (this.#job.past?.isFilled) {
      this.#post({ type: "arrived" });
      return this.#leave();
    }
    this.#world?.arrive();
    this.#isBack = true;
    this.#printed.flush();
    mute(false);
    this.#post({ type: "arrived" });
  }

  #checkpointSink(tray: CheckpointTray): CheckpointSink {
    // Of the short way back to a step nothing is told before it was the right one.
    const areMine = (): boolean => this.#isBack || !this.#job.past?.hops.length;
    return {
      get isReady() {
        return tray.isReady && areMine();
      },
      get spent() {
        return tray.spent;
      },
      take: (checkpoint, cost) => {
        tray.sent();
        if (!checkpoint.isEnd) this.#world?.readings?.checkpoint(checkpoint.step);
        this.#post({ type: "checkpoint", checkpoint, cost }, [checkpoint.file.buffer]);
      },
      failed: (error) => this.#tell({ type: "problem", problem: noCheckpointsProblem(error, this.#job.request.file) }),
    };
  }

  #weights(): Pick<ObserverOptions, "weights"> {
    const { file, weights: request } = this.#job.request;
    if (!request) return {};
    try {
      return { weights: { held: openWeights(request.file, request.prefix), request } };
    } catch (error) {
      this.#unreadable = unreadableWeightsProblem(request.origin, error as Error, file);
      return {};
    }
  }

  #installHooks(): void {
    const hooks: ProgramHooks = {
      begun: () => this.#post({ type: "begun" }),
      ...observedHooks(this.#observer, this.#classes),
      value: (value, place) => {
        // To look at a proxy would run code of the program's.
        if (this.#isWatched && typeof value === "object" && value !== null && !types.isProxy(value)) {
          this.#observer.value(value, place);
          this.#beginning?.value(value, place);
        }
        return value;
      },
      report: () => {
        // Classes that are tried are not the program's.
        setInstrument(null);
        this.#surroundings.during(() => this.#tellAll());
      },
    };
    Object.defineProperty(globalThis, Symbol.for(programHooksKey), { value: hooks });
  }

  /** All is known; nothing of the program's own may run any more, not even its `finally` blocks, which might save things. */
  #leave(): void {
    this.#end("finished");
    leave(0);
  }

  #hear(steering: Steering): void {
    if (this.#isWatched) this.#observer.steer(steering);
    // Nobody is left who would know when it has come there.
    else if (steering.type === "advance") this.#gate.release();
  }

  /** The watch can't go on; the program can. */
  #stopWatching(error: unknown): void {
    if (!this.#isWatched) return;
    this.#isWatched = false;
    const gate = (): void => void this.#gate.pass(() => {});
    const beforeStep = this.#job.request.mode === "inspect" ? () => this.#leave() : gate;
    setInstrument({ beforeStep, epochStart: gate, batch: gate });
    watchOperations(null);
    this.#surroundings.during(() => this.#tell({ type: "problem", problem: watchProblem(error, this.#observer.steps, this.#job.request.file) }));
  }

  #endWith(error: unknown): void {
    if (this.#hasEnded) return;
    const isSignal = isInstance(error, StopSignal);
    if (areGhosts() && !isSignal) this.#goAstray(`it fails there where nothing is computed: ${error instanceof Error ? error.message : String(error)}`);
    if (isOfEndedChild(error)) this.#control.waitForStop(stopPatience);
    const problems = isSignal ? [] : [this.#surroundings.during(() => this.#problemOf(error))];
    if (!isSignal) this.#surroundings.during(() => this.#observer.failed(error));
    if (this.#control.isStopped) this.#end("stopped", problems.map(whileStopping));
    else this.#fail(problems);
    leave(isSignal ? 0 : 1);
  }

  #problemOf(error: unknown): Problem {
    const { calls, registry, values } = this.#observer;
    const sites = this.#job.declarations.calls;
    return thrownProblem(error, this.#job.request.file, this.#stacks, { sites, calls, registry, values });
  }

  /** Nothing is left to do, or the program ended itself by `cause`. */
  #endOfProcess(code: number, cause: string | undefined): void {
    if (this.#hasEnded) return;
    if (this.#control.isStopped) return this.#end("stopped");
    const { file } = this.#job.request;
    if (cause === undefined && !this.#isEvaluated) {
      const message = "The program waits at a top-level `await` for something that never comes, so it ended there.";
      return this.#fail([{ severity: "error", code: "thrown", message, position: startOf(file) }]);
    }
    if (code === 0) return this.#end("finished");
    const problem = this.#surroundings.during(() => exitProblem(cause ?? `process.exitCode = ${code}`, file, this.#stacks.framesOf(new Error())));
    this.#fail([problem], code);
  }

  #fail(problems: readonly Problem[], exitCode?: number): void {
    this.#end("failed", problems, exitCode === undefined ? {} : { exitCode });
  }

  #end(outcome: Outcome, problems: readonly Problem[] = [], more: Ending = {}): void {
    this.#hasEnded = true;
    setInstrument(null);
    this.#surroundings.during(() => {
      for (const problem of problems) this.#tell({ type: "problem", problem });
      try {
        this.#tellEnd(outcome);
      } catch (error) {
        this.#tell({ type: "problem", problem: watchProblem(error, this.#observer.steps, this.#job.request.file) });
      }
      const parted = this.#job.past && more.parted === undefined ? this.#proveEnd(this.#job.past) : undefined;
      this.#post({ type: "ended", outcome, ...more, ...(parted !== undefined && { parted }) });
    });
  }

  #tellEnd(outcome: Outcome): void {
    const { file, mode } = this.#job.request;
    const classes = this.#tellAll();
    if (outcome !== "finished") return;
    this.#beginning?.write();
    for (const event of this.#onnx?.write() ?? []) this.#tell(event);
    if (this.#observer.registry.isEmpty && classes === 0) this.#tell({ type: "problem", problem: noModelProblem(file) });
    else if (mode === "train" && this.#observer.steps === 0) this.#tell({ type: "problem", problem: noTrainingProblem(file) });
  }

  /** The last word on models, metrics and classes; returns the number of classes. */
  #tellAll(): number {
    this.#observer.finish();
    this.#printed.flush();
    const classes = this.#classes.describe(this.#observer.registry);
    this.#tell({ type: "classes", classes });
    return classes.length;
  }

  #tell(event: RunEvent): void {
    if (event.type === "intervention") this.#world?.leaveRecord();
    this.#waiting.push(sent(event));
    if (!hasMoreToCome.has(event.type)) this.#postWaiting();
  }

  #post(message: WorkerMessage, transfer?: readonly ArrayBuffer[]): void {
    this.#postWaiting();
    this.#toMain(message, transfer);
  }

  #postWaiting(): void {
    this.#world?.flush();
    if (this.#waiting.length > 0) this.#toMain({ type: "events", events: this.#waiting.splice(0) });
  }
}

/** Milliseconds that the word to stop may take, where something else has come of it already. */
const stopPatience = 1_000;
/** A shell's way to say that SIGINT or SIGTERM ended what it ran. */
const endedBySignal = [130, 143];

/** Whether a child of the program's was ended: Ctrl+C in a terminal reaches it as soon as this process. */
function isOfEndedChild(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { signal, status } = error as { readonly signal?: unknown; readonly status?: unknown };
  return signal === "SIGINT" || signal === "SIGTERM" || endedBySignal.includes(status as number);
}

/** What goes wrong after the word to stop: in the program's last lines, or because a signal reached its children, too. */
function whileStopping(problem: Problem): Problem {
  return { ...problem, severity: "warning", message: `While the run was stopped: ${problem.message}` };
}

function missingExport(name: string, position: Problem["position"] & object): Problem {
  const message = `\`kindling\` exports no \`${name}\`. Check the spelling; names are PyTorch's in camelCase.`;
  const end = { line: position.line, column: position.column + name.length };
  return { severity: "error", code: "import", message, position, end };
}

export function programSource(map: SourceMap, { fields, variables, loops, tellingCalls }: Declarations, classes: DeclaredClasses): ProgramSource {
  const byPlace = new Map(variables.map((variable) => [placeKey(variable.position), variable]));
  return {
    program: map.program,
    locate: (line, column) => map.locate(line, column),
    variableAt: (position) => byPlace.get(placeKey(position)),
    loopAt: (loop) => loops[loop],
    callAt: (call) => tellingCalls[call],
    declaredAt: (constructor) => classes.declaredAt(constructor),
    fieldAt: (constructor, name) => fields.find((field) => field.name === name && classes.isOf(constructor, field.owner))?.position,
    isModuleClass: (name) => classes.isModuleClass(name),
    nameInProgram: (constructor) => classes.nameInProgram(constructor),
  };
}

function placeKey({ file, line, column }: { file: string; line: number; column: number }): string {
  return `${file}:${line}:${column}`;
}
