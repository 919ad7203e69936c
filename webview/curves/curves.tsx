import { effect, signal, useComputed, useSignal, type ReadonlySignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { formatCount, formatNumber, plural } from "../../src/run/numbers.ts";
import { indexAt } from "../../src/run/series.ts";
import type { Note } from "../../src/run/snapshot.ts";
import { isFinal } from "../../src/run/standing.ts";
import { thin } from "../../src/run/thinning.ts";
import { CurvePlot, type CurveView } from "./curvePlot.ts";
import type { Chart, Line } from "./groups.ts";
import { Smoothed } from "./smooth.ts";
import { themeVersion } from "../charts/theme.ts";
import { stepRange } from "../state.ts";
import type { Store } from "../store.ts";
import { IconButton } from "../frame/icon.tsx";

const tableRows = 200;

export function CurvesPane({ store }: { store: Store }) {
  const names = useStable(useComputed(() => store.charts.value.map((chart) => chart.name)).value);
  const { smoothing, curveTables } = store.choices.value;
  const over = useComputed(() => isFinal(store.run.value?.state ?? "starting")).value;
  const notes = useComputed(() => store.run.value?.notes ?? []).value;
  const grid = useRef<HTMLDivElement>(null);
  const columns = balancedColumns(names.length + Math.min(1, notes.length), useWidth(grid));
  return (
    <section class="curves-pane" aria-label="Curves">
      <div class="toolbar">
        <h2>Curves</h2>
        <CursorReadout store={store} />
        <label class="smoothing" title="Weight of the past in the smoothed lines">
          <span>Smoothing</span>
          <input
            type="range"
            min={0}
            max={0.99}
            step={0.01}
            value={smoothing}
            aria-label="Smoothing"
            onInput={(event) => store.dispatch({ type: "choose", choices: { smoothing: Number(event.currentTarget.value) } })}
          />
          <output class="smoothing-value">{smoothing.toFixed(2)}</output>
        </label>
        <ZoomButton store={store} />
        <IconButton
          icon="table"
          label="Show curves as tables"
          pressed={curveTables}
          onClick={() => store.dispatch({ type: "choose", choices: { curveTables: !curveTables } })}
        />
      </div>
      <div class="charts" ref={grid} style={{ "--columns": String(columns) }}>
        {names.length === 0 && (
          <p class="hint">{over ? "This run had no backward pass, so it has no loss." : "No loss yet. Curves begin with the first backward pass."}</p>
        )}
        {names.map((name) => (
          <CurveChart key={name} store={store} name={name} />
        ))}
        {notes.length > 0 && <Notes notes={notes} />}
      </div>
    </section>
  );
}

const smallestChart = 240;

/** As many columns as fit, but no more than it takes to fill the rows evenly: four charts stand as 2 × 2, not as 3 + 1. */
export function balancedColumns(charts: number, width: number): number {
  const fitting = Math.max(1, Math.floor(width / smallestChart));
  const rows = Math.max(1, Math.ceil(charts / fitting));
  return Math.max(1, Math.ceil(charts / rows));
}

function useWidth(element: { readonly current: HTMLElement | null }): number {
  const width = useSignal(600);
  useEffect(() => {
    const observed = element.current!;
    const observer = new ResizeObserver(() => (width.value = observed.clientWidth));
    observer.observe(observed);
    return () => observer.disconnect();
  }, [element]);
  return width.value;
}

/** The earlier list while the names are the same, so that charts aren't drawn anew for each point. */
function useStable(names: readonly string[]): readonly string[] {
  const last = useRef(names);
  if (last.current.join("\0") !== names.join("\0")) last.current = names;
  return last.current;
}

function ZoomButton({ store }: { store: Store }) {
  const zoomed = useComputed(() => store.state.value.zoom !== null).value;
  return <IconButton icon="screen-normal" label="Show all steps" disabled={!zoomed} onClick={() => store.dispatch({ type: "zoom", range: null })} />;
}

/** The step under the crosshair. */
function CursorReadout({ store }: { store: Store }) {
  const step = store.cursorStep.value;
  if (step === null) return <span class="cursor-readout" />;
  const loss = store.run.peek()?.curves.get("loss");
  const index = loss ? indexAt(loss.steps, step) : -1;
  const epoch = index >= 0 ? ` · epoch ${formatCount(loss!.epochs[index]! + 1)}` : "";
  return <span class="cursor-readout">{`step ${formatCount(step)}${epoch}`}</span>;
}

function useChart(store: Store, name: string): Chart | undefined {
  return useComputed(() => store.charts.value.find((chart) => chart.name === name)).value;
}

function CurveChart({ store, name }: { store: Store; name: string }) {
  const { logarithmic, curveTables } = store.choices.value;
  const isLogarithmic = logarithmic.includes(name);
  const title = name === "lr" ? "learning rate" : name;
  const several = useComputed(() => (store.charts.value.find((chart) => chart.name === name)?.lines.length ?? 0) > 1).value;
  return (
    <figure class="chart" data-testid="curve" data-name={name}>
      <figcaption class={several ? "chart-head several" : "chart-head"}>
        <span class="chart-title" title={title}>
          {title}
        </span>
        <Readouts store={store} name={name} />
        <button
          type="button"
          class="text-toggle"
          aria-pressed={isLogarithmic}
          title="Logarithmic value axis"
          onClick={() => store.dispatch({ type: "toggleLogarithmic", chart: name })}
        >
          log
        </button>
      </figcaption>
      {curveTables ? <CurveTable store={store} name={name} /> : <Plot store={store} name={name} title={title} />}
    </figure>
  );
}

/** Each line's value at the crosshair, or its newest. */
function Readouts({ store, name }: { store: Store; name: string }) {
  const chart = useChart(store, name);
  const cursor = store.cursorStep.value;
  const { smoothing } = store.choices.value;
  const smoothers = useRef(new Map<string, Smoothed>());
  if (!chart) return null;
  return (
    <span class="readouts">
      {chart.lines.map((line) => {
        const { steps, values, length } = line.series;
        const index = cursor === null ? length - 1 : indexAt(steps, cursor);
        const smooth = chart.smooth && smoothing > 0 ? smootherFor(smoothers.current, line, smoothing).of(line.series) : null;
        return (
          <span class="readout" key={line.name}>
            <span class={`swatch ${line.colour.slice(2)}`} />
            {chart.lines.length > 1 && (
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

function Plot({ store, name, title }: { store: Store; name: string; title: string }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const plot = new CurvePlot(host.current!, {
      hover: (step) => (store.cursorStep.value = step),
      zoom: (range) => store.dispatch({ type: "zoom", range }),
      choose: (step) => store.dispatch({ type: "chooseStep", step }),
    });
    const sight = watchSight(host.current!);
    const disposeData = effect(() => {
      void [store.charts.value, store.range.value, store.choices.value, store.sample.value, themeVersion.value];
      if (!sight.visible.value) return;
      const view = curveView(store, name);
      if (view) plot.show(view);
    });
    const disposeCursor = effect(() => plot.showCursor(store.cursorStep.value));
    return () => {
      disposeData();
      disposeCursor();
      sight.dispose();
      plot.destroy();
    };
  }, [store, name]);
  return (
    <div
      ref={host}
      class="plot"
      role="img"
      tabIndex={0}
      aria-label={`${title} over steps. Arrow keys move the crosshair, plus and minus zoom, Enter chooses the step.`}
      onKeyDown={(event) => pressOnPlot(event, store)}
      onBlur={() => (store.cursorStep.value = null)}
    />
  );
}

/** Whether an element lies within the part of the page that is scrolled into view. */
function watchSight(element: Element): { readonly visible: ReadonlySignal<boolean>; readonly dispose: () => void } {
  const visible = signal(false);
  const observer = new IntersectionObserver((entries) => (visible.value = entries.at(-1)!.isIntersecting));
  observer.observe(element);
  return { visible, dispose: () => observer.disconnect() };
}

function curveView(store: Store, name: string): CurveView | null {
  const state = store.state.peek();
  const chart = store.charts.peek().find((candidate) => candidate.name === name);
  if (!chart) return null;
  const { smoothing, logarithmic, step } = state.choices;
  return {
    lines: chart.lines,
    smoothing: chart.smooth && smoothing > 0 ? smoothing : null,
    logarithmic: logarithmic.includes(name),
    heldUntil: chart.heldUntil,
    range: stepRange(state),
    marker: step === null ? null : (store.sample.peek()?.step ?? null),
    theme: themeVersion.peek(),
  };
}

function pressOnPlot(event: KeyboardEvent, store: Store): void {
  const [first, last] = store.range.peek();
  const cursor = Math.min(last, Math.max(first, store.cursorStep.peek() ?? last));
  const stride = Math.max(1, Math.round((last - first) / (event.shiftKey ? 10 : 100)));
  const moveTo = (step: number) => (store.cursorStep.value = Math.min(last, Math.max(first, step)));
  const zoomBy = (factor: number) => {
    const [from, to] = [Math.floor(cursor - (cursor - first) * factor), Math.ceil(cursor + (last - cursor) * factor)];
    const all = stepRange({ ...store.state.peek(), zoom: null });
    const whole = from <= all[0] && to >= all[1];
    store.dispatch({ type: "zoom", range: whole ? null : [Math.max(all[0], from), Math.min(all[1], Math.max(to, from + 1))] });
  };
  if (event.key === "ArrowLeft") moveTo(cursor - stride);
  else if (event.key === "ArrowRight") moveTo(cursor + stride);
  else if (event.key === "Home") moveTo(first);
  else if (event.key === "End") moveTo(last);
  else if (event.key === "+" || event.key === "=") zoomBy(0.5);
  else if (event.key === "-") zoomBy(2);
  else if (event.key === "Enter") store.dispatch({ type: "chooseStep", step: cursor });
  else if (event.key === "Escape") store.dispatch({ type: "zoom", range: null });
  else return;
  event.preventDefault();
}

/** The table twin of a chart: the points that the chart draws, thinned out where there are very many. */
function CurveTable({ store, name }: { store: Store; name: string }) {
  const chart = useChart(store, name);
  if (!chart) return null;
  const [first, last] = store.range.value;
  return (
    <div class="table-scroll">
      {chart.lines.map(({ name: key, label: line, series }) => {
        const { steps, epochs, values } = series;
        const from = indexAt(steps, first - 1) + 1;
        const to = indexAt(steps, last) + 1;
        const indices = thin(steps, values, from, to, tableRows);
        const all = indices.length === to - from;
        return (
          <table class="table" key={key}>
            <caption>
              {all ? `${line}: ${plural(to - from, "point")}` : `${line}: ${indices.length} of ${plural(to - from, "point")}, peaks and dips kept`}
            </caption>
            <thead>
              <tr>
                <th scope="col">Step</th>
                <th scope="col">Epoch</th>
                <th scope="col">{line}</th>
              </tr>
            </thead>
            <tbody>
              {Array.from(indices)
                .reverse()
                .map((i) => (
                  <tr key={i}>
                    <td>{formatCount(steps[i]!)}</td>
                    <td>{formatCount(epochs[i]! + 1)}</td>
                    <td>{formatNumber(values[i])}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        );
      })}
    </div>
  );
}

/** What the program logged that isn't a number: the newest text of each name. */
function Notes({ notes }: { notes: readonly Note[] }) {
  const newest = new Map(notes.map((note) => [note.name, note]));
  return (
    <figure class="chart notes">
      <figcaption class="chart-head">
        <span class="chart-title">notes</span>
      </figcaption>
      <dl class="note-list">
        {[...newest.values()].map((note) => (
          <div key={note.name}>
            <dt title={`At step ${formatCount(note.step)}`}>{note.name}</dt>
            <dd>{note.text}</dd>
          </div>
        ))}
      </dl>
    </figure>
  );
}
