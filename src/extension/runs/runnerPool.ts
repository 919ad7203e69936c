/** Where runner processes come from: the only place that starts any, and it keeps one warm. */
import { RunnerProcess, type RunnerOptions } from "../../client/runnerProcess.ts";

/** What is run as a runner. */
export interface Launch {
  /** Path of the entry. */
  readonly script: string;
  readonly arguments?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** See `RunnerOptions`. */
  readonly rehearsal?: string;
}

/** How long a process may take to stop, or to end after its last word, before it is killed; milliseconds. */
const patience = 1500;

/** Nothing of the user's runs in a workspace that isn't trusted. */
export class UntrustedError extends Error {
  override readonly name = "UntrustedError";
}

export class RunnerPool {
  readonly #launch: () => Launch;
  readonly #isTrusted: () => boolean;
  readonly #log: (text: string) => void;
  readonly #alive = new Set<RunnerProcess>();
  #idle: RunnerProcess | undefined;
  #disposed = false;

  constructor(options: { launch: () => Launch; isTrusted: () => boolean; log: (text: string) => void }) {
    this.#launch = options.launch;
    this.#isTrusted = options.isTrusted;
    this.#log = options.log;
  }

  /** Makes sure that a process waits for the next job. */
  warm(): void {
    if (this.#disposed || !this.#isTrusted() || this.#idle?.isAlive) return;
    this.#idle = this.#start();
  }

  /** Drops the waiting process: the next one is started anew. */
  forget(): void {
    this.#idle?.kill();
    this.#idle = undefined;
  }

  /** @throws UntrustedError */
  take(): RunnerProcess {
    const idle = this.#idle;
    this.#idle = undefined;
    return idle?.isAlive && this.#isTrusted() ? idle : this.#start();
  }

  /**
   * One that is debugged.
   * @param attach see `RunnerOptions`
   * @throws UntrustedError
   */
  debugged(attach: (inspector: string) => Promise<boolean>): RunnerProcess {
    return this.#start({ attach });
  }

  /**
   * One with flags of Node's.
   * @throws UntrustedError
   */
  withFlags(flags: readonly string[]): RunnerProcess {
    return this.#start({ flags });
  }

  /** Kills every process. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    for (const runner of this.#alive) runner.kill();
    await Promise.all([...this.#alive].map((runner) => runner.exited));
  }

  #start({ attach, flags = [] }: Pick<RunnerOptions, "attach" | "flags"> = {}): RunnerProcess {
    if (!this.#isTrusted()) throw new UntrustedError("The workspace is not trusted, so nothing of it runs.");
    const launch = this.#launch();
    const runner = new RunnerProcess({
      ...launch,
      environment: { ELECTRON_RUN_AS_NODE: "1", ...launch.environment },
      // The extension host's own flags (a debugger's port above all) are not for its children.
      flags,
      input: "ignore",
      output: "listener",
      patience,
      ...(attach && { attach }),
      log: this.#log,
    });
    this.#alive.add(runner);
    void runner.exited.then(() => this.#alive.delete(runner));
    return runner;
  }
}
