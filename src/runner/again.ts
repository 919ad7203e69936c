/**
 * A process that runs a program once more to find where its first bad number comes from (`search.ts`). It is started with
 * Node's permission model, so that nothing the program does is done twice.
 */
import { MetricBuffer } from "../observe/curves/metricBuffer.ts";
import { Control } from "./control.ts";
import { Letters } from "./mailbox.ts";
import { ProgramThread } from "./programThread.ts";
import type { Job, Searched } from "./workerMessages.ts";

/** What the process is asked: all of a job that can be sent. */
export type Order = Omit<Job, "control" | "mailbox" | "metrics">;

function answer(searched: Searched): void {
  process.send!(searched, undefined, undefined, () => process.exit(0));
}

async function repeat(order: Order): Promise<void> {
  const thread = new ProgramThread({ script: new URL("./worker.js", import.meta.url), debug: false });
  thread.listen((message) => message.type === "searched" && answer(message.searched));
  void thread.gone.then(() => setImmediate(() => answer({ isAnother: true })));
  if ((await thread.ready) === undefined) return;
  const control = new Control();
  thread.run({ ...order, control: control.buffer, mailbox: new Letters(control).mailbox, metrics: new MetricBuffer().buffer });
}

process.once("message", (order: Order) => void repeat(order));

// Nobody is left who would want to know.
process.on("disconnect", () => process.exit(0));
