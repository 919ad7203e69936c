/** "What wrote this?", asked of a tensor: the operation, its line and what it was made from, back to parameters and data. */
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ModuleInfo, StepTrace, TensorKind } from "../../src/protocol/index.ts";
import { isSteerable } from "../../src/run/interventions.ts";
import { formatCount } from "../../src/run/numbers.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { isFinal } from "../../src/run/standing.ts";
import { fileName } from "../../src/run/text.ts";
import { Icon } from "../frame/icon.tsx";
import type { Store } from "../store.ts";
import { countTexts, kindText, lineCommand, linesOf, openAtFirst, rangeText, shapeText, title, writerOf, type Line } from "./lines.ts";

/** A question and its answer, one for each tensor. */
export interface Question {
  readonly isOpen: boolean;
  /** What was known when it was asked; another is the answer. */
  readonly before: StepTrace | undefined;
  readonly isAsked: boolean;
}

export const noQuestion: Question = { isOpen: false, before: undefined, isAsked: false };

/** Whether there is, or can be, an answer. */
export function isAskable(run: RunSnapshot | null): run is RunSnapshot {
  return run !== null && (run.trace !== undefined || (run.mode === "train" && !run.onlyWatched));
}

/** Opens the answer; asks where what is known is of another step than the one that is shown. */
export function asked(store: Store, question: Question): Question {
  if (question.isOpen) return noQuestion;
  const trace = store.run.peek()?.trace;
  const isKnown = trace !== undefined && trace.step === store.sample.peek()?.step;
  return isKnown ? { isOpen: true, before: undefined, isAsked: false } : askedAnew(store);
}

function askedAnew(store: Store): Question {
  const run = store.run.peek();
  const isAsked = run !== null && isSteerable(run);
  if (isAsked) store.post({ type: "steer", steering: { type: "trace" } });
  return { isOpen: true, before: run?.trace, isAsked };
}

export function AskButton({ store, question, onAsk, controls }: { store: Store; question: Question; onAsk: (question: Question) => void; controls: string }) {
  const isPaused = store.run.value?.state === "paused";
  return (
    <button
      type="button"
      class="text-toggle ask"
      aria-expanded={question.isOpen}
      aria-controls={question.isOpen ? controls : undefined}
      title={`The operation and the line that wrote it, and what it was made from. ${isPaused ? "The run takes its next step for that." : "The next step is followed for that."}`}
      onClick={() => onAsk(asked(store, question))}
      data-testid="what-wrote-this"
    >
      What wrote this?
    </button>
  );
}

interface AnswerProps {
  store: Store;
  module: ModuleInfo;
  kind: TensorKind;
  name: string;
  question: Question;
  onAsk: (question: Question) => void;
  id: string;
}

export function Answer({ store, module, kind, name, question, onAsk, id }: AnswerProps) {
  const box = useRef<HTMLDivElement>(null);
  const run = store.run.value;
  const model = store.model.value;
  const trace = run?.trace;
  useLayoutEffect(() => box.current?.scrollIntoView({ block: "nearest" }), [trace]);
  if (!run || !model) return null;
  const isWaiting = question.isAsked && trace === question.before && !isFinal(run.state);
  const root = trace && writerOf(trace, model.id, module.id, kind);
  return (
    <div ref={box} class="answer" id={id} data-testid="answer" data-step={trace?.step}>
      <div class="answer-head">
        {isWaiting ? (
          <span role="status">
            <Icon name="loading" spin /> The next step is followed, to its end …
          </span>
        ) : (
          <span class="muted">{trace ? `In step ${formatCount(trace.step)}` : whyNone(run)}</span>
        )}
        {!isWaiting && trace && isSteerable(run) && (
          <button type="button" class="link" onClick={() => onAsk(askedAnew(store))} data-testid="ask-again">
            follow the next step
          </button>
        )}
      </div>
      {!isWaiting && trace && root === undefined && <p class="hint">{`Nothing is known of it there: it took no part in that step.`}</p>}
      {!isWaiting && trace && root !== undefined && <Tree key={`${trace.step}/${root}`} store={store} trace={trace} root={root} name={name} />}
      {!isWaiting && trace?.isCut && <p class="hint">The step was so long that its end was left out.</p>}
    </div>
  );
}

