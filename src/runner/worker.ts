/** The runner's worker thread: holds the engine ready, then runs one program. */
import { parentPort } from "node:worker_threads";
import { takeOutput } from "./output.ts";
import { Program } from "./program.ts";
import type { Job, ThreadMessage } from "./thread.ts";

takeOutput();
parentPort!.once("message", (job: Job) => void new Program(job).run());
parentPort!.postMessage({ type: "ready" } satisfies ThreadMessage);
