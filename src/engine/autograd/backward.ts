/**
 * The backward pass: walks the graph from the roots in descending order of node id and delivers gradients.
 *
 * Gradients on the way are scratch memory (see `memory/scratch.ts`): each is held while a node waits for it, and freed
 * as soon as the last holder has used it. One that becomes a leaf's `grad` or is shown to user code outlives the pass.
 */
import { ArgumentError, KindlingError, ShapeError } from "../errors.ts";
import { instrument, operationWatch } from "../instrument.ts";
import { stepIsOver } from "../memory/nursery.ts";
import { handOut, tenure } from "../memory/residents.ts";
import { areGhosts } from "../memory/reading.ts";
import { beginScratch, endScratch, freeUnheldScratch, hold, release, withoutScratch } from "../memory/scratch.ts";
import { Kind, Place } from "../memory/storage.ts";
import { itemSize } from "../dtype.ts";
import { sameShape, shapeText } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkForNaN, isAnomalyEnabled } from "./anomaly.ts";
import { arithmetic } from "./arithmetic.ts";
import { isOurs, learnPass, reachedAsBefore } from "./equalPasses.ts";
import { withGradMode } from "./gradMode.ts";
import type { Node } from "./node.ts";

let passes = 0;

/** How a pass goes: as `backward` and `grad` are told. */
interface PassOptions {
  /** Keep what the graph saved, so that another pass can run through it. */
  readonly retainGraph: boolean;
  /** Record the pass itself, so that gradients can be differentiated. */
  readonly createGraph: boolean;
}

const passOptions = (retainGraph: boolean | null, createGraph: boolean): PassOptions => ({ retainGraph: retainGraph ?? createGraph, createGraph });

/**
 * Computes the gradients of this tensor with respect to the leaves of its graph and adds them to their `grad`.
 * @param gradient weights, for a tensor that has more than one element
 * @param retainGraph keep what the graph saved, so that backward can run through it again; default the value of `createGraph`
 * @param createGraph record the backward pass itself, so that gradients can be differentiated
 * @param inputs add to the `grad` of these alone; default all leaves of the graph
 * @throws KindlingError for a tensor that doesn't require gradients, or whose graph was freed by an earlier pass
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.backward.html
 * @api Tensor.backward
 */
export function backwardFrom(
  input: Tensor,
  gradient: Tensor | null = null,
  retainGraph: boolean | null = null,
  createGraph = false,
  inputs: Tensor | readonly Tensor[] | null = null,
): void {
  backward(input, gradient, retainGraph, createGraph, inputs);
}

/**
 * Computes the sum of gradients of several tensors with respect to the leaves, and adds it to their `grad`.
 * @param gradTensors weights for those that have more than one element, `null` for the others
 * @param retainGraph keep what the graph saved, so that backward can run through it again; default the value of `createGraph`
 * @param createGraph record the backward pass itself, so that gradients can be differentiated
 * @param inputs add to the `grad` of these alone; default all leaves of the graph
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.backward.html
 * @api autograd.backward
 */
export function backward(
  tensors: Tensor | readonly Tensor[],
  gradTensors: Tensor | readonly (Tensor | null)[] | null = null,
  retainGraph: boolean | null = null,
  createGraph = false,
  inputs: Tensor | readonly Tensor[] | null = null,
): void {
  const roots = asList(tensors);
  if (roots.length === 0) return;
  const weights = gradTensors === null ? roots.map(() => null) : asList<Tensor | null>(gradTensors);
  if (weights.length !== roots.length) throw new KindlingError(`got ${roots.length} tensors and ${weights.length} gradients`);
  const observer = instrument();
  observer?.beforeBackward?.(roots[0]!);
  const isNothing = observer?.isFrozenOnPurpose?.() && roots.every(({ requiresGrad }) => !requiresGrad);
  if (!isNothing) accumulateAll(roots, weights, passOptions(retainGraph, createGraph), inputs);
  observer?.afterBackward?.(roots[0]!);
}

function accumulateAll(roots: readonly Tensor[], weights: readonly (Tensor | null)[], options: PassOptions, inputs: Tensor | readonly Tensor[] | null): void {
  if (inputs === null) {
    runPass(roots, weights, options, null);
    return;
  }
  const leaves = asList(inputs);
  if (leaves.length === 0) throw new KindlingError("'inputs' argument to backward() cannot be empty.");
  const capture = new Capture(leaves);
  runPass(roots, weights, options, capture);
  leaves.forEach((leaf, i) => {
    const gradient = capture.results[i]!;
    if (gradient !== null) withGradMode(options.createGraph, () => accumulateGrad(leaf, gradient, options.createGraph));
  });
}

/** One gradient for each input: as many as were written down, so that `const [g] = grad(loss, [w])` is a tensor. */
export type Gradients<Inputs extends Tensor | readonly Tensor[]> = Inputs extends readonly Tensor[]
  ? { -readonly [I in keyof Inputs]: Tensor }
  : [gradient: Tensor];

