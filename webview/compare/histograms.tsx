/** A tensor's histograms in all runs, over one axis, at the last step that they have in common. */
import type { ModuleInfo, StepStatistics, TensorKind, TensorStatistics } from "../../src/protocol/index.ts";
import type { ComparedRun } from "../../src/run/comparison.ts";
import { formatCount, formatNumber } from "../../src/run/numbers.ts";
import { total } from "../charts/bars.ts";
import { LineSwatch } from "../curves/curveChart.tsx";
import { BarChart } from "../layer/bars.tsx";
import { tensorsOf } from "../layer/tensors.ts";
import { moduleStatistics, tensorStatistics } from "../shownSample.ts";
import type { Traced } from "./charts.ts";
import type { ComparisonStore } from "./comparisonStore.ts";

/** A module in one run: that of the same model and path. */
interface Place {
  readonly key: string;
  readonly module: ModuleInfo;
  readonly sample: StepStatistics | undefined;
}

function placesOf({ run }: ComparedRun): Place[] {
  return run.models.flatMap(({ id, name, modules }) =>
    modules.map((module) => ({ key: `${name} ${module.path}`.trim(), module, sample: run.samples.get(id)?.[0] })),
  );
}

interface Shown {
  readonly line: Traced;
  readonly run: ComparedRun;
  readonly step: number | undefined;
  readonly tensor: TensorStatistics | undefined;
}

export function Histograms({ store }: { store: ComparisonStore }) {
  const { module, tensor } = store.choices.value;
  const runs = store.shown.value.flatMap((line) => line.runs.map((run) => ({ line, run, places: placesOf(run) })));
  const modules = [...new Map(runs.flatMap(({ places }) => places).map((place) => [place.key, place]))].filter(
    ([, { module: own }]) => own.parameters.length > 0,
  );
  const [key, place] = modules.find(([name]) => name === module) ?? modules[0] ?? [];
  if (!place) return <p class="hint compare-hint">{runs.length === 0 ? "All runs are switched off." : "These runs have no modules with parameters."}</p>;
  const tensors = tensorsOf(place.module, place.sample ? [place.sample] : []);
  const kind = tensors.find((one) => one.kind === tensor)?.kind ?? tensors.find((one) => one.kind.startsWith("parameter"))!.kind;
  const shown = runs.map(({ line, run, places }): Shown => {
    const own = places.find((one) => one.key === key);
    const statistics = own?.sample && moduleStatistics(own.sample, own.module.id);
    return { line, run, step: own?.sample?.step, tensor: tensorStatistics(statistics, kind) };
  });
  return (
    <section class="compare-histograms" aria-label="Histograms">
      <div class="toolbar">
        <Choice label="Module" value={key!} options={modules.map(([name]) => [name, name])} onChange={(chosen) => store.choose({ module: chosen })} />
        <Choice label="Tensor" value={kind} options={tensors.map((one) => [one.kind, one.title])} onChange={(chosen) => store.choose({ tensor: chosen })} />
      </div>
      <Cards shown={shown} kind={kind} />
    </section>
  );
}

function Choice(props: { label: string; value: string; options: readonly (readonly [string, string])[]; onChange: (value: string) => void }) {
  const { label, value, options, onChange } = props;
  return (
    <label class="smoothing">
      <span>{label}</span>
      <select class="select" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([id, title]) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

function Cards({ shown, kind }: { shown: readonly Shown[]; kind: TensorKind }) {
  const histograms = shown.flatMap(({ tensor }) => tensor?.histogram ?? []);
  const [low, high] = [Math.min(...histograms.map((own) => own.low)), Math.max(...histograms.map((own) => own.high))];
  const share = (value: number) => (high > low ? (100 * (value - low)) / (high - low) : 0);
  return (
    <div class="compare-cards">
      {shown.map(({ line, run, step, tensor }) => (
        <figure class="compare-card" key={run.id} data-testid="compared-histogram" data-step={step}>
          <figcaption>
            <LineSwatch line={{ colour: line.colour, place: line.round }} />
            <span class="compare-title" title={run.title}>
              {run.title}
            </span>
            <span class="muted">{step === undefined ? "" : `step ${formatCount(step)}`}</span>
          </figcaption>
          {tensor ? (
            <>
              <div class={`compare-plot ${line.colour.slice(2)}`}>
                <div
                  style={{
                    marginLeft: `${share(tensor.histogram.low)}%`,
                    width: high > low ? `${share(tensor.histogram.high) - share(tensor.histogram.low)}%` : "100%",
                  }}
                >
                  <BarChart
                    title={`${run.title}: ${kind}`}
                    histogram={tensor.histogram}
                    sum={total(tensor.histogram.counts)}
                    logarithmic={false}
                    pointed={null}
                    onPoint={() => {}}
                  />
                </div>
              </div>
              <div class="axis">
                <span>{formatNumber(low, 3)}</span>
                <span class="muted">
                  {formatNumber(tensor.mean)} ± {formatNumber(tensor.std)}
                </span>
                <span>{formatNumber(high, 3)}</span>
              </div>
            </>
          ) : (
            <p class="hint">Not measured in this run.</p>
          )}
        </figure>
      ))}
    </div>
  );
}
