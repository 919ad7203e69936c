/** Follows one step operation by operation, forward, backward and through its updates: what wrote which tensor, from which others. */
import { isGradEnabled, noGrad } from "../../engine/autograd/gradMode.ts";
import type { Node } from "../../engine/autograd/node.ts";
import type { OperationWatch } from "../../engine/instrument.ts";
import type { AnyModule, Module } from "../../engine/nn/module.ts";
import { sub } from "../../engine/ops/binary.ts";
import { extent } from "../../engine/ops/statistics.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import { Tensor } from "../../engine/tensor.ts";
import type { ModuleCall } from "../badNumbers/origins.ts";
import { places, scalarOf } from "../badNumbers/placing.ts";
import { operationName } from "../graph/operationNames.ts";
import { StatePaths } from "../models/statePaths.ts";
import { leavesBelow, savedBy } from "../program/backwardGraph.ts";
import { CallStack } from "../program/construction.ts";
import { tensorsOf } from "../program/tensorsOf.ts";
import type { OpenCalls } from "../values/openCalls.ts";
import { Authors, type Reader } from "./authors.ts";
import { GradientWays } from "./gradientWays.ts";
import type { Writing } from "./writing.ts";

/** Of so many a step is told; what comes after is left out. */
const mostWritings = 10_000;

/** What a module returned. */
export interface Returned {
  readonly writing: Writing;
  /** Where its gradient arrives. */
  readonly node: Node | null;
  readonly output: number;
}

/** A parameter before its optimizer steps. */
interface Before {
  readonly values: Tensor;
  readonly writing: Writing;
}

export class StepTracer implements OperationWatch {
  readonly #calls: OpenCalls;
  readonly #isOwn: (module: AnyModule) => boolean;
  readonly #paths = new StatePaths();
  readonly #authors = new Authors(this.#paths);
  readonly #ways = new GradientWays(this.#authors);
  readonly #returned = new Map<AnyModule, readonly Returned[]>();
  /** What came to parameters last, and what their optimizers found: what comes after an update is another optimizer's. */
  readonly #gradients = new WeakMap<Tensor, Writing>();
  readonly #foundGradients = new WeakMap<Tensor, Writing>();
  readonly #before = new Map<Tensor, Before>();

  /** @param isOwn whether the user wrote the module's class */
  constructor(calls: OpenCalls, isOwn: (module: AnyModule) => boolean) {
    this.#calls = calls;
    this.#isOwn = isOwn;
  }

  get isFull(): boolean {
    return this.#authors.count >= mostWritings;
  }

  // --- what came of it ----------------------------------------------------------------------------------------------

  /** What the module returned in its last call. */
  returned(module: AnyModule): readonly Returned[] {
    return this.#returned.get(module) ?? [];
  }

  /** The gradient that arrived at what a module returned. */
  arrived({ node, output }: Returned): Writing | undefined {
    return node ? this.#ways.arrivedAt(node, output) : undefined;
  }

  of(tensor: Tensor): Writing | undefined {
    return this.#authors.find(tensor);
  }

  /** A parameter's gradient as its optimizer found it; of one that wasn't updated as it is. */
  gradientOf(parameter: Tensor): Writing | undefined {
    return this.#foundGradients.get(parameter) ?? this.#gradients.get(parameter);
  }

  // --- forward ------------------------------------------------------------------------------------------------------

