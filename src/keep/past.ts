/** A kept run as it is needed to run it again: what it ran, what the world answered, what it told and what was changed in it. */
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Intervention, MetricPoint } from "../protocol/index.ts";
import { list, optional, record, text, whole, type Codec } from "../run/codec.ts";
import { codeOf, keptRun, readInterventions, readSeries, type KeptRun } from "./keptRuns.ts";
import { formatCount, plural } from "../run/numbers.ts";
import { names } from "./layout.ts";
import { readLines } from "./lines.ts";

/** What the world answered to one kind of question, in the order in which it was asked. */
export interface WorldAnswers {
  readonly what: string;
  readonly answers: readonly unknown[];
}

export interface Past {
  readonly kept: KeptRun;
  /** The texts that ran, by the paths that they had. */
  readonly texts: ReadonlyMap<string, string>;
  readonly world: readonly WorldAnswers[];
  readonly points: readonly MetricPoint[];
  readonly interventions: readonly Intervention[];
}

/** A line of `world.jsonl`; one with `cut` is the last: the step from which on there was no room for more. */
interface WorldLine {
  readonly what?: string;
  readonly answers?: readonly unknown[];
  readonly cut?: number;
}

const anything: Codec<unknown> = { encode: (value) => value, decode: (json) => json };
const worldLine = record<WorldLine>({ what: optional(text), answers: optional(list(anything)), cut: optional(whole) });

/** Why a run can't be run again, in words for the user. */
export class CannotRepeat extends Error {}

/**
 * @param folder of the kept run
 * @param step that is wanted
 * @throws CannotRepeat
 */
export function pastOf(folder: string, step: number): Past {
  const kept = keptRun(dirname(folder), basename(folder));
  if (!kept) throw new CannotRepeat("This run is not kept any more.");
  const why = whyNotRepeated(kept, step);
  if (why !== undefined) throw new CannotRepeat(why);
  const world: WorldAnswers[] = [];
  readLines(join(folder, names.world), (json) => {
    const { what, answers, cut } = worldLine.decode(json);
    if (what !== undefined && answers) world.push({ what, answers });
    if (cut !== undefined && step > cut)
      throw new CannotRepeat(`What the program asked of the clock and of files was kept up to step ${cut} only: choose an earlier step.`);
  });
  return { kept, texts: textsOf(kept), world, points: readSeries(kept), interventions: readInterventions(kept) };
}

/** How many steps a run took. What one that was cut off said last of itself is a little older than its curves. */
export function stepsTaken(kept: KeptRun): number {
  const { state, summary } = kept;
  if (state !== "interrupted" && state !== "stopped" && state !== "failed") return summary.steps;
  return readSeries(kept).reduce((most, { step }) => Math.max(most, step), summary.steps);
}

/** What can be told at once; `undefined`: nothing is in the way. */
export function whyNotRepeated(kept: KeptRun, step: number): string | undefined {
  const { info } = kept;
  if (info.randomSeed === undefined || info.directory === undefined) return "This run was kept by a version of Kindling that did not keep its seed.";
  const taken = stepsTaken(kept);
  if (step > taken) return `This run took ${plural(taken, "step")}; step ${formatCount(step)} was never reached.`;
  return undefined;
}

function textsOf(kept: KeptRun): ReadonlyMap<string, string> {
  try {
    return new Map(codeOf(kept).map(({ path, name }) => [path, readFileSync(join(kept.folder, names.code, name), "utf8")]));
  } catch {
    throw new CannotRepeat("The code of this run was not kept, or was deleted.");
  }
}