/**
 * The gradients of `outputs` with respect to `inputs`, without touching anybody's `grad`.
 * @param gradOutputs weights for outputs that have more than one element, `null` for the others
 * @param retainGraph keep what the graph saved, so that another pass can run through it; default the value of `createGraph`
 * @param createGraph record the pass itself, so that gradients can be differentiated
 * @param allowUnused give `null` for inputs that took no part instead of throwing; default the value of `materializeGrads`
 * @param materializeGrads give zeros for inputs that took no part
 * @throws KindlingError if an input took no part and neither is set
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.grad.html
 * @api autograd.grad
 */
export function grad<const Inputs extends Tensor | readonly Tensor[]>(
  outputs: Tensor | readonly Tensor[],
  inputs: Inputs,
  gradOutputs: Tensor | readonly (Tensor | null)[] | null = null,
  retainGraph: boolean | null = null,
  createGraph = false,
  allowUnused: boolean | null = null,
  materializeGrads = false,
): Gradients<Inputs> {
  if (materializeGrads && allowUnused === false) {
    throw new ArgumentError("Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.");
  }
  const roots = asList(outputs);
  const targets = asList<Tensor>(inputs);
  if (targets.length === 0) throw new ArgumentError("grad requires non-empty inputs.");
  const weights = gradOutputs === null ? roots.map(() => null) : [...asList<Tensor | null>(gradOutputs)];
  if (weights.length !== roots.length) throw new KindlingError(`got ${roots.length} tensors and ${weights.length} gradients`);
  const capture = new Capture(targets);
  runPass(roots, weights, passOptions(retainGraph, createGraph), capture);
  const found = capture.results.filter((result) => result !== null);
  operationWatch()?.ran({ name: "grad" }, [...roots, ...targets], found, undefined);
  return capture.results.map((result, i) => {
    if (result === null && materializeGrads) return arithmetic.zeros(targets[i]!.shape);
    if (result === null && !allowUnused) {
      throw new KindlingError(
        "One of the differentiated Tensors appears to not have been used in the graph. " + "Set { allowUnused: true } if this is the desired behavior.",
      );
    }
    return result as Tensor;
  }) as Gradients<Inputs>;
}

function asList<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** Where `grad()` catches the gradients it was asked for. */
class Capture {
  readonly results: (Tensor | null)[];
  readonly #wanted = new Map<Node, { output: number; slot: number }[]>();

  constructor(targets: readonly Tensor[]) {
    this.results = targets.map(() => null);
    targets.forEach((target, slot) => {
      const node = target.gradientEdge();
      if (node === null) throw new KindlingError("One of the differentiated Tensors does not require grad");
      const list = this.#wanted.get(node) ?? [];
      list.push({ output: target.outputIndex, slot });
      this.#wanted.set(node, list);
    });
  }

  wants(node: Node): boolean {
    return this.#wanted.has(node);
  }

