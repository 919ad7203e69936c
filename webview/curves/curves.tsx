import { useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { formatCount } from "../../src/run/numbers.ts";
import { indexAt } from "../../src/run/series.ts";
import type { Note } from "../../src/run/snapshot.ts";
import { isFinal } from "../../src/run/standing.ts";
import { formatTicks } from "../charts/ticks.ts";
import { IconButton } from "../frame/icon.tsx";
import { stepMenu } from "../steps/stepMenu.ts";
import type { Store } from "../store.ts";
import { CurveChart } from "./curveChart.tsx";
import type { CurveStore } from "./curveStore.ts";

export function CurvesPane({ store }: { store: Store }) {
  const names = useStable(useComputed(() => store.charts.value.filter(({ isConstant }) => !isConstant).map(({ name }) => name)).value);
  const over = useComputed(() => isFinal(store.run.value?.state ?? "starting")).value;
  const notes = useComputed(() => store.run.value?.notes ?? []).value;
  const menu = useComputed(() => stepMenu(store, store.cursorStep.value)).value;
  return (
    <section class="curves-pane" aria-label="Curves">
      <div class="toolbar">
        <Constants store={store} />
        <CurveTools store={store} />
      </div>
      <Charts store={store} names={names} menu={menu} further={notes.length > 0 ? <Notes notes={notes} /> : null}>
        {names.length === 0 && (
          <p class="hint">{over ? "This run had no backward pass, so it has no loss." : "No loss yet. Curves begin with the first backward pass."}</p>
        )}
      </Charts>
    </section>
  );
}

/** Where the crosshair is, and how all charts are shown. */
export function CurveTools({ store }: { store: CurveStore }) {
  const { smoothing, curveTables } = store.curveChoices.value;
  return (
    <>
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
    </>
  );
}

/** In as many columns as fit. @param menu what VS Code's context menu is given @param further what stands among them as one more */
export function Charts(props: { store: CurveStore; names: readonly string[]; menu?: string; further?: JSX.Element | null; children?: ComponentChildren }) {
  const { store, names, menu, further = null, children } = props;
  const grid = useRef<HTMLDivElement>(null);
  const charts = names.length + (further ? 1 : 0);
  const columns = balancedColumns(charts, useWidth(grid));
  return (
    <div
      class="charts"
      ref={grid}
      {...(menu !== undefined && { "data-vscode-context": menu })}
      style={{ "--columns": String(columns), "--rows": String(Math.ceil(charts / columns)) }}
    >
      {children}
      {names.map((name) => (
        <CurveChart key={name} store={store} name={name} />
      ))}
      {further}
    </div>
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
export function useStable(names: readonly string[]): readonly string[] {
  const last = useRef(names);
  if (last.current.join("\0") !== names.join("\0")) last.current = names;
  return last.current;
}

/** What would be a flat line is a number: `lr 0.01`. */
function Constants({ store }: { store: Store }) {
  const lines = useComputed(() => store.charts.value.filter(({ isConstant }) => isConstant).flatMap((chart) => chart.lines)).value;
  return (
    <span class="constants">
      {lines.map(({ name, series }) => (
        <span key={name} title={`${name} is the same in all steps`} data-testid="constant" data-name={name} data-value={series.last!.value}>
          <span class="muted">{name}</span> {formatTicks([series.last!.value])[0]}
        </span>
      ))}
    </span>
  );
}

function ZoomButton({ store }: { store: CurveStore }) {
  const zoomed = store.zoomed.value;
  return <IconButton icon="screen-normal" label="Show all steps" disabled={!zoomed} onClick={() => store.dispatch({ type: "zoom", range: null })} />;
}

/** The step under the crosshair. */
function CursorReadout({ store }: { store: CurveStore }) {
  const step = store.cursorStep.value;
  if (step === null) return <span class="cursor-readout" />;
  const epochs = store.epochs.peek();
  const index = indexAt(
    epochs.map((start) => start.step),
    step,
  );
  const epoch = index >= 0 ? ` · epoch ${formatCount(epochs[index]!.epoch + 1)}` : "";
  const trunk = step < (store.trunk.value ?? -Infinity) ? " · shared trunk" : "";
  return <span class="cursor-readout">{`${store.across.peek().text(step)}${epoch}${trunk}`}</span>;
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
