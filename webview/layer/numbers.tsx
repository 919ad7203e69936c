/** The numbers of one tensor in the shown step. */
import type { TensorStatistics } from "../../src/protocol/index.ts";
import { formatCount, formatNumber, formatPercent } from "../../src/run/numbers.ts";
import { Icon } from "../frame/icon.tsx";
import { rootMeanSquare } from "../shownSample.ts";

export function Numbers({ tensor, withPercentiles }: { tensor: TensorStatistics; withPercentiles: boolean }) {
  const { mean, min, max, zeroFraction, nonFinite, count } = tensor;
  const finite = count - nonFinite;
  const norm = rootMeanSquare(tensor) * Math.sqrt(finite);
  return (
    <>
      <dl class="statistics">
        <Statistic name="mean" value={formatNumber(mean)} testId="tensor-mean" raw={mean} />
        <Statistic name="std" value={formatDeviation(tensor)} title={deviationTitle(tensor)} testId="tensor-std" raw={tensor.std} />
        <Statistic name="min" value={formatNumber(min)} />
        <Statistic name="max" value={formatNumber(max)} />
        <Statistic name="norm" value={formatNumber(norm)} title="Euclidean norm" />
        <Statistic name="zeros" value={formatPercent(zeroFraction)} title="Share of values that are exactly zero" />
        <Statistic name="count" value={formatCount(count)} title="Number of values" testId="tensor-count" raw={count} />
        <Statistic name="NaN/∞" value={formatCount(nonFinite)} title="Number of values that are NaN or infinite" alarm={nonFinite > 0} />
      </dl>
      {withPercentiles && finite > 0 && <Percentiles tensor={tensor} />}
    </>
  );
}

export const percentileNames = ["1 %", "5 %", "25 %", "50 %", "75 %", "95 %", "99 %"];

/** How exact the percentiles are, in words. */
export function percentilesTitle({ percentiles }: TensorStatistics): string {
  return percentiles.exact ? "Percentiles of all values" : "Percentiles, read off a fine histogram: within a hundredth of the range that is shown";
}

function Percentiles({ tensor }: { tensor: TensorStatistics }) {
  const { values, exact } = tensor.percentiles;
  return (
    <dl class="statistics percentiles" title={percentilesTitle(tensor)} data-testid="percentiles" data-exact={exact}>
      {percentileNames.map((name, i) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd data-testid="percentile" data-value={values[i]}>
            {`${exact ? "" : "≈ "}${formatNumber(values[i], 3)}`}
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function deviationTitle({ count, nonFinite }: TensorStatistics): string {
  return count - nonFinite < 2 ? "Sample standard deviation: there is none of fewer than two values" : "Sample standard deviation";
}

export function formatDeviation({ std, count, nonFinite }: TensorStatistics): string {
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
