/**
 * Where blocks and edges stand. Each open block is laid out by itself, from inside out, and is then one box on the level
 * above, so what is folded is never laid out and what hasn't changed isn't again. A level is laid out piece by piece, with a
 * rest in between, so that the page goes on answering.
 */
import { Graph, layout as arrange } from "@dagrejs/dagre";
import { formatShape } from "../../src/run/modules.ts";
import { isContainer, type Block, type LevelEdge } from "./blocks.ts";

export type Direction = "down" | "right";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly block: Block;
  /** Of the upper left corner. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly isOpen: boolean;
  /** How many blocks it stands in. */
  readonly depth: number;
}

export interface Line {
  readonly edge: LevelEdge;
  readonly points: readonly Point[];
  /** Middle of its label; `null` where another edge of the same tensor has it. */
  readonly label: Point | null;
  /** Whether it ends at a block, and doesn't go on inside of one. */
  readonly isEnd: boolean;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Outer boxes before those that stand in them. */
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
}

export interface LayoutOptions {
  readonly direction: Direction;
  readonly open: ReadonlySet<string>;
  /** What is written below a folded block's title, if anything. */
  readonly caption: (block: Block) => string | undefined;
  /** Width of a text in pixels. */
  readonly measure: (text: string, part: "title" | "type" | "label") => number;
}

export const boxHeight = 26;
export const captionHeight = 14;
/** Between a box's border and its text, and what stands before the text. */
export const textPadding = 10;
export const twistieWidth = 16;
const headHeight = 24;
const levelPadding = 10;
const labelHeight = 14;
const maximumBoxWidth = 260;
const gaps = { ranksep: 18, nodesep: 22, edgesep: 12 };
/** Once a piece of a level has so many blocks, it ends where only one tensor goes on; or at last where fewest do. */
const pieceSize = 12;
const longestPiece = 28;
/** Ranks that the edges of one piece may cross together; the longest beyond that are drawn straight. */
const maximumSpan = 2_500;
/** Milliseconds of work between two rests. */
const workTime = 10;

/** A level, from its own corner. */
interface Level {
  readonly width: number;
  readonly height: number;
  readonly corners: ReadonlyMap<Block, Point>;
  readonly lines: readonly Line[];
  /** Where tensors cross the border, by the node that they come from. */
  readonly inlets: ReadonlyMap<string, Point>;
  readonly outlets: ReadonlyMap<string, Point>;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Knows the levels that it has laid out. */
export class Layouter {
  readonly #levels = new Map<Block, { readonly signature: string; readonly level: Level }>();
  #rest = 0;

  /** @param signal whether another layout is wanted by now; then the promise rejects */
  async layout(root: Block, options: LayoutOptions, signal: AbortSignal): Promise<Picture> {
    this.#rest = performance.now() + workTime;
    const sizes = new Map<Block, Size>();
    await this.#measure(root, true, options, sizes, signal);
    const boxes: Box[] = [];
    const lines: Line[] = [];
    this.#place(root, { x: 0, y: 0 }, 0, sizes, boxes, lines);
    const { width, height } = sizes.get(root)!;
    return { width, height, boxes, lines };
  }

  /** Sizes of a block and of all that is shown in it, from inside out. */
  async #measure(block: Block, isRoot: boolean, options: LayoutOptions, sizes: Map<Block, Size>, signal: AbortSignal): Promise<void> {
    const title = titleWidth(block, options);
    if (!isRoot && !(isContainer(block) && options.open.has(block.key))) {
      const caption = options.caption(block);
      const width = Math.max(title, caption === undefined ? 0 : options.measure(caption, "label") + 2 * textPadding);
      sizes.set(block, { width: Math.min(maximumBoxWidth, width), height: boxHeight + (caption === undefined ? 0 : captionHeight) });
      this.#levels.delete(block);
      return;
    }
    for (const child of block.children) await this.#measure(child, false, options, sizes, signal);
    const known = this.#levels.get(block);
    const signature = `${options.direction} ${block.children.map((child) => `${sizes.get(child)!.width}x${sizes.get(child)!.height}`).join()}`;
    const level = known?.signature === signature ? known.level : await this.#layOut(block, options, sizes, signal);
    this.#levels.set(block, { signature, level });
    const head = isRoot ? 0 : headHeight;
    sizes.set(block, { width: Math.max(level.width, isRoot ? 0 : Math.min(maximumBoxWidth, title)), height: level.height + head });
  }

