import { useMemo, useRef } from "preact/hooks";
import { fan } from "../charts/fan.ts";
import type { HistoryProps } from "./history.tsx";
import { OverSteps } from "./stepAxis.tsx";

/** Percentiles over the run as nested bands with the median, and mean ± std as lines. */
export function FanChart({ store, history, axis, label }: HistoryProps) {
  const frame = useRef<HTMLDivElement>(null);
  const range = store.sampleRange.value;
  const { bands, median, mean, deviation } = useMemo(() => fan(history, range, axis), [history, range, axis]);
  const title = "Bands: from the 1st to the 99th percentile, the 5th to the 95th, the 25th to the 75th; line: median; dashes: mean; dots: mean ± std.";
  return (
    <OverSteps store={store} label={label} title={title} testId="percentile-chart" axis={axis} frame={frame}>
      <svg class="fan" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        {bands.map((band, i) => (
          <path key={i} class="band" d={band} />
        ))}
        <path class="median" d={median} />
        <path class="mean" d={mean} />
        {deviation.map((line, i) => (
          <path key={i} class="deviation" d={line} />
        ))}
      </svg>
    </OverSteps>
  );
}
