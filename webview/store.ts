/**
 * Holds the panel's state for the views. What a run tells is shown a few times a second, however often it tells something:
 * more can't be read, and would be drawn by the cores that train. What the user does, and a change of the run's state, is
 * shown at once.
 */
import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import type { Intervention, ModelInfo, ModuleInfo, RunEvent, StepStatistics } from "../src/protocol/index.ts";
import { fromPanel, toPanel, type FromPanel } from "../src/run/panelMessages.ts";
import { health, nothingKnown } from "../src/run/health/health.ts";
import { runUntil } from "../src/run/health/until.ts";
import { signs, type Sign } from "../src/run/health/signs.ts";
import { Throttle } from "../src/run/throttle.ts";
import { emptySnapshot } from "../src/run/snapshot.ts";
import type { EpochStart } from "../src/run/epochs.ts";
import { formatCount, plural } from "../src/run/numbers.ts";
import { fileName } from "../src/run/text.ts";
import { themeLook } from "./charts/theme.ts";
import { withTrunk } from "./branches/trunk.ts";
import type { Across, CurveChoices, CurveStore } from "./curves/curveStore.ts";
import { groupCharts } from "./curves/groups.ts";
import { interventionMarks, type StepMark } from "./curves/marks.ts";
import { recall, remember } from "./memory.ts";
import { sampleIndex, withOutputs } from "./shownSample.ts";
import { TableView } from "./table/view.ts";
import {
  initialState,
  reduce,
  shownModel,
  shownModule,
  sampleRange,
  shownSamples,
  stepRange,
  tabsInSight,
  tabsOffered,
  type Action,
  type PanelState,
} from "./state.ts";

const noInterventions: readonly Intervention[] = [];
const noEpochs: readonly EpochStart[] = [];
/** What is another run's before this one began counts back from there. */
const stepText = (step: number): string => (step < 0 ? `${plural(-step, "step")} before this run` : `step ${formatCount(step)}`);
const overSteps: Across = { name: "steps", title: "Step", per: 1, text: stepText };

/** What VS Code gives a webview's page; may be asked for only once. */
export interface Host {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
  /** There is no editor around the page: none of its runs goes on, and there are no others to show. */
  readonly isAlone?: boolean;
}

/** Milliseconds from one drawing of a running run to the next. */
export const drawInterval = 500;
const saveInterval = 5_000;

/** What changes what a person can do, or answers what they asked. */
function isAtOnce(event: RunEvent): boolean {
  return event.type === "state" || event.type === "trace" || (event.type === "followed" && event.news.kind !== "tally");
}

export class Store implements CurveStore {
  readonly #shown = signal<PanelState>(initialState);
  #current: PanelState = initialState;
  #frame: number | null = null;
  #saveTimer: number | null = null;
  /** Whether curves have come in part since the last snapshot. */
  #isThinned = false;
  /** Who waits for the next one. */
  #waiting: (() => void)[] = [];
  readonly #drawing = new Throttle(drawInterval, () => (this.#frame ??= requestAnimationFrame(this.#show)));

  /** The step under the pointer or the chart cursor, shown as a crosshair in every chart. */
  readonly cursorStep = signal<number | null>(null);

