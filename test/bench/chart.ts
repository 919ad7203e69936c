/** Lines on logarithmic axes, as an SVG picture that can be read on any background: it brings a white card. */

export interface Chart {
  readonly title: string;
  /** Units of the axes. */
  readonly x: string;
  readonly y: string;
  readonly lines: readonly { readonly name: string; readonly points: readonly (readonly [x: number, y: number])[] }[];
}

const [width, height] = [720, 420];
const plot = { left: 76, right: 40, top: 84, bottom: 52 };
/** Told apart without colours, too: each has a marker of its own. */
const styles = [
  { colour: "#1f5fbf", marker: (x: number, y: number) => `<circle cx="${x}" cy="${y}" r="4"/>` },
  { colour: "#b8420f", marker: (x: number, y: number) => `<rect x="${x - 4}" y="${y - 4}" width="8" height="8"/>` },
] as const;

/** Powers of ten from below the least to above the largest value. */
function decades(values: readonly number[]): number[] {
  const [first, last] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
  return Array.from({ length: Math.max(1, last - first) + 1 }, (_, i) => 10 ** (first + i));
}

function scale(ticks: readonly number[], from: number, to: number): (value: number) => number {
  const [first, last] = [Math.log10(ticks[0]!), Math.log10(ticks.at(-1)!)];
  return (value) => Number((from + ((Math.log10(value) - first) / (last - first)) * (to - from)).toFixed(1));
}

const label = (value: number): string => (value < 1e6 ? value.toLocaleString("en-US", { maximumFractionDigits: 6 }) : `${value / 1e6} M`);
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

export function chart({ title, x, y, lines }: Chart): string {
  const points = lines.flatMap((line) => line.points);
  const [xTicks, yTicks] = [decades(points.map(([value]) => value)), decades(points.map(([, value]) => value))];
  const [right, bottom] = [width - plot.right, height - plot.bottom];
  const [toX, toY] = [scale(xTicks, plot.left, right), scale(yTicks, bottom, plot.top)];
  const grid = [
    ...xTicks.map((tick) => `<path d="M${toX(tick)} ${plot.top}V${bottom}"/>`),
    ...yTicks.map((tick) => `<path d="M${plot.left} ${toY(tick)}H${right}"/>`),
  ];
  const numbers = [
    ...xTicks.map((tick) => `<text x="${toX(tick)}" y="${bottom + 20}" text-anchor="middle">${label(tick)}</text>`),
    ...yTicks.map((tick) => `<text x="${plot.left - 8}" y="${toY(tick) + 4}" text-anchor="end">${label(tick)}</text>`),
  ];
  const drawn = lines.map(({ name, points }, i) => {
    const { colour, marker } = styles[i % styles.length]!;
    const at = points.map(([px, py]) => [toX(px), toY(py)] as const);
    const legend = plot.left + i * 300;
    return [
      `<g fill="${colour}" stroke="none">`,
      `<path d="M${at.map((point) => point.join(" ")).join("L")}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...at.map(([px, py]) => marker(px, py)),
      marker(legend + 4, 54),
      `<text x="${legend + 16}" y="58">${escaped(name)}</text>`,
      "</g>",
    ].join("\n");
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" rx="8" fill="#ffffff"/>
<text x="${plot.left}" y="30" font-size="16" font-weight="600" fill="#1a1a1a">${escaped(title)}</text>
<g stroke="#d9d9d9">
${grid.join("\n")}
</g>
<g fill="#444444">
${numbers.join("\n")}
<text x="${right}" y="${height - 12}" text-anchor="end">${escaped(x)}</text>
<text x="${plot.left - 8}" y="${plot.top - 12}" text-anchor="end">${escaped(y)}</text>
</g>
${drawn.join("\n")}
</svg>
`;
}
