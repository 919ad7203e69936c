/** What the graph shows of a run: which pass, what of it is open, which part is looked at. Kept while other tabs are shown. */
import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import type { Pass } from "../../src/protocol/index.ts";
import type { Store } from "../store.ts";
import { around, blocksOf, everyBlock, isContainer, moduleOf, openByDefault, type Block } from "./blocks.ts";
import { Layouter, type Box, type Direction, type LayoutOptions, type Picture } from "./layout.ts";
import { fitted, opened, panned, showing, type Extent, type Viewport } from "./viewport.ts";

const states = new WeakMap<Store, GraphState>();

/** Of the page's only store there is one. */
export function graphStateOf(store: Store, measure: LayoutOptions["measure"]): GraphState {
  let state = states.get(store);
  if (!state) states.set(store, (state = new GraphState(store, measure)));
  return state;
}

/** Wider than high by this factor, a graph goes from left to right. */
const wideFrom = 1.6;

export class GraphState {
  readonly #store: Store;
  readonly #layouters = new WeakMap<Block, Layouter>();
  /** Blocks that were opened (true) or folded (false) by hand, of whichever pass. */
  readonly #byHand = signal<ReadonlyMap<string, boolean>>(new Map());
  readonly #chosenPass = signal<string | null>(null);
  readonly #chosenDirection = signal<Direction | null>(null);
  #layout: AbortController | null = null;
  /** What is to stay where it is in sight when the next picture comes. */
  #anchor: { readonly key: string; readonly x: number; readonly y: number } | null = null;
  /** The pass and direction that the viewport was made for. */
  #framed = "";

  readonly view = signal<Extent>({ width: 0, height: 0 });
  readonly viewport = signal<Viewport>({ x: 0, y: 0, scale: 1 });
  readonly picture = signal<Picture | null>(null);
  readonly asTable = signal(false);
  readonly query = signal("");
  /** The block that keys act on. */
  readonly current = signal<Block | null>(null);