  /** A module is about to be called; it isn't one of the calls under way yet. */
  readonly forwardStarts = (module: AnyModule, inputs: readonly unknown[]): void => {
    if (this.#calls.innermost !== undefined) return;
    this.#paths.name(module as Module);
    const reader = this.#reader(module.constructor.name, this.forwardStarts);
    for (const tensor of tensorsOf(inputs)) this.#authors.known(tensor, reader);
  };

  forward(module: AnyModule, output: unknown): void {
    // Validation is no part of a step, but models that only ever run so are.
    if (!isGradEnabled() && this.#returned.has(module)) return;
    const all = tensorsOf(output).filter((tensor) => tensor.numel() > 0);
    const returned = all.flatMap((tensor): Returned[] => {
      const writing = this.#authors.find(tensor);
      return writing ? [{ writing, node: tensor.gradFn, output: tensor.outputIndex }] : [];
    });
    if (returned.length === all.length) this.#returned.set(module, returned);
  }

  readonly ran: OperationWatch["ran"] = (operation, inputs, outputs, data, saved = []) => {
    if (this.#ways.isDifferentiating) return this.#ways.ran(outputs);
    if (this.isFull) return;
    const name = operationName(operation.name);
    const reader = this.#reader(name, this.ran);
    this.#authors.settle(outputs);
    const others = saved.filter((tensor) => !inputs.includes(tensor) && !outputs.includes(tensor) && this.#authors.find(tensor));
    const read = [...inputs, ...others];
    const gradients = name === "grad" ? this.#ways.waitingAt(inputs) : [];
    const sources = gradients.length > 0 ? gradients : read.map((tensor) => this.#authors.known(tensor, reader));
    const numbers = read.flatMap(({ dtype }, i) => (dtype === "float32" && sources.length === read.length ? [sources[i]!.output] : []));
    const scalar = scalarOf(data);
    for (const output of outputs) {
      const isOver = inputs.includes(output) || inputs.every(({ storage }) => storage !== output.storage);
      const facts = { kind: "computed", ...reader, shape: output.shape, output: extent(output), sources, inputs: numbers, scalar } as const;
      const writing = this.#authors.write({ ...facts, isPlaced: places(name, scalar) });
      this.#authors.wrote(output, writing, isOver);
      this.#ways.made(output.gradFn, writing);
    }
    this.#authors.settle();
  };

  readonly changes = (tensor: Tensor): void => {
    if (this.#ways.isDifferentiating || this.isFull) return;
    this.#authors.changes(tensor, this.#reader("change", this.changes));
  };

  readonly became = (tensor: Tensor, source: Tensor): void => {
    const author = this.#authors.find(source);
    if (!author || this.#ways.isDifferentiating) return;
    this.#ways.made(tensor.gradFn, author);
    if (tensor.storage === source.storage) return void this.#authors.wrote(tensor, author, false);
    const { kind, stack, call, sources, inputs, scalar } = author;
    const name = this.#authors.lastKnown(tensor) && !author.name.endsWith("_") ? `${author.name}_` : author.name;
    const facts = { kind, name, stack, call, shape: tensor.shape, output: extent(tensor), sources, inputs, scalar };
    this.#authors.wrote(tensor, this.#authors.write({ ...facts, isPlaced: author.way === "placed" }));
    this.#authors.settle();
  };

  // --- backward -----------------------------------------------------------------------------------------------------

  readonly differentiates = (isUnderWay: boolean): void => {
    if (isUnderWay) this.#ways.begin(new CallStack(this.differentiates));
    else this.#ways.end();
  };

  readonly passed: NonNullable<OperationWatch["passed"]> = (node, _time, given, results) => {
    if (this.isFull) return;
    const read = savedBy(node).flatMap((tensor) => this.#authors.find(tensor) ?? []);
    this.#ways.passed(node, given, results, read);
  };

  /** What is in the leaves' gradients already is added to. */
  readonly beforeBackward = (loss: Tensor): void => {
    const reader = this.#reader("backward", this.beforeBackward);
    for (const { gradSlot } of leavesBelow(loss)) if (gradSlot) this.#authors.known(gradSlot, reader, "earlier", "gradient");
  };

  afterBackward(): void {
    for (const [leaf, gradient] of this.#ways.takeLeaves()) this.#gradients.set(leaf, gradient);
  }

  // --- updates ------------------------------------------------------------------------------------------------------

  readonly beforeStep = (optimizer: Optimizer): void => {
    const reader = this.#reader(nameOf(optimizer), this.beforeStep);
    for (const parameter of optimizer.paramGroups.flatMap(({ params }) => params)) {
      if (this.isFull) return;
      const { gradSlot } = parameter;
      if (gradSlot) this.#foundGradients.set(parameter, this.#authors.known(gradSlot, reader, "earlier", "gradient"));
      const values = noGrad(() => parameter.detach().clone());
      this.#before.set(parameter, { values, writing: this.#authors.known(parameter, reader) });
    }
  };

  readonly afterStep = (optimizer: Optimizer): void => {
    const reader = this.#reader(nameOf(optimizer), this.afterStep);
    for (const group of optimizer.paramGroups) {
      for (const parameter of group.params) {
        const before = this.#before.get(parameter);
        if (before && parameter.gradSlot)
          this.#updated(optimizer, parameter, parameter.gradSlot, before, { ...reader, scalar: (group as { eps?: number }).eps });
      }
    }
    this.#before.clear();
  };

  #updated(optimizer: Optimizer, parameter: Tensor, gradSlot: Tensor, { values, writing }: Before, reader: Reader & { scalar: number | undefined }): void {
    const gradient = this.#authors.known(gradSlot, reader, "earlier", "gradient");
    const state = Object.entries(optimizer.state.get(parameter) ?? {}).flatMap(([title, value]) =>
      value instanceof Tensor && value.numel() > 0
        ? [this.#authors.write({ kind: "state", ...reader, title, shape: value.shape, output: extent(value), sources: [] })]
        : [],
    );
    const change = noGrad(() => extent(sub(parameter.detach(), values)));
    const facts = { kind: "updated", ...reader, shape: parameter.shape, output: extent(parameter), sources: [writing, gradient, ...state] } as const;
    this.#authors.wrote(parameter, this.#authors.write({ ...facts, inputs: [gradient.output], change }));
  }

  #reader(name: string, below: Function): Reader {
    const call = this.#call();
    return { name, stack: new CallStack(below), call, isInner: call !== undefined && !this.#isOwn(call.module) };
  }

  #call(): ModuleCall | undefined {
    const { innermost, outermost } = this.#calls;
    return innermost && outermost && { module: innermost, root: outermost };
  }
}

function nameOf(optimizer: Optimizer): string {
  return `${optimizer.constructor.name}.step`;
}
