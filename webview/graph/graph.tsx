/** What the run computes in one pass through its models: operations inside modules, and the tensors between them. */
import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Pass, SourcePosition } from "../../src/protocol/index.ts";
import { madeAt } from "../../src/run/modulePlaces.ts";
import { formatShape } from "../../src/run/modules.ts";
import { ExportMenu } from "../export/exportMenu.tsx";
import { goTo, menuContext } from "../frame/moduleLinks.tsx";
import { Icon, IconButton } from "../frame/icon.tsx";
import { MeasuringOff } from "../steps/measuringOff.tsx";
import type { Store } from "../store.ts";
import { isContainer, moduleOf, type Block } from "./blocks.ts";
import { Drawing, looksOf } from "./drawing.tsx";
import { exportGraph } from "./graphExport.tsx";
import { GraphTable } from "./graphTable.tsx";
import { graphStateOf, type GraphState } from "./graphState.ts";
import { factsOf, neighbours, passTitles } from "./marks.ts";
import { boxAt, panned, zoomed } from "./viewport.ts";
import { words } from "./words.ts";

export function GraphPane({ store }: { store: Store }) {
  const state = graphStateOf(store, words.widthOf);
  if (!state.pass.value) return <Waiting store={store} />;
  return (
    <div class="graph-pane">
      <Tools store={store} state={state} />
      <Failure store={store} state={state} />
      {state.asTable.value ? (
        <GraphTable store={store} state={state} choose={(block) => choose(store, state, block)} />
      ) : (
        <Canvas store={store} state={state} />
      )}
    </div>
  );
}

function Waiting({ store }: { store: Store }) {
  const isOver = !["starting", "running", "paused", "stopping"].includes(store.run.value?.state ?? "");
  const isOff = store.run.value?.watch?.what === "off";
  const waiting = isOff ? "The graph is drawn from a step that is measured." : "Waiting for the first pass through the model.";
  return (
    <>
      <MeasuringOff store={store} />
      <p class="hint graph-waiting" data-testid="graph-waiting">
        {isOver ? "No pass through the model was looked at in this run: it called none, or measuring was off." : waiting}
      </p>
    </>
  );
}

function Tools({ store, state }: { store: Store; state: GraphState }) {
  const passes = state.passes.value;
  const titles = passTitles(passes);
  const zoom = (factor: number) => {
    const { width, height } = state.view.value;
    state.viewport.value = zoomed(state.viewport.value, factor, { x: width / 2, y: height / 2 });
  };
  return (
    <div class="toolbar graph-tools">
      {passes.length > 1 ? (
        <select
          class="select"
          aria-label="Pass"
          title="Passes that computed something else, each once"
          value={state.pass.value!.id}
          onChange={(event) => state.choosePass(event.currentTarget.value)}
          data-testid="graph-pass"
        >
          {passes.map(({ pass }, i) => (
            <option key={pass.id} value={pass.id}>
              {titles[i]}
            </option>
          ))}
        </select>
      ) : (
        <span class="muted graph-pass-name" data-testid="graph-pass">
          {titles[0]}
        </span>
      )}
      <Search state={state} />
      <span class="graph-buttons">
        <IconButton icon="zoom-out" label="Smaller (−)" onClick={() => zoom(1 / 1.4)} testId="graph-smaller" />
        <IconButton icon="zoom-in" label="Larger (+)" onClick={() => zoom(1.4)} testId="graph-larger" />
        <IconButton icon="screen-full" label="Show all (0)" onClick={() => state.fit()} testId="graph-fit" />
        <IconButton
          icon={state.direction.value === "down" ? "arrow-right" : "arrow-down"}
          label={state.direction.value === "down" ? "From left to right" : "From top to bottom"}
          onClick={() => state.turn()}
          testId="graph-turn"
        />
        <IconButton icon="expand-all" label="Open all" onClick={() => state.openAll()} testId="graph-open-all" />
        <IconButton icon="collapse-all" label="Fold all" onClick={() => state.foldAll()} testId="graph-fold-all" />
        <ExportMenu
          store={store}
          title="the graph"
          exportable={() => exportGraph({ name: store.runName, pass: state.pass.value!, picture: state.picture.value!, looks: looksOf(store, state) })}
        />
        <IconButton
          icon="table"
          label="As a table"
          pressed={state.asTable.value}
          onClick={() => (state.asTable.value = !state.asTable.value)}
          testId="graph-table-toggle"
        />
      </span>
    </div>
  );
}

/** Enter goes from one to the next. */
function Search({ state }: { state: GraphState }) {
  const found = state.found.value;
  const place = found.findIndex((block) => block === state.current.value);
  const go = (by: number) => {
    if (found.length > 0) state.show(found[(place + by + found.length) % found.length]!);
  };
  return (
    <span class="graph-search">
      <input
        class="input"
        type="search"
        placeholder="Find"
        aria-label="Find in the graph"
        value={state.query.value}
        onInput={(event) => (state.query.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
          else if (event.key === "Escape") state.query.value = "";
          else return;
          event.preventDefault();
        }}
        data-testid="graph-search"
      />
      <span class="muted" role="status" data-testid="graph-found">
        {state.query.value.trim() !== "" && (found.length === 0 ? "none" : place < 0 ? String(found.length) : `${place + 1} of ${found.length}`)}
      </span>
    </span>
  );
}

