/** The runner's worker thread: holds the engine ready, then runs one program. */
import { setFlagsFromString } from "node:v8";
import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { takeInput } from "./input.ts";
import { takeOutput } from "./output.ts";
import type { Job, Post, Rehearsal, WorkerStart } from "./workerMessages.ts";

const start = workerData as WorkerStart;
const port = start.port!;
const isDebugged = start.debug ?? false;
// The program gets to see this object.
delete start.port;
delete start.debug;
const post = port.postMessage.bind(port) as Post;

takeOutput();
takeInput();
// The engine picks its kernels while it is loaded. This process is the runner's own, so V8's flags may be set for the best.
process.env["KINDLING_KERNELS"] ??= "best";
const { prepareEngine, Program } = await import("./program.ts");
const { Repetition } = await import("./repetition.ts");
const kernels = prepareEngine(isDebugged);
let isRehearsing = false;
/** What came while it was rehearsing. */
let waiting: Job | undefined;

port.on("message", (message: Job | Rehearsal) => {
  if ("rehearsed" in message) void tryOut(message);
  else if (isRehearsing) waiting = message;
  else run(message);
});
post({ type: "ready", kernels });

function run(job: Job): void {
  port.unref();
  seedMathRandom(job.randomSeed);
  void (job.repeated ? new Repetition(job, job.repeated, post) : new Program(job, post)).run();
}

async function tryOut(rehearsal: Rehearsal): Promise<void> {
  isRehearsing = true;
  const { rehearse } = await import("./rehearsal.ts");
  await rehearse(rehearsal, () => (waiting ??= receiveMessageOnPort(port)?.message as Job | undefined) !== undefined);
  isRehearsing = false;
  post({ type: "rehearsed" });
  if (waiting) run(waiting);
}

/** V8 seeds it with its first call in this thread, which is this one. Threads that the program starts are no copies of each other. */
function seedMathRandom(seed: number): void {
  setFlagsFromString(`--random-seed=${seed}`);
  Math.random();
  setFlagsFromString("--random-seed=0");
}
