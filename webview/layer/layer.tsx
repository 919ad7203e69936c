import { useComputed } from "@preact/signals";
import type { ModuleInfo, ParameterInfo, SourcePosition, StepStatistics } from "../../src/protocol/index.ts";
import { formatShape, outputShapes, trainableStatus } from "../../src/run/modules.ts";
import { formatCount, plural } from "../../src/run/numbers.ts";
import { fileName } from "../../src/run/text.ts";
import { moduleStatistics, tensorStatistics, type TensorKind } from "../shownSample.ts";
import type { Store } from "../store.ts";
import { whyUnmeasured } from "./unmeasured.ts";
import { FreezeControls } from "../control/freeze.tsx";
import { Icon, IconButton } from "../frame/icon.tsx";
import { StepSlider } from "./stepSlider.tsx";
import { TensorRow, type TensorFamily } from "./tensorRow.tsx";

/** What is known of the chosen module. */
export function DetailsPane({ store }: { store: Store }) {
  const module = store.module.value;
  if (!module) return <section class="details-pane" aria-label="Module" />;
  return (
    <section class="details-pane" aria-label={`Module ${module.path || module.name}`}>
      <ModuleHead store={store} module={module} />
      <StepBar store={store} />
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
        <SourceButton store={store} position={module.constructedAt} what="constructed" icon="go-to-file" />
        <SourceButton store={store} position={module.declaredAt} what="declared" icon="symbol-class" />
      </span>
    </div>
  );
}

function SourceButton(props: { store: Store; position: SourcePosition | undefined; what: string; icon: string }) {
  const { store, position, what, icon } = props;
  if (!position) return null;
  return (
    <IconButton
      icon={icon}
      label={`Go to where it is ${what} (${fileName(position.file)}:${position.line})`}
      onClick={() => store.post({ type: "reveal", position })}
    />
  );
}

/** Which measured step is shown, and how. */
function StepBar({ store }: { store: Store }) {
  const samples = store.samples.value;
  const index = store.sampleIndex.value;
  const sample = samples[index];
  const { step, logCounts, histogramTables } = store.choices.value;
  return (
    <div class="toolbar step-bar">
      <span class="step-readout" data-testid="shown-step" data-step={sample?.step}>
        {sample ? `Step ${formatCount(sample.step)}` : "No step"}
        {sample && <span class="muted"> · epoch {formatCount(sample.epoch + 1)}</span>}
      </span>
      <StepSlider samples={samples} index={index} onChoose={(chosen) => store.dispatch({ type: "chooseStep", step: chosen })} />
      <button
        type="button"
        class="text-toggle"
        aria-pressed={step === null}
        title="Always show the newest measured step"
        onClick={() => store.dispatch({ type: "chooseStep", step: null })}
      >
        newest
      </button>
      <button
        type="button"
        class="text-toggle"
        aria-pressed={logCounts}
        title="Logarithmic counts, so that bins with few values show"
        onClick={() => store.dispatch({ type: "choose", choices: { logCounts: !logCounts } })}
      >
        log
      </button>
      <IconButton
        icon="table"
        label="Show histograms as tables"
        pressed={histogramTables}
        testId="histogram-tables"
        onClick={() => store.dispatch({ type: "choose", choices: { histogramTables: !histogramTables } })}
      />
    </div>
  );
}

interface RowSpec {
  readonly kind: TensorKind;
  readonly title: string;
  readonly family: TensorFamily;
  readonly parameter?: ParameterInfo;
  /** Gone once the step is over, unless it was chosen to be measured. */
  readonly ofOutput?: true;
  /** Why there is nothing to show. */
  readonly absent: string;
}

function rowsOf(module: ModuleInfo): readonly RowSpec[] {
  const output: RowSpec[] = [
    { kind: "output", title: "Activation", family: "activation", ofOutput: true, absent: "Not called in this step." },
    { kind: "outputGradient", title: "Gradient", family: "gradient", ofOutput: true, absent: "No gradient reached this output." },
  ];
  return output.concat(
    module.parameters.flatMap((parameter): RowSpec[] => {
      const { name, trainable } = parameter;
      const absent = trainable ? "No gradient had arrived." : "Frozen: it gets no gradient.";
      return [
        { kind: `parameter:${name}`, title: name, family: "parameter", parameter, absent: "Not measured in this step." },
        { kind: `gradient:${name}`, title: `${name}.grad`, family: "gradient", parameter, absent },
      ];
    }),
  );
}

function TensorRows({ store, module }: { store: Store; module: ModuleInfo }) {
  const samples = store.samples.value;
  const sample = store.sample.value;
  const outputSample = store.outputSample.value;
  const why = useComputed(() => (store.run.value ? whyUnmeasured(store.run.value, store.model.value) : "")).value;
  if (!sample || !outputSample) {
    return (
      <p class="hint" data-testid="unmeasured">
        {why}
      </p>
    );
  }
  const specs = rowsOf(module);
  const known = specs.filter(({ kind }) => samples.some((one) => tensorStatistics(moduleStatistics(one, module.id), kind)));
  if (known.length === 0 && module.parameters.length === 0) {
    return <p class="hint">This module was not called in any measured step.</p>;
  }
  return (
    <>
      {specs.map((spec) => {
        const shown = spec.ofOutput ? outputSample : sample;
        return (
          <TensorRow
            key={`${module.path}/${spec.kind}`}
            store={store}
            kind={spec.kind}
            title={spec.title}
            note={spec.parameter ? parameterNote(spec.parameter) : shown === sample ? undefined : `of step ${formatCount(shown.step)}`}
            family={spec.family}
            absent={spec.absent}
            tensor={tensorStatistics(moduleStatistics(shown, module.id), spec.kind)}
            history={historyOf(samples, module.id, spec.kind)}
          />
        );
      })}
    </>
  );
}

function historyOf(samples: readonly StepStatistics[], module: number, kind: TensorKind) {
  return samples.flatMap((sample) => {
    const tensor = tensorStatistics(moduleStatistics(sample, module), kind);
    return tensor ? [{ step: sample.step, epoch: sample.epoch, tensor }] : [];
  });
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
