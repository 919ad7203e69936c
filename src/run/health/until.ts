/** A run as it was at a measured step, for what is said of its health. Pure. */
import type { RunSnapshot } from "../snapshot.ts";

/** @param step the last that counts; `null`: all of them */
export function runUntil(run: RunSnapshot, step: number | null): RunSnapshot {
  if (step === null) return run;
  const samples = new Map([...run.samples].map(([model, own]) => [model, own.filter((sample) => sample.step <= step)]));
  const curves = new Map([...run.curves].map(([name, series]) => [name, series.until(step)]));
  return { ...run, samples, curves };
}
