/** One tensor of the chosen module: its numbers, its histogram in the shown step, and its histograms over the run. */
import { useState } from "preact/hooks";
import type { TensorStatistics } from "../../src/protocol/index.ts";
import { formatShape } from "../../src/run/modules.ts";
import { formatCount, formatNumber, formatPercent, plural } from "../../src/run/numbers.ts";
import { barHeights, bins, outline, total, type Bin } from "../charts/bars.ts";
import { rootMeanSquare, type TensorKind } from "../shownSample.ts";
import type { Store } from "../store.ts";
import { Heatmap } from "./heatmap.tsx";
import { Icon } from "../frame/icon.tsx";

export type TensorFamily = "activation" | "gradient" | "parameter";

export interface PastTensor {
  readonly step: number;
  readonly epoch: number;
  readonly tensor: TensorStatistics;
}

interface Props {
  store: Store;
  kind: TensorKind;
  title: string;
  note: string | undefined;
  family: TensorFamily;
  absent: string;
  tensor: TensorStatistics | undefined;
  history: readonly PastTensor[];
}

export function TensorRow(props: Props) {
  const { store, kind, title, note, family, absent, tensor, history } = props;
  const { histogramTables, logCounts } = store.choices.value;
  // An inspection measures one step: there is no history to show.
  const inspection = store.run.value?.mode === "inspect";
  const layout = `${inspection ? "single" : ""} ${histogramTables ? "tables" : ""}`;
  return (
    <section class={`tensor-row ${family} ${layout}`} aria-label={title}>
      <div class="tensor-numbers">
        <h3>
          <span class="swatch" />
          <span class="tensor-title" title={title}>
            {title}
          </span>
          <span class="muted">{tensor ? formatShape(tensor.shape) : ""}</span>
        </h3>
        {note && <div class="tensor-note muted">{note}</div>}
        {tensor ? <Numbers tensor={tensor} /> : <p class="hint">{absent}</p>}
      </div>
      <div class="histogram" data-testid="histogram" data-kind={kind} data-count={tensor?.count}>
        {tensor && histogramTables && <BinTable title={title} tensor={tensor} />}
        {tensor && !histogramTables && <Bars title={title} tensor={tensor} logarithmic={logCounts} />}
      </div>
      {!inspection && (
        <div class="history">
          {histogramTables ? (
            <HistoryTable title={title} history={history} />
          ) : (
            history.length > 0 && <Heatmap store={store} title={title} family={family} history={history} />
          )}
        </div>
      )}
    </section>
  );
}

function Numbers({ tensor }: { tensor: TensorStatistics }) {
  const { mean, min, max, zeroFraction, nonFinite, count } = tensor;
  const finite = count - nonFinite;
  const norm = rootMeanSquare(tensor) * Math.sqrt(finite);
  return (
    <dl class="statistics">
      <Statistic name="mean" value={formatNumber(mean)} />
      <Statistic name="std" value={formatDeviation(tensor)} title={finite < 2 ? noDeviation : "Sample standard deviation"} />
      <Statistic name="min" value={formatNumber(min)} />
      <Statistic name="max" value={formatNumber(max)} />
      <Statistic name="norm" value={formatNumber(norm)} title="Euclidean norm" />
      <Statistic name="zeros" value={formatPercent(zeroFraction)} title="Share of values that are exactly zero" />
      <Statistic name="count" value={formatCount(count)} title="Number of values" testId="tensor-count" raw={count} />
      <Statistic name="NaN/∞" value={formatCount(nonFinite)} title="Number of values that are NaN or infinite" alarm={nonFinite > 0} />
    </dl>
  );
}

const noDeviation = "Sample standard deviation: there is none of fewer than two values";

function formatDeviation({ std, count, nonFinite }: TensorStatistics): string {
  return formatNumber(count - nonFinite < 2 ? undefined : std);
}

function Statistic(props: { name: string; value: string; title?: string; testId?: string; raw?: number; alarm?: boolean }) {
  return (
    <div class={props.alarm ? "alarm" : undefined} title={props.title}>
      <dt>{props.name}</dt>
      <dd data-testid={props.testId} data-value={props.raw}>
        {props.alarm && <Icon name="error" />}
        {props.value}
      </dd>
    </div>
  );
}

