import { useComputed } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { thinEvenly } from "../../src/run/thinning.ts";
import { formatCount, formatNumber } from "../../src/run/numbers.ts";
import { ridgeAt, ridges, type Ridge } from "../charts/ridges.ts";
import { clearCanvas, useSize, type Size } from "../charts/size.ts";
import { colour, themeVersion, type Colour } from "../charts/theme.ts";
import type { HistoryProps } from "./history.tsx";

/** Device pixels from one ridge to the next, at least; of more steps some are left out. */
const closest = 5;

/** Histograms over the run, one behind the other: values to the right, the newest step in front. */
export function Ridgeline({ store, family, columns, axis, label }: HistoryProps) {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(frame);
  const theme = themeVersion.value;
  const { logCounts } = store.choices.value;
  const chosen = useComputed(() => store.sample.value?.step ?? null).value;
  const kept = thinEvenly(columns, Math.max(2, Math.floor(size.height / closest)));
  const shown = columns.filter((column) => column.step === chosen || kept.includes(column));
  const drawn = size.height > 0 ? ridges(shown, { ...size, axis, logarithmic: logCounts }) : [];
  const [first, last] = [columns[0]?.step ?? 0, columns.at(-1)?.step ?? 0];

  useLayoutEffect(() => {
    if (size.width > 0 && size.height > 0) paint(canvas.current!, size, drawn, chosen, `--${family}`);
  }, [columns.length, first, last, axis[0], axis[1], logCounts, size, theme, family, chosen]);

  const stepAt = (event: MouseEvent & { currentTarget: Element }) => {
    const box = event.currentTarget.getBoundingClientRect();
    return ridgeAt(drawn, ((event.clientY - box.top) / box.height) * size.height);
  };
  return (
    <>
      <div
        ref={frame}
        class="over-steps ridgeline"
        role="img"
        aria-label={label}
        title="Histograms over the run, without zeros: the first step behind, the newest in front, each as high as its fullest bin. Click to look at a step."
        onPointerMove={(event) => (store.cursorStep.value = stepAt(event))}
        onPointerLeave={() => (store.cursorStep.value = null)}
        onClick={(event) => store.dispatch({ type: "chooseStep", step: stepAt(event) })}
        data-testid="ridgeline"
      >
        <canvas ref={canvas} />
        <span class="value-label top">{`step ${formatCount(first)}`}</span>
        {last > first && <span class="value-label bottom">{formatCount(last)}</span>}
      </div>
      <div class="axis muted">
        <span>{formatNumber(axis[0], 3)}</span>
        <span>{formatNumber(axis[1], 3)}</span>
      </div>
    </>
  );
}

function paint(canvas: HTMLCanvasElement, size: Size, drawn: readonly Ridge[], chosen: number | null, ink: Colour): void {
  const context = clearCanvas(canvas, size);
  context.lineJoin = "round";
  for (const { step, base, points } of drawn) {
    context.beginPath();
    points.forEach(([x, y], i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
    // What stands behind is hidden; then the ridge's own tint.
    context.globalAlpha = 1;
    context.fillStyle = colour("--background");
    context.fill();
    context.globalAlpha = 0.35;
    context.fillStyle = colour(ink);
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = colour(step === chosen ? "--foreground" : ink);
    context.lineWidth = (step === chosen ? 2 : 1) * devicePixelRatio;
    context.stroke();
    // The ridge's foot on either side.
    context.globalAlpha = 0.25;
    context.beginPath();
    context.moveTo(0, base);
    context.lineTo(size.width, base);
    context.lineWidth = devicePixelRatio;
    context.stroke();
  }
  context.globalAlpha = 1;
}
