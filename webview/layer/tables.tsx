/** The table twins of a tensor's histogram and of its history. */
import type { ComponentChildren } from "preact";
import type { TensorStatistics } from "../../src/protocol/index.ts";
import { formatCount, formatNumber, formatPercent } from "../../src/run/numbers.ts";
import { bins, total } from "../charts/bars.ts";
import type { Store } from "../store.ts";
import { deviationTitle, formatDeviation, percentileNames } from "./numbers.tsx";
import { shownHistogram, zerosOf, type PastTensor } from "./tensors.ts";

export function BinTable({ store, title, tensor }: { store: Store; title: string; tensor: TensorStatistics }) {
  const histogram = shownHistogram(tensor, store.choices.value.fullRange);
  const sum = total(histogram.counts);
  const share = (count: number) => formatPercent(tensor.count > 0 ? count / tensor.count : 0);
  const apart = [
    ["exactly zero", zerosOf(tensor)],
    [`below ${formatNumber(histogram.low)}`, histogram.below],
    [`above ${formatNumber(histogram.high)}`, histogram.above],
    ["NaN or infinite", tensor.nonFinite],
  ] as const;
  return (
    <Scrolling label={`${title}: histogram`}>
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
            <td>{share(bin.count)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={2}>
            In bins
          </th>
          <td data-testid="histogram-total" data-total={sum}>
            {formatCount(sum)}
          </td>
          <td>{share(sum)}</td>
        </tr>
        {apart
          .filter(([, count]) => count > 0)
          .map(([name, count]) => (
            <tr key={name}>
              <th scope="row" colSpan={2}>
                {name}
              </th>
              <td data-testid="count-apart" data-value={count}>
                {formatCount(count)}
              </td>
              <td>{share(count)}</td>
            </tr>
          ))}
      </tfoot>
    </Scrolling>
  );
}

export function HistoryTable({ title, history }: { title: string; history: readonly PastTensor[] }) {
  return (
    <Scrolling label={`${title} over the run`}>
      <thead>
        <tr>
          {["Step", "Epoch", "Mean", "Std", "Min", ...percentileNames, "Max", "Zeros", "NaN/∞"].map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {history.toReversed().map(({ step, epoch, tensor }) => (
          <tr key={step}>
            <td>{formatCount(step)}</td>
            <td>{formatCount(epoch + 1)}</td>
            <td>{formatNumber(tensor.mean)}</td>
            <td title={deviationTitle(tensor)}>{formatDeviation(tensor)}</td>
            <td>{formatNumber(tensor.min)}</td>
            {Array.from(tensor.percentiles.values, (value, i) => (
              <td key={i}>{formatNumber(value)}</td>
            ))}
            <td>{formatNumber(tensor.max)}</td>
            <td>{formatPercent(tensor.zeroFraction)}</td>
            <td>{formatCount(tensor.nonFinite)}</td>
          </tr>
        ))}
      </tbody>
    </Scrolling>
  );
}

function Scrolling({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={label}>
      <table class="table">{children}</table>
    </div>
  );
}
