/** Runs files in a real runner process, as the extension and the command line do. */
import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  defaultSampling,
  type MetricPoint,
  type ModelClassInfo,
  type ModelInfo,
  type Problem,
  type RunCommand,
  type RunEvent,
  type RunnerMessage,
  type RunRequest,
  type RunState,
  type StepStatistics,
} from "../../src/protocol/index.ts";
import { received } from "../../src/run/sentEvents.ts";
import { repository } from "../harness/temporary.ts";
import { builtRunner } from "./built.ts";

/** A folder of the user's, gone after the test. */
export class Folder {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), "kindling-runner-")));

  /** Returns the file's full path. */
  write(name: string, text: string): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export class Job {
  readonly events: RunEvent[] = [];
  stdout = "";
  stderr = "";
  readonly #child: ChildProcess;
  #listeners: ((event: RunEvent) => void)[] = [];
  readonly #closed: Promise<unknown>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#closed = once(child, "close");
    child.stdout!.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    child.stderr!.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    child.on("message", (message: RunnerMessage) => {
      if (message.type !== "event") return;
      const event = received(message.event);
      this.events.push(event);
      for (const listener of this.#listeners) listener(event);
    });
  }

  /** Forks a runner and waits until it is warm. */
  static async warm(environment: NodeJS.ProcessEnv = {}): Promise<Job> {
    const script = fileURLToPath(new URL("runner/main.js", await builtRunner()));
    const child = fork(script, [], {
      execArgv: [],
      env: { ...process.env, ...environment },
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const job = new Job(child);
    const [message] = (await once(child, "message")) as [RunnerMessage];
    assert.equal(message.type, "ready");
    return job;
  }

  /** Forks a runner and waits until it has tried itself out. @param file by default what the editor's runners try */
  static async rehearsed(file = join(repository, "media", "rehearsal.model.ts")): Promise<Job> {
    const job = await Job.warm();
    const answer = once(job.#child, "message");
    job.send({ type: "rehearse", file });
    const [message] = (await answer) as [RunnerMessage];
    assert.equal(message.type, "rehearsed");
    return job;
  }

  start(file: string, request: Partial<RunRequest> = {}): void {
    const whole: RunRequest = { file, mode: "train", directory: dirname(file), sampling: defaultSampling, timeLimit: 10_000, threads: 1, ...request };
    this.send({ type: "run", request: whole });
  }

  send(command: RunCommand): void {
    this.#child.send(command);
  }

  /** Whether the process can still be told something. */
  get isConnected(): boolean {
    return this.#child.connected;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Resolves when the process, left alone, is gone. */
  async abandon(): Promise<void> {
    const exit = once(this.#child, "exit");
    this.#child.disconnect();
    await exit;
  }

  /** Resolves with the first event, past or to come, that is wanted. */
  async until(wanted: (event: RunEvent) => boolean): Promise<RunEvent> {
    const past = this.events.find(wanted);
    if (past) return past;
    return new Promise((resolve, reject) => {
      this.#listeners.push((event) => wanted(event) && resolve(event));
      void this.#closed.then(() => reject(new Error(`the runner ended before that; stderr: ${this.stderr}`)));
    });
  }

  untilState(state: RunState): Promise<RunEvent> {
    return this.until((event) => event.type === "state" && event.state === state);
  }

  /** Resolves when the process is gone. */
  async ended(): Promise<this> {
    await this.#closed;
    return this;
  }

  #all<T extends RunEvent["type"]>(type: T): Extract<RunEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);
  }

  get states(): RunState[] {
    return this.#all("state").map(({ state }) => state);
  }

  get models(): readonly ModelInfo[] {
    return this.#all("models").at(-1)?.models ?? [];
  }

  get classes(): readonly ModelClassInfo[] {
    return this.#all("classes").at(-1)?.classes ?? [];
  }

  get problems(): Problem[] {
    return this.#all("problem").map(({ problem }) => problem);
  }

  /** Under the names that their series have at last. */
  get points(): MetricPoint[] {
    const names = new Map(this.#all("renamed").map(({ from, to }) => [from, to]));
    return this.#all("metrics").flatMap(({ points }) => points.map((point) => ({ ...point, name: names.get(point.name) ?? point.name })));
  }

  get statistics(): StepStatistics[] {
    return this.#all("statistics").map(({ statistics }) => statistics);
  }

  series(name: string): number[] {
    return this.points.filter((point) => point.name === name).map(({ value }) => value);
  }

  /** Of the points of a series. */
  steps(name: string): number[] {
    return this.points.filter((point) => point.name === name).map(({ step }) => step);
  }
}

/** Runs a file to its end. */
export async function run(file: string, request: Partial<RunRequest> = {}): Promise<Job> {
  const job = await Job.warm();
  job.start(file, request);
  return job.ended();
}

export const inspect = (file: string, request: Partial<RunRequest> = {}): Promise<Job> => run(file, { mode: "inspect", ...request });

/** What a file prints that runs to its end unwatched, as the command line runs it but without the command line's own process. */
export async function printedBy(file: string): Promise<string> {
  const job = await run(file, { sampling: { ...defaultSampling, enabled: false }, threads: 0 });
  assert.equal(job.states.at(-1), "finished", `${JSON.stringify(job.problems)}\n${job.stderr}`);
  return job.stdout;
}
