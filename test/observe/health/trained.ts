/** Trains a network watched, and says what a run of it adds up to. */
import type { Problem, RunEvent } from "../../../src/protocol/index.ts";
import { health, type Health } from "../../../src/run/health/health.ts";
import type { Finding, RuleId } from "../../../src/run/health/rules.ts";
import { emptySnapshot, reduceSnapshot, type RunSnapshot } from "../../../src/run/snapshot.ts";
import { watch } from "../watch.ts";

/** @param look at the run as it grew, each time something was measured */
export function trained(body: () => void, look: (run: RunSnapshot) => void = () => {}): RunSnapshot {
  const { events, points } = watch(body);
  let run = emptySnapshot({ runId: "1", file: "/net.model.ts", mode: "train", startedAt: 0 });
  let told = 0;
  const tell = (event: RunEvent): void => void (run = reduceSnapshot(run, event));
  const pointsUpTo = (step: number): void => {
    const from = told;
    while (told < points.length && points[told]!.step <= step) told++;
    if (told > from) tell({ type: "metrics", points: points.slice(from, told) });
  };
  for (const event of events) {
    if (event.type === "statistics") pointsUpTo(event.statistics.step);
    tell(event);
    if (event.type === "changes") look(run);
  }
  pointsUpTo(Infinity);
  tell({ type: "state", state: "finished", at: 1 });
  return run;
}

export function healthOf(body: () => void): Health {
  return health(trained(body));
}

/** All that was found at any time while it trained, and all that lints say of it. */
export function everFound(body: () => void): (Finding | Problem)[] {
  const found = new Map<string, Finding>();
  const look = (run: RunSnapshot): void => {
    for (const one of health(run).findings) found.set(`${one.rule} ${one.module}`, one);
  };
  const run = trained(body, look);
  look(run);
  return [...found.values(), ...run.problems];
}

/** What a rule found. */
export function finding({ findings }: Health, rule: RuleId): Finding | undefined {
  return findings.find((one) => one.rule === rule);
}