/** Why the pass ended where it does. */
function Failure({ store, state }: { store: Store; state: GraphState }) {
  const failure = state.pass.value?.failure;
  const position = useComputed(() => failedPosition(store)).value;
  if (!failure) return null;
  return (
    <div class="graph-failure" role="note" data-testid="graph-failure">
      <Icon name="error" class="alarm" />
      <span>
        {`The pass ended at ${failedAt(state.pass.value!)}`}
        {failure.shapes.length > 1 ? `: ${failure.shapes.map(formatShape).join(" and ")} don't go together.` : `: ${failure.message}`}
      </span>
      {position && (
        <button type="button" class="text-toggle" onClick={() => store.post({ type: "reveal", position })} data-testid="graph-failure-line">
          Go to line {position.line}
        </button>
      )}
    </div>
  );
}

function failedPosition(store: Store): SourcePosition | undefined {
  return store.run.value?.problems.findLast(({ severity, position }) => severity === "error" && position)?.position;
}

/** The operation, or the module whose layer failed. */
function failedAt({ nodes, failure }: Pass): string {
  const node = nodes[failure!.node]!;
  const name = node.module?.name ?? node.name;
  if (name !== "") return node.module && node.name !== name ? `${name} (${node.name})` : name;
  const call = node.parent === null ? undefined : nodes[node.parent];
  return call ? `an operation of ${call.module?.name ?? call.name}` : "an operation";
}

