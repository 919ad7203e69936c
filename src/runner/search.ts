/**
 * Where the first bad number of a run comes from: the same program is run once more, in a process of its own and with every
 * operation watched. Since a run gives the same bits each time, what is found there holds for the first.
 */
import { fork, type ChildProcess } from "node:child_process";
import type { Problem } from "../protocol/index.ts";
import { formatCount } from "../run/numbers.ts";
import type { Order } from "./again.ts";
import { ProgramFolder } from "./programFolder.ts";
import type { RepeatedRun, Searched } from "./workerMessages.ts";

/** What is searched. */
export interface Alarm {
  readonly problem: Problem;
  readonly run: RepeatedRun;
  /** Milliseconds that the run had lasted. */
  readonly time: number;
}

export interface SearchedProgram {
  readonly job: Omit<Order["job"], "repeated" | "program">;
  readonly code: string;
  /** The build of the kernels that the run computes with. */
  readonly kernels: string;
  readonly randomSeed: number;
}

/** A run that lasted longer up to there isn't repeated unasked; milliseconds. */
const longest = 30_000;
/** How long a repetition may take: so many times as long as the run, and a start. */
const [factor, start] = [10, 20_000];

const script = new URL("./again.js", import.meta.url);

export class BadNumberSearch {
  readonly #alarm: Alarm;
  #child: ChildProcess | undefined;
  /** Resolves with the problem, with all that could be found out. */
  readonly problem: Promise<Problem>;

  constructor(alarm: Alarm, program: SearchedProgram) {
    this.#alarm = alarm;
    const reason = whyNot(alarm);
    this.problem = reason === undefined ? this.#search(program) : Promise.resolve(unexplained(alarm.problem, reason));
  }

  /** Nobody waits for it any more. */
  end(): void {
    this.#child?.kill("SIGKILL");
  }

  async #search({ job, code, kernels, randomSeed }: SearchedProgram): Promise<Problem> {
    const { problem, run, time } = this.#alarm;
    let folder: ProgramFolder | undefined;
    try {
      folder = new ProgramFolder(code);
      const { explanation } = await this.#ask({ job: { ...job, program: folder.program, repeated: run }, randomSeed }, kernels, start + factor * time);
      if (!explanation)
        return unexplained(problem, "run again, the program took another course (does it use the clock, its input, the network or files that it wrote?)");
      const { message, position, related, module } = explanation;
      const headline = problem.message.slice(0, problem.message.indexOf(". ") + 1);
      return {
        ...problem,
        message: `${headline} ${message}`,
        ...(position && { position }),
        ...(related.length > 0 && { related }),
        ...(module !== undefined && { module }),
      };
    } catch {
      return problem;
    } finally {
      folder?.remove();
    }
  }

  #ask(order: Order, kernels: string, patience: number): Promise<Searched> {
    const child = (this.#child = fork(script, [], {
      execArgv: [permissionFlag()!, "--allow-fs-read=*", "--allow-worker", "--no-warnings"],
      env: { ...process.env, KINDLING_KERNELS: kernels },
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    }));
    const timer = setTimeout(() => this.end(), patience);
    return new Promise((resolve, reject) => {
      child.once("message", (searched: Searched) => resolve(searched));
      child.once("error", reject);
      child.once("exit", () => setImmediate(() => reject(new Error("it ended without an answer"))));
      child.send(order, (error) => error && reject(error));
    }).finally(() => clearTimeout(timer)) as Promise<Searched>;
  }
}

function whyNot({ time }: Alarm): string | undefined {
  if (time > longest) return `the run had lasted ${formatCount(Math.round(time / 1000))} s by then, which is not run again unasked`;
  return permissionFlag() === undefined ? "this needs a newer Node.js" : undefined;
}

function unexplained(problem: Problem, reason: string): Problem {
  return { ...problem, message: `${problem.message} Which operation made it first is not known: ${reason}.` };
}

/** By which Node keeps a process from writing files and starting others; `undefined` where it can't. */
function permissionFlag(): string | undefined {
  return ["--permission", "--experimental-permission"].find((flag) => process.allowedNodeEnvironmentFlags.has(flag));
}