  async #layOut(block: Block, options: LayoutOptions, sizes: ReadonlyMap<Block, Size>, signal: AbortSignal): Promise<Level> {
    const placed: PlacedPiece[] = [];
    const labelled = new Set<string>();
    for (const piece of piecesOf(block)) {
      await this.#breathe(signal);
      placed.push(layOutPiece(piece, options, sizes, labelled));
    }
    return joined(placed, block.edges, options.direction);
  }

  async #breathe(signal: AbortSignal): Promise<void> {
    if (performance.now() >= this.#rest) {
      await new Promise((done) => setTimeout(done));
      this.#rest = performance.now() + workTime;
    }
    signal.throwIfAborted();
  }

  /** Puts the level of an open block where it stands. */
  #place(block: Block, corner: Point, depth: number, sizes: ReadonlyMap<Block, Size>, boxes: Box[], lines: Line[]): void {
    const level = this.#levels.get(block)!.level;
    const spare = (sizes.get(block)!.width - level.width) / 2;
    const origin = { x: corner.x + spare, y: corner.y };
    for (const child of block.children) {
      const at = moved(level.corners.get(child)!, origin);
      const isOpen = this.#levels.has(child);
      boxes.push({ block: child, ...at, ...sizes.get(child)!, isOpen, depth });
      if (isOpen) this.#place(child, { x: at.x, y: at.y + headHeight }, depth + 1, sizes, boxes, lines);
    }
    for (const line of level.lines) lines.push(this.#met(line, origin, level, sizes));
  }

  /** The line where it stands, ending where the open blocks at its ends let its tensor in and out. */
  #met({ edge, points, label }: Line, origin: Point, level: Level, sizes: ReadonlyMap<Block, Size>): Line {
    const at = points.map((point) => moved(point, origin));
    const portOf = (block: Block | null, side: "inlets" | "outlets"): Point | undefined => {
      const inner = block && this.#levels.get(block)?.level;
      const port = inner?.[side].get(tensorKey(edge));
      if (!block || !inner || !port) return undefined;
      const corner = moved(level.corners.get(block)!, origin);
      const spare = (sizes.get(block)!.width - inner.width) / 2;
      return { x: corner.x + spare + port.x, y: corner.y + headHeight + port.y };
    };
    const [first, last] = [portOf(edge.from, "outlets"), portOf(edge.to, "inlets")];
    if (first) at[0] = first;
    if (last) at[at.length - 1] = last;
    return { edge, points: at, label: label && moved(label, origin), isEnd: edge.to !== null && !last };
  }
}

const moved = (point: Point, by: Point): Point => ({ x: point.x + by.x, y: point.y + by.y });

/** A tensor that crosses a border. */
const tensorKey = ({ tensor }: LevelEdge): string => `${tensor.from} ${tensor.shape.join()}`;

function titleWidth(block: Block, { measure }: LayoutOptions): number {
  const type = block.type === "" ? 0 : 6 + measure(block.type, "type");
  return Math.ceil(2 * textPadding + (isContainer(block) ? twistieWidth : 0) + measure(block.title, "title") + type);
}

// --- pieces ---------------------------------------------------------------------------------------------------------

/** Neighbouring blocks of a level, in the order in which they ran. */
interface Piece {
  readonly blocks: readonly Block[];
  readonly parts: readonly Part[];
}

/** What of an edge lies in a piece; an end without a block is the piece's border. */
interface Part {
  readonly edge: LevelEdge;
  readonly from: Block | null;
  readonly to: Block | null;
}

/** A piece, from its own corner. */
interface PlacedPiece extends Omit<Level, "lines"> {
  readonly lines: ReadonlyMap<LevelEdge, Pick<Line, "points" | "label">>;
}

/** Cuts a level where few tensors go on. */
function piecesOf({ children, edges }: Block): Piece[] {
  const places = new Map(children.map((child, i) => [child, i]));
  const from = ({ from: block }: LevelEdge): number => (block ? places.get(block)! : -1);
  const to = ({ to: block }: LevelEdge): number => (block ? places.get(block)! : children.length);
  const cuts = cutsOf(children.length, tensorsAcross(children.length, edges, from, to));
  return [...cuts, children.length].map((end, i) => {
    const begin = cuts[i - 1] ?? 0;
    const parts = edges
      .filter((edge) => from(edge) < end && to(edge) >= begin)
      .map((edge) => ({ edge, from: from(edge) >= begin ? edge.from : null, to: to(edge) < end ? edge.to : null }));
    return { blocks: children.slice(begin, end), parts };
  });
}

/** How many tensors go past each place between two blocks; [i] is before block i. */
function tensorsAcross(count: number, edges: readonly LevelEdge[], from: (edge: LevelEdge) => number, to: (edge: LevelEdge) => number): number[] {
  /** First and last place that a tensor is at. */
  const spans = new Map<string, [number, number]>();
  for (const edge of edges) {
    const span = spans.get(tensorKey(edge));
    if (span) span[1] = Math.max(span[1], to(edge));
    else spans.set(tensorKey(edge), [from(edge), to(edge)]);
  }
  const changes = new Array<number>(count + 2).fill(0);
  for (const [begin, end] of spans.values()) {
    changes[begin + 1]!++;
    changes[end + 1]!--;
  }
  let across = 0;
  return changes.map((change) => (across += change));
}

