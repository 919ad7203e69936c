/** The runner's worker thread: holds the engine ready, then runs one program. */
import { parentPort } from "node:worker_threads";
import { takeOutput } from "./output.ts";
import type { Job, ThreadMessage } from "./thread.ts";

takeOutput();
// The engine picks its kernels while it is loaded. This process is the runner's own, so V8's flags may be set for the best.
process.env["KINDLING_KERNELS"] ??= "best";
const { prepareEngine, Program } = await import("./program.ts");
parentPort!.once("message", (job: Job) => void new Program(job).run());
parentPort!.postMessage({ type: "ready", kernels: prepareEngine() } satisfies ThreadMessage);
