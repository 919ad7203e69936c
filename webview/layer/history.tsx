/** A tensor over the run, as the user likes to see it. */
import { useMemo } from "preact/hooks";
import { formatNumber, formatPercent, plural } from "../../src/run/numbers.ts";
import { zeroArea } from "../charts/fan.ts";
import { outside, type HeatmapColumn } from "../charts/heatmap.ts";
import { valueAxis } from "../charts/valueAxis.ts";
import type { Store } from "../store.ts";
import { FanChart } from "./fanChart.tsx";
import { Heatmap } from "./heatmap.tsx";
import { Ridgeline } from "./ridgeline.tsx";
import { StepAxis } from "./stepAxis.tsx";
import { shownHistogram, type PastTensor, type TensorFamily } from "./tensors.ts";

interface Props {
  store: Store;
  title: string;
  family: TensorFamily;
  history: readonly PastTensor[];
}

/** What each way to show a history is given. */
export interface HistoryProps extends Omit<Props, "title"> {
  readonly columns: readonly HeatmapColumn[];
  /** Smallest and largest value that are shown. */
  readonly axis: readonly [low: number, high: number];
  /** What it shows, in words. */
  readonly label: string;
}

const views = { heatmap: Heatmap, ridgeline: Ridgeline, percentiles: FanChart };

export function History({ store, title, family, history }: Props) {
  const { history: view, fullRange } = store.choices.value;
  const { columns, axis, beyond } = useMemo(() => pictureOf(history, fullRange), [history, fullRange]);
  const View = views[view];
  const label = [
    `${title} over the run: ${plural(history.length, "measured step")}, values from ${formatNumber(axis[0])} to ${formatNumber(axis[1])}`,
    beyond > 0 && `values of ${plural(beyond, "step")} lie beyond that, marked at the edge`,
  ];
  return (
    <>
      <View store={store} family={family} history={history} columns={columns} axis={axis} label={label.filter(Boolean).join("; ")} />
      {view !== "ridgeline" && <ZeroStrip store={store} history={history} />}
      {view !== "ridgeline" && <StepAxis store={store} />}
    </>
  );
}

function pictureOf(history: readonly PastTensor[], fullRange: boolean): Pick<HistoryProps, "columns" | "axis"> & { readonly beyond: number } {
  const columns = history.map(({ step, tensor }) => ({ step, histogram: shownHistogram(tensor, fullRange) }));
  const histograms = columns.map(({ histogram }) => histogram);
  const axis = valueAxis(histograms, fullRange);
  return { columns, axis, beyond: histograms.filter((histogram) => Object.values(outside(histogram, axis)).includes(true)).length };
}

/** Zeros stand apart here, too. */
function ZeroStrip({ store, history }: { store: Store; history: readonly PastTensor[] }) {
  const most = history.reduce((largest, { tensor }) => Math.max(largest, tensor.zeroFraction), 0);
  if (most === 0) return null;
  const text = `Share of values that are exactly zero; at most ${formatPercent(most)}`;
  return (
    <svg class="zero-strip" viewBox="0 0 1 1" preserveAspectRatio="none" role="img" aria-label={text} data-testid="zero-strip">
      <title>{text}</title>
      <path d={zeroArea(history, store.sampleRange.value)} />
    </svg>
  );
}
