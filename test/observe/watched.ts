/** Runs a piece of a test watched by an observer, as the runner's worker does it. */
import { setInstrument } from "../../src/engine/instrument.ts";
import { MetricBuffer, metricPoints } from "../../src/observe/metricBuffer.ts";
import { Observer } from "../../src/observe/observer.ts";
import type { MetricPoint, RunEvent } from "../../src/protocol/index.ts";

export interface Watched {
  readonly events: readonly RunEvent[];
  readonly points: readonly MetricPoint[];
}

/**
 * @param program the test's file, as stack traces name it: `programOf(new Error())`
 * @param classes names of the test's own modules
 * @param gate called wherever a program can be held up
 */
export function watched(program: string, classes: readonly string[], body: () => void, gate: (observer: Observer) => void = () => {}): Watched {
  const events: RunEvent[] = [];
  const points: MetricPoint[] = [];
  const names: string[] = [];
  const observer: Observer = new Observer({
    sampling: { enabled: true, bins: 16, budget: 1 },
    source: {
      program,
      locate: (line, column) => ({ file: "test.ts", line, column }),
      // Each line is a variable of its own.
      variableAt: ({ line }) => ({ name: `line${line}`, assigned: false }),
      declaredAt: () => undefined,
      isModuleClass: (name) => classes.includes(name),
      nameInProgram: (constructor) => constructor.name,
    },
    metrics: new MetricBuffer(),
    sink: {
      event: (event) => events.push(event),
      series: (index, name) => (names[index] = name),
      points: (values) => points.push(...metricPoints(values, names)),
    },
    gate: () => {
      gate(observer);
      return 0;
    },
  });
  setInstrument(observer);
  try {
    body();
    setInstrument(null);
    observer.finish();
  } finally {
    setInstrument(null);
  }
  return { events, points };
}

/** The file in which the error was made. */
export function programOf(error: Error): string {
  return /\(?((?:file:\/\/)?\/\S*\.test\.ts)/.exec(error.stack!)![1]!;
}
