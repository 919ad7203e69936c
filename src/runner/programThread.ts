/** The thread that a program runs in: started ahead with the engine in it, and given one job. */
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from "node:worker_threads";
import type { Job, Rehearsal, WorkerMessage, WorkerStart } from "./workerMessages.ts";

/** How long its end may take when it is terminated; within a call of the system's it doesn't end at all, and is given up. */
const terminationPatience = 300;

export interface ThreadOptions {
  /** URL of the worker's script. */
  readonly script: URL;
  /** Whether a debugger is there. */
  readonly debug: boolean;
  /** The build of the kernels that it is to compute with; the fastest by default. */
  readonly kernels?: string | undefined;
}

export class ProgramThread {
  readonly #worker: Worker;
  /** The line to the thread's side of the runner. What the program itself posts to its parent is not heard. */
  readonly #port: MessagePort;
  #receive: (message: WorkerMessage) => void = () => {};
  #giveUp: () => void = () => {};
  #endRehearsal: () => void = () => {};
  #error: (Error & { code?: string }) | undefined;
  #exitCode: number | undefined;
  /** Resolves when the thread is ready for a program: with the build of its kernels; with none where it ended before. */
  readonly ready: Promise<string | undefined>;
  /** Resolves when the thread has ended, or is given up. */
  readonly gone: Promise<void>;

  constructor({ script, debug, kernels }: ThreadOptions) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(script, {
      name: "program",
      workerData: { port: port2, debug } satisfies WorkerStart,
      transferList: [port2],
      ...(kernels !== undefined && { env: { ...process.env, KINDLING_KERNELS: kernels } }),
    });
    this.gone = new Promise((resolve) => (this.#giveUp = resolve));
    this.ready = new Promise((resolve) => {
      port1.on("message", (message: WorkerMessage) => {
        if (message.type === "ready") resolve(message.kernels);
        else if (message.type === "rehearsed") this.#endRehearsal();
        else this.#receive(message);
      });
      this.#worker.once("exit", () => resolve(undefined));
    });
    this.#worker.on("error", (error: Error) => (this.#error = error));
    this.#worker.once("exit", (code) => {
      this.#exitCode = code;
      for (let last = receiveMessageOnPort(port1); last; last = receiveMessageOnPort(port1)) this.#receive(last.message as WorkerMessage);
      this.#giveUp();
    });
  }

  get hasEnded(): boolean {
    return this.#exitCode !== undefined;
  }

  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** What it died of, where it did. */
  get error(): (Error & { code?: string }) | undefined {
    return this.#error;
  }

  /** @param receive hears what the thread says of its job */
  listen(receive: (message: WorkerMessage) => void): void {
    this.#receive = receive;
  }

  run(job: Job): void {
    this.#port.postMessage(job, [job.mailbox]);
  }

  /** Resolves when it is over; a job that comes meanwhile ends it. */
  async rehearse(rehearsal: Rehearsal): Promise<void> {
    const over = new Promise<void>((resolve) => (this.#endRehearsal = resolve));
    this.#port.postMessage(rehearsal);
    await Promise.race([over, this.gone]);
  }

  /** Resolves when it has ended, or is given up. */
  async terminate(): Promise<void> {
    setTimeout(this.#giveUp, terminationPatience);
    void this.#worker.terminate();
    await this.gone;
  }
}
