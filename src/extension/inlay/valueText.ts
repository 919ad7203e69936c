/** What is said of a measured value when a person points at it. Pure. */
import type { MeasuredValues, SeenValue } from "../../protocol/index.ts";
import { formatCount, formatNumber, formatPercent, plural } from "../../run/numbers.ts";
import type { PlacedValue } from "./seenValues.ts";
import { batchSizes, shapesText } from "./shapeHints.ts";

/** The panel at the module that a value belongs to. */
export interface PanelTarget {
  readonly file: string;
  readonly model: number;
  readonly module: number;
}

/** Markdown; its one link is a command of this extension. */
export function valueText({ value, isOld }: PlacedValue, file: string): string {
  const { tensor, module } = value;
  const batches = batchSizes(value);
  const facts = [
    shapesText(value),
    ...(batches.length > 0 ? [`B = ${batches.join(" or ")}`] : []),
    ...(tensor ? [tensor.dtype, ...(tensor.device === "cpu" ? [] : [tensor.device]), tensor.requiresGrad ? "requires grad" : "no grad"] : []),
  ];
  const target = module && { file, model: module.model, module: module.id };
  const last = [
    ...(isOld ? ["measured before the last edit"] : []),
    ...(value.times > 1 ? [plural(value.times, "call")] : []),
    ...(target ? [panelLink(target)] : []),
  ];
  return [`\`${codeText(value)}\` ${facts.join(" · ")}`, ...(tensor?.measured ? measuredText(tensor.measured) : []), last.join(" · ")]
    .filter((text) => text !== "")
    .join("\n\n");
}

/** Long expressions say how they begin. */
function codeText({ text }: SeenValue): string {
  const plain = text.replaceAll("`", "'");
  return plain.length > 60 ? `${plain.slice(0, 59)}…` : plain;
}

function measuredText(measured: MeasuredValues): string[] {
  const { mean, std, min, max, zeroFraction, nonFinite, histogram } = measured;
  const number = (value: number): string => formatNumber(value, 3);
  const moments = `mean ${number(mean)} · std ${number(std)} · min ${number(min)} · max ${number(max)}`;
  const others = [
    ...(zeroFraction > 0 ? [`${formatPercent(zeroFraction)} zeros`] : []),
    ...(nonFinite > 0 ? [`**${formatCount(nonFinite)} NaN or infinite**`] : []),
  ];
  const picture = histogram.counts.some((count) => count > 0) ? [`![histogram](${histogramPicture(histogram)})`] : [];
  return [[moments, ...others].join(" · "), ...picture];
}

function panelLink(target: PanelTarget): string {
  return `[Open in panel](command:kindling.openPanel?${encodeURIComponent(JSON.stringify([target.file, target.model, target.module]))})`;
}

const width = 240;
const height = 44;
/** Stands out from light and from dark. */
const colour = "#2f86d6";

/** Bars as an SVG in a data URI, with a stroke where zero is. */
export function histogramPicture({ low, high, counts }: MeasuredValues["histogram"]): string {
  const most = Math.max(...counts);
  const bar = width / counts.length;
  const bars = counts.map((count, i) => {
    const tall = count === 0 ? 0 : Math.max(1, (count / most) * (height - 2));
    return `<rect x="${(i * bar).toFixed(1)}" y="${(height - tall).toFixed(1)}" width="${Math.max(1, bar - 1).toFixed(1)}" height="${tall.toFixed(1)}"/>`;
  });
  const zero = low < 0 && high > 0 ? `<path d="M${((-low / (high - low)) * width).toFixed(1)} 0V${height}" stroke="#8a8a8a" stroke-dasharray="2 2"/>` : "";
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><g fill="${colour}">${bars.join("")}</g>${zero}</svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
}
