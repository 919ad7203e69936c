/** How a program ends: what Node tells by events of `process`, and what the program does to `process`, heard whatever it does to its listeners. */
import { constants } from "node:os";

export interface Ending {
  /** Whether an error is none of the program's: its own listeners don't get it. */
  isOurs(error: unknown): boolean;
  /** An error that nobody caught; the program is over. */
  uncaught(error: unknown): void;
  /** The thread ends. `cause`: the call by which the program ended itself; absent where nothing was left to do. */
  exit(code: number, cause: string | undefined): void;
}

const { listenerCount } = process;

/** Call before the program runs. */
export function watchProcess(ending: Ending): void {
  const { emit, exit, kill, pid } = process;
  const { apply } = Reflect;
  let cause: string | undefined;
  let isIdle = false;

  const leave = (code: number, words: string): never => {
    cause = words;
    return apply(exit, process, [code]) as never;
  };
  const listens = (event: string): boolean => (apply(listenerCount, process, [event]) as number) > 0;

  const watched = (...words: unknown[]): boolean => {
    const pass = (): boolean => apply(emit, process, words) as boolean;
    const event = words[0] as string;
    switch (event) {
      case "uncaughtException":
      case "unhandledRejection":
        if (listens(event) && !ending.isOurs(words[1])) return pass();
        ending.uncaught(words[1]);
        return true;
      case "beforeExit":
        isIdle = true;
        return pass();
      case "exit":
        ending.exit(words[1] as number, cause ?? (isIdle ? undefined : `process.exit(${words[1]})`));
        return pass();
      default:
        return pass();
    }
  };
  define("emit", watched);
  define("abort", () => leave(128 + constants.signals.SIGABRT, "process.abort()"));
  define("kill", (target: number, signal: string | number = "SIGTERM") => {
    const name = deadly.find((candidate) => candidate === signal || constants.signals[candidate] === signal);
    if (target !== pid || name === undefined) return apply(kill, process, [target, signal]) as boolean;
    if (listens(name)) return watched(name, name);
    return leave(128 + constants.signals[name], `process.kill(process.pid, "${name}")`);
  });
}

/** The signals by which a process ends itself. */
const deadly = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGABRT", "SIGKILL", "SIGUSR2"] as const;

function define(name: string, value: Function): void {
  Object.defineProperty(process, name, { value, writable: true, configurable: true, enumerable: false });
}
