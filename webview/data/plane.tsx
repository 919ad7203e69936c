/** What a model of two features says all over the plane, with the batch's points on it. */
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Batch, Boundary, Look } from "../../src/protocol/index.ts";
import { formatNumber, formatPercent } from "../../src/run/numbers.ts";
import { signedScale } from "../charts/pixels.ts";
import type { Rgb } from "../charts/palette.ts";
import { channels, colour, themeVersion, type Colour } from "../charts/theme.ts";
import type { Following } from "./following.ts";
import { answerText } from "./words.ts";

/** Side of the picture, CSS pixels. */
const side = 300;
/** Where it says nothing, where half: how much of a class's colour there is. */
const [faint, full] = [0.05, 0.55];
const classColours: readonly Colour[] = ["--curve-1", "--curve-2", "--curve-3", "--curve-4", "--curve-5"];

export function Plane({ batch, look, boundary, following }: { batch: Batch; look: Look; boundary: Boundary; following: Following }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = themeVersion.value;
  const [pointed, setPointed] = useState<number | null>(null);
  const [rows, columns] = boundary.field.shape as [number, number];
  const pixels = useMemo(() => planePixels(boundary), [boundary, theme]);
  useLayoutEffect(() => canvas.current!.getContext("2d")!.putImageData(new ImageData(pixels, columns, rows), 0, 0), [pixels, columns, rows]);
  const at = (event: PointerEvent & { currentTarget: HTMLElement }): number => {
    const box = event.currentTarget.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    const within = (share: number, size: number) => Math.min(size - 1, Math.max(0, Math.floor(share * size)));
    return within(y, rows) * columns + within(x, columns);
  };
  const press = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const from = pointed ?? Math.floor(rows / 2) * columns + Math.floor(columns / 2);
    setPointed(Math.min(rows * columns - 1, Math.max(0, from + move)));
  };
  return (
    <figure class="plane" data-testid="plane">
      <div
        class="plane-picture"
        role="img"
        tabIndex={0}
        aria-label="What the model says all over the plane, with the batch's points. Arrow keys move over it."
        onPointerMove={(event) => setPointed(at(event))}
        onPointerLeave={() => setPointed(null)}
        onKeyDown={press}
        style={{ width: `${side}px`, height: `${side}px` }}
      >
        <canvas ref={canvas} class="pixels plane-field" width={columns} height={rows} />
        <Points batch={batch} look={look} boundary={boundary} following={following} />
      </div>
      <figcaption class="muted">
        <span>
          first feature {formatNumber(boundary.left, 2)} to {formatNumber(boundary.right, 2)}, second {formatNumber(boundary.bottom, 2)} to{" "}
          {formatNumber(boundary.top, 2)}
        </span>
        <span aria-live="polite" data-testid="plane-text">
          {pointed === null ? "" : fieldText(boundary, pointed)}
        </span>
      </figcaption>
    </figure>
  );
}

/** The middle of a cell, and what the model says there. */
function fieldText({ left, right, bottom, top, field, certainty, meaning }: Boundary, cell: number): string {
  const [rows, columns] = field.shape as [number, number];
  const x = left + (((cell % columns) + 0.5) / columns) * (right - left);
  const y = top + ((Math.floor(cell / columns) + 0.5) / rows) * (bottom - top);
  const value = field.values[cell]!;
  const says =
    meaning === "binary" ? `yes ${formatPercent(value)}` : `${answerText(meaning, value)}${certainty ? `, ${formatPercent(certainty.values[cell]!)}` : ""}`;
  return `(${formatNumber(x, 2)}, ${formatNumber(y, 2)}): ${says}`;
}

/** Classes by their colours, the stronger the surer; yes and no, and values, by two colours. */
export function planePixels({ field, certainty, meaning }: Boundary): Uint8ClampedArray<ArrayBuffer> {
  const { values } = field;
  const paper = channels("--background");
  const pixels = new Uint8ClampedArray(4 * values.length);
  const scale = signedScale(values);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const [ink, strength] =
      meaning === "classes" ? ([colourOf(value), certainty!.values[i]!] as const) : twoSided(meaning === "binary" ? 2 * value - 1 : value / scale.high);
    const share = faint + (full - faint) * strength;
    for (let k = 0; k < 3; k++) pixels[4 * i + k] = Math.round(paper[k]! + share * (ink[k]! - paper[k]!));
    pixels[4 * i + 3] = 255;
  }
  return pixels;
}

/** @param value from −1 to 1 */
function twoSided(value: number): readonly [Rgb, number] {
  return [channels(value < 0 ? "--curve-2" : "--curve-1"), Math.min(1, Math.abs(value))];
}

function colourOf(label: number): Rgb {
  return channels(classColours[label % classColours.length]!);
}

/** A shape as well as a colour for each class. */
function Points({ batch, look, boundary, following }: { batch: Batch; look: Look; boundary: Boundary; following: Following }) {
  const { left, right, bottom, top } = boundary;
  const { samples } = batch;
  const { outcome } = look;
  const count = samples.shape[0]!;
  return (
    <svg class="plane-points" viewBox={`0 0 ${side} ${side}`} aria-hidden="true">
      {Array.from({ length: count }, (_, i) => {
        const x = ((samples.values[2 * i]! - left) / (right - left)) * side;
        const y = ((top - samples.values[2 * i + 1]!) / (top - bottom)) * side;
        const label = outcome && boundary.meaning !== "values" ? outcome.labels.values[i * outcome.labels.shape[1]!]! : 0;
        const fill = outcome
          ? colour(boundary.meaning === "binary" && label === 0 ? "--curve-2" : classColours[boundary.meaning === "binary" ? 0 : label % classColours.length]!)
          : "currentColor";
        const classes = i === look.sample ? "point chosen-point" : "point";
        return <path key={i} class={classes} d={shapeOf(label, x, y)} fill={fill} onClick={() => (following.sample.value = i)} data-testid="point" />;
      })}
    </svg>
  );
}

function shapeOf(label: number, x: number, y: number): string {
  const shapes = [
    `M${x - 3.5} ${y}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z`,
    `M${x - 3} ${y - 3}h6v6h-6z`,
    `M${x} ${y - 4}l4 7h-8z`,
    `M${x} ${y - 4}l4 4l-4 4l-4 -4z`,
    `M${x} ${y + 4}l4 -7h-8z`,
  ];
  return shapes[label % shapes.length]!;
}
