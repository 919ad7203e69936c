/** The module table: a model's tree with what is known of each module, and what the whole comes to. */
import { useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { ModelInfo } from "../../src/protocol/index.ts";
import { rootOf } from "../../src/run/modules.ts";
import { MeasuringOff } from "../steps/measuringOff.tsx";
import type { Store } from "../store.ts";
import { ModuleGrid } from "./grid.tsx";
import { TableTools } from "./tools.tsx";
import type { TableView } from "./view.ts";

export function TreePane({ store }: { store: Store }) {
  const view = store.table;
  const search = useRef<HTMLInputElement>(null);
  const model = store.model.value;
  if (!model) return <div class="tree-pane" />;
  const press = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== "f") return;
    search.current!.focus();
    search.current!.select();
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="tree-pane" onKeyDown={press}>
      <div class="table-bar">
        <ModelName store={store} model={model} />
        <TableTools store={store} view={view} searchBox={search} />
      </div>
      <ModuleGrid store={store} view={view} model={model} />
      <div class="pane-note">
        <MeasuringOff store={store} />
      </div>
      <Summary view={view} />
    </div>
  );
}

/** The model's name; of several, which one. */
function ModelName({ store, model }: { store: Store; model: ModelInfo }) {
  const models = useComputed(() => store.run.value?.models ?? []).value;
  if (models.length < 2) {
    return (
      <span class="model-name" title={modelLabel(model)}>
        {model.name}
      </span>
    );
  }
  return (
    <select
      class="select"
      aria-label="Model"
      data-testid="model-picker"
      value={String(model.id)}
      onChange={(event) => store.dispatch({ type: "chooseModel", model: Number(event.currentTarget.value) })}
    >
      {models.map((candidate) => (
        <option key={candidate.id} value={String(candidate.id)}>
          {modelLabel(candidate)}
        </option>
      ))}
    </select>
  );
}

function modelLabel(model: ModelInfo): string {
  const type = rootOf(model).type;
  return model.isVariable && model.name !== type ? `${model.name} (${type})` : model.name;
}

function Summary({ view }: { view: TableView }) {
  return (
    <dl class="table-summary" aria-label="The whole model" data-testid="table-summary">
      {view.items.value.map(({ id, name, value, hint, count }) => (
        <div key={id} title={hint} data-testid={id} data-count={count}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
