/** What charts of curves need of the page they are on, whoever's curves they are. */
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { EpochStart } from "../../src/run/epochs.ts";
import type { FromPanel } from "../../src/run/panelMessages.ts";
import type { Action, Choices } from "../state.ts";
import type { Chart } from "./groups.ts";
import type { StepMark } from "./marks.ts";

export type CurveChoices = Pick<Choices, "smoothing" | "logarithmic" | "curveTables">;

export type CurveAction =
  | Extract<Action, { type: "zoom" | "chooseStep" | "chooseAxis" }>
  | { readonly type: "choose"; readonly choices: Partial<Omit<CurveChoices, "logarithmic">> };

/** What the curves go over. */
export interface Across {
  /** `steps` */
  readonly name: string;
  /** Of one of them: `Step`. */
  readonly title: string;
  /** So much of the axis is one of what stands at it. */
  readonly per: number;
  /** A place on it, in words: `step 1,200`. */
  text(place: number): string;
}

export interface CurveStore {
  readonly charts: ReadonlySignal<readonly Chart[]>;
  readonly curveChoices: ReadonlySignal<CurveChoices>;
  readonly across: ReadonlySignal<Across>;
  /** What is shown of the axis, and all that there is. */
  readonly range: ReadonlySignal<readonly [number, number]>;
  readonly wholeRange: ReadonlySignal<readonly [number, number]>;
  readonly zoomed: ReadonlySignal<boolean>;
  readonly cursorStep: Signal<number | null>;
  readonly epochs: ReadonlySignal<readonly EpochStart[]>;
  readonly interventions: ReadonlySignal<readonly StepMark[]>;
  /** The step whose histograms are shown, where it isn't the newest. */
  readonly marker: ReadonlySignal<number | null>;
  /** The step up to which the curves are another run's, too, that this one parts from there. */
  readonly trunk: ReadonlySignal<number | null>;
  /** Whether the lines are named elsewhere. */
  readonly hasLegend: boolean;
  /** What a file that holds something of it is called. */
  readonly runName: string;
  /** Resolves when all points that are kept are here. */
  whole(): Promise<void>;
  dispatch(action: CurveAction): void;
  post(message: Extract<FromPanel, { readonly type: "save" | "saveBytes" }>): void;
}
