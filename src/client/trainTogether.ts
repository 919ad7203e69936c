/** Trainings that are begun together: as many at once as cores allow that nobody else needs. */
import { availableParallelism } from "node:os";
import type { RunEvent, RunRequest } from "../protocol/index.ts";
import type { RunEnd, RunnerProcess } from "./runnerProcess.ts";

export interface TogetherListener {
  /** @param place of the request among all */
  event?(place: number, event: RunEvent): void;
  output?(place: number, text: string): void;
  ended(place: number, end: RunEnd): void;
}

export class Together {
  readonly #requests: readonly RunRequest[];
  readonly #start: () => RunnerProcess;
  readonly #running = new Set<RunnerProcess>();
  #next = 0;
  #isStopped = false;

  /** @param start where a process for the next one comes from */
  constructor(requests: readonly RunRequest[], start: () => RunnerProcess) {
    const atOnce = Math.max(1, Math.min(requests.length, freeCores()));
    // An editor is used meanwhile, and each has its share of the cores.
    this.#requests = requests.map((request) => ({ ...request, inBackground: true, threads: request.threads || Math.max(1, Math.floor(freeCores() / atOnce)) }));
    this.#start = start;
  }

  /** Resolves when all are over: with the end of each, and nothing of those that did not begin any more. */
  async run(listener: TogetherListener): Promise<readonly (RunEnd | undefined)[]> {
    const ends: (RunEnd | undefined)[] = this.#requests.map(() => undefined);
    const one = async (): Promise<void> => {
      while (!this.#isStopped && this.#next < this.#requests.length) {
        const place = this.#next++;
        ends[place] = await this.#run(place, listener);
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#requests.length, freeCores()) }, one));
    return ends;
  }

  /** Those under way are asked to stop, and no other begins. */
  stop(): void {
    this.#isStopped = true;
    for (const runner of this.#running) runner.stop();
  }

  kill(): void {
    this.#isStopped = true;
    for (const runner of this.#running) runner.kill();
  }

  async #run(place: number, listener: TogetherListener): Promise<RunEnd> {
    const runner = this.#start();
    this.#running.add(runner);
    const end = await runner.run(this.#requests[place]!, {
      event: (event) => listener.event?.(place, event),
      output: (text) => listener.output?.(place, text),
    });
    await runner.exited;
    this.#running.delete(runner);
    listener.ended(place, end);
    return end;
  }
}

/** One is left to whoever watches. */
const freeCores = (): number => Math.max(1, availableParallelism() - 1);