  readonly passes = computed(() => this.#store.run.value?.passes ?? []);
  readonly pass: ReadonlySignal<Pass | null> = computed(() => {
    const passes = this.passes.value.map(({ pass }) => pass);
    const chosen = passes.find(({ id }) => id === this.#chosenPass.value);
    return chosen ?? passes.findLast(({ failure }) => failure) ?? passes.find(({ kind }) => kind === "training") ?? passes[0] ?? null;
  });
  readonly root = computed(() => (this.pass.value ? blocksOf(this.pass.value) : null));
  readonly #models = computed(() => this.#store.run.value?.models ?? []);
  readonly #default = computed(() => {
    const [root, pass] = [this.root.value, this.pass.value];
    return root && pass ? openByDefault(root, pass, this.#models.value) : new Set<string>();
  });
  readonly open = computed<ReadonlySet<string>>(() => {
    const open = new Set(this.#default.value);
    for (const [key, isOpen] of this.#byHand.value) {
      if (isOpen) open.add(key);
      else open.delete(key);
    }
    return open;
  });
  readonly direction = computed<Direction>(() => {
    const { width, height } = this.view.value;
    return this.#chosenDirection.value ?? (width > wideFrom * height ? "right" : "down");
  });
  /** The blocks that show the chosen module; where they are folded away, what they are folded into. */
  readonly chosen = computed<ReadonlySet<Block>>(() => {
    const [root, pass, model, module] = [this.root.value, this.pass.value, this.#store.model.value, this.#store.module.value];
    if (!root || !pass || !model || !module) return new Set();
    const calls = [...everyBlock(root)].filter(({ node, kind }) => {
      if (kind !== "call" && kind !== "loss") return false;
      const called = moduleOf(pass.nodes[node]!, [model]);
      return called?.info === module;
    });
    return new Set(calls.map((block) => this.shownFor(block)));
  });
  /** Blocks whose words the search has, shown or not. */
  readonly found = computed<readonly Block[]>(() => {
    const [root, words] = [this.root.value, this.query.value.trim().toLowerCase()];
    if (!root || words === "") return [];
    return [...everyBlock(root)].filter(({ title, type }) => `${title} ${type}`.toLowerCase().includes(words));
  });

  constructor(store: Store, measure: LayoutOptions["measure"]) {
    this.#store = store;
    effect(() => {
      const [root, view] = [this.root.value, this.view.value];
      const options = { direction: this.direction.value, open: this.open.value, measure };
      if (root && view.width > 0) void this.#arrange(root, options);
      else if (!root) this.picture.value = null;
    });
  }

  choosePass(id: string): void {
    this.#chosenPass.value = id;
    this.current.value = null;
  }

  turn(): void {
    this.#chosenDirection.value = this.direction.value === "down" ? "right" : "down";
  }

  isOpen(block: Block): boolean {
    return isContainer(block) && this.open.value.has(block.key);
  }

  toggle(block: Block): void {
    if (isContainer(block)) this.#change([block], !this.isOpen(block));
  }

  openAll(): void {
    const root = this.root.value;
    if (root) this.#change([...everyBlock(root)].filter(isContainer), true);
  }

  foldAll(): void {
    const root = this.root.value;
    if (root) this.#change([...everyBlock(root)].filter(isContainer), false);
    this.current.value = null;
  }

  #change(blocks: readonly Block[], isOpen: boolean): void {
    this.#hold(blocks[0]);
    this.#byHand.value = new Map([...this.#byHand.value, ...blocks.map(({ key }) => [key, isOpen] as const)]);
    const { value: current } = this.current;
    if (current) this.current.value = this.shownFor(current);
  }

  /** Opens what is around a block, and shows it. */
  show(block: Block): void {
    this.current.value = block;
    const closed = around(block).filter((one) => !this.isOpen(one));
    if (closed.length > 0) this.#change(closed, true);
    this.#reveal(block);
  }

  /** The block, or the outermost folded one around it. */
  shownFor(block: Block): Block {
    return around(block).findLast((one) => !this.isOpen(one)) ?? block;
  }

  /** In the order in which they ran. */
  get shown(): readonly Block[] {
    const list: Block[] = [];
    const add = (block: Block): void => {
      for (const child of block.children) {
        list.push(child);
        if (this.isOpen(child)) add(child);
      }
    };
    if (this.root.value) add(this.root.value);
    return list;
  }

  boxOf(block: Block): Box | undefined {
    return this.picture.value?.boxes.find((box) => box.block.key === block.key);
  }

  fit(): void {
    if (this.picture.value) this.viewport.value = fitted(this.picture.value, this.view.value);
  }

  #reveal(block: Block): void {
    const box = this.boxOf(block);
    if (box) this.viewport.value = showing(this.viewport.value, box, this.view.value);
  }

  /** Keeps a block where it is in sight while what is around it is arranged anew. */
  #hold(block: Block | undefined): void {
    const box = block && this.boxOf(this.shownFor(block));
    if (!box) return;
    const { x, y, scale } = this.viewport.value;
    this.#anchor = { key: box.block.key, x: x + box.x * scale, y: y + box.y * scale };
  }

  async #arrange(root: Block, options: LayoutOptions): Promise<void> {
    this.#layout?.abort();
    const layout = (this.#layout = new AbortController());
    let layouter = this.#layouters.get(root);
    if (!layouter) this.#layouters.set(root, (layouter = new Layouter()));
    try {
      const picture = await layouter.layout(root, options, layout.signal);
      this.#frame(picture, `${this.pass.peek()?.id} ${options.direction}`);
      this.picture.value = picture;
      if (this.current.peek()) this.#reveal(this.current.peek()!);
    } catch (error) {
      if (!layout.signal.aborted) throw error;
    }
  }

  /** The whole picture at first; later what was held stays. */
  #frame(picture: Picture, name: string): void {
    const { x, y, scale } = this.viewport.peek();
    const box = this.#anchor && picture.boxes.find(({ block }) => block.key === this.#anchor!.key);
    if (this.#framed !== name) this.viewport.value = opened(picture, this.view.peek());
    else if (box) this.viewport.value = panned(this.viewport.peek(), this.#anchor!.x - (x + box.x * scale), this.#anchor!.y - (y + box.y * scale));
    this.#framed = name;
    this.#anchor = null;
  }
}
