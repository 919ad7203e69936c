import { effect, useComputed } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { opacities, valueRange, type HeatmapColumn } from "../charts/heatmap.ts";
import { channels, themeVersion, type Colour } from "../charts/theme.ts";
import { formatCount, formatNumber } from "../format.ts";
import type { Store } from "../store.ts";
import type { PastTensor, TensorFamily } from "./tensorRow.tsx";

interface Props {
  store: Store;
  title: string;
  family: TensorFamily;
  history: readonly PastTensor[];
}

/** Histograms over the run: steps to the right on the curves' own axis, values upwards, darker where there are more. */
export function Heatmap({ store, title, family, history }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(canvas);
  const range = store.range.value;
  const theme = themeVersion.value;
  const columns = history.map(({ step, tensor }) => ({ step, histogram: tensor.histogram }));
  const [low, high] = valueRange(columns);
  const chosen = useComputed(() => store.sample.value?.step ?? null).value;

  useLayoutEffect(() => {
    if (size.width > 0 && size.height > 0) paint(canvas.current!, size, columns, range, `--${family}`);
  }, [history.length, history[0], history.at(-1), range, size, theme, family]);

  const stepAt = (event: MouseEvent) => {
    const box = canvas.current!.getBoundingClientRect();
    return Math.round(range[0] + ((event.clientX - box.left) / box.width) * (range[1] - range[0]));
  };
  return (
    <>
      <div
        class="heatmap"
        role="img"
        aria-label={`${title} over the run: histograms of ${history.length} steps, values from ${formatNumber(low)} to ${formatNumber(high)}`}
        title="Histograms over the run. Click to look at a step."
        onPointerMove={(event) => (store.cursorStep.value = stepAt(event))}
        onPointerLeave={() => (store.cursorStep.value = null)}
        onClick={(event) => store.dispatch({ type: "chooseStep", step: stepAt(event) })}
        data-testid="heatmap"
      >
        <canvas ref={canvas} />
        {chosen !== null && <StepLine class="chosen-step" step={chosen} range={range} />}
        <CursorLine store={store} range={range} />
        <span class="value-label top">{formatNumber(high)}</span>
        <span class="value-label bottom">{formatNumber(low)}</span>
      </div>
      <div class="axis muted">
        <span>{`step ${formatCount(range[0])}`}</span>
        <span>{formatCount(range[1])}</span>
      </div>
    </>
  );
}

function StepLine({ step, range, class: name }: { step: number; range: readonly [number, number]; class: string }) {
  const share = (step - range[0]) / (range[1] - range[0]);
  return share < 0 || share > 1 ? null : <div class={`step-line ${name}`} style={{ left: `${share * 100}%` }} />;
}

/** Moves by itself, without drawing the rest again. */
function CursorLine({ store, range }: { store: Store; range: readonly [number, number] }) {
  const line = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      effect(() => {
        const step = store.cursorStep.value;
        const share = step === null ? -1 : (step - range[0]) / (range[1] - range[0]);
        line.current!.hidden = share < 0 || share > 1;
        line.current!.style.left = `${share * 100}%`;
      }),
    [store, range],
  );
  return <div ref={line} class="step-line cursor" hidden />;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** In device pixels. */
function useSize(element: { readonly current: HTMLElement | null }): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    const observed = element.current!;
    const observer = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = observed;
      setSize({ width: Math.round(clientWidth * devicePixelRatio), height: Math.round(clientHeight * devicePixelRatio) });
    });
    observer.observe(observed);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

function paint(
  canvas: HTMLCanvasElement,
  { width, height }: Size,
  columns: readonly HeatmapColumn[],
  range: readonly [number, number],
  colour: Colour,
): void {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(width, height);
  const [red, green, blue] = channels(colour);
  const { data } = image;
  const shades = opacities(columns, range, width, height);
  for (let i = 0; i < shades.length; i++) {
    data[4 * i] = red;
    data[4 * i + 1] = green;
    data[4 * i + 2] = blue;
    data[4 * i + 3] = shades[i]!;
  }
  context.putImageData(image, 0, 0);
}
