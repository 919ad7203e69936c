/**
 * Where the first bad number of a run comes from: the same program is run once more, in a process of its own and with every
 * operation watched. Since a run gives the same bits each time, what is found there holds for the first.
 */
import { fork, type ChildProcess } from "node:child_process";
import type { Problem, RunRequest } from "../protocol/index.ts";
import { formatCount } from "../run/numbers.ts";
import type { Order } from "./again.ts";
import { ProgramFolder } from "./programFolder.ts";
import type { Alarmed, Searched } from "./workerMessages.ts";

/** The program that runs. */
export interface SearchedProgram {
  /** URL of the script of the process that runs it once more. */
  readonly script: URL;
  readonly job: Omit<Order, "repeated" | "program">;
  readonly code: string;
  /** The build of the kernels that the run computes with. */
  readonly kernels: string;
  /** Whether something was changed in it while it ran. */
  readonly isChanged: boolean;
}

/** A run that lasted longer up to there isn't repeated unasked; milliseconds. */
const longest = 30_000;
/** How long a repetition may take: so many times as long as the run, and a start. */
const [factor, start] = [10, 30_000];

export class BadNumberSearch {
  readonly #alarm: Alarmed;
  #child: ChildProcess | undefined;
  /** Resolves with the problem, with all that could be found out. */
  readonly problem: Promise<Problem>;

  constructor(alarm: Alarmed, program: SearchedProgram) {
    this.#alarm = alarm;
    const reason = whyNot(alarm, program);
    this.problem = reason === undefined ? this.#search(program) : Promise.resolve(unexplained(alarm.problem, reason));
  }

  /** Nobody waits for it any more. */
  end(): void {
    this.#child?.kill("SIGKILL");
  }

  async #search({ script, job, code, kernels }: SearchedProgram): Promise<Problem> {
    const { problem, what, run, time } = this.#alarm;
    let folder: ProgramFolder | undefined;
    try {
      folder = new ProgramFolder(code);
      const { explanation, isAnother } = await this.#ask(script, { ...job, program: folder.program, repeated: run }, kernels, patienceFor(job.request, time));
      if (isAnother)
        return unexplained(problem, "run again, the program took another course (does it use the clock, its input, the network or files that it wrote?)");
      if (!explanation) return problem;
      const { message, position, related, module } = explanation;
      return {
        ...problem,
        message: `${what} ${message}`,
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

  #ask(script: URL, order: Order, kernels: string, patience: number): Promise<Searched> {
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

/** An inspection has its time, and this is part of it. */
function patienceFor({ mode, timeLimit }: RunRequest, time: number): number {
  return mode === "inspect" && timeLimit > 0 ? Math.max(0, timeLimit - time) : start + factor * time;
}

function whyNot({ time }: Alarmed, { isChanged, job: { request } }: SearchedProgram): string | undefined {
  const { findsLate = false, weights } = request;
  // The program alone would take another course.
  if (isChanged) return "what was changed in the run while it went on is not changed where the program is run again";
  if (weights) return "the run began with weights from elsewhere, which the program has not where it is run again";
  if (time > longest && !findsLate) {
    const lasted = `the run had lasted ${formatCount(Math.round(time / 1000))} s by then, and is not run again unasked`;
    return `${lasted}. To find out, run \`Kindling: Train and Find the First Bad Number\` or \`kindling train --find-bad-number\``;
  }
  return permissionFlag() === undefined ? "this needs a newer Node.js" : undefined;
}

function unexplained(problem: Problem, reason: string): Problem {
  return { ...problem, message: `${problem.message} Which operation made it first is not known: ${reason}.` };
}

/** By which Node keeps a process from writing files and starting others; `undefined` where it can't. */
function permissionFlag(): string | undefined {
  return ["--permission", "--experimental-permission"].find((flag) => process.allowedNodeEnvironmentFlags.has(flag));
}