  take(node: Node, gradients: readonly (Tensor | null)[]): void {
    for (const { output, slot } of this.#wanted.get(node) ?? []) {
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
  { createGraph, retainGraph: retain }: PassOptions,
  capture: Capture | null,
): void {
  const pass = new Pass(createGraph, retain, capture);
  const before = createGraph ? null : beginScratch();
  const watch = operationWatch();
  watch?.differentiates?.(true);
  try {
    withGradMode(createGraph, () => pass.run(roots, weights));
  } finally {
    watch?.differentiates?.(false);
    pass.abandon();
    if (!createGraph) endScratch(before);
  }
  if (!retain && before === null) stepIsOver();
}

class Pass {
  #order: Node[] = [];
  /** What the node at work was given. */
  #current: readonly (Tensor | null)[] | null = null;
  /** With a capture: the nodes that lie on a way to what it wants. The others get nothing. */
  #needed: ReadonlySet<Node> | null = null;
  readonly #createGraph: boolean;
  readonly #retain: boolean;
  readonly #capture: Capture | null;

  constructor(createGraph: boolean, retain: boolean, capture: Capture | null) {
    this.#createGraph = createGraph;
    this.#retain = retain;
    this.#capture = capture;
  }

  run(roots: readonly Tensor[], weights: readonly (Tensor | null)[]): void {
    const nodes = roots.map((root, i) => rootNode(root, i));
    const gradients = roots.map((root, i) => rootGradient(root, weights[i] ?? null, i));
    this.#order = reachable(nodes);
    if (this.#capture !== null) {
      const needed = leadingTo(this.#capture, this.#order);
      this.#needed = needed;
      // The others aren't this pass's business: where it runs within another one, gradients wait at them.
      this.#order = this.#order.filter((node) => needed.has(node));
    }
    roots.forEach((root, i) => {
      if (this.#needed?.has(nodes[i]!) !== false) this.#deliver(nodes[i]!, root.outputIndex, gradients[i]!);
    });
    if (areGhosts() && this.#isSimple()) this.#runAsGhost();
    else for (const node of this.#order) this.#visit(node);
  }

  /** Nothing is asked of it but to give the leaves their gradients. */
  #isSimple(): boolean {
    return !this.#createGraph && this.#capture === null && operationWatch() === null && !isAnomalyEnabled() && isOurs(this.#order);
  }

  /** Gradients have no values now: where they arrive is all there is to know. */
  #runAsGhost(): void {
    const reached = reachedAsBefore(this.#order);
    if (!reached) {
      learnPass(this.#order, (node) => {
        const isReached = node.gradients !== null;
        this.#visit(node);
        return isReached;
      });
      return;
    }
    this.#order.forEach((node, i) => {
      if (!reached[i]) return;
      releaseAll(node.gradients);
      node.gradients = null;
      if (node.operation.name !== "AccumulateGrad") {
        if (!this.#retain) node.release();
        return;
      }
      const leaf = (node as Node<Tensor>).data;
      if (leaf.requiresGrad) accumulateGrad(leaf, arithmetic.clone(leaf), false);
    });
  }

  /** After a failure: lets go of what was still waiting. */
  abandon(): void {
    releaseAll(this.#current);
    for (const node of this.#order) {
      releaseAll(node.gradients);
      node.gradients = null;
    }
  }

  #visit(node: Node): void {
    const gradients = node.gradients;
    if (gradients === null) return;
    if (node.hooks !== null) this.#runHooks(node, gradients);
    this.#capture?.take(node, gradients);
    node.gradients = null;
    this.#current = gradients;
    if (node.operation.name === "AccumulateGrad") {
      const leaf = (node as Node<Tensor>).data;
      // One that was frozen since the graph was recorded gets nothing any more.
      if (this.#capture === null && leaf.requiresGrad) accumulateGrad(leaf, gradients[0]!, this.#createGraph);
    } else if (this.#needed === null || node.next.some((next) => next !== null && this.#needed!.has(next))) {
      const { operation } = node;
      if (this.#createGraph) node.share();
      const watch = operationWatch();
      const begin = watch?.passed ? performance.now() : 0;
      const results = gradients.length === 1 ? operation.backward(node, gradients[0]!) : operation.backward(node, ...(gradients as Tensor[]));
      watch?.passed?.(node, performance.now() - begin, gradients, results);
      if (isAnomalyEnabled()) checkForNaN(node.name, results);
      for (let i = 0; i < results.length; i++) {
        const next = node.next[i];
        const result = results[i];
        if (next && result && this.#needed?.has(next) !== false) this.#deliver(next, node.nextOutput[i]!, result);
      }
      if (!this.#retain) node.release();
    }
    releaseAll(gradients);
    this.#current = null;
    freeUnheldScratch();
  }

  /** Adds to what has already arrived at an output of `node`. */
  #deliver(node: Node, output: number, gradient: Tensor): void {
    const slots = (node.gradients ??= new Array<Tensor | null>(node.outputs).fill(null));
    const previous = slots[output];
    if (!previous) {
      slots[output] = gradient;
      hold(gradient.storage);
    } else if (!this.#createGraph && isOnlyOurs(previous)) {
      arithmetic.addInto(previous, gradient);
    } else {
      const sum = arithmetic.add(previous, gradient);
      hold(sum.storage);
      slots[output] = sum;
      release(previous.storage);
    }
  }

  #runHooks(node: Node, gradients: (Tensor | null)[]): void {
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
    leaf.gradSlot.storage.kind = Kind.Gradient;
  } else if (present !== null) {
    arithmetic.addInto(present, gradient);
  } else {
    const own = isOnlyOurs(gradient) ? arithmetic.detach(gradient) : arithmetic.clone(gradient);
    tenure(own.storage, Kind.Gradient);
    leaf.gradSlot = own;
  }
  leaf.afterAccumulation();
}

/** Those of `order` (youngest first) that depend on something the capture wants, or are wanted themselves. */
function leadingTo(capture: Capture, order: readonly Node[]): ReadonlySet<Node> {
  const needed = new Set<Node>();
  for (const node of order.toReversed()) {
    if (capture.wants(node) || node.next.some((next) => next !== null && needed.has(next))) needed.add(node);
  }
  return needed;
}

function rootNode(root: Tensor, i: number): Node {
  const node = root.gradientEdge();
  if (node === null) {
    throw new KindlingError(
      `element ${i} of tensors does not require grad and does not have a grad_fn. Gradients end at detach(), item(), argmax() and comparisons, ` +
        "and nothing is recorded inside noGrad: compute it from the model's own outputs, or of tensors with requiresGrad.",
    );
  }
  return node;
}

function rootGradient(root: Tensor, gradient: Tensor | null, i: number): Tensor {
  if (gradient === null) {
    if (root.numel() !== 1) throw notScalar(root);
    return arithmetic.onesLike(root);
  }
  if (!sameShape(root.shape, gradient.shape)) {
    throw new ShapeError(
      `Mismatch in shape: grad_output[${i}] has a shape of torch.Size(${shapeText(gradient.shape)}) and output[${i}] has a shape of torch.Size(${shapeText(root.shape)}).`,
      gradient.shape,
      root.shape,
    );
  }
  return gradient;
}

function notScalar({ shape }: Tensor): KindlingError {
  return new KindlingError(
    `grad can be implicitly created only for scalar outputs, and this one has shape ${shapeText(shape)}. ` +
      "Take its mean() or sum() before backward(), or give backward() a gradient of that shape.",
  );
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
