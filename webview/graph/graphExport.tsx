/** The graph as it is opened, as a drawing and as a table of its tensors. */
import { render } from "preact";
import type { Pass } from "../../src/protocol/index.ts";
import { csvLine, type ExportableChart } from "../export/exportable.ts";
import { around, type Block } from "./blocks.ts";
import { Whole } from "./drawing.tsx";
import type { Picture } from "./layout.ts";
import type { Look } from "./marks.ts";

interface Shown {
  readonly name: string;
  readonly pass: Pass;
  readonly picture: Picture;
  readonly looks: (block: Block) => Look;
}

export function exportGraph({ name, pass, picture, looks }: Shown): ExportableChart {
  return { name: `${name} graph`, svg: () => drawn(pass, picture, looks), csv: () => tensors(picture) };
}

/** What a style sheet says of a shape, and a drawing has to say itself. */
const properties = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size", "font-weight", "paint-order"] as const;
const margin = 8;

/** Drawn once in the page, out of sight, where the style sheet tells how each shape looks. */
function drawn(pass: Pass, picture: Picture, looks: (block: Block) => Look): string {
  const holder = document.createElement("div");
  holder.className = "graph-export";
  document.body.append(holder);
  try {
    render(<Whole pass={pass} picture={picture} looks={looks} />, holder);
    const svg = holder.querySelector("svg")!;
    const [width, height] = [Math.ceil(picture.width) + 2 * margin, Math.ceil(picture.height) + 2 * margin];
    for (const [name, value] of Object.entries({ xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `${-margin} ${-margin} ${width} ${height}` })) {
      svg.setAttribute(name, String(value));
    }
    const looksOfClasses = new Map<string, readonly (readonly [string, string])[]>();
    for (const shape of svg.querySelectorAll("rect, path, text")) dress(shape, looksOfClasses);
    for (const group of svg.querySelectorAll("g")) for (const { name } of [...group.attributes]) if (name !== "transform") group.removeAttribute(name);
    const ground = getComputedStyle(document.body).getPropertyValue("--background");
    svg.insertAdjacentHTML("afterbegin", `<rect x="${-margin}" y="${-margin}" width="${width}" height="${height}" fill="${ground}"/>`);
    return new XMLSerializer().serializeToString(svg);
  } finally {
    render(null, holder);
    holder.remove();
  }
}

/** Shapes of the same classes look the same, but for what each says itself. */
function dress(shape: Element, known: Map<string, readonly (readonly [string, string])[]>): void {
  const key = `${shape.tagName} ${shape.getAttribute("class")}`;
  let look = known.get(key);
  if (!look) {
    const style = getComputedStyle(shape);
    look = properties.map((name) => [name, plainColour(style.getPropertyValue(name))] as const).filter(([, value]) => value !== "" && value !== "none 0px");
    known.set(key, look);
  }
  shape.removeAttribute("class");
  for (const [name, value] of look) if (!shape.hasAttribute(name)) shape.setAttribute(name, value);
}

/** Mixed colours in a form that other programs read. */
function plainColour(value: string): string {
  return value.replace(/color\(srgb ([\d.]+) ([\d.]+) ([\d.]+)(?: \/ ([\d.]+))?\)/g, (_, ...channels: (string | undefined)[]) => {
    const digits = channels.slice(0, channels[3] === undefined ? 3 : 4).map((channel) =>
      Math.round(255 * Number(channel))
        .toString(16)
        .padStart(2, "0"),
    );
    return `#${digits.join("")}`;
  });
}

/** Each tensor between two of the shown blocks, which are named with those around them. */
function tensors({ lines }: Picture): string {
  const rows = lines.flatMap(({ edge: { from, to, tensor } }) =>
    from && to ? [csvLine([placeOf(from), placeOf(to), tensor.shape.join("×"), tensor.dtype, tensor.detached ? "detached" : ""])] : [],
  );
  return [csvLine(["from", "to", "shape", "dtype", "gradient"]), ...rows].join("");
}

function placeOf(block: Block): string {
  return [...around(block).toReversed(), block].map(({ title }) => title).join("/");
}
