/** The gradient flow of a step as a drawing and as a table. Pure. */
import { formatCount } from "../../src/run/numbers.ts";
import { csvLine, escapeXml, exportName, type ExportableChart } from "../export/exportable.ts";
import { plot, round, svgChart, svgText, type Look } from "../export/svgChart.ts";
import type { FlowPoint } from "./flow.ts";
import { brokenHeight, flowShapes, strengthNames, type FlowShapes } from "./flowDrawing.ts";

export interface FlowDrawing extends Look {
  readonly run: string;
  readonly step: number;
  readonly points: readonly FlowPoint[];
}

const legendBase = 46;
/** Of the plot, and of the marks above it where there are any. */
const upperEdge = 66;

export function exportFlow(drawing: FlowDrawing): ExportableChart {
  const { run, step, points } = drawing;
  return { name: exportName(run, "gradient flow", `step ${step}`), svg: () => flowSvg(drawing), csv: () => flowCsv(points) };
}

/** One row for each module, in the order of their calls: as in the table beside the chart. */
function flowCsv(points: readonly FlowPoint[]): string {
  const rows = points.map(({ module, output, low, high, weights }) => [
    ...[module.path || module.name, module.type],
    ...[output, low, high, weights].map((value) => value ?? ""),
  ]);
  const head = ["module", "type", strengthNames.output, "vanishes below", "explodes above", strengthNames.weights];
  return [csvLine(head), ...rows.map(csvLine)].join("");
}

function flowSvg({ step, points, ...look }: FlowDrawing): string {
  const { colour } = look;
  const top = upperEdge + brokenHeight(points);
  const shapes = flowShapes(points, { ...plot, top });
  const named = namedModules(points);
  return svgChart({
    ...look,
    title: `Gradient flow, step ${formatCount(step)}`,
    legend: legend(colour),
    top,
    x: { ticks: named, at: shapes.x, labels: named.map((index) => moduleLabel(points[index]!)) },
    y: {
      ticks: shapes.ticks.map(({ value }) => value),
      at: (value) => shapes.ticks.find((tick) => tick.value === value)!.y,
      labels: shapes.ticks.map(({ label }) => label),
    },
    name: "module, first called to last",
    marks: [
      svgText(plot.right - 4, top + 14, "exploding", "end"),
      svgText(plot.right - 4, plot.bottom - 6, "vanishing", "end"),
      ...drawnBroken(shapes, colour),
    ],
    content: drawnLines(shapes, colour),
    over: drawnMarks(shapes, colour),
  });
}

function legend(colour: Look["colour"]): string {
  const line = (x: number, look: string): string => `<path d="M${x} ${legendBase - 4}h24" fill="none" stroke-width="1.5" ${look}/>`;
  const words = (x: number, text: string): string => `<text x="${x}" y="${legendBase}">${escapeXml(text)}</text>`;
  return [
    line(16, outputLook(colour)),
    words(46, strengthNames.output),
    line(160, weightsLook(colour)),
    words(190, strengthNames.weights),
    words(350, "root mean square"),
  ].join("");
}

const outputLook = (colour: Look["colour"]): string => `stroke="${colour("--gradient")}"`;
const weightsLook = (colour: Look["colour"]): string => `stroke="${colour("--parameter")}" stroke-dasharray="5 3"`;

function drawnLines({ vanishing, exploding, lines }: FlowShapes, colour: Look["colour"]): string[] {
  const error = colour("--error");
  const band = (path: string): string => `<path d="${path}" fill="${error}" fill-opacity="0.1" stroke="${error}" stroke-opacity="0.6" stroke-dasharray="2 3"/>`;
  return [
    ...[vanishing, exploding].filter(Boolean).map(band),
    `<path d="${lines.weights}" stroke-width="1.5" ${weightsLook(colour)}/>`,
    `<path d="${lines.output}" stroke-width="1.5" ${outputLook(colour)}/>`,
  ];
}

function drawnMarks({ marks }: FlowShapes, colour: Look["colour"]): string[] {
  return [
    ...marks.weights.map(
      ([x, y]) =>
        `<rect x="${round(x - 3)}" y="${round(y - 3)}" width="6" height="6" fill="${colour("--background")}" stroke="${colour("--parameter")}" stroke-width="1.5"/>`,
    ),
    ...marks.output.map(([x, y]) => `<circle cx="${round(x)}" cy="${round(y)}" r="3" fill="${colour("--gradient")}"/>`),
  ];
}

function drawnBroken({ broken }: FlowShapes, colour: Look["colour"]): string[] {
  return broken.flatMap(({ path, label }) => [
    `<path d="${path}" fill="${colour("--error")}" stroke="${colour("--error")}" stroke-width="1.5"/>`,
    ...(label ? [svgText(label.x, label.y, label.text, label.anchor)] : []),
  ]);
}

/** Pixels of a character, and the most of them that a module is named with. */
const [characterWidth, longestName] = [7, 24];

/** As many modules as there is room for their names, among them the first and the last. */
function namedModules(points: readonly FlowPoint[]): number[] {
  const widest = characterWidth * Math.max(...points.map((point) => moduleLabel(point).length)) + 12;
  const last = points.length - 1;
  const gaps = Math.min(last, Math.max(1, Math.floor((plot.right - plot.left) / widest) - 1));
  return [...new Set(Array.from({ length: gaps + 1 }, (_, i) => Math.round((i * last) / Math.max(1, gaps))))];
}

function moduleLabel({ module }: FlowPoint): string {
  const name = module.path || module.name;
  return name.length > longestName ? `…${name.slice(1 - longestName)}` : name;
}
