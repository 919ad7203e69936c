/** How long a program takes in a runner. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import type { RunnerMessage, RunRequest } from "../../src/protocol/index.ts";
import { repository } from "../harness/temporary.ts";

export interface Timed {
  /** Milliseconds from the program's start to its end. */
  readonly time: number;
  /** Steps that were measured. */
  readonly samples: number;
}

/** Runs a file in a runner of its own, which ends with this process at the latest. @param node that runs it */
export async function timedRun(node: string, file: string, request: Pick<RunRequest, "sampling" | "keep">): Promise<Timed> {
  const child = fork(join(repository, "dist", "runner", "main.js"), [], {
    execPath: node,
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  let [begin, end, samples] = [NaN, NaN, 0];
  child.on("message", (message: RunnerMessage) => {
    if (message.type === "ready") child.send({ type: "run", request: { file, mode: "train", directory: dirname(file), timeLimit: 0, threads: 0, ...request } });
    else if (message.event.type === "statistics") samples++;
    else if (message.event.type === "state" && message.event.state === "running") begin = message.event.at;
    else if (message.event.type === "state" && message.event.state === "finished") end = message.event.at;
  });
  await once(child, "close");
  if (Number.isNaN(end - begin)) throw new Error(`${file} did not finish`);
  return { time: end - begin, samples };
}