function Canvas({ store, state }: { store: Store; state: GraphState }) {
  const canvas = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = canvas.current!;
    const observer = new ResizeObserver(() => (state.view.value = { width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    const wheel = (event: WheelEvent) => onWheel(state, element, event);
    // Preact's own would be passive, and the page would scroll.
    element.addEventListener("wheel", wheel, { passive: false });
    return () => {
      observer.disconnect();
      element.removeEventListener("wheel", wheel);
    };
  }, [state]);
  const current = state.current.value;
  return (
    <div
      ref={canvas}
      class="graph-canvas"
      tabIndex={0}
      role="application"
      aria-roledescription="graph"
      aria-label="Graph. Arrow keys go from block to block, right opens and left folds, Enter goes to the line, with Shift to the line that calls the module. There is a table of it, too."
      onKeyDown={(event) => onKey(store, state, event)}
      onPointerDown={(event) => onPointer(store, state, event)}
      onDblClick={(event) => {
        const block = blockUnder(state, event);
        if (block) reveal(store, state, block);
      }}
      onContextMenu={(event) => {
        // A key that asks for the menu points at nothing.
        const block = blockUnder(state, event) ?? (event.button === 2 ? undefined : state.current.value);
        if (block) choose(store, state, block);
        event.currentTarget.dataset.vscodeContext = menuContext(block ? moduleAround(store, state, block)?.info : null) ?? "{}";
      }}
      data-testid="graph-canvas"
    >
      <Drawing store={store} state={state} />
      <span class="visually-hidden" role="status" data-testid="graph-current">
        {current && state.pass.value && spoken(current, state)}
      </span>
    </div>
  );
}

function spoken(block: Block, state: GraphState): string {
  const { from, to } = neighbours(block);
  const parts = factsOf(block, state.pass.value!).map((line) => line.replaceAll(/(?<=\d)×(?=\d)/g, " by "));
  if (from.length > 0) parts.push(`from ${from.join(", ")}`);
  if (to.length > 0) parts.push(`to ${to.join(", ")}`);
  if (isContainer(block)) parts.push(state.isOpen(block) ? "open" : "folded");
  return parts.join(". ");
}

// --- what people do -------------------------------------------------------------------------------------------------

function choose(store: Store, state: GraphState, block: Block): void {
  state.current.value = block;
  const module = moduleAround(store, state, block);
  if (!module) return;
  if (store.model.value?.id !== module.model.id) store.dispatch({ type: "chooseModel", model: module.model.id });
  store.dispatch({ type: "chooseModule", module: module.info.id });
}

/** The module that the block is a call of, or whose call it is part of. */
function moduleAround(store: Store, state: GraphState, block: Block) {
  const nodes = state.pass.value!.nodes;
  for (let at: Block | null = block; at?.parent; at = at.parent) {
    const module = at.kind === "operation" ? undefined : moduleOf(nodes[at.node]!, store.run.value?.models ?? []);
    if (module) return module;
  }
  return undefined;
}

function reveal(store: Store, state: GraphState, block: Block): void {
  const position = positionOf(store, state, block);
  if (position) store.post({ type: "reveal", position });
}

function goToCall(store: Store, state: GraphState, block: Block): void {
  const module = moduleAround(store, state, block)?.info;
  if (module) goTo(store, module, "called");
}

function positionOf(store: Store, state: GraphState, block: Block): SourcePosition | undefined {
  const { nodes, failure } = state.pass.value!;
  const node = nodes[block.node]!;
  const failed = failure?.node === block.node ? failedPosition(store) : undefined;
  if (failed ?? node.position) return failed ?? node.position;
  const info = moduleAround(store, state, block)?.info;
  return info && madeAt(info);
}

function onWheel(state: GraphState, element: HTMLElement, event: WheelEvent): void {
  event.preventDefault();
  if (event.ctrlKey || event.metaKey) {
    const { left, top } = element.getBoundingClientRect();
    state.viewport.value = zoomed(state.viewport.value, Math.exp(-event.deltaY / 300), { x: event.clientX - left, y: event.clientY - top });
  } else {
    const [dx, dy] = event.shiftKey ? [event.deltaY, event.deltaX] : [event.deltaX, event.deltaY];
    state.viewport.value = panned(state.viewport.value, -dx, -dy);
  }
}

function blockUnder(state: GraphState, event: MouseEvent & { currentTarget: HTMLElement }): Block | undefined {
  const { left, top } = event.currentTarget.getBoundingClientRect();
  const { x, y, scale } = state.viewport.value;
  return boxAt(state.picture.value?.boxes ?? [], { x: (event.clientX - left - x) / scale, y: (event.clientY - top - y) / scale })?.block;
}

/** So far a pointer may wander in a click. */
const clickDistance = 4;
/** From a box's left border, the part that opens and folds it. */
const twistieReach = 24;

/** A drag moves the picture, a click chooses. */
function onPointer(store: Store, state: GraphState, event: PointerEvent & { currentTarget: HTMLElement }): void {
  if (event.button !== 0) return;
  const element = event.currentTarget;
  const block = blockUnder(state, event);
  const begin = state.viewport.value;
  let isDrag = false;
  element.setPointerCapture(event.pointerId);
  const move = (at: PointerEvent) => {
    const [dx, dy] = [at.clientX - event.clientX, at.clientY - event.clientY];
    isDrag ||= Math.hypot(dx, dy) > clickDistance;
    if (isDrag) state.viewport.value = panned(begin, dx, dy);
  };
  const end = (at: PointerEvent) => {
    element.removeEventListener("pointermove", move);
    if (isDrag || at.type === "pointercancel") return;
    if (block) click(store, state, block, event, element);
    else state.current.value = null;
  };
  element.addEventListener("pointermove", move);
  element.addEventListener("pointerup", end, { once: true });
  element.addEventListener("pointercancel", end, { once: true });
}

function click(store: Store, state: GraphState, block: Block, event: PointerEvent, element: HTMLElement): void {
  const box = state.boxOf(block);
  const { x, scale } = state.viewport.value;
  const within = box ? (event.clientX - element.getBoundingClientRect().left - x) / scale - box.x : Infinity;
  if (isContainer(block) && within < twistieReach) state.toggle(block);
  else choose(store, state, block);
}

function onKey(store: Store, state: GraphState, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (!pressed(store, state, event.key, event.shiftKey)) return;
  event.preventDefault();
}

/** @returns whether the key means something */
function pressed(store: Store, state: GraphState, key: string, isShift: boolean): boolean {
  const pan = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[key];
  if (isShift && pan) {
    state.viewport.value = panned(state.viewport.value, pan[0]!, pan[1]!);
    return true;
  }
  const { width, height } = state.view.value;
  const middle = { x: width / 2, y: height / 2 };
  if (key === "+" || key === "=") state.viewport.value = zoomed(state.viewport.value, 1.25, middle);
  else if (key === "-") state.viewport.value = zoomed(state.viewport.value, 0.8, middle);
  else if (key === "0") state.fit();
  else return walk(store, state, key, isShift);
  return true;
}

function walk(store: Store, state: GraphState, key: string, isShift: boolean): boolean {
  const shown = state.shown;
  const current = state.current.value;
  const place = current ? shown.findIndex((block) => block.key === current.key) : -1;
  const go = (block: Block | null | undefined): boolean => {
    if (block?.parent) {
      choose(store, state, block);
      state.show(block);
    }
    return true;
  };
  if (key === "ArrowDown") return go(shown[Math.min(shown.length - 1, place + 1)]);
  if (key === "ArrowUp") return go(shown[Math.max(0, place - 1)]);
  if (key === "Home") return go(shown[0]);
  if (key === "End") return go(shown.at(-1));
  if (!current) return false;
  if (key === "ArrowRight") return state.isOpen(current) ? go(current.children[0]) : (state.toggle(current), true);
  if (key === "ArrowLeft") return state.isOpen(current) ? (state.toggle(current), true) : go(current.parent);
  if (key === " ") state.toggle(current);
  else if (key === "Enter" && isShift) goToCall(store, state, current);
  else if (key === "Enter") reveal(store, state, current);
  else return false;
  return true;
}
