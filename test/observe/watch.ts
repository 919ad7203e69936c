/** Runs a piece of a test as the runner runs a program: watched. */
import { setInstrument } from "../../src/engine/instrument.ts";
import { MetricBuffer, metricPoints } from "../../src/observe/curves/metricBuffer.ts";
import { Observer, type ObserverOptions } from "../../src/observe/observer.ts";
import type { MetricPoint, ModelInfo, RunEvent, StepStatistics, StepWork } from "../../src/protocol/index.ts";

export interface Watched {
  readonly events: readonly RunEvent[];
  readonly points: readonly MetricPoint[];
  /** As they were told last. */
  readonly models: readonly ModelInfo[];
  readonly statistics: readonly StepStatistics[];
  readonly works: readonly StepWork[];
}

/** The test file, as stack traces name it. */
function program(): string {
  return /\(?((?:file:\/\/)?\/\S*\.test\.ts)/.exec(new Error().stack!)![1]!;
}

/** Runs `body` watched; each of its lines is a variable of its own. Classes named `Net…` or `Tricky` are models' own. */
export function watch(body: (observer: Observer) => void, options: Partial<ObserverOptions> = {}): Watched {
  const events: RunEvent[] = [];
  const points: MetricPoint[] = [];
  const names: string[] = [];
  const observer = new Observer({
    sampling: { enabled: true, bins: 16, budget: 1 },
    source: {
      program: program(),
      locate: (line, column) => ({ file: "test.ts", line, column }),
      variableAt: ({ line }) => ({ name: `line${line}`, assigned: false }),
      loopAt: (loop) => ({ file: "test.ts", line: loop, column: 1 }),
      callAt: (call) => ({ file: "test.ts", line: call, column: 1 }),
      declaredAt: () => undefined,
      fieldAt: () => undefined,
      isModuleClass: (name) => /^(Net|Tricky)/.test(name),
      nameInProgram: (constructor) => constructor.name,
    },
    metrics: new MetricBuffer(),
    sink: {
      event: (event) => events.push(event),
      series: (index, name) => (names[index] = name),
      points: (values) => points.push(...metricPoints(values, names)),
    },
    gate: { pass: () => 0, look() {}, hold() {}, release() {} },
    ...options,
  });
  setInstrument(observer);
  try {
    body(observer);
    observer.finish();
  } finally {
    setInstrument(null);
  }
  return {
    events,
    points,
    models: events.filter((event) => event.type === "models").at(-1)?.models ?? [],
    statistics: events.flatMap((event) => (event.type === "statistics" ? [event.statistics] : [])),
    works: events.flatMap((event) => (event.type === "work" ? [event.work] : [])),
  };
}
