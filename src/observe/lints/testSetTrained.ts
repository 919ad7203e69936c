/** Data that is called test or validation data is trained with: what is measured on it says nothing of data that the model has never seen. */
import type { DataLoader } from "../../engine/data/dataLoader.ts";
import { Subset, TensorDataset } from "../../engine/data/dataset.ts";
import type { SourcePosition } from "../../protocol/index.ts";
import type { Lint, LintContext } from "./lint.ts";

/** Samples of a dataset, or of the tensors that it is made of: `[from, to[`, or those at some indices. */
interface Samples {
  readonly source: object;
  readonly indices: readonly number[] | { readonly from: number; readonly to: number };
}

/** Numbers are compared one by one up to here. */
const mostCompared = 1_000_000;

export class TestSetTrained implements Lint {
  readonly #context: LintContext;
  /** Those that hand out batches now, the latest last. */
  #open: readonly DataLoader<unknown>[] = [];
  /** Those that were trained with, by the line that makes them: of the folds of a cross-validation the latest. */
  readonly #trained = new Map<string, DataLoader<unknown>>();
  #lastTrained: DataLoader<unknown> | undefined;
  /** Where the program goes through what is held back. */
  readonly #loops = new WeakMap<DataLoader<unknown>, SourcePosition>();
  readonly #compared = new WeakSet<object>();

  constructor(context: LintContext) {
    this.#context = context;
  }

  passStarts(loader: DataLoader<unknown>): void {
    const isOpen = this.#testName(loader) !== undefined && !this.#loops.has(loader);
    const here = isOpen ? this.#context.here() : undefined;
    if (here) this.#loops.set(loader, here);
    this.#compare(loader);
  }

  batch(loader: DataLoader<unknown>): void {
    if (this.#open.at(-1) !== loader) this.#open = [...this.#open.filter((other) => other !== loader), loader];
  }

  passEnds(loader: DataLoader<unknown>): void {
    this.#open = this.#open.filter((other) => other !== loader);
  }

  afterStep(): void {
    const loader = this.#open.at(-1);
    if (loader === this.#lastTrained) return;
    this.#lastTrained = loader;
    const made = loader && this.#context.loaderPlace(loader)?.position;
    const line = made && `${made.file}:${made.line}`;
    if (!line || this.#trained.get(line) === loader) return;
    this.#trained.set(line, loader);
    const name = this.#testName(loader);
    const position = this.#loops.get(loader);
    if (name === undefined || !position) return;
    const message =
      `The model is trained here with what \`${name}\` hands out, which is held back for testing by its name. ` +
      "Train with other data, and only measure on this; if it is training data, call it so.";
    this.#tell(message, position, loader);
  }

  /** Held back data that was trained with before, under another name. */
  #compare(loader: DataLoader<unknown>): void {
    const name = this.#testName(loader);
    const position = this.#context.loaderPlace(loader)?.position;
    if (name === undefined || !position || this.#compared.has(loader) || this.#trained.size === 0) return;
    this.#compared.add(loader);
    const own = samplesOf(loader.dataset);
    for (const other of this.#trained.values()) {
      const shared = other === loader ? 0 : sharedBy(own, samplesOf(other.dataset));
      if (shared === 0) continue;
      const all = sizeOf(own);
      const what = shared === all ? "All samples" : `${shared} of the ${all} samples`;
      const message =
        `${what} of \`${name}\` are trained with, too, so what is measured on them says nothing of data that the model has never seen. ` +
        "Split the data into two parts, for example with `randomSplit`.";
      return this.#tell(message, position, other);
    }
  }

  #tell(message: string, position: SourcePosition, loader: DataLoader<unknown>): void {
    const made = this.#context.loaderPlace(loader)?.position;
    this.#context.tell("test-set-trained", {
      message,
      position,
      ...(made ? { related: [{ message: "the training data is handed out by this loader", position: made }] } : {}),
    });
  }

  #testName(loader: DataLoader<unknown>): string | undefined {
    const name = this.#context.loaderPlace(loader)?.name;
    return name !== undefined && /^(test|val|valid|validation|eval|heldOut|holdout|dev)(?![a-z])/.test(name) ? name : undefined;
  }
}

function samplesOf(dataset: object): Samples {
  if (dataset instanceof Subset) {
    const inner = samplesOf(dataset.dataset as object);
    const { indices: of } = inner;
    return { source: inner.source, indices: dataset.indices.map((index) => ("from" in of ? of.from + index : of[index]!)) };
  }
  const length = Number((dataset as { readonly length?: unknown }).length);
  const first = dataset instanceof TensorDataset ? dataset.tensors[0] : undefined;
  // Parts of one tensor are seen as its rows.
  const rowSize = first?.strides[0] ?? 0;
  if (first && rowSize > 0 && first.offset % rowSize === 0) return { source: first.storage, indices: range(first.offset / rowSize, length) };
  return { source: dataset, indices: range(0, length) };
}

const range = (from: number, length: number): { readonly from: number; readonly to: number } => ({ from, to: from + (Number.isFinite(length) ? length : 0) });

const sizeOf = ({ indices }: Samples): number => ("from" in indices ? indices.to - indices.from : new Set(indices).size);

function sharedBy(a: Samples, b: Samples): number {
  if (a.source !== b.source || sizeOf(a) + sizeOf(b) > mostCompared) return 0;
  const [own, other] = [numbersOf(a), numbersOf(b)];
  let shared = 0;
  for (const index of own) if (other.has(index)) shared++;
  return shared;
}

function numbersOf({ indices }: Samples): ReadonlySet<number> {
  return new Set("from" in indices ? Array.from({ length: indices.to - indices.from }, (_, i) => indices.from + i) : indices);
}
