/** Holds what the page of compared runs shows. */
import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import { dictionary, flag, list, Malformed, nullable, number, oneOf, record, text } from "../../src/run/codec.ts";
import { differing, namesOf, type ComparedRun } from "../../src/run/comparison.ts";
import { fromComparison, toComparison, type FromComparison } from "../../src/run/comparisonMessages.ts";
import type { Series } from "../../src/run/series.ts";
import type { CurveAction, CurveStore } from "../curves/curveStore.ts";
import type { Host } from "../store.ts";
import { acrosses, aligned, alignments, type Alignment } from "./alignment.ts";
import { comparedCharts, hasGroups, traced } from "./charts.ts";

export const views = ["curves", "histograms", "health"] as const;
export type View = (typeof views)[number];

/** What the user chose; kept while the page is hidden. */
export interface ComparisonChoices {
  readonly view: View;
  readonly alignment: Alignment;
  /** Keys of lines that are switched off. */
  readonly off: readonly string[];
  /** Whether what is the same in all runs is shown, too. */
  readonly equal: boolean;
  /** Whether runs that differ in their seed only are drawn as one. */
  readonly groups: boolean;
  readonly smoothing: number;
  readonly logarithmic: Readonly<Record<string, boolean>>;
  readonly curveTables: boolean;
  /** Path of the module whose histograms are shown. */
  readonly module: string | null;
  readonly tensor: string | null;
}

interface Memory extends ComparisonChoices {
  /** Ids of the runs; the extension reads them when it gets a panel back. */
  readonly runs: readonly string[];
}

const remembered = record<Memory>({
  runs: list(text),
  view: oneOf(...views),
  alignment: oneOf(...alignments),
  off: list(text),
  equal: flag,
  groups: flag,
  smoothing: number,
  logarithmic: dictionary(flag),
  curveTables: flag,
  module: nullable(text),
  tensor: nullable(text),
});

const atFirst: ComparisonChoices = {
  view: "curves",
  alignment: "steps",
  off: [],
  equal: false,
  groups: true,
  smoothing: 0.6,
  logarithmic: {},
  curveTables: false,
  module: null,
  tensor: null,
};

export class ComparisonStore implements CurveStore {
  readonly #host: Host;
  readonly #choices = signal(atFirst);
  readonly #zoom = signal<readonly [number, number] | null>(null);
  readonly #runs = signal<readonly ComparedRun[] | null>(null);
  readonly #sentences = signal<readonly string[]>([]);

  /** `null` until they came. */
  readonly runs: ReadonlySignal<readonly ComparedRun[] | null> = this.#runs;
  readonly sentences: ReadonlySignal<readonly string[]> = this.#sentences;
  readonly choices: ReadonlySignal<ComparisonChoices> = this.#choices;
  readonly hasGroups = computed(() => hasGroups(this.#runs.value ?? []));
  /** In their order: what is switched off, too. */
  readonly traced = computed(() => traced(this.#runs.value ?? [], this.#choices.value.groups));
  readonly shown = computed(() => this.traced.value.filter(({ key }) => !this.#choices.value.off.includes(key)));
  readonly shownRuns = computed(() => this.shown.value.flatMap(({ runs }) => runs));
  /** Names of what is listed of each run. */
  readonly settings = computed(() => {
    const runs = this.#runs.value ?? [];
    return this.#choices.value.equal ? namesOf(runs.map(({ settings }) => settings)) : differing(runs);
  });
  readonly series = computed(() => namesOf((this.#runs.value ?? []).map(({ ends }) => ends)));

  readonly curveChoices = computed(() => this.#choices.value);
  /** Its runs come whole. */
  readonly whole = (): Promise<void> => Promise.resolve();
  readonly across = computed(() => acrosses[this.#choices.value.alignment]);
  readonly charts = computed(() => comparedCharts(this.shown.value, this.#aligned.value));
  readonly #aligned = computed(() => {
    const { alignment } = this.#choices.value;
    const known = new Map<Series, Series>();
    return (series: Series, run: ComparedRun): Series => {
      const place = known.get(series) ?? aligned(series, run, alignment);
      known.set(series, place);
      return place;
    };
  });
  readonly wholeRange = computed((): readonly [number, number] => {
    const all = this.charts.value.flatMap(({ lines }) => lines.map(({ series }) => series)).filter(({ length }) => length > 0);
    const [first, last] = [Math.min(...all.map(({ steps }) => steps[0]!)), Math.max(...all.map(({ last: end }) => end!.step))];
    return all.length === 0 ? [0, 1] : [first, Math.max(first + 1, last)];
  });
  readonly range = computed(() => this.#zoom.value ?? this.wholeRange.value);
  readonly zoomed = computed(() => this.#zoom.value !== null);
  readonly cursorStep = signal<number | null>(null);
  readonly epochs = signal([]);
  readonly interventions = signal([]);
  readonly marker = signal(null);
  readonly trunk = signal(null);
  readonly hasLegend = true;
  readonly runName = "compared";

  constructor(host: Host) {
    this.#host = host;
    const { runs: before, ...choices } = recalled(host.getState()) ?? { ...atFirst, runs: [] };
    this.#choices.value = choices;
    effect(() => host.setState(remembered.encode({ ...this.#choices.value, runs: this.#runs.value?.map(({ id }) => id) ?? before })));
  }

  readonly receive = (sent: unknown): void => {
    const { runs, sentences } = toComparison.decode(sent);
    this.#runs.value = runs;
    this.#sentences.value = sentences;
  };

  readonly post = (message: FromComparison): void => this.#host.postMessage(fromComparison.encode(message));

  readonly choose = (choices: Partial<ComparisonChoices>): void => {
    if (choices.alignment !== undefined && choices.alignment !== this.#choices.value.alignment) this.#zoom.value = null;
    this.#choices.value = { ...this.#choices.value, ...choices };
  };

  readonly toggle = (key: string): void => {
    const { off } = this.#choices.value;
    this.choose({ off: off.includes(key) ? off.filter((one) => one !== key) : [...off, key] });
  };

  readonly dispatch = (action: CurveAction): void => {
    if (action.type === "zoom") this.#zoom.value = action.range;
    if (action.type === "choose") this.choose(action.choices);
    if (action.type === "chooseAxis") this.choose({ logarithmic: { ...this.#choices.value.logarithmic, [action.chart]: action.logarithmic } });
  };
}

function recalled(state: unknown): Memory | undefined {
  try {
    return remembered.decode(state);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
