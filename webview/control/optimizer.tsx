/** The options of the run's optimizers, group by group, and the probabilities of its dropouts. */
import type { ModelInfo, OptimizerInfo, OptionValue, ParameterGroupInfo } from "../../src/protocol/index.ts";
import { isSteerable } from "../../src/run/interventions.ts";
import { plural } from "../../src/run/numbers.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import type { Store } from "../store.ts";
import { Field } from "./field.tsx";

export function Optimizers({ store, run }: { store: Store; run: RunSnapshot }) {
  if (run.optimizers.length === 0) return <p class="hint">The run has made no optimizer yet.</p>;
  return (
    <>
      {run.optimizers.map((optimizer) => (
        <section key={optimizer.id} class="optimizer" aria-label={optimizer.type} data-testid="optimizer" data-optimizer={optimizer.id}>
          <h3>
            {optimizer.type}
            {run.optimizers.length > 1 && <span class="muted"> · {ownersOf(optimizer).join(", ")}</span>}
          </h3>
          {optimizer.groups.map((group, index) => (
            <Group key={index} store={store} run={run} optimizer={optimizer} group={group} index={index} />
          ))}
        </section>
      ))}
    </>
  );
}

/** Whose parameters it changes: the models that they belong to; where none is known, its groups. */
function ownersOf({ groups }: OptimizerInfo): readonly string[] {
  const paths = groups.flatMap(({ parameters }) => parameters);
  if (paths.length === 0) return groups.map(({ name }) => name);
  const owners = new Set(paths.map((path) => path.split(".")[0]!));
  return [...owners];
}

function Group(props: { store: Store; run: RunSnapshot; optimizer: OptimizerInfo; group: ParameterGroupInfo; index: number }) {
  const { store, run, optimizer, group, index } = props;
  const isOnly = optimizer.groups.length === 1;
  const change = (name: string, value: OptionValue) =>
    store.post({ type: "steer", steering: { type: "change", change: { kind: "option", optimizer: optimizer.id, group: index, name, value } } });
  return (
    <fieldset class="options" disabled={!isSteerable(run)}>
      {!isOnly && <legend title={group.parameters.join(", ")}>{`${group.name} · ${plural(group.count, "tensor")}`}</legend>}
      {Object.entries(group.options).map(([name, value]) => (
        <Field
          key={name}
          label={name}
          value={value}
          disabled={!isSteerable(run)}
          accept={name === "lr" ? (lr) => Number(lr) >= 0 : () => true}
          apply={(next) => change(name, next)}
          testId={`option-${name}`}
        />
      ))}
    </fieldset>
  );
}

/** One for each dropout of the shown model, and one for all of them. */
export function Dropouts({ store, run, model }: { store: Store; run: RunSnapshot; model: ModelInfo }) {
  const own = model.modules.flatMap(({ path, name, dropout }) => (dropout === undefined ? [] : [{ path, name, p: dropout }]));
  if (own.length === 0) return null;
  const change = (path: string, p: OptionValue) =>
    store.post({ type: "steer", steering: { type: "change", change: { kind: "dropout", model: model.id, path, p: Number(p) } } });
  const isProbability = (p: OptionValue) => Number(p) >= 0 && Number(p) <= 1;
  const field = (label: string, path: string, p: number) => (
    <Field
      key={label}
      label={label}
      value={p}
      disabled={!isSteerable(run)}
      accept={isProbability}
      apply={(next) => change(path, next)}
      testId={`dropout-${path}`}
    />
  );
  return (
    <section class="optimizer" aria-label="Dropout">
      <h3>Dropout</h3>
      <fieldset class="options" disabled={!isSteerable(run)}>
        {own.length > 1 && field("all", "", own[0]!.p)}
        {own.map(({ path, name, p }) => field(path || name, path, p))}
      </fieldset>
    </section>
  );
}
