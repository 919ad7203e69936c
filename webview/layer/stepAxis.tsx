/** What charts with steps to the right have in common: the axis, the chosen step, the crosshair, and a click that chooses. */
import { effect, useComputed } from "@preact/signals";
import type { ComponentChildren, Ref } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { formatCount, formatNumber } from "../../src/run/numbers.ts";
import { stepAtShare, stepShare } from "../charts/heatmap.ts";
import type { Store } from "../store.ts";

interface Props {
  store: Store;
  label: string;
  title: string;
  testId: string;
  axis: readonly [low: number, high: number];
  frame: Ref<HTMLDivElement>;
  children: ComponentChildren;
}

export function OverSteps({ store, label, title, testId, axis: [low, high], frame, children }: Props) {
  const range = store.sampleRange.value;
  const chosen = useComputed(() => store.sample.value?.step ?? null).value;
  const stepAt = (event: MouseEvent & { currentTarget: Element }) => {
    const box = event.currentTarget.getBoundingClientRect();
    return stepAtShare((event.clientX - box.left) / box.width, range);
  };
  return (
    <div
      ref={frame}
      class="over-steps"
      role="img"
      aria-label={label}
      title={`${title} Click to look at the nearest measured step.`}
      onPointerMove={(event) => (store.cursorStep.value = stepAt(event))}
      onPointerLeave={() => (store.cursorStep.value = null)}
      onClick={(event) => store.dispatch({ type: "chooseStep", step: stepAt(event) })}
      data-testid={testId}
    >
      {children}
      {chosen !== null && <StepLine class="chosen-step" step={chosen} range={range} />}
      <CursorLine store={store} range={range} />
      <span class="value-label top">{formatNumber(high)}</span>
      <span class="value-label bottom">{formatNumber(low)}</span>
    </div>
  );
}

export function StepAxis({ store }: { store: Store }) {
  const [first, last] = store.sampleRange.value;
  return (
    <div class="axis muted">
      <span>{`step ${formatCount(first)}`}</span>
      <span>{formatCount(last)}</span>
    </div>
  );
}

function StepLine({ step, range, class: name }: { step: number; range: readonly [number, number]; class: string }) {
  const share = stepShare(step, range);
  return share < 0 || share > 1 ? null : <div class={`step-line ${name}`} style={{ left: `${share * 100}%` }} />;
}

/** Moves by itself, without drawing the rest again. */
function CursorLine({ store, range }: { store: Store; range: readonly [number, number] }) {
  const line = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      effect(() => {
        const step = store.cursorStep.value;
        const share = step === null ? -1 : stepShare(step, range);
        line.current!.hidden = share < 0 || share > 1;
        line.current!.style.left = `${share * 100}%`;
      }),
    [store, range],
  );
  return <div ref={line} class="step-line cursor" hidden />;
}
