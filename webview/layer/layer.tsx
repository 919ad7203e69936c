import { useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { ModuleInfo, ParameterInfo } from "../../src/protocol/index.ts";
import { formatShape, outputShapes, trainableStatus } from "../../src/run/modules.ts";
import { formatCount, plural } from "../../src/run/numbers.ts";
import { FreezeControls } from "../control/freeze.tsx";
import { Icon, IconButton } from "../frame/icon.tsx";
import { ModuleLinks } from "../frame/moduleLinks.tsx";
import { LayerFacts } from "../health/layerFacts.tsx";
import { moduleStatistics, tensorStatistics } from "../shownSample.ts";
import { historyViews, type Choices, type HistoryView } from "../state.ts";
import { MeasuringOff } from "../steps/measuringOff.tsx";
import type { Store } from "../store.ts";
import { TensorRow } from "./tensorRow.tsx";
import { historyOf, tensorsOf, whyAbsent } from "./tensors.ts";
import { whyUnmeasured } from "./unmeasured.ts";

/** What is known of the chosen module. */
export function DetailsPane({ store }: { store: Store }) {
  const module = store.module.value;
  if (!module) return <section class="details-pane" aria-label="Module" />;
  return (
    <section class="details-pane" aria-label={`Module ${module.path || module.name}`}>
      <ModuleHead store={store} module={module} />
      <LayerFacts store={store} module={module} />
      <ViewBar store={store} />
      <div class="pane-note">
        <MeasuringOff store={store} />
      </div>
      <div class="tensor-rows">
        <TensorRows store={store} module={module} />
        <Buffers module={module} />
      </div>
    </section>
  );
}

function ModuleHead({ store, module }: { store: Store; module: ModuleInfo }) {
  const { counts } = module;
  const status = trainableStatus(module.counts);
  const shapes = outputShapes(module);
  return (
    <div class="module-head" data-testid="module-details" data-path={module.path}>
      <h2 title={module.path || module.name}>{module.path || module.name}</h2>
      <code class="module-type" title={`${module.type}(${module.extra})`}>
        {module.type}
        <span class="muted">({module.extra})</span>
      </code>
      <span class="module-facts">
        {shapes && (
          <span title="Shape of its last output">
            <Icon name="arrow-right" /> {shapes}
          </span>
        )}
        {counts.total > 0 && <span>{plural(counts.total, "parameter")}</span>}
        {status === "frozen" && (
          <span>
            <Icon name="lock" /> frozen
          </span>
        )}
        {status === "partial" && <span>{formatCount(counts.frozen)} frozen</span>}
        {!module.training && <span>eval mode</span>}
      </span>
      <FreezeControls store={store} module={module} status={status} />
      <span class="module-links">
        <ModuleLinks store={store} module={module} />
      </span>
    </div>
  );
}

const viewNames: Readonly<Record<HistoryView, readonly [name: string, title: string]>> = {
  heatmap: ["heat map", "Over the run: steps to the right, darker where there are more values"],
  ridgeline: ["ridges", "Over the run: one histogram behind the other"],
  percentiles: ["percentiles", "Over the run: percentiles as bands, mean ± std as lines"],
};

/** How histograms are shown. */
function ViewBar({ store }: { store: Store }) {
  const { history, fullRange, logCounts, histogramTables } = store.choices.value;
  const inspection = store.run.value?.mode === "inspect";
  const choose = (choices: Partial<Choices>) => store.dispatch({ type: "choose", choices });
  return (
    <div class="toolbar view-bar" role="group" aria-label="How histograms are shown">
      {!inspection &&
        historyViews.map((view) => (
          <Toggle
            key={view}
            name={viewNames[view][0]}
            title={viewNames[view][1]}
            pressed={history === view}
            testId={`history-${view}`}
            onClick={() => choose({ history: view })}
          />
        ))}
      <span class="toolbar-gap" />
      <Toggle
        name="full range"
        title="From the smallest to the largest value, outliers too; else the range that nearly all values lie in"
        pressed={fullRange}
        testId="full-range"
        onClick={() => choose({ fullRange: !fullRange })}
      />
      <Toggle
        name="log"
        title="Logarithmic counts, so that bins with few values show"
        pressed={logCounts}
        testId="log-counts"
        onClick={() => choose({ logCounts: !logCounts })}
      />
      <IconButton
        icon="table"
        label="Show histograms as tables"
        pressed={histogramTables}
        testId="histogram-tables"
        onClick={() => choose({ histogramTables: !histogramTables })}
      />
    </div>
  );
}

function Toggle(props: { name: string; title: string; pressed: boolean; testId: string; onClick: () => void }) {
  return (
    <button type="button" class="text-toggle" aria-pressed={props.pressed} title={props.title} onClick={props.onClick} data-testid={props.testId}>
      {props.name}
    </button>
  );
}

function TensorRows({ store, module }: { store: Store; module: ModuleInfo }) {
  const samples = store.samples.value;
  const sample = store.sample.value;
  const outputSample = store.outputSample.value;
  // Going through the steps changes neither, and what is drawn of them stays as it is.
  const rows = useMemo(() => tensorsOf(module, samples).map((shown) => ({ shown, history: historyOf(samples, module.id, shown.kind) })), [module, samples]);
  const why = useComputed(() => (store.run.value ? whyUnmeasured(store.run.value, store.model.value) : "")).value;
  if (!sample || !outputSample) {
    return (
      <p class="hint" data-testid="unmeasured">
        {why}
      </p>
    );
  }
  const isKnown = rows.some(({ history }) => history.length > 0);
  const isUnderNoGrad = moduleStatistics(outputSample, module.id)?.gradientless === "noGrad";
  if (!isKnown && !isUnderNoGrad && module.parameters.length === 0) {
    return <p class="hint">This module was not called in any measured step.</p>;
  }
  return (
    <>
      {rows.map(({ shown, history }) => {
        const from = shown.ofOutput ? outputSample : sample;
        const statistics = moduleStatistics(from, module.id);
        return (
          <TensorRow
            key={`${store.run.value?.runId}/${module.path}/${shown.kind}`}
            store={store}
            shown={shown}
            note={shown.parameter ? parameterNote(shown.parameter) : from === sample ? undefined : `of step ${formatCount(from.step)}`}
            absent={whyAbsent(shown, statistics)}
            tensor={tensorStatistics(statistics, shown.kind)}
            history={history}
          />
        );
      })}
    </>
  );
}

function parameterNote({ trainable, sharedWith }: ParameterInfo): string | undefined {
  const notes = [!trainable && "frozen", sharedWith !== undefined && `shared with ${sharedWith}`].filter(Boolean);
  return notes.length > 0 ? notes.join(", ") : undefined;
}

function Buffers({ module }: { module: ModuleInfo }) {
  if (module.buffers.length === 0) return null;
  return (
    <table class="table buffers">
      <caption>Buffers</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Shape</th>
          <th scope="col">Type</th>
          <th scope="col">Values</th>
          <th scope="col">In state dict</th>
        </tr>
      </thead>
      <tbody>
        {module.buffers.map((buffer) => (
          <tr key={buffer.name}>
            <td>{buffer.name}</td>
            <td>{formatShape(buffer.shape)}</td>
            <td>{buffer.dtype}</td>
            <td>{formatCount(buffer.count)}</td>
            <td>{buffer.persistent ? "yes" : "no"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
