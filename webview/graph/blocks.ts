/**
 * A pass as blocks inside blocks: operations inside calls, and runs of equal ones inside a block that stands for them all.
 * On each level there are edges between the blocks, and from and to the level's borders. Pure.
 */
import type { ModelInfo, ModuleInfo, Pass, PassEdge, PassNode } from "../../src/protocol/index.ts";

export interface Block {
  /** Stays the same while the structure does. */
  readonly key: string;
  readonly kind: PassNode["kind"] | "repeat";
  /** What is written on it: a module's name, an operation's. */
  readonly title: string;
  /** Behind the title: the class of a module. */
  readonly type: string;
  /** Index in the pass; of a repeat that of its first block. */
  readonly node: number;
  readonly parent: Block | null;
  readonly children: readonly Block[];
  /** In the order in which they ran. */
  readonly edges: readonly LevelEdge[];
  /** Operations in it, at whatever depth. */
  readonly size: number;
}

/** A tensor on one level. An end without a block is the level's border. */
export interface LevelEdge {
  readonly from: Block | null;
  readonly to: Block | null;
  /** Of the edge of the pass, for its shape; its `from` tells tensors apart that cross the same border. */
  readonly tensor: PassEdge;
}

/** Equal blocks in a row are folded from this many on. */
const foldedFrom = 3;
/** The longest sequence of blocks that is looked for again behind itself. */
const longestPeriod = 8;

interface Draft {
  key: string;
  kind: Block["kind"];
  title: string;
  type: string;
  node: number;
  parent: Draft | null;
  children: Draft[];
  edges: LevelEdge[];
  size: number;
  /** Equal for blocks with the same operations, shapes and modules' classes inside. */
  signature: string;
}

/** The block that holds all others. */
export function blocksOf(pass: Pass): Block {
  const root = draft("", "call", "", 0);
  const drafts = pass.nodes.map((node, i) => newDraft(pass, i, node));
  pass.nodes.forEach(({ parent }, i) => {
    const above = parent === null ? root : drafts[parent]!;
    drafts[i]!.parent = above;
    above.children.push(drafts[i]!);
  });
  unwrap(root, pass);
  sign(root, pass);
  fold(root, pass);
  name(root);
  connect(pass, drafts, root);
  return root as Block;
}

function draft(title: string, kind: Block["kind"], type: string, node: number): Draft {
  return { key: "", kind, title, type, node, parent: null, children: [], edges: [], size: 0, signature: "" };
}

function newDraft({ nodes }: Pass, i: number, node: PassNode): Draft {
  const { kind, name: type, module } = node;
  if (!module) return draft(type, kind, "", i);
  return draft(module.name + whichCall(nodes, node), kind, type, i);
}

/** Where a module is called several times. What is in it then needn't say so as well. */
function whichCall(nodes: readonly PassNode[], node: PassNode): string {
  const calls = callsOf(nodes, node);
  const above = node.parent === null ? undefined : nodes[node.parent];
  if (calls.length === 1 || (above?.module && callsOf(nodes, above).length === calls.length)) return "";
  return ` · call ${calls.indexOf(node) + 1} of ${calls.length}`;
}

const callsByModule = new WeakMap<readonly PassNode[], Map<string, PassNode[]>>();

/** All calls of the module that `node` is a call of. */
function callsOf(nodes: readonly PassNode[], node: PassNode): readonly PassNode[] {
  let calls = callsByModule.get(nodes);
  if (!calls) {
    calls = new Map();
    for (const one of nodes) {
      if (!one.module) continue;
      const key = `${one.module.model} ${one.module.id}`;
      const known = calls.get(key);
      if (known) known.push(one);
      else calls.set(key, [one]);
    }
    callsByModule.set(nodes, calls);
  }
  return calls.get(`${node.module!.model} ${node.module!.id}`) ?? [];
}

export interface ShownModule {
  readonly model: ModelInfo;
  readonly info: ModuleInfo;
}

/** The module as it was described last, if it is still of the class that was called. */
export function moduleOf({ module, name: type }: PassNode, models: readonly ModelInfo[]): ShownModule | undefined {
  const model = module && models.find(({ id }) => id === module.model);
  const info = model?.modules[module!.id];
  return model && info?.type === type ? { model, info } : undefined;
}

/** What holds only one thing shows what is in that, and a single operation isn't worth opening its layer for. */
function unwrap(block: Draft, pass: Pass): void {
  for (const child of block.children) unwrap(child, pass);
  if (block.parent === null) return;
  const [only, ...others] = block.children;
  if (!only || others.length > 0) return;
  if (only.children.length === 0) block.children = [];
  else if (pass.nodes[only.node]!.module === undefined) block.children = only.children;
  for (const child of block.children) child.parent = block;
}

function sign(block: Draft, { nodes }: Pass): void {
  for (const child of block.children) sign(child, { nodes } as Pass);
  const shapes = nodes[block.node]!.shapes.map((shape) => shape.join("x")).join();
  const state = nodes[block.node]!.state?.map((shape) => shape.join("x")).join() ?? "";
  block.signature = `${block.kind} ${block.type || block.title} ${shapes} ${state} (${block.children.map(({ signature }) => signature).join(";")})`;
  block.size = block.children.length === 0 ? 1 : block.children.reduce((sum, { size }) => sum + size, 0);
}

