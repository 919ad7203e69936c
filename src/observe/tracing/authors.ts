/**
 * Who wrote what a tensor holds. A tensor is known by itself; one that nobody told of by its memory. What was written over
 * through another tensor, such as a view, has a second author; what changed without a word is looked at again.
 */
import { Kind } from "../../engine/memory/storage.ts";
import { extent } from "../../engine/ops/statistics.ts";
import { sameShape } from "../../engine/shape.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { WritingKind } from "../../protocol/index.ts";
import type { ModuleCall } from "../badNumbers/origins.ts";
import { moves } from "../badNumbers/placing.ts";
import type { StatePaths } from "../models/statePaths.ts";
import type { CallStack } from "../program/construction.ts";
import { Writing, type WritingFacts } from "./writing.ts";

/** What reads a tensor that nobody is known to have written. */
export interface Reader {
  readonly name: string;
  readonly stack: CallStack;
  readonly call: ModuleCall | undefined;
  /** Whether it runs within one of the engine's layers. */
  readonly isInner?: boolean;
}

/** Who wrote last to a memory, and how often that had been changed by then. */
interface Last {
  readonly writing: Writing;
  readonly version: number;
}

export class Authors {
  readonly #paths: StatePaths;
  readonly #ofTensor = new WeakMap<Tensor, Writing>();
  readonly #ofMemory = new WeakMap<Tensor["storage"], Last>();
  /** The memory that the operation under way writes over: what it read is what was there before. */
  #changing: Tensor["storage"] | undefined;
  #count = 0;

  constructor(paths: StatePaths) {
    this.#paths = paths;
  }

  get count(): number {
    return this.#count;
  }

  /** Of a tensor that nobody else will ask about. */
  write(facts: WritingFacts): Writing {
    return new Writing(this.#count++, facts);
  }

  /** @param isOver whether it wrote to the tensor's memory, rather than look at it in another way */
  wrote(tensor: Tensor, writing: Writing, isOver = true): Writing {
    this.#ofTensor.set(tensor, writing);
    if (isOver) this.#ofMemory.set(tensor.storage, { writing, version: tensor.storage.version });
    return writing;
  }

  find(tensor: Tensor): Writing | undefined {
    const own = this.#ofTensor.get(tensor);
    const last = this.#ofMemory.get(tensor.storage);
    if (!last) return own;
    if (last.version !== tensor.storage.version && tensor.storage !== this.#changing) return this.#changed(tensor, own ?? last.writing);
    if (own && own.order >= last.writing.order) return own;
    if (!own && sameShape(last.writing.shape, tensor.shape)) return last.writing;
    return this.#seen(tensor, last.writing, own ? [last.writing, own] : [last.writing], false);
  }

  /** The same, without a look at whether it changed since. */
  lastKnown(tensor: Tensor): Writing | undefined {
    return this.#ofTensor.get(tensor);
  }

  /** An operation is about to write over the tensor. */
  changes(tensor: Tensor, reader: Reader): void {
    this.#changing = undefined;
    this.known(tensor, reader);
    this.#changing = tensor.storage;
  }

  /** An operation ran, or begins to be told: those before it don't write any more. @param outputs of one that is being told */
  settle(outputs: readonly Tensor[] = []): void {
    if (!outputs.some(({ storage }) => storage === this.#changing)) this.#changing = undefined;
  }

  /** The same as `find`; of a tensor that was there before, what it is to the program. */
  known(tensor: Tensor, reader: Reader, kind: WritingKind = kindOf(tensor, reader), title: string = kind): Writing {
    return this.find(tensor) ?? this.#met(tensor, reader, kind, title);
  }

  #met(tensor: Tensor, { name, stack, call }: Reader, kind: WritingKind, title: string): Writing {
    const output = extent(tensor);
    const facts = { kind, name, stack, call, shape: tensor.shape, output, sources: [] };
    if (kind === "parameter" || kind === "buffer") {
      const path = this.#paths.of(tensor);
      return this.wrote(tensor, this.write({ ...facts, title: path || kind, owner: { kind, path } }));
    }
    // −∞ alone is a mask, and a single number a constant of the program's.
    const isData = kind === "input" && tensor.numel() > 1 && (output.nan > 0 || output.positive > 0);
    return this.wrote(tensor, this.write({ ...facts, title, ...(isData && { owner: { kind: "data", isUsed: !moves(name) } }) }));
  }

  /** Nobody told of it: draws of random numbers, and what the engine's layers and optimizers keep. */
  #changed(tensor: Tensor, known: Writing): Writing {
    const { way, kind, title } = known;
    return way === "given" ? this.#met(tensor, known, kind, title) : this.#seen(tensor, known, [known], true);
  }

  #seen(tensor: Tensor, { kind, name, title, stack, call }: Writing, sources: readonly Writing[], isOver: boolean): Writing {
    return this.wrote(tensor, this.write({ kind, name, title, stack, call, shape: tensor.shape, output: extent(tensor), sources }), isOver);
  }
}

function kindOf(tensor: Tensor, { call, isInner }: Reader): WritingKind {
  const { kind } = tensor.storage;
  if (kind === Kind.Parameter) return "parameter";
  if (kind === Kind.Buffer) return "buffer";
  if (tensor.gradFn !== null) return "earlier";
  if (tensor.requiresGrad) return "parameter";
  if (isInner) return "inner";
  return call ? "constant" : "input";
}
