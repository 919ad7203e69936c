/** What a model says of one sample: its probabilities or values as bars, with and without what is switched off. */
import type { Batch, Look, Outcome } from "../../src/protocol/index.ts";
import { formatNumber, formatPercent } from "../../src/run/numbers.ts";
import { Icon } from "../frame/icon.tsx";
import { answerText, verdictOf } from "./words.ts";

/** The most probable, and the label's own. */
const mostBars = 10;

export function Verdicts({ look, outcome }: { batch: Batch; look: Look; outcome: Outcome }) {
  const { sample, ablated } = look;
  const verdict = verdictOf(outcome, sample);
  const without = ablated && verdictOf(ablated, sample);
  if (!verdict) return <p class="hint">Of this sample nothing is told: it is too far back in the batch.</p>;
  return (
    <>
      <p class="data-line" data-testid="verdict">
        label <b>{verdict.label}</b>, the model says <b>{verdict.prediction}</b> {verdict.isRight !== undefined && <Mark isRight={verdict.isRight} />}, loss{" "}
        {formatNumber(verdict.loss)}
        {without && (
          <>
            ; without it <b data-testid="prediction-without">{without.prediction}</b> {without.isRight !== undefined && <Mark isRight={without.isRight} />}
          </>
        )}
      </p>
      <Scores outcome={outcome} ablated={ablated} label={labelOf(outcome, sample)} />
    </>
  );
}

/** A shape as well as a colour. */
export function Mark({ isRight }: { isRight: boolean }) {
  return <Icon name={isRight ? "check" : "close"} label={isRight ? "right" : "wrong"} class={isRight ? "right" : "wrong"} />;
}

/** Of the last position. */
function labelOf({ labels }: Outcome, sample: number): number {
  const positions = labels.shape[1]!;
  return labels.values[(sample + 1) * positions - 1]!;
}

interface Row {
  readonly name: string;
  readonly isLabel: boolean;
  readonly value: number;
  readonly without: number | undefined;
}

function rowsOf({ meaning, scores }: Outcome, ablated: Outcome | undefined, label: number): readonly Row[] {
  if (meaning !== "classes") {
    const names = meaning === "binary" ? ["yes"] : [...scores.keys()].map((i) => `value ${i}`);
    return names.map((name, i) => ({ name, isLabel: false, value: scores[i]!, without: ablated?.scores[i] }));
  }
  const order = [...scores.keys()].toSorted((a, b) => scores[b]! - scores[a]!).slice(0, mostBars);
  const shown = order.includes(label) || label >= scores.length ? order : [...order.slice(0, mostBars - 1), label];
  return shown.toSorted((a, b) => a - b).map((i) => ({ name: answerText(meaning, i), isLabel: i === label, value: scores[i]!, without: ablated?.scores[i] }));
}

/** A table whose numbers are bars as well. */
function Scores({ outcome, ablated, label }: { outcome: Outcome; ablated: Outcome | undefined; label: number }) {
  const rows = rowsOf(outcome, ablated, label);
  const isShare = outcome.meaning !== "values";
  const most = isShare ? 1 : Math.max(1e-12, ...rows.flatMap(({ value, without }) => [Math.abs(value), Math.abs(without ?? 0)]));
  const text = (value: number) => (isShare ? formatPercent(value) : formatNumber(value));
  return (
    <table class="scores">
      <caption class="visually-hidden">{isShare ? "How probable each class is" : "Values"}</caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">{isShare ? "Class" : "Value"}</th>
          <th scope="col">With all</th>
          {ablated && <th scope="col">Without</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, isLabel, value, without }) => (
          <tr key={name} data-testid="score" data-class={name} data-value={value} data-without={without}>
            <th scope="row" class={isLabel ? "is-label" : ""} title={isLabel ? "The label" : undefined}>
              {name}
              {isLabel && <Icon name="target" label="the label" />}
            </th>
            <td>
              <span class="bar" style={{ width: `${(100 * Math.abs(value)) / most}%` }} />
              {without !== undefined && <span class="bar without" style={{ width: `${(100 * Math.abs(without)) / most}%` }} />}
            </td>
            <td class="number">{text(value)}</td>
            {ablated && <td class="number">→ {without === undefined ? "–" : text(without)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
