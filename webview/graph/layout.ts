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
  /** Width of a text in pixels. */
  readonly measure: (text: string, part: "title" | "type" | "label") => number;
}

export const boxHeight = 26;
/** Between a box's border and its text, and what stands before the text. */
export const textPadding = 10;
export const twistieWidth = 16;
const headHeight = 24;
const levelPadding = 10;
const labelHeight = 14;
const maximumBoxWidth = 260;
const gaps = { ranksep: 18, nodesep: 22, edgesep: 12 };
/** A piece of a level is closed at the next place where only one tensor goes on, once it has so many blocks. */
const pieceSize = 16;
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
      sizes.set(block, { width: Math.min(maximumBoxWidth, title), height: boxHeight });
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
    const pieces = piecesOf(block);
    const levels: Level[] = [];
    for (const piece of pieces) {
      await this.#breathe(signal);
      levels.push(layOutPiece(piece, options, sizes));
    }
    return joined(levels, pieces, options.direction);
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

/** Blocks in the order in which they ran, the last of one being the first of the next. */
interface Piece {
  readonly blocks: readonly Block[];
  readonly edges: readonly LevelEdge[];
}

/** Cuts a level where all that goes on comes from one block. */
function piecesOf({ children, edges }: Block): Piece[] {
  const places = new Map<Block | null, number>(children.map((child, i) => [child, i]));
  const from = (edge: LevelEdge): number => (edge.from ? places.get(edge.from)! : -1);
  const to = (edge: LevelEdge): number => (edge.to ? places.get(edge.to)! : children.length);
  /** By the block that they come from, until where its edges reach. */
  const reach = new Array<number>(children.length + 1).fill(-1);
  for (const edge of edges) reach[from(edge) + 1] = Math.max(reach[from(edge) + 1]!, to(edge));
  const cuts: number[] = [];
  let before = reach[0]!;
  for (let i = 0; i + 1 < children.length; i++) {
    // Nothing that began earlier goes past this block.
    if (before <= i && i - (cuts.at(-1) ?? 0) >= pieceSize) cuts.push(i);
    before = Math.max(before, reach[i + 1]!);
  }
  const bounds = [0, ...cuts, children.length - 1];
  return bounds.slice(1).map((end, i) => {
    const begin = bounds[i]!;
    const isIn = (edge: LevelEdge): boolean => (i === 0 || from(edge) >= begin) && (from(edge) < end || i === bounds.length - 2);
    return { blocks: children.slice(begin, end + 1), edges: edges.filter(isIn) };
  });
}

function layOutPiece({ blocks, edges }: Piece, { direction, measure }: LayoutOptions, sizes: ReadonlyMap<Block, Size>): Level {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction === "down" ? "TB" : "LR", ...gaps, marginx: levelPadding, marginy: levelPadding });
  const names = new Map<Block, string>();
  for (const block of blocks) {
    names.set(block, `b${names.size}`);
    graph.setNode(names.get(block)!, { ...sizes.get(block)! });
  }
  const inlets = new Set(edges.flatMap((edge) => (edge.from ? [] : [tensorKey(edge)])));
  const outlets = new Set(edges.flatMap((edge) => (edge.to ? [] : [tensorKey(edge)])));
  // Borders keep to their side: a strong pull towards a node beyond them.
  const pull = { weight: 1_000, minlen: 1, width: 0, height: 0 };
  if (inlets.size > 0) graph.setNode("above", { width: 1, height: 1 });
  if (outlets.size > 0) graph.setNode("below", { width: 1, height: 1 });
  for (const key of inlets) {
    graph.setNode(`in ${key}`, { width: 1, height: 1 });
    graph.setEdge("above", `in ${key}`, pull, "pull");
  }
  for (const key of outlets) {
    graph.setNode(`out ${key}`, { width: 1, height: 1 });
    graph.setEdge(`out ${key}`, "below", pull, "pull");
  }
  const nameOf = (edge: LevelEdge, end: "from" | "to"): string => {
    const block = edge[end];
    return block ? names.get(block)! : `${end === "from" ? "in" : "out"} ${tensorKey(edge)}`;
  };
  const arranged = withoutLongest(edges, blocks);
  const labelled = new Set<string>();
  const owners = new Set<LevelEdge>();
  for (const edge of edges) {
    if (!arranged.has(edge)) continue;
    const key = tensorKey(edge);
    // Beyond a border it has its label there.
    const isOwner = edge.from !== null && edge.to !== null && !labelled.has(key);
    if (isOwner) owners.add(edge);
    if (isOwner) labelled.add(key);
    const label = isOwner
      ? { width: Math.ceil(measure(formatShape(edge.tensor.shape), "label")) + 8, height: labelHeight, labelpos: "c" as const }
      : { width: 0, height: 0 };
    graph.setEdge(nameOf(edge, "from"), nameOf(edge, "to"), { ...label, weight: 1, minlen: 1 }, key);
  }
  arrange(graph);
  return levelOf(graph, { blocks, edges }, names, nameOf, { arranged, owners, inlets, outlets }, direction, sizes);
}

interface Parts {
  readonly arranged: ReadonlySet<LevelEdge>;
  readonly owners: ReadonlySet<LevelEdge>;
  readonly inlets: ReadonlySet<string>;
  readonly outlets: ReadonlySet<string>;
}

