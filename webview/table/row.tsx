/** One module's row. */
import type { ModuleInfo } from "../../src/protocol/index.ts";
import { signText, type Sign } from "../../src/run/health/signs.ts";
import { outputShapes, sharedParameters, trainableStatus, type TrainableStatus } from "../../src/run/modules.ts";
import { formatCount, plural } from "../../src/run/numbers.ts";
import { FreezeButton } from "../control/freeze.tsx";
import { Icon } from "../frame/icon.tsx";
import { menuContext } from "../frame/moduleLinks.tsx";
import type { Store } from "../store.ts";
import { HealthSign } from "../health/sign.tsx";
import { columns, stateWords, type ColumnId, type Facts, type Scope } from "./columns.ts";
import { rowHeight, type Row } from "./rows.ts";
import { marked } from "./search.ts";
import type { TableView } from "./view.ts";

const statusLabels: Readonly<Record<TrainableStatus, string>> = {
  none: "no parameters",
  trainable: "trainable",
  partial: "partly frozen",
  frozen: "frozen",
};

interface RowProps {
  row: Row;
  index: number;
  view: TableView;
  store: Store;
  chosen: boolean;
}

export function ModuleRow({ row, index, view, store, chosen }: RowProps) {
  const { module, level, hasChildren, expanded, isAbove } = row;
  const facts = view.facts.value(module);
  const words = view.words.value;
  const scope = view.scope.value;
  const status = trainableStatus(module.counts);
  const sign = view.signs.value.get(module.id);
  // What is below an open row says so itself.
  const shownSign = sign && (sign.findings.length > 0 || (hasChildren && !expanded)) ? sign : undefined;
  return (
    <div
      id={`row-${module.id}`}
      class={`tree-row${chosen ? " chosen" : ""}${isAbove ? " above" : ""}`}
      role="row"
      aria-level={level}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-rowindex={index + 2}
      aria-selected={chosen}
      {...(hasChildren && { "aria-expanded": expanded })}
      aria-label={rowLabel(facts, shownSign)}
      title={rowTooltip(facts, shownSign)}
      style={{ top: `${index * rowHeight}px` }}
      data-vscode-context={menuContext(module)}
      data-testid="module-row"
      data-path={module.path}
      data-count={module.counts.total}
      data-status={status}
    >
      <span class="cell-name" role="rowheader" aria-colindex={1}>
        <span class="indent" style={{ width: `${(level - 1) * 12}px` }} />
        <span class="twistie">{hasChildren && <Icon name={expanded ? "chevron-down" : "chevron-right"} />}</span>
        <Text class="module-name" text={scope === "own" ? module.path || module.name : module.name} words={words} />
        <HealthSign sign={shownSign} />
        <Signs facts={facts} status={status} hasLock={!chosen} />
        {chosen && <FreezeButton store={store} model={view.model.id} path={module.path} name={module.path || module.name} status={status} />}
      </span>
      {view.columns.value.map((id, i) => (
        <Cell key={id} id={id} index={i + 2} facts={facts} scope={scope} words={words} />
      ))}
    </div>
  );
}

/** What a row is marked with, by shape. The chosen one has a lock to press. */
function Signs({ facts: { module }, status, hasLock }: { facts: Facts; status: TrainableStatus; hasLock: boolean }) {
  return (
    <span class="signs">
      {status === "frozen" && hasLock && <Icon name="lock" />}
      {/* Another shape than the lock, not a fainter one. */}
      {status === "partial" && <Icon name="color-mode" />}
      {sharedParameters(module).length > 0 && <Icon name="link" />}
    </span>
  );
}

function Cell({ id, index, facts, scope, words }: { id: ColumnId; index: number; facts: Facts; scope: Scope; words: readonly string[] }) {
  const { isNumber, text, title } = columns[id];
  const shown = text(facts, scope);
  const isSearched = id === "type" || id === "state";
  return (
    <span class={`cell-${id}${isNumber ? " number" : ""}`} role="gridcell" aria-colindex={index} title={cellHint(id, facts, title, shown)} data-column={id}>
      {id === "gradient" ? <GradientBar facts={facts} label={shown} /> : isSearched ? <Text text={shown} words={words} /> : shown}
    </span>
  );
}

/** Where a cell needs more words than it has room for. */
function cellHint(id: ColumnId, { module, work }: Facts, title: string, shown: string): string | undefined {
  if (id === "parameters") {
    const shared = sharedParameters(module).map(({ name, sharedWith }) => `${name} is shared with ${sharedWith} and counts there`);
    return shared.length > 0 ? shared.join("\n") : undefined;
  }
  if ((id === "forward" || id === "backward") && work && work.calls + work.whole.forward > 0) {
    return `${title}: ${columns[id].text({ module, work } as Facts, "own")} of its own, ${columns[id].text({ module, work } as Facts, "whole")} with what is below it`;
  }
  if (id === "hyperparameters" || id === "state" || id === "input" || id === "output") return shown || undefined;
  return undefined;
}

function GradientBar({ facts: { flow }, label }: { facts: Facts; label: string }) {
  if (!flow) return null;
  if (Number.isNaN(flow.strength) && !flow.broken) return <span class="muted">{label}</span>;
  if (flow.broken) return <Icon name="error" class="broken" label="NaN or infinite values in this step" />;
  return (
    <span class="flow-track" title={`Gradient at the output: ${label} (root mean square)`}>
      <span class="flow-bar" style={{ transform: `scaleX(${flow.level})` }} />
    </span>
  );
}

function Text({ text, words, class: name }: { text: string; words: readonly string[]; class?: string }) {
  if (words.length === 0) return <span class={name}>{text}</span>;
  return <span class={name}>{marked(text, words).map(({ text: piece, isMarked }) => (isMarked ? <mark>{piece}</mark> : piece))}</span>;
}

function rowLabel(facts: Facts, sign: Sign | undefined): string {
  const { module } = facts;
  const shapes = outputShapes(module);
  const parts = [module.name, module.type];
  if (shapes) parts.push(`output ${shapes.replaceAll("×", " by ")}`);
  if (module.counts.total > 0) parts.push(plural(module.counts.total, "parameter"));
  const status = trainableStatus(module.counts);
  if (status === "none" || status === "trainable") parts.push(statusLabels[status]);
  return [...parts, ...stateWords(facts), ...(sign ? [signText(sign)] : [])].join(", ");
}

function rowTooltip(facts: Facts, sign: Sign | undefined): string {
  const { module } = facts;
  const { total, frozen } = module.counts;
  const status = trainableStatus(module.counts);
  const shapes = outputShapes(module);
  const lines = [`${module.path || module.name}: ${module.type}(${module.extra})`];
  lines.push(shapes ? `Output ${shapes}` : "Not called yet");
  if (status === "partial") lines.push(`${plural(total, "parameter")}, ${formatCount(frozen)} of them frozen`);
  else if (status === "frozen") lines.push(`${plural(total, "parameter")}, frozen: they get no gradient`);
  else lines.push(total > 0 ? `${plural(total, "parameter")}, ${statusLabels[status]}` : "No parameters");
  return [...lines, ...otherWords(module, facts), ...(sign ? ["", signText(sign)] : [])].join("\n");
}

function otherWords(module: ModuleInfo, facts: Facts): string[] {
  return stateWords(facts).filter((word) => !word.endsWith("frozen") && (word !== "not called" || outputShapes(module) !== ""));
}
