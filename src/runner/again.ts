/**
 * A process that runs a program once more to find where its first bad number comes from (`search.ts`). It is started with
 * Node's permission model, so that nothing the program does is done twice.
 */
import { setFlagsFromString } from "node:v8";
import { MessageChannel, Worker } from "node:worker_threads";
import { MetricBuffer } from "../observe/curves/metricBuffer.ts";
import { Control } from "./control.ts";
import { Letters } from "./mailbox.ts";
import type { Job, Searched, WorkerMessage, WorkerStart } from "./workerMessages.ts";

/** What the process is asked: all of a job that can be sent, and the seed of `Math.random`. */
export interface Order {
  readonly job: Omit<Job, "control" | "mailbox" | "metrics">;
  readonly randomSeed: number;
}

function answer(searched: Searched): void {
  process.send!(searched, undefined, undefined, () => process.exit(0));
}

process.once("message", ({ job, randomSeed }: Order) => {
  setFlagsFromString(`--random-seed=${randomSeed}`);
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL("./worker.js", import.meta.url), {
    name: "program",
    workerData: { port: port2, debug: false } satisfies WorkerStart,
    transferList: [port2],
  });
  const control = new Control();
  const { mailbox } = new Letters(control);
  port1.on("message", (message: WorkerMessage) => {
    if (message.type === "ready") port1.postMessage({ ...job, control: control.buffer, mailbox, metrics: new MetricBuffer().buffer } satisfies Job, [mailbox]);
    if (message.type === "searched") answer(message.searched);
  });
  worker.on("error", () => answer({ isAnother: true }));
  worker.on("exit", () => setImmediate(() => answer({ isAnother: true })));
});

// Nobody is left who would want to know.
process.on("disconnect", () => process.exit(0));
