/** What an agent is told of a run: as much as a reader needs, and no more. */
import { madeAt } from "../run/modulePlaces.ts";
import { health } from "../run/health/health.ts";
import type { Finding } from "../run/health/rules.ts";
import type { RunSnapshot } from "../run/snapshot.ts";

/** Points of a curve: peaks, dips and holes are among them. */
const mostPoints = 24;
/** Lines of what was printed, the newest. */
const mostLines = 40;

export function told(run: RunSnapshot) {
  const { progress, curves, printed, notes, optimizers, interventions } = run;
  const { sentence, state, findings } = health(run);
  return {
    steps: progress?.step ?? 0,
    ...(progress && { epochs: progress.epoch + 1, seconds: progress.elapsed / 1000, stepsPerSecond: progress.stepsPerSecond }),
    health: { state, sentence, findings: findings.map((finding) => foundText(run, finding)) },
    /** Of each curve `[step, value]`. */
    curves: Object.fromEntries(Array.from(curves, ([name, series]) => [name, Array.from(series.thinned(mostPoints), ({ step, value }) => [step, value])])),
    optimizers: optimizers.map(({ type, groups }) => ({ type, groups: groups.map(({ name, options }) => ({ name, options })) })),
    ...(interventions.length > 0 && { interventions }),
    ...(notes.length > 0 && { notes }),
    printed: printed.lines.slice(-mostLines).map(({ text }) => text),
  };
}

function foundText({ models }: RunSnapshot, { rule, severity, what, advice, model: id, module: at }: Finding) {
  const module = models.find((one) => one.id === id)?.modules[at];
  const position = module && madeAt(module);
  return { rule, severity, what, advice, ...(module && { module: module.path }), ...(position && { position }) };
}
