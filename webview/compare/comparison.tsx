/** Runs beside each other: what differs as a table, which is the legend too; below it their curves or their histograms. */
import type { JSX } from "preact";
import { LineSwatch } from "../curves/curveChart.tsx";
import { CurveTools, Charts, useStable } from "../curves/curves.tsx";
import { tabAfterKey } from "../frame/tabs.tsx";
import { alignments, type Alignment } from "./alignment.ts";
import { views, type ComparisonStore, type View } from "./comparisonStore.ts";
import { Words } from "../health/words.tsx";
import { Histograms } from "./histograms.tsx";
import { RunTable } from "./runTable.tsx";

const titles: Readonly<Record<View, string>> = { curves: "Curves", histograms: "Histograms", health: "Health" };
const panes: Readonly<Record<View, (props: { store: ComparisonStore }) => JSX.Element>> = { curves: Curves, histograms: Histograms, health: Health };
const alignmentTitles: Readonly<Record<Alignment, string>> = { steps: "step", epochs: "epoch", seconds: "time" };

export function Comparison({ store }: { store: ComparisonStore }) {
  if (store.runs.value === null) return <p class="hint compare-hint">Reading the runs …</p>;
  const { view } = store.choices.value;
  const Pane = panes[view];
  return (
    <div class="app">
      {store.sentences.value.length > 0 && (
        <ul class="compare-sentences" aria-label="Whether the groups differ">
          {store.sentences.value.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <RunTable store={store} />
      <section class="tab-group">
        <Tabs store={store} />
        <div class="tab-panel" role="tabpanel" id="compare-panel" aria-labelledby={`compare-tab-${view}`}>
          <Pane store={store} />
        </div>
      </section>
    </div>
  );
}

function Tabs({ store }: { store: ComparisonStore }) {
  const { view } = store.choices.value;
  const press = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const next = tabAfterKey(event.key, views.indexOf(view), views.length);
    if (next === null) return;
    event.preventDefault();
    store.choose({ view: views[next]! });
    (event.currentTarget.children[next] as HTMLElement).focus();
  };
  return (
    <div class="tab-bar" role="tablist" aria-label="What is shown" onKeyDown={press}>
      {views.map((id) => (
        <button
          key={id}
          type="button"
          class="tab"
          role="tab"
          id={`compare-tab-${id}`}
          aria-selected={id === view}
          aria-controls="compare-panel"
          tabIndex={id === view ? 0 : -1}
          onClick={() => store.choose({ view: id })}
        >
          {titles[id]}
        </button>
      ))}
    </div>
  );
}

/** What is said of each run, below each other. */
function Health({ store }: { store: ComparisonStore }) {
  return (
    <dl class="compare-health" aria-label="Health">
      {store.shown.value.flatMap((line) =>
        line.runs.map(({ id, title, health }) => (
          <div key={id} data-testid="compared-health">
            <dt title={title}>
              <LineSwatch line={{ colour: line.colour, place: line.round }} />
              <span class="compare-title">{title}</span>
            </dt>
            <dd>
              <Words text={health || "Nothing to say: it was too short, or nothing was measured."} />
            </dd>
          </div>
        )),
      )}
    </dl>
  );
}

function Curves({ store }: { store: ComparisonStore }) {
  const names = useStable(store.charts.value.filter(({ isConstant, lines }) => !isConstant && lines.length > 0).map(({ name }) => name));
  return (
    <section class="curves-pane" aria-label="Curves">
      <div class="toolbar">
        <label class="smoothing">
          <span>Align by</span>
          <select
            class="select"
            value={store.choices.value.alignment}
            onChange={(event) => store.choose({ alignment: event.currentTarget.value as Alignment })}
          >
            {alignments.map((id) => (
              <option key={id} value={id}>
                {alignmentTitles[id]}
              </option>
            ))}
          </select>
        </label>
        <CurveTools store={store} />
      </div>
      <Charts store={store} names={names}>
        {names.length === 0 && <p class="hint">{store.shown.value.length === 0 ? "All runs are switched off." : "These runs have no curves."}</p>}
      </Charts>
    </section>
  );
}
