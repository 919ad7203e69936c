/** The clocks that a program can read. Ours, and Node's own, go on as they are. */
import perfHooks from "node:perf_hooks";
import type { Answers } from "./answers.ts";

/** Call before the program runs, and `syncBuiltinESMExports` after it. */
export function answerClock(answers: Answers): void {
  globalThis.Date = answeredDate(answers);
  const watched = answeredPerformance(answers);
  Object.defineProperty(globalThis, "performance", { value: watched, configurable: true, enumerable: true, writable: true });
  Object.assign(perfHooks, { performance: watched });
  answerProcess(answers);
}

function answeredDate(answers: Answers): DateConstructor {
  const { now } = Date;
  const read = (): number => answers.ask("Date.now", now);
  return new Proxy(Date, {
    // A program may put a clock of its own there.
    get: (target, key) => (key === "now" && target.now === now ? read : Reflect.get(target, key)),
    apply: () => new Date(read()).toString(),
    construct: (target, words, constructor) => Reflect.construct(target, words.length === 0 ? [read()] : words, constructor) as object,
  });
}

function answeredPerformance(answers: Answers): Performance {
  const real = performance;
  const { now: original } = real;
  const now = onward(answers, "performance.now", () => original.call(real));
  return new Proxy(real, {
    get(target, key) {
      if (key === "now" && target.now === original) return now;
      if (key === "timeOrigin") return answers.ask("performance.timeOrigin", () => target.timeOrigin);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

function answerProcess(answers: Answers): void {
  const { hrtime, uptime, memoryUsage, cpuUsage } = process;
  const nanoseconds = onward(answers, "process.hrtime", () => Number(hrtime.bigint()));
  const read = (since?: [number, number]): [number, number] => {
    const time = nanoseconds() - (since ? since[0] * 1e9 + since[1] : 0);
    return [Math.floor(time / 1e9), time % 1e9];
  };
  process.hrtime = Object.assign(read, { bigint: () => BigInt(nanoseconds()) });
  process.uptime = () => answers.ask("process.uptime", () => uptime.call(process));
  process.cpuUsage = (before) => answers.ask("process.cpuUsage", () => cpuUsage.call(process, before));
  const used = (): NodeJS.MemoryUsage => answers.ask("process.memoryUsage", () => memoryUsage.call(process));
  process.memoryUsage = Object.assign(used, { rss: () => used().rss });
}

/** A clock that never goes back: where the answers of then end, it goes on from the last of them. */
function onward(answers: Answers, what: string, now: () => number): () => number {
  let ahead: number | undefined;
  return () => {
    const answer = answers.take<number>(what);
    const time = answer ?? now() + (ahead ??= gap(answers.last<number>(what), now()));
    answers.add(what, time);
    return time;
  };
}

function gap(last: number | undefined, now: number): number {
  return last === undefined ? 0 : Math.max(0, last - now);
}
