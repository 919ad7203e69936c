/**
 * The backward pass: walks the graph from the roots in descending order of node id and delivers gradients.
 *
 * Gradients on the way are scratch memory (see `memory/storage.ts`): each is held while a node waits for it, and freed
 * as soon as the last holder has used it. One that becomes a leaf's `grad` or is shown to user code outlives the pass.
 */
import { KindlingError, ShapeError } from "../errors.ts";
import { instrument } from "../instrument.ts";
import {
  adopt,
  beginScratch,
  endScratch,
  freeUnheldScratch,
  handOut,
  hold,
  Place,
  release,
  withoutScratch,
} from "../memory/storage.ts";
import { itemSize } from "../dtype.ts";
import { sameShape, shapeText } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { withGradMode } from "./gradMode.ts";
import type { Node } from "./node.ts";

export interface BackwardOptions {
  /** Keep what the graph saved, so that backward can run through it again. Default: the value of `createGraph`. */
  retainGraph?: boolean;
  /** Record the backward pass itself, so that gradients can be differentiated. Default false. */
  createGraph?: boolean;
}

/** The few tensor operations that the pass itself needs; handed in so that imports go one way. */
export interface Arithmetic {
  onesLike(tensor: Tensor): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  addInto(target: Tensor, source: Tensor): void;
  clone(tensor: Tensor): Tensor;
  detach(tensor: Tensor): Tensor;
}

let arithmetic: Arithmetic;

/** Called once by `ops/`. */
export function bindArithmetic(operations: Arithmetic): void {
  arithmetic = operations;
}

let passes = 0;

/** `tensor.backward()`. */
export function backward(root: Tensor, gradient: Tensor | null, options: BackwardOptions = {}): void {
  const observer = instrument();
  observer?.beforeBackward?.(root);
  runPass([root], [gradient], options, null);
  observer?.afterBackward?.(root);
}

export interface GradOptions extends BackwardOptions {
  gradOutputs?: Tensor | readonly (Tensor | null)[];
  /** Give `null` for inputs that took no part instead of throwing. Default false. */
  allowUnused?: boolean;
}

/**
 * The gradients of `outputs` with respect to `inputs`, without touching anybody's `grad`.
 * @throws KindlingError if an input took no part (unless `allowUnused`)
 */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options: GradOptions = {},
): Tensor[] {
  const roots = asList(outputs);
  const targets = asList(inputs);
  const weights = options.gradOutputs === undefined ? roots.map(() => null) : [...asList(options.gradOutputs)];
  const capture = new Capture(targets);
  runPass(roots, weights, options, capture);
  return capture.results.map((result) => {
    if (result === null && !options.allowUnused) {
      throw new KindlingError(
        "One of the differentiated Tensors appears to not have been used in the graph. " +
          "Set { allowUnused: true } if this is the desired behavior.",
      );
    }
    return result as Tensor;
  });
}

function asList<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** Where `grad()` catches the gradients it was asked for. */
class Capture {
  readonly results: (Tensor | null)[];
  private readonly wanted = new Map<Node, { output: number; slot: number }[]>();

  constructor(targets: readonly Tensor[]) {
    this.results = targets.map(() => null);
    targets.forEach((target, slot) => {
      const node = target.gradientEdge();
      if (node === null) throw new KindlingError("One of the differentiated Tensors does not require grad");
      const list = this.wanted.get(node) ?? [];
      list.push({ output: target.outputIndex, slot });
      this.wanted.set(node, list);
    });
  }

  take(node: Node, gradients: readonly (Tensor | null)[]): void {
    for (const { output, slot } of this.wanted.get(node) ?? []) {
      const gradient = gradients[output];
      if (!gradient) continue;
      handOut(gradient.storage);
      this.results[slot] = gradient;
    }
  }
}

function runPass(
  roots: readonly Tensor[],
  weights: readonly (Tensor | null)[],
  options: BackwardOptions,
  capture: Capture | null,
): void {
  const createGraph = options.createGraph ?? false;
  const retain = options.retainGraph ?? createGraph;
  const pass = new Pass(createGraph, retain, capture);
  const before = createGraph ? null : beginScratch();
  try {
    withGradMode(createGraph, () => pass.run(roots, weights));
  } finally {
    pass.abandon();
    if (!createGraph) endScratch(before);
  }
}

class Pass {
  private order: Node[] = [];
  /** What the node at work was given. */
  private current: readonly (Tensor | null)[] | null = null;
  private readonly createGraph: boolean;
  private readonly retain: boolean;
  private readonly capture: Capture | null;

  constructor(createGraph: boolean, retain: boolean, capture: Capture | null) {
    this.createGraph = createGraph;
    this.retain = retain;
    this.capture = capture;
  }

  run(roots: readonly Tensor[], weights: readonly (Tensor | null)[]): void {
    const nodes = roots.map(rootNode);
    const gradients = roots.map((root, i) => rootGradient(root, weights[i] ?? null));
    this.order = reachable(nodes);
    roots.forEach((root, i) => this.deliver(nodes[i]!, root.outputIndex, gradients[i]!));
    for (const node of this.order) this.visit(node);
  }

  /** After a failure: lets go of what was still waiting. */
  abandon(): void {
    releaseAll(this.current);
    for (const node of this.order) {
      releaseAll(node.gradients);
      node.gradients = null;
    }
  }

