/** The runner: a forked process that serves one job. Speaks `RunCommand` and `RunnerMessage` with its parent. */
import { open, url } from "node:inspector";
import { debugArgument, type RunCommand, type RunnerMessage } from "../protocol/index.ts";
import { endWithChildren } from "./ending.ts";
import { Supervisor, type RunEnd } from "./supervisor.ts";

const places = {
  worker: new URL("./worker.js", import.meta.url),
  engine: new URL("../kindling.js", import.meta.url),
};

function send(message: RunnerMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send!(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

const isDebugged = process.argv.includes(debugArgument);
const supervise = (): Supervisor => new Supervisor(places, (event) => void send({ type: "event", event }), isDebugged);
/** A debugger holds up a thread that begins while it is there until it has set its breakpoints, so it has to be there before. */
let supervisor = isDebugged ? undefined : supervise();
let busy = false;

async function finish({ state, exitCode }: RunEnd): Promise<never> {
  await send({ type: "event", event: { type: "state", state, at: Date.now(), ...(exitCode === undefined ? {} : { exitCode }) } });
  if (supervisor?.isBusy) endWithChildren();
  process.exit(0);
}

function stop(): void {
  if (busy) supervisor!.stop();
  else void finish({ state: "stopped" });
}

process.on("message", (command: RunCommand) => {
  switch (command.type) {
    case "run":
      if (busy) return;
      busy = true;
      void (supervisor ??= supervise()).run(command.request).then(finish);
      break;
    case "pause":
      supervisor?.pause();
      break;
    case "resume":
      supervisor?.resume();
      break;
    case "stop":
      stop();
      break;
    case "steer":
      supervisor?.steer(command.steering);
      break;
  }
});

// Nobody is left to report to.
process.on("disconnect", endWithChildren);
// Ctrl+C in a terminal reaches the whole group of processes, before the parent's word does.
process.on("SIGINT", stop);
process.on("SIGTERM", stop);

// Any free port, and an address that nobody guesses.
if (isDebugged) open(0, "127.0.0.1");
await send(isDebugged ? { type: "ready", kernels: undefined, inspector: url()! } : { type: "ready", kernels: await supervisor!.ready });