function cutsOf(count: number, across: readonly number[]): number[] {
  const cuts: number[] = [];
  let begin = 0;
  let best = 0;
  for (let i = 1; i < count; i++) {
    const length = i - begin;
    if (length < pieceSize) continue;
    if (best <= begin || across[i]! < across[best]!) best = i;
    if (across[i]! > 1 && length < longestPiece) continue;
    cuts.push(best);
    begin = best;
    best = 0;
  }
  return cuts;
}

function layOutPiece({ blocks, parts }: Piece, { direction, measure }: LayoutOptions, sizes: ReadonlyMap<Block, Size>, labelled: Set<string>): PlacedPiece {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction === "down" ? "TB" : "LR", ...gaps, marginx: levelPadding, marginy: levelPadding });
  const names = new Map<Block, string>(blocks.map((block, i) => [block, `b${i}`]));
  for (const [block, name] of names) graph.setNode(name, { ...sizes.get(block)! });
  const inlets = new Set(parts.flatMap(({ edge, from }) => (from ? [] : [tensorKey(edge)])));
  const outlets = new Set(parts.flatMap(({ edge, to }) => (to ? [] : [tensorKey(edge)])));
  addBorder(graph, "in", inlets);
  addBorder(graph, "out", outlets);
  const nameOf = ({ edge, from, to }: Part, end: "from" | "to"): string => {
    const block = end === "from" ? from : to;
    return block ? names.get(block)! : `${end === "from" ? "in" : "out"} ${tensorKey(edge)}`;
  };
  const arranged = withoutLongest(parts, blocks);
  const owners = new Set<Part>();
  for (const part of arranged) {
    const key = tensorKey(part.edge);
    // Beyond the level's border it has its label there.
    const isOwner = part.from !== null && part.edge.to !== null && !labelled.has(key);
    if (isOwner) {
      owners.add(part);
      labelled.add(key);
    }
    const text = isOwner ? Math.ceil(measure(formatShape(part.edge.tensor.shape), "label")) + 8 : 0;
    graph.setEdge(nameOf(part, "from"), nameOf(part, "to"), { width: text, height: isOwner ? labelHeight : 0, labelpos: "c", weight: 1, minlen: 1 }, key);
  }
  arrange(graph);

  const isDown = direction === "down";
  const whole = graph.graph() as Size;
  const along = (name: string): number => (graph.node(name) as unknown as Point)[isDown ? "y" : "x"];
  // What the borders' pull needed room for is cut off, as far as no block stands there.
  const extents = blocks.map((block) => {
    const half = sizes.get(block)![isDown ? "height" : "width"] / 2 + levelPadding;
    return { begin: along(names.get(block)!) - half, end: along(names.get(block)!) + half };
  });
  const begin = Math.min(...[...inlets].map((key) => along(`in ${key}`)), ...extents.map((extent) => extent.begin));
  const end = Math.max(...[...outlets].map((key) => along(`out ${key}`)), ...extents.map((extent) => extent.end));
  const origin = isDown ? { x: 0, y: -begin } : { x: -begin, y: 0 };
  const center = (name: string): Point => moved(graph.node(name) as unknown as Point, origin);
  const onBorder = (name: string, at: number): Point => (isDown ? { x: center(name).x, y: at } : { x: at, y: center(name).y });
  const lines = new Map<LevelEdge, Pick<Line, "points" | "label">>();
  for (const part of parts) {
    const [from, to] = [nameOf(part, "from"), nameOf(part, "to")];
    const found = arranged.has(part) ? (graph.edge(from, to, tensorKey(part.edge)) as unknown as Point & { points: Point[] }) : undefined;
    const points = found ? found.points.map((point) => moved(point, origin)) : [center(from), center(to)];
    if (!part.from) points[0] = onBorder(from, 0);
    if (!part.to) points[points.length - 1] = onBorder(to, end - begin);
    // The library knows no place for the label of the shortest edges.
    const place = found?.x === undefined ? points[points.length >> 1]! : moved(found, origin);
    lines.set(part.edge, { points, label: owners.has(part) ? place : null });
  }
  return {
    width: isDown ? whole.width : end - begin,
    height: isDown ? end - begin : whole.height,
    corners: new Map(blocks.map((block) => [block, cornerOf(center(names.get(block)!), sizes.get(block)!)])),
    lines,
    inlets: new Map([...inlets].map((key) => [key, onBorder(`in ${key}`, 0)])),
    outlets: new Map([...outlets].map((key) => [key, onBorder(`out ${key}`, end - begin)])),
  };
}

