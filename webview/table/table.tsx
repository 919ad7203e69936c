import { useComputed, useSignal, type ReadonlySignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { ModelInfo, ModuleInfo } from "../../src/protocol/index.ts";
import { outputShapes, rootOf, trainableStatus, type TrainableStatus } from "../../src/run/modules.ts";
import { formatCount, formatNumber, plural } from "../../src/run/numbers.ts";
import { gradientFlow, type Flow } from "./flow.ts";
import { expansionKey } from "../state.ts";
import type { Store } from "../store.ts";
import { keyCommand, typeahead, visibleRows, visibleSlice, type Row } from "./rows.ts";
import { Icon } from "../frame/icon.tsx";

export const rowHeight = 22;
/** Letters typed with a longer pause between them begin a new search. */
const typeaheadPause = 700;

const statusLabels: Readonly<Record<TrainableStatus, string>> = {
  none: "no parameters",
  trainable: "trainable",
  partial: "partly frozen",
  frozen: "frozen",
};

export function TreePane({ store }: { store: Store }) {
  const model = store.model.value;
  if (!model) return <div class="tree-pane" />;
  return (
    <div class="tree-pane" style={columnWidths(model)}>
      <ModelBar store={store} model={model} />
      <div class="tree-columns" aria-hidden="true">
        <span class="cell-name">Module</span>
        <span class="cell-type">Type</span>
        <span class="cell-shape">Output</span>
        <span class="cell-count">Parameters</span>
        <span class="cell-status" />
        <span class="cell-flow" title="Strength of the gradient that reaches the module's output: root mean square, logarithmic over six decades">
          Gradient
        </span>
      </div>
      <Tree store={store} model={model} />
    </div>
  );
}

function ModelBar({ store, model }: { store: Store; model: ModelInfo }) {
  const models = useComputed(() => store.run.value?.models ?? []).value;
  const counts = rootOf(model).counts;
  return (
    <div class="model-bar">
      {models.length > 1 ? (
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
      ) : (
        <span class="model-name" title={modelLabel(model)}>
          {model.name}
        </span>
      )}
      <span class="model-counts">
        <span data-testid="total-parameters" data-count={counts.total}>
          {plural(counts.total, "parameter")}
        </span>
        <span class="muted trainable-parameters" data-testid="trainable-parameters" data-count={counts.trainable}>
          {`${formatCount(counts.trainable)} trainable`}
        </span>
        <span class="muted frozen-parameters" data-testid="frozen-parameters" data-count={counts.frozen}>
          {`${formatCount(counts.frozen)} frozen`}
        </span>
      </span>
    </div>
  );
}

/** The columns are as wide as their longest text needs, in digits' widths, up to a limit. */
function columnWidths({ modules }: ModelInfo): Record<string, string> {
  let type = 4;
  let shape = 6;
  for (const module of modules) {
    type = Math.max(type, module.type.length);
    shape = Math.max(shape, outputShapes(module).length);
  }
  return { "--type-width": `${Math.min(type, 16)}ch`, "--shape-width": `${Math.min(1.15 * shape, 16)}ch` };
}

function modelLabel(model: ModelInfo): string {
  const type = rootOf(model).type;
  return model.isVariable && model.name !== type ? `${model.name} (${type})` : model.name;
}

/** One tab stop; the row in focus is the one whose details are shown. */
function Tree({ store, model }: { store: Store; model: ModelInfo }) {
  const view = useRef<HTMLDivElement>(null);
  const scrollTop = useSignal(0);
  const height = useSignal(600);
  const expanded = useComputed(() => store.choices.value.expanded);
  const rows = useComputed(() => (store.model.value ? visibleRows(store.model.value, expanded.value, store.module.value) : []));
  const flow = useComputed(() => gradientFlow(store.outputSample.value));
  const chosen = useComputed(() => store.module.value?.id ?? -1);
  const typed = useRef({ text: "", at: 0 });

  useEffect(() => {
    const observer = new ResizeObserver(() => (height.value = view.current!.clientHeight));
    observer.observe(view.current!);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const index = rows.peek().findIndex((row) => row.module.id === chosen.value);
    if (index >= 0) scrollToRow(view.current!, index);
  }, [chosen.value, model]);

  const focusRow = (index: number) => {
    const row = rows.peek()[index];
    if (!row) return;
    store.dispatch({ type: "chooseModule", module: row.module.id });
    scrollToRow(view.current!, index);
  };

  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const list = rows.peek();
    const current = Math.max(
      0,
      list.findIndex((row) => row.module.id === chosen.peek()),
    );
    const command = keyCommand(list, current, event.key, Math.max(1, Math.floor(height.peek() / rowHeight) - 1));
    if (command?.type === "focus") focusRow(command.index);
    else if (command?.type === "expand")
      expand(
        store,
        model,
        command.indices.map((i) => list[i]!),
        command.expanded,
      );
    else if (command?.type === "reveal") reveal(store, list[command.index]!.module);
    else if (event.key.length === 1 && event.key !== " ") focusRow(search(typed.current, event.key, event.timeStamp, list, current));
    else return;
    event.preventDefault();
  };

  const { from, to } = visibleSlice(rows.value.length, scrollTop.value, height.value, rowHeight);
  const shown = rows.value.slice(from, to);
  const activeShown = shown.some((row) => row.module.id === chosen.value);
  return (
    <div
      ref={view}
      class="tree"
      role="tree"
      tabIndex={0}
      aria-label={`Modules of ${model.name}`}
      {...(activeShown && { "aria-activedescendant": `row-${chosen.value}` })}
      onKeyDown={press}
      onScroll={(event) => (scrollTop.value = event.currentTarget.scrollTop)}
      data-testid="module-tree"
    >
      <div class="tree-height" role="presentation" style={{ height: `${rows.value.length * rowHeight}px` }}>
        {shown.map((row, offset) => (
          <ModuleRow
            key={row.module.id}
            row={row}
            top={(from + offset) * rowHeight}
            chosen={row.module.id === chosen.value}
            flow={flow}
            onChoose={() => focusRow(from + offset)}
            onToggle={() => expand(store, model, [row], !row.expanded)}
            onReveal={() => reveal(store, row.module)}
          />
        ))}
      </div>
    </div>
  );
}