/** The numbers beside the histogram have the fourth digit. */
const axisDigits = 3;

function Bars({ title, tensor, logarithmic }: { title: string; tensor: TensorStatistics; logarithmic: boolean }) {
  const { histogram } = tensor;
  const { low, high, counts } = histogram;
  const [pointed, setPointed] = useState<number | null>(null);
  const sum = total(counts);
  const list = bins(histogram);
  const bin = pointed === null ? undefined : list[pointed];
  const zero = low < 0 && high > 0 ? (-low / (high - low)) * counts.length : null;

  const point = (event: PointerEvent & { currentTarget: Element }) => {
    const box = event.currentTarget.getBoundingClientRect();
    const index = Math.floor(((event.clientX - box.left) / box.width) * counts.length);
    setPointed(Math.min(counts.length - 1, Math.max(0, index)));
  };
  const press = (event: KeyboardEvent) => {
    const next = binAfterKey(event.key, pointed, counts.length);
    if (next === undefined) return;
    event.preventDefault();
    setPointed(next);
  };

  return (
    <>
      <svg
        class="bars"
        viewBox={`0 0 ${counts.length} 1`}
        preserveAspectRatio="none"
        role="img"
        tabIndex={0}
        aria-label={`${title}: histogram of ${plural(sum, "value")} from ${formatNumber(low)} to ${formatNumber(high)}. Arrow keys go through the bins.`}
        onPointerMove={point}
        onPointerLeave={() => setPointed(null)}
        onBlur={() => setPointed(null)}
        onKeyDown={press}
      >
        {pointed !== null && <rect class="pointed" x={pointed} y={0} width={1} height={1} />}
        <path class="outline" d={outline(barHeights(counts, logarithmic))} />
        {zero !== null && <line class="zero" x1={zero} x2={zero} y1={0} y2={1} />}
      </svg>
      <div class="axis" aria-live="polite">
        <span>{formatNumber(low, axisDigits)}</span>
        <span class="axis-middle">
          {bin && <span class="pointed-bin">{binText(bin, sum)}</span>}
          <span
            class={bin ? "visually-hidden" : "muted"}
            title={`The ${counts.length} bins hold ${plural(sum, "value")}`}
            data-testid="histogram-total"
            data-total={sum}
          >
            {`Σ ${formatCount(sum)}`}
          </span>
        </span>
        <span>{formatNumber(high, axisDigits)}</span>
      </div>
    </>
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

/** The histogram's table twin. */
function BinTable({ title, tensor }: { title: string; tensor: TensorStatistics }) {
  const { histogram } = tensor;
  const sum = total(histogram.counts);
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={`${title}: histogram`}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Low</th>
            <th scope="col">High</th>
            <th scope="col">Count</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {bins(histogram).map((bin, i) => (
            <tr key={i}>
              <td>{formatNumber(bin.low)}</td>
              <td>{formatNumber(bin.high)}</td>
              <td data-testid="bin-count" data-value={bin.count}>
                {formatCount(bin.count)}
              </td>
              <td>{formatPercent(sum > 0 ? bin.count / sum : 0)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              Total
            </th>
            <td data-testid="histogram-total" data-total={sum}>
              {formatCount(sum)}
            </td>
            <td>{tensor.nonFinite > 0 ? `+ ${formatCount(tensor.nonFinite)} NaN/∞` : ""}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

/** The heatmap's table twin. */
function HistoryTable({ title, history }: { title: string; history: readonly PastTensor[] }) {
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={`${title} over the run`}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Min</th>
            <th scope="col">Mean</th>
            <th scope="col">Max</th>
            <th scope="col">Std</th>
            <th scope="col">Zeros</th>
          </tr>
        </thead>
        <tbody>
          {history.toReversed().map(({ step, tensor }) => (
            <tr key={step}>
              <td>{formatCount(step)}</td>
              <td>{formatNumber(tensor.min)}</td>
              <td>{formatNumber(tensor.mean)}</td>
              <td>{formatNumber(tensor.max)}</td>
              <td title={tensor.count - tensor.nonFinite < 2 ? noDeviation : undefined}>{formatDeviation(tensor)}</td>
              <td>{formatPercent(tensor.zeroFraction)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
