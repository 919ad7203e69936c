/** What a graph is drawn with, as plain shapes: the page and a file show the same. Pure. */
import { formatShape } from "../../src/run/modules.ts";
import { formatCount, plural } from "../../src/run/numbers.ts";
import type { Pass, PassEdge } from "../../src/protocol/index.ts";
import { isContainer, type Block } from "./blocks.ts";
import { boxHeight, captionHeight, textPadding, twistieWidth, type Box, type Line, type Point } from "./layout.ts";

export interface Mark {
  readonly tag: "rect" | "path" | "text";
  /** Says how it looks. */
  readonly class: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly text?: string;
}

/** How a box is set apart from others. */
export interface Look {
  readonly isChosen: boolean;
  readonly hasFailed: boolean;
  readonly isFound: boolean;
  /** Its module, or one in it, has parameters that are trained, or is frozen. */
  readonly parameters: "none" | "trainable" | "frozen";
}

/** A block without its words. */
export function boxMarks({ block, width, height, isOpen }: Box, look: Look): Mark[] {
  const marks: Mark[] = [];
  const state = `${look.isChosen ? " chosen" : ""}${look.hasFailed ? " failed" : ""}${look.isFound ? " found" : ""}${isOpen ? " open" : ""}`;
  const radius = isRound(block) ? boxHeight / 2 : 4;
  // A folded run of blocks lies on others.
  if (block.kind === "repeat" && !isOpen) {
    for (const by of [6, 3]) marks.push(rect("box behind", by, by, width - by, height, radius));
  }
  marks.push(rect(`box ${block.kind}${state}`, 0, 0, width, height, isOpen ? 6 : radius));
  if (look.parameters !== "none") marks.push({ tag: "path", class: `parameters ${look.parameters}`, attributes: { d: `M 2.5 5 V ${boxHeight - 5}` } });
  if (look.hasFailed && !isOpen) marks.push({ tag: "path", class: "cross", attributes: { d: `M ${width - 4} -4 l 8 8 m 0 -8 l -8 8` } });
  return marks;
}

/** Of an operation that failed, the shapes that don't go together; one alone says little. */
export function captionOf({ node }: Block, { failure }: Pass): string | undefined {
  return failure?.node === node && failure.shapes.length > 1 ? failure.shapes.map(formatShape).join(" and ") : undefined;
}

/** How wide words are, and as much of them as there is room for. */
export interface Words {
  readonly widthOf: (text: string, part: "title" | "type" | "label") => number;
  readonly shortened: (text: string, room: number, part: "title" | "type" | "label") => string;
}

/** A block's words. Of an open one they stand over the lines that go in. */
export function wordMarks({ block, width, isOpen }: Box, caption: string | undefined, { widthOf, shortened }: Words): Mark[] {
  const marks: Mark[] = [];
  const begin = textPadding + (isContainer(block) ? twistieWidth : 0);
  if (isContainer(block)) {
    marks.push({ tag: "path", class: "twistie", attributes: { d: isOpen ? `M ${textPadding - 1} 11 l 4 4 l 4 -4` : `M ${textPadding + 1} 9 l 4 4 l -4 4` } });
  }
  const room = width - begin - textPadding;
  const title = shortened(titleOf(block), room, "title");
  const isAlone = isRound(block) && !isContainer(block);
  const place = isAlone ? { x: width / 2, "text-anchor": "middle" } : { x: begin };
  marks.push({ tag: "text", class: `title${isAlone ? "" : " strong"}${isOpen ? " over" : ""}`, attributes: { ...place, y: 17 }, text: title });
  const rest = room - widthOf(title, "title") - 6;
  if (block.type !== "" && rest > 20) {
    marks.push({
      tag: "text",
      class: `type${isOpen ? " over" : ""}`,
      attributes: { x: width - textPadding, y: 17, "text-anchor": "end" },
      text: shortened(block.type, rest, "type"),
    });
  }
  if (caption !== undefined && !isOpen) {
    marks.push({ tag: "text", class: "caption", attributes: { x: width / 2, y: boxHeight + captionHeight / 2, "text-anchor": "middle" }, text: caption });
  }
  return marks;
}

/** An operation that failed before it could say what it is has no name. */
export function titleOf({ title }: Block): string {
  return title || "fails here";
}

function rect(name: string, x: number, y: number, width: number, height: number, radius: number): Mark {
  return { tag: "rect", class: name, attributes: { x, y, width, height, rx: radius } };
}

/** What isn't computed by a layer is a pill. */
function isRound({ kind }: Block): boolean {
  return kind === "operation" || kind === "input" || kind === "constant" || kind === "output" || kind === "loss";
}

export function lineMark({ edge, points }: Line): Mark {
  const { tensor } = edge;
  const state = `${tensor.detached ? " detached" : ""}${tensor.dtype === "float32" ? "" : " integers"}`;
  return { tag: "path", class: `line${state}`, attributes: { d: curve(points), "stroke-width": thickness(tensor).toFixed(1) } };
}

export function arrowMark({ points }: Line): Mark {
  const tip = points.at(-1)!;
  const before = points.at(-2) ?? tip;
  const angle = Math.atan2(tip.y - before.y, tip.x - before.x);
  const side = (by: number): string => `${round(tip.x - 7 * Math.cos(angle + by))} ${round(tip.y - 7 * Math.sin(angle + by))}`;
  return { tag: "path", class: "arrow", attributes: { d: `M ${side(0.4)} L ${round(tip.x)} ${round(tip.y)} L ${side(-0.4)}` } };
}

