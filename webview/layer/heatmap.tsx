import { effect, useComputed } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { formatCount, formatNumber, plural } from "../../src/run/numbers.ts";
import { columnsAt, opacities, stepAtShare, stepShare, valueRange, type HeatmapColumn } from "../charts/heatmap.ts";
import { channels, themeVersion, type Colour } from "../charts/theme.ts";
import type { Store } from "../store.ts";
import type { PastTensor, TensorFamily } from "./tensorRow.tsx";

interface Props {
  store: Store;
  title: string;
  family: TensorFamily;
  history: readonly PastTensor[];
}

/** Histograms over the run: steps to the right, values upwards, stronger where there are more; grey where nothing was measured. */
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
    return stepAtShare((event.clientX - box.left) / box.width, range);
  };
  return (
    <>
      <div
        class="heatmap"
        role="img"
        aria-label={`${title} over the run: histograms of ${plural(history.length, "measured step")}, values from ${formatNumber(low)} to ${formatNumber(high)}`}
        title="Histograms over the run; grey where nothing was measured. Click to look at the nearest measured step."
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

function paint(canvas: HTMLCanvasElement, { width, height }: Size, columns: readonly HeatmapColumn[], range: readonly [number, number], colour: Colour): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(width, height);
  const at = columnsAt(
    columns.map(({ step }) => step),
    range,
    width,
  );
  const shades = opacities(columns, at, height);
  const [ink, paper] = [channels(colour), channels("--background")];
  const { data } = image;
  for (let i = 0; i < shades.length; i++) {
    // What was measured is opaque; through the rest the mark of the gaps shows.
    if (at[i % width]! < 0) continue;
    for (let k = 0; k < 3; k++) data[4 * i + k] = paper[k]! + ((ink[k]! - paper[k]!) * shades[i]!) / 255;
    data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