/** What the library found, with the borders' inlets and outlets on the borders. */
function levelOf(
  graph: Graph,
  { blocks, edges }: Piece,
  names: ReadonlyMap<Block, string>,
  nameOf: (edge: LevelEdge, end: "from" | "to") => string,
  { arranged, owners, inlets, outlets }: Parts,
  direction: Direction,
  sizes: ReadonlyMap<Block, Size>,
): Level {
  const whole = graph.graph() as Size;
  const isDown = direction === "down";
  const along = (name: string): number => (graph.node(name) as unknown as Point)[isDown ? "y" : "x"];
  // What the pull needed room for is cut off, as far as no block stands there.
  const extents = blocks.map((block) => {
    const half = sizes.get(block)![isDown ? "height" : "width"] / 2;
    return { begin: along(names.get(block)!) - half - levelPadding, end: along(names.get(block)!) + half + levelPadding };
  });
  const begin = Math.min(...[...inlets].map((key) => along(`in ${key}`)), ...extents.map((extent) => extent.begin));
  const end = Math.max(...[...outlets].map((key) => along(`out ${key}`)), ...extents.map((extent) => extent.end));
  const origin = isDown ? { x: 0, y: -begin } : { x: -begin, y: 0 };
  const [width, height] = isDown ? [whole.width, end - begin] : [end - begin, whole.height];
  const center = (name: string): Point => moved(graph.node(name) as unknown as Point, origin);
  const corners = new Map<Block, Point>();
  for (const block of blocks) {
    const { x, y } = center(names.get(block)!);
    const size = sizes.get(block)!;
    corners.set(block, { x: x - size.width / 2, y: y - size.height / 2 });
  }
  const onBorder = (name: string, isEnd: boolean): Point => {
    const { x, y } = center(name);
    if (isDown) return { x, y: isEnd ? height : 0 };
    return { x: isEnd ? width : 0, y };
  };
  const lines = edges.map((edge): Line => {
    const [from, to] = [nameOf(edge, "from"), nameOf(edge, "to")];
    const found = arranged.has(edge) ? (graph.edge(from, to, tensorKey(edge)) as unknown as { points: Point[]; x?: number; y?: number }) : undefined;
    const points = found ? found.points.map((point) => moved(point, origin)) : [center(from), center(to)];
    if (!edge.from) points[0] = onBorder(from, false);
    if (!edge.to) points[points.length - 1] = onBorder(to, true);
    const label = owners.has(edge) && found?.x !== undefined ? moved(found as Point, origin) : null;
    return { edge, points, label, isEnd: edge.to !== null };
  });
  return {
    width,
    height,
    corners,
    lines,
    inlets: new Map([...inlets].map((key) => [key, onBorder(`in ${key}`, false)])),
    outlets: new Map([...outlets].map((key) => [key, onBorder(`out ${key}`, true)])),
  };
}

/** An edge takes a place on each rank that it crosses: of very many and long ones the longest are left out. */
function withoutLongest(edges: readonly LevelEdge[], blocks: readonly Block[]): ReadonlySet<LevelEdge> {
  const ranks = new Map<Block, number>();
  const arriving = new Map<Block, Block[]>();
  for (const { from, to } of edges) {
    if (!from || !to) continue;
    const list = arriving.get(to);
    if (list) list.push(from);
    else arriving.set(to, [from]);
  }
  for (const block of blocks) ranks.set(block, 1 + Math.max(0, ...(arriving.get(block) ?? []).map((before) => ranks.get(before) ?? 0)));
  const last = 1 + Math.max(0, ...ranks.values());
  const spanOf = ({ from, to }: LevelEdge): number => (to ? ranks.get(to)! : last) - (from ? ranks.get(from)! : 0);
  let total = edges.reduce((sum, edge) => sum + spanOf(edge), 0);
  const kept = new Set(edges);
  for (const edge of edges.toSorted((a, b) => spanOf(b) - spanOf(a))) {
    if (total <= maximumSpan) break;
    kept.delete(edge);
    total -= spanOf(edge);
  }
  return kept;
}

/** Puts pieces one behind the other, so that the block that two of them share stands in one place. */
function joined(levels: readonly Level[], pieces: readonly Piece[], direction: Direction): Level {
  if (levels.length === 1) return levels[0]!;
  const shifts: Point[] = [{ x: 0, y: 0 }];
  for (let i = 1; i < levels.length; i++) {
    const shared = pieces[i]!.blocks[0]!;
    const before = moved(levels[i - 1]!.corners.get(shared)!, shifts[i - 1]!);
    const own = levels[i]!.corners.get(shared)!;
    shifts.push({ x: before.x - own.x, y: before.y - own.y });
  }
  // Pieces of different widths reach out on different sides.
  const least = { x: Math.min(...shifts.map(({ x }) => x)), y: Math.min(...shifts.map(({ y }) => y)) };
  const corners = new Map<Block, Point>();
  const lines: Line[] = [];
  const inlets = new Map<string, Point>();
  const outlets = new Map<string, Point>();
  let [width, height] = [0, 0];
  levels.forEach((level, i) => {
    const by = { x: shifts[i]!.x - least.x, y: shifts[i]!.y - least.y };
    for (const [block, corner] of level.corners) corners.set(block, moved(corner, by));
    for (const line of level.lines) lines.push({ ...line, points: line.points.map((point) => moved(point, by)), label: line.label && moved(line.label, by) });
    for (const [key, point] of level.inlets) inlets.set(key, moved(point, by));
    for (const [key, point] of level.outlets) outlets.set(key, moved(point, by));
    width = Math.max(width, by.x + level.width);
    height = Math.max(height, by.y + level.height);
  });
  for (const [key, { x, y }] of inlets) inlets.set(key, direction === "down" ? { x, y: 0 } : { x: 0, y });
  for (const [key, { x, y }] of outlets) outlets.set(key, direction === "down" ? { x, y: height } : { x: width, y });
  return { width, height, corners, lines, inlets, outlets };
}