export function labelMark({ edge, label }: Line): Mark | null {
  if (!label) return null;
  return {
    tag: "text",
    class: "label",
    attributes: { x: round(label.x), y: round(label.y + 4), "text-anchor": "middle" },
    text: formatShape(edge.tensor.shape),
  };
}

/** The more values, the thicker, from 1 to 3 pixels. */
function thickness({ shape }: PassEdge): number {
  const count = shape.reduce((product, size) => product * size, 1);
  return Math.min(3, 0.9 + Math.log10(Math.max(1, count)) / 4);
}

/** Through the middles of the stretches between the points, so that corners are round. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  const middle = (a: Point, b: Point): string => `${round((a.x + b.x) / 2)} ${round((a.y + b.y) / 2)}`;
  let path = `M ${round(first.x)} ${round(first.y)}`;
  for (let i = 0; i + 1 < rest.length; i++)
    path += ` Q ${round(rest[i]!.x)} ${round(rest[i]!.y)} ${i + 2 < rest.length ? middle(rest[i]!, rest[i + 1]!) : `${round(rest[i + 1]!.x)} ${round(rest[i + 1]!.y)}`}`;
  return rest.length === 1 ? `${path} L ${round(rest[0]!.x)} ${round(rest[0]!.y)}` : path;
}

const round = (value: number): number => Math.round(value * 10) / 10;

// --- words ----------------------------------------------------------------------------------------------------------

/** What a block is, in a line for each fact. */
export function factsOf(block: Block, pass: Pass): string[] {
  const node = pass.nodes[block.node]!;
  const lines = [headline(block)];
  const [arriving, leaving] = tensorsAt(block);
  if (arriving.length > 0) lines.push(`In: ${arriving.map(tensorText).join(", ")}`);
  const out = leaving.length > 0 ? leaving.map(tensorText) : node.shapes.map(formatShape);
  if (out.length > 0) lines.push(`Out: ${out.join(", ")}`);
  if (node.state && block.kind !== "call") lines.push(`Reads parameters ${node.state.map(formatShape).join(", ")}`);
  if (isContainer(block)) lines.push(plural(block.size, "operation"));
  const { failure } = pass;
  if (failure && failure.node === block.node) lines.push(failure.message);
  return lines;
}

function headline({ kind, title, type }: Block): string {
  const kinds: Partial<Record<Block["kind"], string>> = { input: "from outside", constant: "made here", output: "used by nothing further", loss: "loss" };
  const more = type !== "" && type !== title ? type : kinds[kind];
  return more && more !== title ? `${title}: ${more}` : title || "The operation that failed";
}

/** What goes into a block and what comes out of it, each tensor once. */
function tensorsAt(block: Block): [PassEdge[], PassEdge[]] {
  const edges = block.parent?.edges ?? [];
  return [edges.filter(({ to }) => to === block).map(({ tensor }) => tensor), edges.filter(({ from }) => from === block).map(({ tensor }) => tensor)].map(
    eachOnce,
  ) as [PassEdge[], PassEdge[]];
}

function eachOnce(tensors: readonly PassEdge[]): PassEdge[] {
  return [...new Map(tensors.map((tensor) => [`${tensor.from} ${tensor.shape.join()}`, tensor])).values()];
}

function tensorText({ shape, dtype, detached }: PassEdge): string {
  return `${formatShape(shape)}${dtype === "float32" ? "" : ` ${dtype}`}${detached ? " (detached)" : ""}`;
}

/** Where a block's tensors come from and go to, by title. */
export function neighbours(block: Block): { readonly from: readonly string[]; readonly to: readonly string[] } {
  const edges = block.parent?.edges ?? [];
  const outside = block.parent?.parent ? block.parent.title : "";
  const titles = (blocks: readonly (Block | null)[]): string[] => [...new Set(blocks.map((one) => one?.title ?? outside))].filter(Boolean);
  return {
    from: titles(edges.filter(({ to }) => to === block).map(({ from }) => from)),
    to: titles(edges.filter(({ from }) => from === block).map(({ to }) => to)),
  };
}

/** `Training · 812 times`; a letter in between where there are several of a kind. */
export function passTitles(passes: readonly { readonly pass: Pass; readonly times: number; readonly isEstimate?: true }[]): string[] {
  const words: Readonly<Record<Pass["kind"], string>> = { training: "Training", evaluation: "Evaluation", forward: "Forward" };
  const kindOf = ({ pass }: { pass: Pass }): string => (pass.failure ? "Failed" : words[pass.kind]);
  return passes.map((seen) => {
    const kind = kindOf(seen);
    const same = passes.filter((other) => kindOf(other) === kind);
    const letter = same.length > 1 ? ` ${String.fromCharCode(65 + same.indexOf(seen))}` : "";
    const times = seen.times === 1 ? "once" : `${seen.isEstimate ? "about " : ""}${formatCount(seen.times)} times`;
    return seen.pass.failure ? `${kind}${letter}` : `${kind}${letter} · ${times}`;
  });
}
