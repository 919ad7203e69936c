/**
 * What a helper thread does: instantiates the kernels on the shared memory, then waits for its parts of the work. It is
 * bundled into a text by build.mjs, because a worker has to be started from one wherever the engine itself lies.
 */
import { argumentsOf, partsOfJob, placeScratch, Word, type HelperStart } from "./threadControl.ts";

/** How often a helper looks for the next job before it goes to sleep; some ten microseconds. */
const LOOKS = 4000;

function help({ modules, memory, control, part, names, scratch }: HelperStart): never {
  const instances = modules.map((module) => new WebAssembly.Instance(module, { env: { memory } }));
  const exported = Object.assign({}, ...instances.map((instance) => instance.exports)) as Record<string, (...args: number[]) => number>;
  placeScratch(instances, scratch, Number((instances[0]!.exports["scratchBytes"] as WebAssembly.Global).value));
  const kernels = names.map((name) => exported[name]!);
  const words = new Int32Array(control);
  const given = argumentsOf(control, part);
  let seen = 0;
  Atomics.add(words, Word.ready, 1);
  Atomics.notify(words, Word.ready);
  for (;;) {
    for (let looks = LOOKS; looks > 0 && Atomics.load(words, Word.job) === seen; looks--);
    while (Atomics.load(words, Word.job) === seen) Atomics.wait(words, Word.job, seen);
    seen = Atomics.load(words, Word.job);
    // Without a part in it nothing else of the job may be read: it can be over by now.
    if (part >= partsOfJob(seen)) continue;
    try {
      kernels[Atomics.load(words, Word.kernel)]!(...given.subarray(0, Atomics.load(words, Word.count)));
    } catch {
      Atomics.store(words, Word.failed, 1);
    }
    if (Atomics.sub(words, Word.pending, 1) === 1) Atomics.notify(words, Word.pending);
  }
}

declare const workerStart: HelperStart | undefined;

// In Node the start comes with the worker, in a browser as its first message.
if (typeof workerStart === "undefined") addEventListener("message", ({ data }: MessageEvent<HelperStart>) => help(data), { once: true });
else help(workerStart);
