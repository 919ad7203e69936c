/** One tensor of the chosen module: its numbers, its histogram in the shown step, and its histograms over the run. */
import { useId, useState } from "preact/hooks";
import type { TensorStatistics } from "../../src/protocol/index.ts";
import { formatShape } from "../../src/run/modules.ts";
import { valueAxis } from "../charts/valueAxis.ts";
import { colour } from "../charts/theme.ts";
import { ExportMenu } from "../export/exportMenu.tsx";
import type { Exportable } from "../export/exportable.ts";
import type { Store } from "../store.ts";
import { Answer, AskButton, isAskable, noQuestion } from "../trace/trace.tsx";
import { Bars } from "./bars.tsx";
import { History } from "./history.tsx";
import { exportHistogram, exportHistory, type TensorDrawing } from "./layerExport.ts";
import { Numbers } from "./numbers.tsx";
import { BinTable, HistoryTable } from "./tables.tsx";
import { shownHistogram, type PastTensor, type ShownTensor } from "./tensors.ts";

interface Props {
  store: Store;
  shown: ShownTensor;
  note: string | undefined;
  absent: string;
  tensor: TensorStatistics | undefined;
  history: readonly PastTensor[];
}

export function TensorRow({ store, shown, note, absent, tensor, history }: Props) {
  const { title, family, kind } = shown;
  const { histogramTables, history: view } = store.choices.value;
  const [question, ask] = useState(noQuestion);
  const answer = useId();
  const run = store.run.value;
  // An inspection measures one step: there is no history to show.
  const inspection = run?.mode === "inspect";
  const layout = `${inspection ? "single" : ""} ${histogramTables ? "tables" : ""}`;
  return (
    <>
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
          {tensor && isAskable(run) && <AskButton store={store} question={question} onAsk={ask} controls={answer} />}
          {tensor ? <Numbers tensor={tensor} withPercentiles={view === "percentiles"} /> : <p class="hint">{absent}</p>}
        </div>
        <div class="histogram" data-testid="histogram" data-kind={kind} data-count={tensor?.count}>
          {tensor && (histogramTables ? <BinTable store={store} title={title} tensor={tensor} /> : <Bars store={store} title={title} tensor={tensor} />)}
          {tensor && <ExportMenu store={store} title={`the histogram of ${title}`} exportable={() => histogramOf(store, shown, tensor, history)} />}
        </div>
        {!inspection && (
          <div class="history">
            {histogramTables ? (
              <HistoryTable title={title} history={history} />
            ) : (
              history.length > 0 && <History store={store} title={title} family={family} history={history} />
            )}
            {history.length > 0 && <ExportMenu store={store} title={`${title} over the run`} exportable={() => historyOfRun(store, shown, history)} />}
          </div>
        )}
      </section>
      {question.isOpen && <Answer store={store} module={store.module.value!} kind={kind} name={title} question={question} onAsk={ask} id={answer} />}
    </>
  );
}

function histogramOf(store: Store, shown: ShownTensor, tensor: TensorStatistics, history: readonly PastTensor[]): Exportable {
  const step = history.find((past) => past.tensor === tensor)?.step ?? store.sample.peek()!.step;
  return exportHistogram(drawingOf(store, shown), tensor, step);
}

function historyOfRun(store: Store, shown: ShownTensor, history: readonly PastTensor[]): Exportable {
  const { history: view, fullRange } = store.choices.peek();
  const histograms = history.map(({ tensor }) => shownHistogram(tensor, fullRange));
  const [range, measured] = [store.sampleRange.peek(), store.measuredSteps.peek()];
  return exportHistory({ ...drawingOf(store, shown), view, history, measured, range, axis: valueAxis(histograms, fullRange) });
}

function drawingOf(store: Store, { title, family }: ShownTensor): TensorDrawing {
  const { fullRange, logCounts } = store.choices.peek();
  const { path, name } = store.module.peek()!;
  const { fontFamily } = getComputedStyle(document.body);
  return { run: store.runName, title: `${path || name} ${title}`, family, fullRange, logarithmic: logCounts, colour, fontFamily };
}