function whyNone(run: RunSnapshot): string {
  if (isFinal(run.state)) return "The run is over. Rewind it to before the step (right-click the step above), and ask there.";
  return isSteerable(run) ? "No step was followed yet." : "The run can't be asked now.";
}

function Tree({ store, trace, root, name }: { store: Store; trace: StepTrace; root: number; name: string }) {
  const [open, setOpen] = useState(() => openAtFirst(trace, root));
  const [focused, setFocused] = useState(String(root));
  const id = useId();
  const lines = linesOf(trace, root, open);
  const at = Math.max(
    0,
    lines.findIndex(({ key }) => key === focused),
  );
  const toggle = ({ key, isOpen }: Line): void => setOpen(isOpen ? new Set([...open].filter((one) => one !== key)) : new Set([...open, key]));
  const reveal = ({ writing: { position } }: Line): void => {
    if (position) store.post({ type: "reveal", position });
  };
  const focus = (next: number): void => {
    setFocused(lines[next]!.key);
    document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: "nearest" });
  };
  const press = (event: KeyboardEvent): void => {
    const command = event.ctrlKey || event.metaKey || event.altKey ? undefined : lineCommand(lines, at, event.key);
    if (!command) return;
    event.preventDefault();
    if (command.type === "focus") focus(command.at);
    else if (command.type === "reveal") reveal(lines[command.at]!);
    else toggle(lines[command.at]!);
  };
  const reason = trace.writings[trace.writings[root]!.began ?? -1]?.reason;
  return (
    <>
      {reason && (
        <p class="reason" data-testid="reason">
          <Icon name="warning" /> {reason}
        </p>
      )}
      <div
        class="writings"
        role="tree"
        tabIndex={0}
        aria-label={`What wrote ${name}, newest first. Enter goes to the line.`}
        aria-activedescendant={`${id}-${at}`}
        onKeyDown={press}
        data-testid="writings"
      >
        {lines.map((line, i) => (
          <TreeLine
            key={line.key}
            id={`${id}-${i}`}
            store={store}
            line={line}
            isFocused={i === at}
            onToggle={() => toggle(line)}
            onChoose={() => {
              setFocused(line.key);
              reveal(line);
            }}
          />
        ))}
      </div>
    </>
  );
}

interface LineProps {
  id: string;
  store: Store;
  line: Line;
  isFocused: boolean;
  onToggle: () => void;
  onChoose: () => void;
}

function TreeLine({ id, store, line, isFocused, onToggle, onChoose }: LineProps) {
  const { writing, depth, isOpen, isBeginning, place, places } = line;
  const { position, module, change, range } = writing;
  const path = module && (store.run.value?.models.find(({ id: model }) => model === module.model)?.modules[module.id]?.path || module.name);
  const note = kindText(writing);
  const [values, added] = [rangeText(range), change && rangeText(change)];
  return (
    <div
      id={id}
      class={`writing${isBeginning ? " beginning" : ""}${isFocused ? " focused" : ""}`}
      role="treeitem"
      aria-level={depth + 1}
      aria-posinset={place}
      aria-setsize={places}
      aria-expanded={isOpen}
      aria-selected={isFocused}
      style={{ "--depth": depth }}
      title={position ? `Go to ${fileName(position.file)}:${position.line}` : undefined}
      onClick={(event) => ((event.target as Element).closest(".twistie") ? onToggle() : onChoose())}
      data-testid="writing"
      data-kind={writing.kind}
      data-beginning={isBeginning}
    >
      <span class="twistie">{isOpen !== undefined && <Icon name={isOpen ? "chevron-down" : "chevron-right"} />}</span>
      {isBeginning && <Icon name="warning" label="What isn't finite began here" />}
      <span class="writing-title">{title(writing)}</span>
      {note && <span class="muted">{note}</span>}
      {position && <span class="writing-line">{`${fileName(position.file)}:${position.line}`}</span>}
      {path && <span class="muted">{path}</span>}
      <span class="muted">{shapeText(writing)}</span>
      {values && <span>{values}</span>}
      {countTexts(range).map(({ text, isAlarm }) => (
        <span key={text} class={isAlarm ? "alarm" : "muted"}>
          {text}
        </span>
      ))}
      {added && <span>{`changed by ${added}`}</span>}
    </div>
  );
}
