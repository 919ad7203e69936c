/** The runs that the run of a panel parts from, and those that part from it. */
import { familyOf, stepsBefore, stretchesBefore } from "../../keep/branches.ts";
import type { KeptRun } from "../../keep/keptRuns.ts";
import { runsFolder } from "../../keep/layout.ts";
import { readInterventions } from "../../keep/past.ts";
import { readRunInTurns } from "../../keep/readRun.ts";
import type { Curves } from "../../run/curves.ts";
import type { Family, FamilyRun, Trunk } from "../../run/family.ts";
import { interventionText } from "../../run/interventions.ts";
import { Series } from "../../run/series.ts";
import { isFinal } from "../../run/standing.ts";
import { Throttle } from "../../run/throttle.ts";
import { Emitter, type Disposable } from "../shared/emitter.ts";
import type { KeptRunList } from "./keptRunList.ts";
import { mainSeries, shortTitle } from "./keptRunRows.ts";
import type { KeptRunsWatch } from "./keptRunsWatch.ts";
import { shownAmong, type ShownRun } from "./shownStep.ts";

/** Milliseconds between two readings while a training goes on. */
const interval = 2_000;
/** Points of a curve of the trunk. */
const mostPoints = 1_000;
/** What was changed by hand is told so far. */
const mostChanges = 2;

export class Families {
  readonly #list: KeptRunList;
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: readonly Disposable[];
  /** By the folders of runs that are over. */
  readonly #differences = new Map<string, string>();
  /** The same, and as far as they are a trunk. */
  readonly #curves = new Map<string, Promise<Curves>>();
  /** Some may be others than they were. */
  readonly onDidChange = this.#changed.event;

  constructor(list: KeptRunList, watch: KeptRunsWatch) {
    this.#list = list;
    const tell = new Throttle(interval, () => this.#changed.fire());
    this.#subscriptions = [watch.onDidChange(() => tell.call()), tell];
  }

  /** None where it is not kept, or stands alone. */
  async of(shown: ShownRun): Promise<Family | null> {
    const runs = await this.#list.read([runsFolder(shown.file)]);
    const run = shownAmong(runs, shown);
    const family = run ? familyOf(run, runs) : [];
    if (!run || family.length < 2) return null;
    const find = (id: string): KeptRun | undefined => family.find((one) => one.id === id);
    const trunk = find(run.info.parent?.run ?? "") && (await this.#trunkOf(run, find));
    return { shown: run.id, runs: family.map((one) => this.#describe(one, find)), ...(trunk && { trunk }) };
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  #describe(run: KeptRun, find: (id: string) => KeptRun | undefined): FamilyRun {
    const { id, info, state, summary } = run;
    const parent = info.parent && find(info.parent.run);
    const before = stepsBefore(run, find);
    const main = mainSeries(summary.series);
    return {
      id,
      title: shortTitle(run),
      ...(parent && { parent: parent.id }),
      from: parent ? before + (info.parent!.otherCode ? 0 : info.parent!.step) : 0,
      to: before + summary.steps,
      difference: parent ? this.#differenceOf(run) : "",
      state,
      ...(main && { last: { name: main.name, value: main.last } }),
    };
  }

  #differenceOf(run: KeptRun): string {
    const known = this.#differences.get(run.folder);
    if (known !== undefined) return known;
    const difference = differenceText(run);
    if (isFinal(run.state)) this.#differences.set(run.folder, difference);
    return difference;
  }

  async #trunkOf(run: KeptRun, find: (id: string) => KeptRun | undefined): Promise<Trunk> {
    const { step, otherCode } = run.info.parent!;
    const all: (readonly [name: string, part: Series])[] = [];
    let until = 0;
    for (const stretch of stretchesBefore(run, find)) {
      const curves = stretch.run ? await this.#curvesOf(stretch.run, stretch.steps) : new Map<string, Series>();
      until -= stretch.steps;
      for (const [name, part] of curves) all.unshift([name, part.shifted(until)]);
    }
    const curves = new Map<string, Series>();
    for (const [name, part] of all) curves.set(name, (curves.get(name) ?? Series.empty).append([...part]));
    return { until: otherCode ? 0 : step, curves };
  }

  /** Up to where another parts from it. */
  #curvesOf(run: KeptRun, steps: number): Promise<Curves> {
    const key = `${run.folder} ${steps}`;
    const read = async (): Promise<Curves> => {
      const { curves } = (await readRunInTurns(run)).run;
      return new Map([...curves].map(([name, series]) => [name, series.until(steps - 1).thinned(mostPoints)]));
    };
    const curves = this.#curves.get(key) ?? read();
    if (isFinal(run.state)) this.#curves.set(key, curves);
    return curves;
  }
}

function differenceText(run: KeptRun): string {
  const { step, otherCode } = run.info.parent!;
  if (otherCode) return "other code";
  const changes = readInterventions(run).filter((one) => one.step >= step);
  const more = changes.length - mostChanges;
  return [...changes.slice(0, mostChanges).map(interventionText), ...(more > 0 ? [`${more} more`] : [])].join(", ") || "unchanged";
}
