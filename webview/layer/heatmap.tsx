import { useLayoutEffect, useRef } from "preact/hooks";
import { columnsAt, opacities, outside, type HeatmapColumn } from "../charts/heatmap.ts";
import { clearCanvas, useSize, type Size } from "../charts/size.ts";
import { channels, themeVersion, type Colour } from "../charts/theme.ts";
import type { HistoryProps } from "./history.tsx";
import { OverSteps } from "./stepAxis.tsx";

/** Histograms over the run: steps to the right, values upwards, stronger where there are more; grey where nothing was measured. */
export function Heatmap({ store, family, columns, axis, label }: HistoryProps) {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(frame);
  const range = store.sampleRange.value;
  const { logCounts } = store.choices.value;
  const theme = themeVersion.value;

  useLayoutEffect(() => {
    if (size.width > 0 && size.height > 0) paint(canvas.current!, size, { columns, range, axis, logarithmic: logCounts, colour: `--${family}` });
  }, [columns, range, axis, logCounts, size, theme, family]);

  const title = "Histograms over the run, without zeros; grey where nothing was measured, a line at an edge where values lie beyond it.";
  return (
    <OverSteps store={store} label={label} title={title} testId="heatmap" axis={axis} frame={frame}>
      <canvas ref={canvas} />
    </OverSteps>
  );
}

interface Picture {
  readonly columns: readonly HeatmapColumn[];
  readonly range: readonly [number, number];
  readonly axis: readonly [number, number];
  readonly logarithmic: boolean;
  readonly colour: Colour;
}

/** Device pixels of the line at an edge beyond which values lie. */
const edgeWidth = 2;

function paint(canvas: HTMLCanvasElement, size: Size, { columns, range, axis, logarithmic, colour }: Picture): void {
  const { width, height } = size;
  const context = clearCanvas(canvas, size);
  const image = context.createImageData(width, height);
  const at = columnsAt(
    columns.map(({ step }) => step),
    range,
    width,
  );
  const shades = opacities(columns, at, height, axis, logarithmic);
  const [ink, paper, edge] = [channels(colour), channels("--background"), channels("--foreground")];
  const beyond = columns.map(({ histogram }) => outside(histogram, axis));
  const { data } = image;
  for (let i = 0; i < shades.length; i++) {
    const column = at[i % width]!;
    // What was measured is opaque; through the rest the mark of the gaps shows.
    if (column < 0) continue;
    const y = Math.floor(i / width);
    const isEdge = (y < edgeWidth && beyond[column]!.above) || (y >= height - edgeWidth && beyond[column]!.below);
    for (let k = 0; k < 3; k++) data[4 * i + k] = isEdge ? edge[k]! : paper[k]! + ((ink[k]! - paper[k]!) * shades[i]!) / 255;
    data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