function search(typed: { text: string; at: number }, key: string, at: number, rows: readonly Row[], current: number): number {
  typed.text = at - typed.at > typeaheadPause ? key : typed.text + key;
  typed.at = at;
  return typeahead(rows, current, typed.text);
}

function scrollToRow(view: HTMLElement, index: number): void {
  const top = index * rowHeight;
  if (top < view.scrollTop) view.scrollTop = top;
  else if (top + rowHeight > view.scrollTop + view.clientHeight) view.scrollTop = top + rowHeight - view.clientHeight;
}

function expand(store: Store, model: ModelInfo, rows: readonly Row[], expanded: boolean): void {
  store.dispatch({ type: "expand", keys: rows.map((row) => expansionKey(model, row.module)), expanded });
}

export function reveal(store: Store, module: ModuleInfo): void {
  const position = module.constructedAt ?? module.declaredAt;
  if (position) store.post({ type: "reveal", position });
}

interface RowProps {
  row: Row;
  top: number;
  chosen: boolean;
  flow: ReadonlySignal<ReadonlyMap<number, Flow>>;
  onChoose: () => void;
  onToggle: () => void;
  onReveal: () => void;
}

function ModuleRow({ row, top, chosen, flow, onChoose, onToggle, onReveal }: RowProps) {
  const { module, level, hasChildren, expanded } = row;
  const status = trainableStatus(module.counts);
  const shapes = outputShapes(module);
  return (
    <div
      id={`row-${module.id}`}
      class={chosen ? "tree-row chosen" : "tree-row"}
      role="treeitem"
      aria-level={level}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-selected={chosen}
      {...(hasChildren && { "aria-expanded": expanded })}
      aria-label={rowLabel(module, shapes, status)}
      title={rowTooltip(module, shapes, status)}
      style={{ top: `${top}px` }}
      onClick={onChoose}
      onDblClick={onReveal}
      data-testid="module-row"
      data-path={module.path}
      data-count={module.counts.total}
      data-status={status}
    >
      <span class="cell-name">
        <span class="indent" style={{ width: `${(level - 1) * 12}px` }} />
        <span
          class="twistie"
          onClick={(event) => {
            event.stopPropagation();
            onToggle();
          }}
          onDblClick={(event) => event.stopPropagation()}
        >
          {hasChildren && <Icon name={expanded ? "chevron-down" : "chevron-right"} />}
        </span>
        <span class="module-name">{module.name}</span>
      </span>
      <span class="cell-type">{module.type}</span>
      <span class="cell-shape">{shapes}</span>
      <span class="cell-count">{module.counts.total > 0 && formatCount(module.counts.total)}</span>
      <span class="cell-status">
        {status === "frozen" && <Icon name="lock" />}
        {/* Another shape than the lock, not a fainter one. */}
        {status === "partial" && <Icon name="color-mode" />}
      </span>
      <FlowCell flow={flow.value.get(module.id)} />
    </div>
  );
}

function FlowCell({ flow }: { flow: Flow | undefined }) {
  if (!flow) return <span class="cell-flow" />;
  const label = flow.broken ? "NaN or infinite values in this step" : `Gradient at the output: ${formatNumber(flow.strength)} (root mean square)`;
  return (
    <span class="cell-flow" title={label}>
      {flow.broken ? (
        <Icon name="error" class="broken" />
      ) : (
        <span class="flow-track">
          <span class="flow-bar" style={{ transform: `scaleX(${flow.level})` }} />
        </span>
      )}
    </span>
  );
}

function rowLabel(module: ModuleInfo, shapes: string, status: TrainableStatus): string {
  const parts = [module.name, module.type];
  if (shapes) parts.push(`output ${shapes.replaceAll("×", " by ")}`);
  if (module.counts.total > 0) parts.push(plural(module.counts.total, "parameter"));
  parts.push(statusLabels[status]);
  return parts.join(", ");
}

function rowTooltip(module: ModuleInfo, shapes: string, status: TrainableStatus): string {
  const { total, frozen } = module.counts;
  const lines = [`${module.path || module.name}: ${module.type}(${module.extra})`];
  lines.push(shapes ? `Output ${shapes}` : "Not called yet");
  if (status === "partial") lines.push(`${plural(total, "parameter")}, ${formatCount(frozen)} of them frozen`);
  else lines.push(total > 0 ? `${plural(total, "parameter")}, ${statusLabels[status]}` : "No parameters");
  return lines.join("\n");
}
