/** One chart of curves: its title and numbers over the picture, or over the table. */
import { useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import { formatNumber } from "../../src/run/numbers.ts";
import { indexAt } from "../../src/run/series.ts";
import { colour } from "../charts/theme.ts";
import { ExportMenu } from "../export/exportMenu.tsx";
import type { CurveStore } from "./curveStore.ts";
import { exportCurves, type Drawing } from "./curveExport.ts";
import { dashOf } from "./dashes.ts";
import { CurveTable } from "./curveTable.tsx";
import { isLogarithmic, type Chart, type Line } from "./groups.ts";
import { Plot } from "./plot.tsx";
import { Smoothed } from "./smooth.ts";

function useChart(store: CurveStore, name: string): Chart | undefined {
  return useComputed(() => chartOf(store, name)).value;
}

function chartOf(store: CurveStore, name: string): Chart | undefined {
  return store.charts.value.find((chart) => chart.name === name);
}

export function CurveChart({ store, name }: { store: CurveStore; name: string }) {
  const curveTables = useComputed(() => store.curveChoices.value.curveTables).value;
  const logarithmic = useComputed(() => store.curveChoices.value.logarithmic).value;
  const chart = useChart(store, name);
  if (!chart) return null;
  const { title } = chart;
  const several = chart.lines.length > 1;
  const onLogarithm = isLogarithmic(chart, logarithmic);
  return (
    <figure class="chart" data-testid="curve" data-name={name}>
      <figcaption class={several ? "chart-head several" : "chart-head"}>
        <span class="chart-title" title={title}>
          {title}
        </span>
        <Readouts store={store} chart={chart} />
        <button
          type="button"
          class="text-toggle"
          aria-pressed={onLogarithm}
          title="Logarithmic value axis"
          onClick={() => store.dispatch({ type: "chooseAxis", chart: name, logarithmic: !onLogarithm })}
        >
          log
        </button>
        <ExportMenu store={store} title={title} exportable={() => exportCurves(store.runName, drawingOf(store, chartOf(store, name) ?? chart))} />
      </figcaption>
      {curveTables ? <CurveTable store={store} chart={chart} /> : <Plot store={store} name={name} title={title} />}
    </figure>
  );
}

function drawingOf(store: CurveStore, chart: Chart): Drawing {
  const { smoothing, logarithmic } = store.curveChoices.peek();
  return {
    chart,
    range: store.range.peek(),
    logarithmic: isLogarithmic(chart, logarithmic),
    smoothing,
    epochs: store.epochs.peek(),
    across: store.across.peek(),
    interventions: store.interventions.peek(),
    trunk: store.trunk.peek(),
    colour,
    fontFamily: getComputedStyle(document.body).fontFamily,
  };
}

/** Each line's value at the crosshair, or its newest. */
function Readouts({ store, chart }: { store: CurveStore; chart: Chart }) {
  const cursor = store.cursorStep.value;
  const smoothing = useComputed(() => store.curveChoices.value.smoothing).value;
  const smoothers = useRef(new Map<string, Smoothed>());
  return (
    <span class="readouts">
      {chart.lines.map((line) => {
        const { steps, values, length } = line.series;
        const index = cursor === null ? length - 1 : indexAt(steps, cursor);
        const smooth = line.smooth && smoothing > 0 ? smootherFor(smoothers.current, line, smoothing).of(line.series) : null;
        return (
          <span class="readout" key={line.name} title={store.hasLegend ? line.label : undefined}>
            <LineSwatch line={line} />
            {chart.lines.length > 1 && !store.hasLegend && (
              <span class="muted line-label" title={line.label}>
                {line.label}
              </span>
            )}
            <span class="value" title="Value">
              {index < 0 ? "–" : formatNumber(values[index])}
            </span>
            {smooth && (
              <span class="value smooth" title="Smoothed value">
                {index < 0 ? "–" : `≈ ${formatNumber(smooth[index])}`}
              </span>
            )}
          </span>
        );
      })}
    </span>
  );
}

function smootherFor(smoothers: Map<string, Smoothed>, line: Line, weight: number): Smoothed {
  let smoother = smoothers.get(line.name);
  if (smoother?.weight !== weight) {
    smoother = new Smoothed(weight);
    smoothers.set(line.name, smoother);
  }
  return smoother;
}

/** A piece of the line as the chart draws it. */
export function LineSwatch({ line: { colour, place } }: { line: Pick<Line, "colour" | "place"> }) {
  return (
    <svg class={`line-swatch ${colour.slice(2)}`} viewBox="0 0 18 4" aria-hidden="true">
      <path d="M0 2H18" stroke-dasharray={dashOf(place).join(" ")} />
    </svg>
  );
}
