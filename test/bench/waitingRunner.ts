/** A runner as the editor keeps one: started ahead, and quick by what it did while nobody waited. */
import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { RunCommand, RunnerMessage } from "../../src/protocol/index.ts";
import { repository } from "../harness/temporary.ts";

/** Resolves when it waits for its job. It ends with this process at the latest. @param node that runs it */
export function waitingRunner(node: string): Promise<ChildProcess> {
  const child = fork(join(repository, "dist", "runner", "main.js"), [], {
    execPath: node,
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const rehearse: RunCommand = { type: "rehearse", file: join(repository, "media", "rehearsal.model.ts") };
  return new Promise((resolve, reject) => {
    child.on("message", ({ type }: RunnerMessage) => {
      if (type === "ready") child.send(rehearse);
      if (type === "rehearsed") resolve(child);
    });
    child.once("close", () => reject(new Error("the runner ended before it was ready")));
  });
}
