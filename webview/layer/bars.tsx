/** One tensor's histogram in the shown step: bars, zeros beside them, and marks of where most values lie. */
import { useState } from "preact/hooks";
import type { Histogram, TensorStatistics } from "../../src/protocol/index.ts";
import { formatCount, formatNumber, formatPercent, plural } from "../../src/run/numbers.ts";
import { barHeights, bins, outline, placeOf, total, type Bin } from "../charts/bars.ts";
import type { Store } from "../store.ts";
import { percentilesTitle } from "./numbers.tsx";
import { shownHistogram, zerosOf } from "./tensors.ts";

/** The numbers beside the histogram have the fourth digit. */
const axisDigits = 3;

export function Bars({ store, title, tensor }: { store: Store; title: string; tensor: TensorStatistics }) {
  const { fullRange, logCounts } = store.choices.value;
  const histogram = shownHistogram(tensor, fullRange);
  const [pointed, setPointed] = useState<number | null>(null);
  const sum = total(histogram.counts);
  const bin = pointed === null ? undefined : bins(histogram)[pointed];
  return (
    <>
      <div class="bars-and-zeros">
        <Zeros tensor={tensor} />
        <BarChart title={title} histogram={histogram} sum={sum} logarithmic={logCounts} pointed={pointed} onPoint={setPointed} />
      </div>
      <div class="bars-and-zeros">
        <span class="zeros-label">{tensor.zeroFraction > 0 ? "0" : ""}</span>
        <Middle tensor={tensor} histogram={histogram} />
      </div>
      <div class="axis" aria-live="polite">
        <AxisEnd value={histogram.low} beyond={histogram.below} side="below" />
        <span class="axis-middle">
          {bin && <span class="pointed-bin">{binText(bin, sum)}</span>}
          <span
            class={bin ? "visually-hidden" : "muted"}
            title={`The ${histogram.counts.length} bins hold ${plural(sum, "value")}; zeros stand beside them`}
            data-testid="histogram-total"
            data-total={sum}
          >
            {plural(sum, "value")}
          </span>
        </span>
        <AxisEnd value={histogram.high} beyond={histogram.above} side="above" />
      </div>
    </>
  );
}

/** What a ReLU made zero would flatten all else, so it stands apart: as high as its share of all values. */
function Zeros({ tensor }: { tensor: TensorStatistics }) {
  const zeros = zerosOf(tensor);
  const text = `Exactly zero: ${formatCount(zeros)} of ${plural(tensor.count, "value")} (${formatPercent(tensor.zeroFraction)})`;
  return (
    <span class="zeros" role="img" aria-label={text} title={text} data-testid="zeros" data-value={zeros} hidden={zeros === 0}>
      <span class="zeros-bar" style={{ height: `${Math.max(tensor.zeroFraction * 100, 1.5)}%` }} />
    </span>
  );
}

interface ChartProps {
  title: string;
  histogram: Histogram;
  sum: number;
  logarithmic: boolean;
  pointed: number | null;
  onPoint: (bin: number | null) => void;
}

export function BarChart({ title, histogram, sum, logarithmic, pointed, onPoint }: ChartProps) {
  const { low, high, counts } = histogram;
  const zero = low < 0 && high > 0 ? placeOf(0, histogram) * counts.length : null;
  const point = (event: PointerEvent & { currentTarget: Element }) => {
    const box = event.currentTarget.getBoundingClientRect();
    const index = Math.floor(((event.clientX - box.left) / box.width) * counts.length);
    onPoint(Math.min(counts.length - 1, Math.max(0, index)));
  };
  const press = (event: KeyboardEvent) => {
    const next = binAfterKey(event.key, pointed, counts.length);
    if (next === undefined) return;
    event.preventDefault();
    onPoint(next);
  };
  return (
    <svg
      class="bars"
      viewBox={`0 0 ${counts.length} 1`}
      preserveAspectRatio="none"
      role="img"
      tabIndex={0}
      aria-label={`${title}: histogram of ${plural(sum, "value")} from ${formatNumber(low)} to ${formatNumber(high)}. Arrow keys go through the bins.`}
      onPointerMove={point}
      onPointerLeave={() => onPoint(null)}
      onBlur={() => onPoint(null)}
      onKeyDown={press}
    >
      {pointed !== null && <rect class="pointed" x={pointed} y={0} width={1} height={1} />}
      <path class="outline" d={outline(barHeights(counts, logarithmic))} />
      {zero !== null && <line class="zero" x1={zero} x2={zero} y1={0} y2={1} />}
    </svg>
  );
}

/** Under the bars: from the 1st to the 99th percentile, the middle half with the median, and mean ± std. */
function Middle({ tensor, histogram }: { tensor: TensorStatistics; histogram: Histogram }) {
  const { mean, std, percentiles } = tensor;
  const at = (value: number) => Math.min(1, Math.max(0, placeOf(value, histogram)));
  const [p1, p5, p25, p50, p75, p95, p99] = Array.from(percentiles.values, at) as [number, number, number, number, number, number, number];
  const [left, middle, right] = [at(mean - (std || 0)), at(mean), at(mean + (std || 0))];
  if (!Number.isFinite(mean)) return <span class="middle" />;
  return (
    <svg class="middle" viewBox="0 0 1 12" preserveAspectRatio="none" aria-hidden="true">
      <title>{`${percentilesTitle(tensor)}: 1 to 99 % (line), 5 to 95 % and 25 to 75 % (boxes), median (stroke). Below: mean ± std`}</title>
      <line class="whisker" x1={p1} x2={p99} y1={3.5} y2={3.5} />
      <rect class="box wide" x={p5} width={p95 - p5} y={1.5} height={4} />
      <rect class="box" x={p25} width={p75 - p25} y={1.5} height={4} />
      <line class="median" x1={p50} x2={p50} y1={0} y2={7} />
      <line class="deviation" x1={left} x2={right} y1={10} y2={10} />
      <line class="mean" x1={middle} x2={middle} y1={8} y2={12} />
    </svg>
  );
}

function AxisEnd({ value, beyond, side }: { value: number; beyond: number; side: "below" | "above" }) {
  const number = <span>{formatNumber(value, axisDigits)}</span>;
  if (beyond === 0) return number;
  const title = `${plural(beyond, "value lies", "values lie")} ${side} what is shown; “full range” shows ${beyond === 1 ? "it" : "them"}, too`;
  const mark = (
    <span class="beyond" title={title} data-testid={`values-${side}`} data-value={beyond}>
      {side === "below" ? `◂ ${formatCount(beyond)}` : `${formatCount(beyond)} ▸`}
    </span>
  );
  return (
    <span class="axis-end">
      {side === "below" ? mark : number} {side === "below" ? number : mark}
    </span>
  );
}

function binText({ low, high, count }: Bin, sum: number): string {
  return `${formatNumber(low)} … ${formatNumber(high)}: ${formatCount(count)} (${formatPercent(sum > 0 ? count / sum : 0)})`;
}

function binAfterKey(key: string, bin: number | null, count: number): number | null | undefined {
  if (key === "ArrowRight") return bin === null ? 0 : Math.min(count - 1, bin + 1);
  if (key === "ArrowLeft") return bin === null ? count - 1 : Math.max(0, bin - 1);
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return key === "Escape" ? null : undefined;
}
