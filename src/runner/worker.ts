/** The runner's worker thread: holds the engine ready, then runs one program. */
import { workerData } from "node:worker_threads";
import { takeInput } from "./input.ts";
import { takeOutput } from "./output.ts";
import type { Job, Post, WorkerStart } from "./workerMessages.ts";

const start = workerData as WorkerStart;
const port = start.port!;
const isDebugged = start.debug ?? false;
// The program gets to see this object.
delete start.port;
delete start.debug;
const post = port.postMessage.bind(port) as Post;

takeOutput();
takeInput();
// V8 seeds it with the first call: with the seed that is this run's (`supervisor.ts`).
Math.random();
// The engine picks its kernels while it is loaded. This process is the runner's own, so V8's flags may be set for the best.
process.env["KINDLING_KERNELS"] ??= "best";
const { prepareEngine, Program } = await import("./program.ts");
const { Repetition } = await import("./repetition.ts");
const kernels = prepareEngine(isDebugged);
port.once("message", (job: Job) => {
  port.unref();
  void (job.repeated ? new Repetition(job, job.repeated, post) : new Program(job, post)).run();
});
post({ type: "ready", kernels });