/** Puts each run of equal children, or of equal sequences of them, into one block. */
function fold(block: Draft, pass: Pass): void {
  for (const child of block.children) fold(child, pass);
  const { children } = block;
  const folded: Draft[] = [];
  for (let i = 0; i < children.length;) {
    const { period, times } = longestRun(children, i);
    const run = children.slice(i, i + period * times);
    // All that a block holds may well be equal; then nothing would be left to see beside it.
    if (times < foldedFrom || run.every(({ kind }) => kind !== "call")) folded.push(children[i++]!);
    else {
      folded.push(repeatOf(pass, block, run, period, times));
      i += run.length;
    }
  }
  block.children = folded;
}

function longestRun(children: readonly Draft[], start: number): { period: number; times: number } {
  let best = { period: 1, times: 1 };
  for (let period = 1; period <= longestPeriod; period++) {
    let end = start + period;
    while (end < children.length && children[end]!.signature === children[end - period]!.signature) end++;
    const times = Math.floor((end - start) / period);
    if (times >= foldedFrom && times * period > best.times * best.period) best = { period, times };
  }
  return best;
}

function repeatOf({ nodes }: Pass, parent: Draft, run: Draft[], period: number, times: number): Draft {
  const [first] = run;
  const called = nodes[first!.node]!.module;
  const isOneModule = called !== undefined && run.every(({ node }) => nodes[node]!.module?.id === called.id && nodes[node]!.module?.model === called.model);
  const words = run
    .slice(0, period)
    .map(({ title, type }) => type || title)
    .join(", ");
  const title = isOneModule ? `${called.name}, ${times} calls` : `${period === 1 ? words : `(${words})`} × ${times}`;
  const repeat = draft(title, "repeat", isOneModule ? first!.type : "", first!.node);
  repeat.parent = parent;
  repeat.children = run;
  repeat.size = run.reduce((sum, { size }) => sum + size, 0);
  for (const child of run) child.parent = repeat;
  return repeat;
}

function name(block: Draft): void {
  block.children.forEach((child, i) => {
    child.key = `${block.key}/${i}`;
    name(child);
  });
}

/** The blocks from the outermost, below the root, to the one that shows a node. */
function pathTo(block: Draft, root: Draft): Draft[] {
  const path: Draft[] = [];
  for (let at: Draft | null = block; at && at !== root; at = at.parent) path.unshift(at);
  return path;
}

function connect(pass: Pass, drafts: readonly Draft[], root: Draft): void {
  const seen = new Set<string>();
  const add = (level: Draft, from: Draft | null, to: Draft | null, tensor: PassEdge): void => {
    const key = `${level.key}|${from?.key ?? ""}|${to?.key ?? ""}|${tensor.from}|${tensor.shape.join()}`;
    if (seen.has(key)) return;
    seen.add(key);
    level.edges.push({ from: from as Block | null, to: to as Block | null, tensor });
  };
  for (const tensor of pass.edges) {
    const from = pathTo(shownFor(drafts, pass, tensor.from), root);
    const to = pathTo(shownFor(drafts, pass, tensor.to), root);
    let common = 0;
    while (common < from.length && common < to.length && from[common] === to[common]) common++;
    if (common === from.length || common === to.length) continue;
    add(common === 0 ? root : from[common - 1]!, from[common]!, to[common]!, tensor);
    for (let i = common + 1; i < from.length; i++) add(from[i - 1]!, from[i]!, null, tensor);
    for (let i = common + 1; i < to.length; i++) add(to[i - 1]!, null, to[i]!, tensor);
  }
}

/** The innermost block that is left for a node: what was unwrapped is shown by what held it. */
function shownFor(drafts: readonly Draft[], { nodes }: Pass, node: number): Draft {
  let at = node;
  for (;;) {
    const block = drafts[at]!;
    if (isHeld(block)) return block;
    at = nodes[at]!.parent!;
  }
}

function isHeld(block: Draft): boolean {
  for (let at = block; at.parent; at = at.parent) if (!at.parent.children.includes(at)) return false;
  return true;
}

/** All blocks in the order in which they ran, whether shown or not. */
export function* everyBlock(root: Block): Generator<Block> {
  for (const child of root.children) {
    yield child;
    yield* everyBlock(child);
  }
}

export function isContainer({ children }: Block): boolean {
  return children.length > 0;
}

/** A graph opens with no more blocks than this, where folding can hold it to that. */
const openedUpTo = 40;

/** What is open when nothing was chosen: the program's own structure, from outside in, as long as it fits. */
export function openByDefault(root: Block, pass: Pass, models: readonly ModelInfo[]): ReadonlySet<string> {
  const open = new Set<string>();
  let shown = root.children.length;
  let level: readonly Block[] = root.children;
  while (level.length > 0) {
    for (const block of level) {
      if (!isWorthOpening(block, pass, models) || shown + block.children.length > openedUpTo) continue;
      open.add(block.key);
      shown += block.children.length;
    }
    level = level.flatMap((block) => (open.has(block.key) ? block.children : []));
  }
  return open;
}

/** Layers of the engine's and losses are what they are; runs of equal blocks are folded to be short. */
function isWorthOpening({ kind, node, children }: Block, { nodes }: Pass, models: readonly ModelInfo[]): boolean {
  if (kind !== "call" || children.length === 0) return false;
  const module = moduleOf(nodes[node]!, models);
  return module?.info.declaredAt !== undefined || module?.info.parent === null || children.some((child) => child.kind === "call" || child.kind === "repeat");
}

/** The blocks around a block, innermost first; not the one that holds all. */
export function around(block: Block): Block[] {
  const found: Block[] = [];
  for (let at = block.parent; at?.parent; at = at.parent) found.push(at);
  return found;
}
