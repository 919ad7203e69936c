/**
 * The shown run among those that it parts from and those that part from it: a line for each, which shows that run. In a page
 * that is a file of its own there is no other run to show, and the lines are read only.
 */
import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { RunState } from "../../src/protocol/index.ts";
import type { FamilyRun } from "../../src/run/family.ts";
import { formatCount, formatNumber, plural } from "../../src/run/numbers.ts";
import { Icon, IconButton } from "../frame/icon.tsx";
import type { Store } from "../store.ts";
import { lanesOf, rowAfterKey, type Lane } from "./lanes.ts";

/** How high a row is, CSS pixels; the style sheet says so, too. */
const rowHeight = 20;

export function Branches({ store }: { store: Store }) {
  const family = store.family.value;
  const open = useComputed(() => store.choices.value.branchesOpen).value;
  const list = useRef<HTMLOListElement>(null);
  const shown = family?.shown;
  useEffect(() => list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" }), [shown, open]);
  if (!family) return null;
  const lanes = lanesOf(family.runs);
  const rows = open ? lanes : lanes.filter(({ run }) => run.id === shown);
  const others = family.runs.length - 1;
  return (
    <section class="branches" aria-label="Branches" data-testid="branches">
      <ol class="branch-list" ref={list} onKeyDown={store.isAlone ? undefined : moveFocus}>
        {rows.map((lane) => (
          <li key={lane.run.id}>
            <BranchRow store={store} lane={open ? lane : { ...lane, up: 0 }} isShown={lane.run.id === shown} />
          </li>
        ))}
      </ol>
      <IconButton
        icon={open ? "chevron-up" : "chevron-down"}
        label={open ? "Show only this run of its branches" : `Show ${plural(others, "other run")} of the same trunk`}
        onClick={() => store.dispatch({ type: "choose", choices: { branchesOpen: !open } })}
        testId="branches-toggle"
      />
    </section>
  );
}

function BranchRow({ store, lane, isShown }: { store: Store; lane: Lane; isShown: boolean }) {
  const { run } = lane;
  const row = {
    class: "branch",
    title: isShown || store.isAlone ? words(run) : `${words(run)}\nShow this run`,
    "aria-current": isShown ? ("true" as const) : undefined,
    "data-testid": "branch",
    "data-run": run.id,
  };
  const content = <RowContent lane={lane} />;
  if (store.isAlone) return <div {...row}>{content}</div>;
  return (
    <button type="button" {...row} onClick={() => !isShown && store.post({ type: "showRun", run: run.id })}>
      {content}
    </button>
  );
}

function RowContent({ lane }: { lane: Lane }) {
  const { run } = lane;
  return (
    <>
      <LaneDrawing lane={lane} />
      <span class="branch-title">{run.title}</span>
      <span class="branch-step muted">{run.parent !== undefined && `step ${formatCount(run.from)}`}</span>
      <span class="branch-difference">{run.difference}</span>
      <span>{stateIcons[run.state] && <Icon name={stateIcons[run.state]!} label={run.state} />}</span>
      <span class="branch-end">
        {run.last && (
          <>
            <span class="muted">{run.last.name}</span> {formatNumber(run.last.value)}
          </>
        )}
      </span>
    </>
  );
}

/** Of what didn't come to its end by itself. */
const stateIcons: Readonly<Partial<Record<RunState, string>>> = {
  running: "circle-filled",
  paused: "debug-pause",
  stopped: "circle-slash",
  failed: "error",
  interrupted: "debug-disconnect",
};

/** Its line, and up from its beginning to the run that it parts from. */
function LaneDrawing({ lane: { from, to, up } }: { lane: Lane }) {
  const [begin, end] = [`${100 * from}%`, `${100 * to}%`];
  const middle = rowHeight / 2;
  return (
    <svg class="branch-lane" aria-hidden="true">
      {up > 0 && <line x1={begin} x2={begin} y1={middle - up * rowHeight} y2={middle} />}
      <line x1={begin} x2={end} y1={middle} y2={middle} />
      <circle cx={end} cy={middle} r={3} />
    </svg>
  );
}

function words({ title, from, to, parent, difference, state, last }: FamilyRun): string {
  const parts = [
    title,
    ...(parent === undefined ? [] : [`parts at step ${formatCount(from)}: ${difference}`]),
    `${state} after step ${formatCount(to)}`,
    ...(last ? [`${last.name} ${formatNumber(last.value)}`] : []),
  ];
  return parts.join("\n");
}

function moveFocus(event: KeyboardEvent & { readonly currentTarget: HTMLOListElement }): void {
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  const next = rowAfterKey(event.key, buttons.indexOf(document.activeElement as HTMLButtonElement), buttons.length);
  if (next === undefined) return;
  buttons[next]!.focus();
  event.preventDefault();
}
