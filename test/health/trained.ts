/** Trains a network in this process as the runner does, watched, and says what a run of it adds up to. */
import { setInstrument } from "../../src/engine/instrument.ts";
import { MetricBuffer, metricPoints } from "../../src/observe/metricBuffer.ts";
import { Observer } from "../../src/observe/observer.ts";
import { defaultSampling, type RunEvent } from "../../src/protocol/index.ts";
import { health, type Health } from "../../src/run/health/health.ts";
import type { Finding } from "../../src/run/health/rules.ts";
import { emptySnapshot, reduceSnapshot, type RunSnapshot } from "../../src/run/snapshot.ts";

export function trained(body: () => void): RunSnapshot {
  let run = emptySnapshot({ runId: "1", file: "/net.model.ts", mode: "train", startedAt: 0 });
  const names: string[] = [];
  const tell = (event: RunEvent): void => void (run = reduceSnapshot(run, event));
  // Whoever calls `trained` is the program, and each of its lines a variable.
  const program = /\(?((?:file:\/\/)?\/\S*\.test\.ts)/.exec(new Error().stack!)![1]!;
  const observer = new Observer({
    sampling: defaultSampling,
    source: {
      program,
      locate: (line, column) => ({ file: "net.model.ts", line, column }),
      variableAt: ({ line }) => ({ name: `line${line}`, assigned: false }),
      declaredAt: () => undefined,
      isModuleClass: () => true,
      nameInProgram: (constructor) => constructor.name,
    },
    metrics: new MetricBuffer(),
    sink: {
      event: tell,
      series: (index, name) => (names[index] = name),
      points: (values) => tell({ type: "metrics", points: metricPoints(values, names) }),
    },
    gate: { pass: () => 0, look() {}, hold() {}, release() {} },
  });
  setInstrument(observer);
  try {
    body();
    observer.finish();
  } finally {
    setInstrument(null);
  }
  tell({ type: "state", state: "finished", at: 1 });
  return run;
}

export function healthOf(body: () => void): Health {
  return health(trained(body));
}

/** What a rule found. */
export function finding({ findings }: Health, rule: Finding["rule"]): Finding | undefined {
  return findings.find((one) => one.rule === rule);
}