  readonly state: ReadonlySignal<PanelState> = this.#shown;
  readonly run = computed(() => this.#shown.value.run);
  readonly choices = computed(() => this.#shown.value.choices);
  readonly #curves = computed(() => this.run.value?.curves ?? new Map<string, never>());
  readonly family = computed(() => this.#shown.value.family);
  readonly charts = computed(() => groupCharts(withTrunk(this.#curves.value, this.family.value)));
  /** What was changed by hand, for the charts to mark. */
  readonly interventions = computed<readonly StepMark[]>(() => interventionMarks(this.#interventions.value));
  readonly #interventions = computed(() => this.run.value?.interventions ?? noInterventions);
  readonly model = computed<ModelInfo | null>(() => shownModel(this.#shown.value));
  readonly module = computed<ModuleInfo | null>(() => shownModule(this.#shown.value));
  readonly offeredTabs = computed(() => tabsOffered(this.#shown.value));
  readonly shownTabs = computed(() => tabsInSight(this.#shown.value));
  readonly samples = computed<readonly StepStatistics[]>(() => shownSamples(this.#shown.value));
  /** How many steps of the model were measured, those among them that are no longer kept. */
  readonly measuredSteps = computed(() => Math.max(this.samples.value.length, this.run.value?.measuredSteps?.get(this.model.value?.id ?? -1) ?? 0));
  readonly sampleIndex = computed(() => sampleIndex(this.samples.value, this.choices.value.step));
  readonly sample = computed<StepStatistics | null>(() => this.samples.value[this.sampleIndex.value] ?? null);
  /** The same, or the newest before it that measured outputs. */
  readonly outputSample = computed(() => withOutputs(this.samples.value, this.sampleIndex.value));
  readonly health = computed(() => (this.run.value ? health(this.run.value) : nothingKnown));
  /** Of the shown model's modules. */
  readonly signs = computed(() => (this.model.value ? signs(this.shownHealth.value.findings, this.model.value) : new Map<number, Sign>()));
  /** As it was at the shown step. */
  readonly shownHealth = computed(() => {
    const { step } = this.choices.value;
    return this.run.value && step !== null ? health(runUntil(this.run.value, step)) : this.health.value;
  });
  /** Keeps its identity while it keeps its values, so that what is drawn for it needn't be drawn again. */
  readonly range = computed(() => {
    const range = stepRange(this.#shown.value);
    if (range[0] !== this.#lastRange[0] || range[1] !== this.#lastRange[1]) this.#lastRange = range;
    return this.#lastRange;
  });
  #lastRange: readonly [number, number] = [0, 1];
  /** The same of the steps in which the shown model was measured. */
  readonly sampleRange = computed(() => {
    const range = sampleRange(this.#shown.value);
    if (range[0] !== this.#lastSampleRange[0] || range[1] !== this.#lastSampleRange[1]) this.#lastSampleRange = range;
    return this.#lastSampleRange;
  });
  #lastSampleRange: readonly [number, number] = [0, 1];

  readonly curveChoices = computed<CurveChoices>(() => this.choices.value);
  readonly across = signal(overSteps);
  readonly wholeRange = computed(() => stepRange({ ...this.#shown.value, zoom: null }));
  readonly zoomed = computed(() => this.#shown.value.zoom !== null);
  readonly epochs = computed(() => this.run.value?.epochs ?? noEpochs);
  readonly marker = computed(() => (this.choices.value.step === null ? null : (this.sample.value?.step ?? null)));
  readonly trunk = computed(() => this.family.value?.trunk?.until ?? null);
  readonly hasLegend = false;

  readonly table = new TableView(this);
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
    const recalled = recall(host.getState());
    if (recalled) this.#shown.value = this.#current = reduce(this.#current, recalled);
    // The tree beside the page shows the same step.
    let told: number | null = null;
    effect(() => {
      const { step } = this.choices.value;
      if (step !== told) this.post({ type: "shownStep", step: (told = step) });
    });
  }

  /** What the extension said, as it was sent. */
  readonly receive = (sent: unknown): void => {
    const message = toPanel.decode(sent);
    if (message.type === "copyTable") return this.table.copy();
    if (message.type === "export") return this.exportPage();
    this.#change(message);
    if (message.type === "thinned") this.#isThinned = true;
    if (message.type === "snapshot") this.#tellWaiting();
    // By these the extension knows the panel again, and the run of one that is kept, however soon the window goes.
    if (message.type === "file" || message.type === "snapshot") this.save();
    if (message.type === "events" && !message.events.some(isAtOnce)) this.#drawing.call();
    else this.#frame ??= requestAnimationFrame(this.#show);
  };

  /** What the user did. The next key may come before the next frame, and must find what this one did. */
  readonly dispatch = (action: Action): void => {
    const before = this.#chosen();
    this.#change(action);
    this.#shown.value = this.#current;
    this.#tellChosen(before);
  };

  /** Asks for a page of its own of what is shown. */
  readonly exportPage = (): void => {
    const state = this.#current;
    // The run comes with the page; here only its name is needed, for the choices to be known as its.
    const run = state.run && emptySnapshot({ runId: state.run.runId, file: state.run.file, mode: state.run.mode, startedAt: state.run.startedAt });
    const memory = JSON.stringify(remember({ ...state, run }));
    this.post({ type: "export", look: { ...themeLook(), memory } });
  };

  /** Resolves when all that is kept of the run is here, for something of it to be taken away. */
  readonly whole = async (): Promise<void> => {
    if (!this.#isThinned) return;
    const told = new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.post({ type: "whole" });
    await told;
  };

  #tellWaiting(): void {
    this.#isThinned = false;
    if (this.#waiting.length === 0) return;
    this.#shown.value = this.#current;
    for (const told of this.#waiting.splice(0)) told();
  }

  /** Whether the page is a file of its own, and has nobody to ask. */
  get isAlone(): boolean {
    return this.#host.isAlone ?? false;
  }

  /** What a file that holds something of the run is called: `digits`. */
  get runName(): string {
    return fileName(this.run.peek()?.file ?? "kindling").replace(/(\.model)?\.[^.]*$/, "");
  }

  readonly post = (message: FromPanel): void => this.#host.postMessage(fromPanel.encode(message));

  /** Saves now what would be saved soon; for when the page may be about to go. */
  readonly save = (): void => {
    if (this.#saveTimer === null) return;
    clearTimeout(this.#saveTimer);
    this.#saveTimer = null;
    this.#host.setState(remember(this.#current));
  };

  #chosen(): { readonly model: number; readonly module: number } | null {
    const [model, module] = [this.model.peek(), this.module.peek()];
    return model && module && { model: model.id, module: module.id };
  }

  /** The tree beside the page, and the text, show the same module. */
  #tellChosen(before: { readonly model: number; readonly module: number } | null): void {
    const now = this.#chosen();
    if (before && now && (before.model !== now.model || before.module !== now.module)) this.post({ type: "chosen", ...now });
  }

  #change(action: Action): void {
    this.#current = reduce(this.#current, action);
    this.#saveTimer ??= window.setTimeout(this.save, saveInterval);
  }

  readonly #show = (): void => {
    this.#frame = null;
    this.#shown.value = this.#current;
  };
}
