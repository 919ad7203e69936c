/** The runner: a forked process that serves one job. Speaks `RunCommand` and `RunnerMessage` with its parent. */
import { open, url } from "node:inspector";
import { whyOtherFirstWeights } from "../keep/firstWeights.ts";
import { Filling } from "../keep/filling.ts";
import { CannotRepeat, pastOf, type Past } from "../keep/past.ts";
import { RunKeeper } from "../keep/runKeeper.ts";
import { whyNotWritten } from "../keep/whyNotWritten.ts";
import {
  debugArgument,
  roomForRuns,
  type Problem,
  type RunCommand,
  type RunnerMessage,
  type RunRequest,
  type RunState,
  type SentEvent,
} from "../protocol/index.ts";
import { bundle, warmUp } from "./bundle.ts";
import { endWithChildren } from "./ending.ts";
import { startOf } from "./problems.ts";
import { ProgramFolder } from "./programFolder.ts";
import { ProgramThread } from "./programThread.ts";
import { Supervisor, type RunEnd, type SupervisorOptions } from "./supervisor.ts";
import { version } from "./version.ts";

const places = {
  worker: new URL("./worker.js", import.meta.url),
  again: new URL("./again.js", import.meta.url),
  engine: new URL("../kindling.js", import.meta.url),
};

function send(message: RunnerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send!(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

const isDebugged = process.argv.includes(debugArgument);
const newThread = (kernels?: string): ProgramThread => new ProgramThread({ script: places.worker, debug: isDebugged, kernels });
/** A debugger holds up a thread that begins while it is there until it has set its breakpoints, so it has to be there before. */
let thread = isDebugged ? undefined : newThread();
let filling: Filling | undefined;
let supervisor: Supervisor | undefined;
/** What came before there was anybody to be told. */
const early: ((supervisor: Supervisor) => void)[] = [];

function supervise(thread: ProgramThread, more: Pick<SupervisorOptions, "past" | "inFull"> = {}): Supervisor {
  supervisor = new Supervisor({
    places,
    thread,
    emit: (event) => void tell(event),
    answered: (answers) => keeper?.answers(answers),
    ...more,
    ...(filling && { filling }),
  });
  for (const told of early.splice(0)) told(supervisor);
  return supervisor;
}

function toSupervisor(told: (supervisor: Supervisor) => void): void {
  if (supervisor) told(supervisor);
  else early.push(told);
}
let busy = false;
let isStopped = false;
let keeper: RunKeeper | undefined;

function tell(event: SentEvent): Promise<void> {
  record(event);
  return send({ type: "event", event });
}

function record(event: SentEvent): void {
  keeper?.event(event);
  const reason = filling?.event(event);
  if (reason !== undefined) supervisor!.refuse(reason);
}

async function run(request: RunRequest): Promise<RunEnd> {
  const tellProblem = (problem: Problem): void => void send({ type: "event", event: { type: "problem", problem } });
  let past: Past | undefined;
  try {
    past = request.replay && pastOf(request.replay.folder, request.replay.step);
    const why = past && (await whyOtherFirstWeights(past.kept.folder));
    if (why !== undefined) throw new CannotRepeat(why);
    filling = past && fillingOf(past, request);
  } catch (error) {
    if (!(error instanceof CannotRepeat)) throw error;
    tellProblem({ severity: "error", code: "replay", message: error.message, position: startOf(request.file) });
    return { state: "failed" };
  }
  thread = await threadWith(past?.kept.summary.kernels);
  if (isStopped) return { state: "stopped" };
  const own = supervise(thread, past && { past });
  if (request.keep && !filling) {
    const { randomSeed } = own;
    keeper = RunKeeper.begin({ request, version: version(), kernels: thread.ready, randomSeed, tell: tellProblem, ...(past && { texts: past.texts }) });
    await keeper?.keepWeights();
    if (isStopped) return { state: "stopped" };
  }
  const end = await own.run(request, keeper?.checkpoints);
  if (!past || end.astray === undefined) return end;
  tellInFull(request, end.astray);
  return supervise(newThread(past.kept.summary.kernels), { past, inFull: true }).run(request, keeper?.checkpoints);
}

/** The thread that is ready, or another where it computes with other kernels than a kept run did. */
async function threadWith(kernels: string | undefined): Promise<ProgramThread> {
  if (thread && (kernels === undefined || kernels === (await thread.ready))) return thread;
  await thread?.terminate();
  return newThread(kernels);
}

/** Gets quicker: what is done for the first time takes V8 long. */
async function rehearse(file: string): Promise<void> {
  const { code, map, declarations } = await bundle(file, places.engine.href, { tellsValues: true });
  if (busy || isStopped) return;
  const folder = new ProgramFolder(code);
  await thread!.rehearse({ rehearsed: true, file, program: folder.program, map, declarations });
  folder.remove();
}

/** The short way back to a step could not be gone. */
function tellInFull({ replay }: RunRequest, reason: string): void {
  void tell({ type: "note", name: "rewound", step: replay!.step, text: `All steps on the way were computed again: ${reason}.` });
}

function fillingOf(past: Past, { replay, keep }: RunRequest): Filling | undefined {
  if (!replay?.fill) return undefined;
  try {
    return new Filling({ past, fill: replay.fill, step: replay.step, limit: keep?.limit ?? roomForRuns, version: version() });
  } catch (error) {
    if (error instanceof CannotRepeat) throw error;
    throw new CannotRepeat(`Nothing can be added to this run: ${whyNotWritten(error)}. Mend that, then fill it in again.`);
  }
}

/** @returns how the filling in ended */
function fillIn(state: RunState): RunState {
  const problem = filling!.finish({ state, hasArrived: supervisor!.isBack });
  if (problem) void send({ type: "event", event: { type: "problem", problem } });
  return filling!.isDone ? "finished" : state === "stopped" ? state : "failed";
}

async function finish(end: RunEnd): Promise<never> {
  const { state, exitCode }: RunEnd = filling ? { state: fillIn(end.state) } : end;
  const event: SentEvent = { type: "state", state, at: Date.now(), ...(exitCode === undefined ? {} : { exitCode }) };
  record(event);
  // Whoever hears of the end finds all of the run kept, and hears before it what could not be.
  await keeper?.close();
  await send({ type: "event", event });
  if (supervisor?.isBusy) endWithChildren();
  process.exit(0);
}

function stop(): void {
  isStopped = true;
  if (supervisor) supervisor.stop();
  else void finish({ state: "stopped" });
}

process.on("message", (command: RunCommand) => {
  switch (command.type) {
    case "rehearse":
      if (!busy && !isDebugged)
        void rehearse(command.file)
          .catch(() => {})
          .then(() => send({ type: "rehearsed" }));
      break;
    case "run":
      if (busy) return;
      busy = true;
      void run(command.request).then(finish);
      break;
    case "pause":
      toSupervisor((own) => own.pause());
      break;
    case "resume":
      toSupervisor((own) => own.resume());
      break;
    case "stop":
      stop();
      break;
    case "steer":
      toSupervisor((own) => own.steer(command.steering));
      break;
  }
});

// Nobody is left to report to.
process.on("disconnect", () => {
  void keeper?.close();
  filling?.discard();
  endWithChildren();
});
// Ctrl+C in a terminal reaches the whole group of processes, before the parent's word does.
process.on("SIGINT", stop);
process.on("SIGTERM", stop);

// Any free port, and an address that nobody guesses.
if (isDebugged) open(0, "127.0.0.1");
warmUp();
await send(isDebugged ? { type: "ready", kernels: undefined, inspector: url()! } : { type: "ready", kernels: await thread!.ready });
