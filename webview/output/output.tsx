/** What the program printed: each line with its step, the newest in sight unless the user looks further up. */
import { useComputed } from "@preact/signals";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { PrintedLine } from "../../src/protocol/index.ts";
import { formatCount, plural } from "../../src/run/numbers.ts";
import { nothingPrinted } from "../../src/run/printed.ts";
import { Icon, IconButton } from "../frame/icon.tsx";
import type { Store } from "../store.ts";
import { matching, printedStep, windowOf } from "./shownLines.ts";

/** CSS pixels; the style sheet's `.printed-line` has the same. */
const rowHeight = 18;

export function OutputPane({ store }: { store: Store }) {
  const { lines, dropped } = useComputed(() => store.run.value?.printed ?? nothingPrinted).value;
  const [search, setSearch] = useState("");
  const found = matching(lines, search);
  return (
    <section class="output-pane" aria-label="Output">
      <div class="toolbar">
        <input
          type="search"
          class="output-search"
          placeholder="Search what was printed"
          aria-label="Search what was printed"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        <span class="muted output-count" role="status" data-testid="printed-count">
          {countText(lines.length, found.length, search, dropped)}
        </span>
        <IconButton
          icon="copy"
          label="Copy these lines"
          disabled={found.length === 0}
          onClick={() => store.post({ type: "copy", text: found.map(({ text }) => `${text}\n`).join("") })}
        />
      </div>
      {lines.length === 0 ? (
        <p class="hint">Nothing was printed. What console.log() says shows here, with the step at which it was said.</p>
      ) : (
        <Lines store={store} lines={found} />
      )}
    </section>
  );
}

function countText(all: number, found: number, search: string, dropped: number): string {
  const shown = search.trim() === "" ? plural(all, "line") : `${formatCount(found)} of ${plural(all, "line")}`;
  return dropped === 0 ? shown : `${shown}, the ${formatCount(dropped)} before them are not kept`;
}

function Lines({ store, lines }: { store: Store; lines: readonly PrintedLine[] }) {
  const list = useRef<HTMLDivElement>(null);
  /** Whether the end was in sight, so that it stays so. */
  const follows = useRef(true);
  const [view, setView] = useState({ scrolled: 0, height: 400 });
  const [focused, setFocused] = useState<number | null>(null);
  const current = useComputed(() => printedStep(store.run.value?.printed.lines ?? [], store.choices.value.step ?? Infinity)).value;
  const { from, to } = windowOf(lines.length, rowHeight, view.scrolled, view.height);

  const look = () => {
    const { scrollTop, clientHeight, scrollHeight } = list.current!;
    follows.current = scrollTop + clientHeight >= scrollHeight - rowHeight;
    setView({ scrolled: scrollTop, height: clientHeight });
  };
  useLayoutEffect(() => {
    if (follows.current) list.current!.scrollTop = list.current!.scrollHeight;
  }, [lines]);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(look);
    observer.observe(list.current!);
    return () => observer.disconnect();
  }, []);

  const choose = (step: number) => store.dispatch({ type: "chooseStep", step });
  const press = (event: KeyboardEvent) => {
    const at = focused ?? lines.length;
    if (event.key === "Enter" && lines[at]) return choose(lines[at].step);
    const next = lineAfterKey(event.key, at, lines.length, Math.max(1, Math.floor(view.height / rowHeight) - 1));
    if (next === null) return;
    event.preventDefault();
    setFocused(next);
    showRow(list.current!, next);
  };

  return (
    <div
      ref={list}
      class="printed"
      role="listbox"
      tabIndex={0}
      aria-label="Printed lines. Arrow keys go through them, Enter chooses the line's step."
      aria-activedescendant={focused === null ? undefined : `printed-${focused}`}
      onScroll={look}
      onKeyDown={press}
      onBlur={() => setFocused(null)}
    >
      <div class="printed-room" style={{ height: `${lines.length * rowHeight}px` }}>
        {lines.slice(from, to).map((line, i) => (
          <Line
            key={from + i}
            line={line}
            index={from + i}
            count={lines.length}
            isCurrent={line.step === current}
            isFocused={from + i === focused}
            onChoose={() => choose(line.step)}
          />
        ))}
      </div>
    </div>
  );
}

interface LineProps {
  line: PrintedLine;
  index: number;
  count: number;
  isCurrent: boolean;
  isFocused: boolean;
  onChoose: () => void;
}

function Line({ line, index, count, isCurrent, isFocused, onChoose }: LineProps) {
  const { step, text, isError } = line;
  return (
    <div
      class={["printed-line", isError && "error", isCurrent && "current", isFocused && "focused"].filter(Boolean).join(" ")}
      role="option"
      id={`printed-${index}`}
      aria-selected={isCurrent}
      aria-posinset={index + 1}
      aria-setsize={count}
      style={{ transform: `translateY(${index * rowHeight}px)` }}
      title={`Printed at step ${formatCount(step)}. Click to look at that step.`}
      onClick={() => getSelection()?.isCollapsed !== false && onChoose()}
      data-testid="printed-line"
      data-step={step}
    >
      <span class="printed-step muted">{formatCount(step)}</span>
      {isError && <Icon name="warning" label="stderr" />}
      <span class="printed-text">{text.replace(/\r$/, "")}</span>
    </div>
  );
}

function lineAfterKey(key: string, at: number, count: number, page: number): number | null {
  const within = (next: number) => Math.min(count - 1, Math.max(0, next));
  if (count === 0) return null;
  if (key === "ArrowDown") return within(at + 1);
  if (key === "ArrowUp") return within(at - 1);
  if (key === "PageDown") return within(at + page);
  if (key === "PageUp") return within(at - page);
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}

function showRow(list: HTMLElement, row: number): void {
  const [top, bottom] = [row * rowHeight, (row + 1) * rowHeight];
  if (top < list.scrollTop) list.scrollTop = top;
  else if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight;
}

/** At the foot of the panel: what was printed last. It opens all of it. */
export function OutputStrip({ store }: { store: Store }) {
  const last = useComputed(() => store.run.value?.printed.lines.at(-1)).value;
  const isOpen = useComputed(() => Object.values(store.shownTabs.value).includes("output")).value;
  if (!last || isOpen) return null;
  return (
    <button
      type="button"
      class={last.isError ? "output-strip error" : "output-strip"}
      title="What the program printed last. Click to see all of it."
      onClick={() => store.dispatch({ type: "openTab", tab: "output" })}
      data-testid="output-strip"
    >
      <Icon name={last.isError ? "warning" : "terminal"} {...(last.isError && { label: "stderr" })} />
      <span class="printed-step muted">{formatCount(last.step)}</span>
      <span class="printed-text">{last.text.replace(/\r$/, "")}</span>
    </button>
  );
}
