/** What every peer in JavaScript does in the same way, see peer.ts; pytorch.py does it once more in Python. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Layout } from "../layouts.ts";
import type { Multiplied, Program, Trained } from "./peer.ts";

export interface Library {
  readonly version: string;
  /** Builds the network; gives what makes a step and reads its loss. */
  train(program: Program, optimizer: string): () => number;
  /** Gives what makes a product, and what reads the first values of one. */
  multiply(size: number, layout: Layout): { once(): void; values(): readonly number[] };
}

/** Call it when the library is loaded. */
export function serve(library: Library): void {
  const [verb, subject, variant, duration] = process.argv.slice(2) as [string, string, string, string];
  if (verb === "--version") return console.log(library.version);
  try {
    const answer =
      verb === "train"
        ? measureSteps(library, JSON.parse(subject) as Program, variant, Number(duration))
        : measureProducts(library, Number(subject), variant as Layout, Number(duration));
    console.log(JSON.stringify(answer));
  } catch (error) {
    console.log(JSON.stringify({ cannot: (error as Error).message.split("\n")[0] }));
  }
}

function measureSteps(library: Library, program: Program, optimizer: string, duration: number): Trained {
  // From here on the process's high-water mark is the network's own.
  writeFileSync("/proc/self/clear_refs", "5");
  const before = residentBytes("VmRSS");
  const step = library.train(program, optimizer);
  const losses = Array.from({ length: 5 }, step);
  const times = measure(step, duration);
  return { losses, times, memory: residentBytes("VmHWM") - before };
}

function measureProducts(library: Library, size: number, layout: Layout, duration: number): Multiplied {
  const { once, values } = library.multiply(size, layout);
  const begin = performance.now();
  for (let i = 0; i < 20; i++) once();
  // One product may be shorter than the clock is exact.
  const batch = Math.ceil(20 / (performance.now() - begin));
  const times = measure(() => {
    for (let i = 0; i < batch; i++) once();
  }, duration);
  return { values: values(), times: times.map((time) => time / batch) };
}

function measure(run: () => unknown, duration: number): number[] {
  const warm = performance.now() + duration / 4;
  while (performance.now() < warm) run();
  const times: number[] = [];
  for (const end = performance.now() + duration; performance.now() < end || times.length < 5;) {
    const begin = performance.now();
    run();
    times.push(performance.now() - begin);
  }
  return times;
}

/** VmRSS: resident now; VmHWM: at most so far. */
function residentBytes(field: "VmRSS" | "VmHWM"): number {
  const found = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync("/proc/self/status", "utf8"));
  return Number(found![1]) * 1024;
}
