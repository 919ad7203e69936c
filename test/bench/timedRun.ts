/** How long a program takes in a runner. */
import { once } from "node:events";
import { dirname } from "node:path";
import type { RunnerMessage, RunRequest } from "../../src/protocol/index.ts";
import { waitingRunner } from "./waitingRunner.ts";

export interface Timed {
  /** Milliseconds from the program's start to its end. */
  readonly time: number;
  /** Steps that were measured. */
  readonly samples: number;
}

/** Runs a file in a runner of its own, which ends with this process at the latest. @param node that runs it */
export async function timedRun(node: string, file: string, request: Pick<RunRequest, "sampling" | "keep">): Promise<Timed> {
  const child = await waitingRunner(node);
  let [begin, end, samples] = [NaN, NaN, 0];
  child.on("message", (message: RunnerMessage) => {
    if (message.type !== "event") return;
    const { event } = message;
    if (event.type === "statistics") samples++;
    else if (event.type === "state" && event.state === "running") begin = event.at;
    else if (event.type === "state" && event.state === "finished") end = event.at;
  });
  const whole: RunRequest = { file, mode: "train", directory: dirname(file), timeLimit: 0, threads: 0, ...request };
  child.send({ type: "run", request: whole });
  await once(child, "close");
  if (Number.isNaN(end - begin)) throw new Error(`${file} did not finish`);
  return { time: end - begin, samples };
}