/** Where tensors cross a border: held there by a strong pull towards a node beyond it. */
function addBorder(graph: Graph, side: "in" | "out", keys: ReadonlySet<string>): void {
  if (keys.size === 0) return;
  graph.setNode(side, { width: 1, height: 1 });
  for (const key of keys) {
    graph.setNode(`${side} ${key}`, { width: 1, height: 1 });
    const ends = side === "in" ? [side, `in ${key}`] : [`out ${key}`, side];
    graph.setEdge(ends[0]!, ends[1]!, { weight: 1_000, minlen: 1, width: 0, height: 0 }, "pull");
  }
}

function cornerOf({ x, y }: Point, { width, height }: Size): Point {
  return { x: x - width / 2, y: y - height / 2 };
}

/** An edge takes a place on each rank that it crosses: of very many and long ones the longest are left out. */
function withoutLongest(parts: readonly Part[], blocks: readonly Block[]): ReadonlySet<Part> {
  const arriving = new Map<Block, Block[]>();
  for (const { from, to } of parts) {
    if (!from || !to) continue;
    const list = arriving.get(to);
    if (list) list.push(from);
    else arriving.set(to, [from]);
  }
  const ranks = new Map<Block, number>();
  for (const block of blocks) ranks.set(block, 1 + Math.max(0, ...(arriving.get(block) ?? []).map((before) => ranks.get(before) ?? 0)));
  const last = 1 + Math.max(0, ...ranks.values());
  const spanOf = ({ from, to }: Part): number => (to ? ranks.get(to)! : last) - (from ? ranks.get(from)! : 0);
  let total = parts.reduce((sum, part) => sum + spanOf(part), 0);
  const kept = new Set(parts);
  for (const part of parts.toSorted((a, b) => spanOf(b) - spanOf(a))) {
    if (total <= maximumSpan) break;
    kept.delete(part);
    total -= spanOf(part);
  }
  return kept;
}

/** Puts pieces one behind the other, each tensor that goes on as straight as it can. */
function joined(pieces: readonly PlacedPiece[], edges: readonly LevelEdge[], direction: Direction): Level {
  const shifts = shiftsOf(pieces, direction);
  const corners = new Map<Block, Point>();
  const points = new Map<LevelEdge, Point[]>();
  const labels = new Map<LevelEdge, Point>();
  const inlets = new Map<string, Point>();
  const outlets = new Map<string, Point>();
  let [width, height] = [0, 0];
  pieces.forEach((piece, i) => {
    const by = shifts[i]!;
    for (const [block, corner] of piece.corners) corners.set(block, moved(corner, by));
    for (const [edge, line] of piece.lines) {
      points.set(edge, [...(points.get(edge) ?? []), ...line.points.map((point) => moved(point, by))]);
      if (line.label) labels.set(edge, moved(line.label, by));
    }
    for (const [key, point] of piece.inlets) if (!inlets.has(key)) inlets.set(key, moved(point, by));
    for (const [key, point] of piece.outlets) outlets.set(key, moved(point, by));
    width = Math.max(width, by.x + piece.width);
    height = Math.max(height, by.y + piece.height);
  });
  const lines = edges.map((edge) => ({ edge, points: points.get(edge)!, label: labels.get(edge) ?? null, isEnd: edge.to !== null }));
  return { width, height, corners, lines, inlets, outlets };
}

function shiftsOf(pieces: readonly PlacedPiece[], direction: Direction): Point[] {
  const isDown = direction === "down";
  let shift = { x: 0, y: 0 };
  const shifts = [shift];
  for (let i = 1; i < pieces.length; i++) {
    const [before, piece] = [pieces[i - 1]!, pieces[i]!];
    const across = [...piece.inlets].flatMap(([key, to]) => {
      const from = before.outlets.get(key);
      return from ? [isDown ? from.x - to.x : from.y - to.y] : [];
    });
    const aside = across.length === 0 ? 0 : across.reduce((sum, by) => sum + by, 0) / across.length;
    // Room for what doesn't go straight on.
    const gap = across.some((by) => Math.abs(by - aside) > 1) ? 2 * levelPadding : 0;
    shift = isDown ? { x: shift.x + aside, y: shift.y + before.height + gap } : { x: shift.x + before.width + gap, y: shift.y + aside };
    shifts.push(shift);
  }
  // Pieces reach out on both sides.
  const least = { x: Math.min(...shifts.map(({ x }) => x)), y: Math.min(...shifts.map(({ y }) => y)) };
  return shifts.map(({ x, y }) => ({ x: x - least.x, y: y - least.y }));
}
