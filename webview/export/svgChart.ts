/** What all charts have that are saved as drawings: a title, two axes with numbers, and the plot between them. Pure. */
import { formatTicks } from "../charts/ticks.ts";
import type { Colour } from "../charts/theme.ts";
import { escapeXml } from "./exportable.ts";

/** What a drawing takes from the page that it is made in. */
export interface Look {
  readonly colour: (name: Colour) => string;
  readonly fontFamily: string;
}

export interface Axis {
  readonly ticks: readonly number[];
  /** Where a value lies in the drawing, pixels. */
  readonly at: (value: number) => number;
  /** What stands at the ticks, where it isn't their numbers; the first and the last stay within the plot. */
  readonly labels?: readonly string[];
}

export interface SvgChart extends Look {
  readonly title: string;
  /** What stands between the title and the plot. */
  readonly legend: string;
  readonly top: number;
  readonly x: Axis;
  readonly y: Axis;
  /** What is to the right. */
  readonly name: string;
  /** Drawn in the axes' colour. */
  readonly marks?: readonly string[];
  /** Clipped to the plot. */
  readonly content: readonly string[];
  /** Over everything, and whole at the plot's edges, too. */
  readonly over?: readonly string[];
}

export const [width, height] = [720, 420];
export const plot = { left: 64, right: 700, bottom: 380 };

export function svgChart({ colour, fontFamily, title, legend, top, x, y, name, marks = [], content, over = [] }: SvgChart): string {
  const [below, beside] = [x.labels ?? formatTicks(x.ticks), y.labels ?? formatTicks(y.ticks)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escapeXml(fontFamily)}" font-size="12" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${colour("--background")}"/>`,
    `<text x="16" y="26" font-size="15" font-weight="600" fill="${colour("--foreground")}">${escapeXml(title)}</text>`,
    `<g fill="${colour("--foreground")}">${legend}</g>`,
    `<g stroke="${colour("--muted")}" stroke-opacity="0.25">`,
    ...x.ticks.map((value) => `<path d="M${round(x.at(value))} ${top}V${plot.bottom}"/>`),
    ...y.ticks.map((value) => `<path d="M${plot.left} ${round(y.at(value))}H${plot.right}"/>`),
    "</g>",
    `<g fill="${colour("--muted")}">`,
    ...x.ticks.map((value, i) => svgText(x.at(value), plot.bottom + 18, below[i]!, x.labels && anchorAt(x.at(value)))),
    ...y.ticks.map((value, i) => svgText(plot.left - 8, y.at(value) + 4, beside[i]!, "end")),
    svgText((plot.left + plot.right) / 2, plot.bottom + 34, name),
    ...marks,
    "</g>",
    `<clipPath id="plot"><rect x="${plot.left}" y="${top - 2}" width="${plot.right - plot.left}" height="${plot.bottom - top + 4}"/></clipPath>`,
    `<g fill="none" clip-path="url(#plot)" stroke-linejoin="round">`,
    ...content,
    "</g>",
    ...over,
    "</svg>",
  ].join("\n");
}

/** Of words, which are wider than numbers. */
function anchorAt(x: number): string {
  if (x <= plot.left) return "start";
  return x >= plot.right ? "end" : "middle";
}

export function svgText(x: number, y: number, content: string, anchor = "middle"): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escapeXml(content)}</text>`;
}

/** An axis with about `count` round numbers; `from` and `to` are where its ends lie, pixels. */
export function linearAxis([low, high]: readonly [low: number, high: number], [from, to]: readonly [number, number], count: number): Axis {
  return { ticks: niceTicks(low, high, count), at: (value) => from + ((value - low) / (high - low)) * (to - from) };
}

/** The same of steps, which are whole. */
export function stepAxis([first, last]: readonly [number, number]): Axis {
  const { ticks, at } = linearAxis([first, Math.max(first + 1, last)], [plot.left, plot.right], 7);
  return { ticks: ticks.filter((step) => Number.isInteger(step) && step <= last), at };
}

/** About `count` round numbers. */
export function niceTicks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const stride = [1, 2, 5, 10].map((digit) => digit * power).find((candidate) => candidate >= rough)!;
  const first = Math.ceil(low / stride);
  return Array.from({ length: Math.max(0, Math.floor(high / stride) - first + 1) }, (_, i) => Number(((first + i) * stride).toPrecision(12)));
}

export function round(value: number): number {
  return Number(value.toFixed(2));
}