  private visit(node: Node): void {
    const gradients = node.gradients;
    if (gradients === null) return;
    if (node.hooks !== null) this.runHooks(node, gradients);
    this.capture?.take(node, gradients);
    node.gradients = null;
    this.current = gradients;
    if (node.operation.name === "AccumulateGrad") {
      if (this.capture === null) accumulateGrad(node.data as Tensor, gradients[0]!, this.createGraph);
    } else {
      const results = node.operation.backward(node, ...(gradients as Tensor[]));
      for (let i = 0; i < results.length; i++) {
        const next = node.next[i];
        const result = results[i];
        if (next && result) this.deliver(next, node.nextOutput[i]!, result);
      }
      if (!this.retain) node.release();
    }
    releaseAll(gradients);
    this.current = null;
    freeUnheldScratch();
  }

  /** Adds to what has already arrived at an output of `node`. */
  private deliver(node: Node, output: number, gradient: Tensor): void {
    const slots = (node.gradients ??= new Array<Tensor | null>(node.outputs).fill(null));
    const previous = slots[output];
    if (!previous) {
      slots[output] = gradient;
      hold(gradient.storage);
    } else if (!this.createGraph && isOnlyOurs(previous)) {
      arithmetic.addInto(previous, gradient);
    } else {
      const sum = arithmetic.add(previous, gradient);
      hold(sum.storage);
      slots[output] = sum;
      release(previous.storage);
    }
  }

  private runHooks(node: Node, gradients: (Tensor | null)[]): void {
    for (const hook of node.hooks!) {
      const gradient = gradients[hook.output];
      if (!gradient) continue;
      if (hook.kind === "watcher") {
        hook.call(gradient);
        continue;
      }
      handOut(gradient.storage);
      const replacement = withoutScratch(() => hook.call(gradient));
      if (!replacement) continue;
      if (!sameShape(replacement.shape, gradient.shape)) {
        throw new ShapeError(
          `hook has changed the size of value: expected ${shapeText(gradient.shape)}, got ${shapeText(replacement.shape)}`,
          gradient.shape,
          replacement.shape,
        );
      }
      hold(replacement.storage);
      gradients[hook.output] = replacement;
      release(gradient.storage);
    }
  }
}

function releaseAll(gradients: readonly (Tensor | null)[] | null): void {
  if (gradients === null) return;
  for (let i = 0; i < gradients.length; i++) if (gradients[i]) release(gradients[i]!.storage);
}

/** Whether a waiting gradient may be added to in place: nobody else can see its memory. */
function isOnlyOurs(gradient: Tensor): boolean {
  const { storage } = gradient;
  return storage.place === Place.Scratch && storage.holds === 1 && coversStorage(gradient);
}

function coversStorage(tensor: Tensor): boolean {
  return tensor.dense && tensor.offset === 0 && tensor.numel() * itemSize(tensor.dtype) === tensor.storage.bytes;
}

function accumulateGrad(leaf: Tensor, gradient: Tensor, createGraph: boolean): void {
  const present = leaf.gradSlot;
  if (createGraph) {
    leaf.gradSlot = present === null ? gradient : arithmetic.add(present, gradient);
    leaf.gradSlot.storage.escaped = true;
  } else if (present !== null) {
    arithmetic.addInto(present, gradient);
  } else {
    const own = isOnlyOurs(gradient) ? arithmetic.detach(gradient) : arithmetic.clone(gradient);
    adopt(own.storage);
    leaf.gradSlot = own;
  }
}

function rootNode(root: Tensor): Node {
  const node = root.gradientEdge();
  if (node === null) {
    throw new KindlingError("element 0 of tensors does not require grad and does not have a grad_fn");
  }
  return node;
}

function rootGradient(root: Tensor, gradient: Tensor | null): Tensor {
  if (gradient === null) {
    if (root.numel() !== 1) throw new KindlingError("grad can be implicitly created only for scalar outputs");
    return arithmetic.onesLike(root);
  }
  if (!sameShape(root.shape, gradient.shape)) {
    throw new ShapeError(
      `Mismatch in shape: grad_output[0] has a shape of torch.Size(${shapeText(gradient.shape)}) and output[0] has a shape of torch.Size(${shapeText(root.shape)}).`,
      gradient.shape,
      root.shape,
    );
  }
  return gradient;
}

/** All nodes that the roots depend on, youngest first. */
function reachable(roots: readonly Node[]): Node[] {
  const mark = ++passes;
  const found: Node[] = [];
  const stack: Node[] = [];
  for (const root of roots) {
    if (root.visited === mark) continue;
    root.visited = mark;
    stack.push(root);
  }
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    found.push(node);
    for (const next of node.next) {
      if (next === null || next.visited === mark) continue;
      next.visited = mark;
      stack.push(next);
    }
  }
  return found.sort((a, b) => b.id - a.id);
}

/**
 * Lets an observer see the finished gradient with respect to `tensor` during each backward pass. It must not keep the
 * tensor it is shown, and can't change it.
 */
export function watchGradient(tensor: Tensor, callback: (gradient: Tensor) => void): { remove(): void } {
  const node = tensor.gradientEdge();
  if (node === null) return { remove() {} };
  return node.addHook({ output: tensor.outputIndex, kind: "watcher", call: callback });
}
