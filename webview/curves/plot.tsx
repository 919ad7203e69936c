/** One chart's picture, with its keys. */
import { effect, signal, type ReadonlySignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { themeVersion } from "../charts/theme.ts";
import { CurvePlot, type CurveView } from "./curvePlot.ts";
import type { CurveStore } from "./curveStore.ts";
import { isLogarithmic } from "./groups.ts";

export function Plot({ store, name, title }: { store: CurveStore; name: string; title: string }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const plot = new CurvePlot(host.current!, {
      hover: (step) => (store.cursorStep.value = step),
      zoom: (range) => store.dispatch({ type: "zoom", range }),
      choose: (step) => chooseStep(store, step),
    });
    const sight = watchSight(host.current!);
    const disposeData = effect(() => {
      void [store.charts.value, store.range.value, store.curveChoices.value, store.marker.value, store.trunk.value, themeVersion.value];
      if (!sight.visible.value) return;
      const view = curveView(store, name);
      if (view) plot.show(view);
    });
    const disposeCursor = effect(() => plot.showCursor(store.cursorStep.value));
    return () => {
      disposeData();
      disposeCursor();
      sight.dispose();
      plot.destroy();
    };
  }, [store, name]);
  return (
    <div
      ref={host}
      class="plot"
      role="img"
      tabIndex={0}
      aria-label={`${title} over ${store.across.value.name}. Arrow keys move the crosshair, plus and minus zoom, Enter chooses the step.`}
      onKeyDown={(event) => pressOnPlot(event, store)}
      onBlur={() => (store.cursorStep.value = null)}
    />
  );
}

/** Whether an element lies within the part of the page that is scrolled into view. */
function watchSight(element: Element): { readonly visible: ReadonlySignal<boolean>; readonly dispose: () => void } {
  const visible = signal(false);
  const observer = new IntersectionObserver((entries) => (visible.value = entries.at(-1)!.isIntersecting));
  observer.observe(element);
  return { visible, dispose: () => observer.disconnect() };
}

function curveView(store: CurveStore, name: string): CurveView | null {
  const chart = store.charts.peek().find((candidate) => candidate.name === name);
  if (!chart) return null;
  const { smoothing, logarithmic } = store.curveChoices.peek();
  return {
    lines: chart.lines,
    smoothing: smoothing > 0 && chart.lines.some(({ smooth }) => smooth) ? smoothing : null,
    logarithmic: isLogarithmic(chart, logarithmic),
    epochs: store.epochs.peek(),
    across: store.across.peek(),
    interventions: store.interventions.peek(),
    heldUntil: chart.heldUntil,
    range: store.range.peek(),
    marker: store.marker.peek(),
    trunk: store.trunk.peek(),
    theme: themeVersion.peek(),
  };
}

/** What lies before the run's own first step can't be looked at in it. */
function chooseStep(store: CurveStore, step: number): void {
  if (step >= 0) store.dispatch({ type: "chooseStep", step });
}

function pressOnPlot(event: KeyboardEvent, store: CurveStore): void {
  const [first, last] = store.range.peek();
  const cursor = Math.min(last, Math.max(first, store.cursorStep.peek() ?? last));
  const stride = Math.max(1, Math.round((last - first) / (event.shiftKey ? 10 : 100)));
  const moveTo = (step: number) => (store.cursorStep.value = Math.min(last, Math.max(first, step)));
  const zoomBy = (factor: number) => {
    const [from, to] = [Math.floor(cursor - (cursor - first) * factor), Math.ceil(cursor + (last - cursor) * factor)];
    const all = store.wholeRange.peek();
    const whole = from <= all[0] && to >= all[1];
    store.dispatch({ type: "zoom", range: whole ? null : [Math.max(all[0], from), Math.min(all[1], Math.max(to, from + 1))] });
  };
  if (event.key === "ArrowLeft") moveTo(cursor - stride);
  else if (event.key === "ArrowRight") moveTo(cursor + stride);
  else if (event.key === "Home") moveTo(first);
  else if (event.key === "End") moveTo(last);
  else if (event.key === "+" || event.key === "=") zoomBy(0.5);
  else if (event.key === "-") zoomBy(2);
  else if (event.key === "Enter") chooseStep(store, cursor);
  else if (event.key === "Escape") store.dispatch({ type: "zoom", range: null });
  else return;
  event.preventDefault();
}
