/** Measures what each module does in the steps that are looked at: its calls, its time, its products, the memory of its outputs. */
import { isGradEnabled } from "../../engine/autograd/gradMode.ts";
import type { AnyOperation, Node } from "../../engine/autograd/node.ts";
import type { OperationWatch } from "../../engine/instrument.ts";
import type { AnyModule, Module } from "../../engine/nn/module.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { StepTimes, StepWork } from "../../protocol/index.ts";
import type { DescribedModel } from "../models/describeModel.ts";
import type { OperationWatches } from "../program/operationWatches.ts";
import type { ProgramClock } from "../program/programClock.ts";
import { tensorsOf } from "../program/tensorsOf.ts";
import { multiplyAdds } from "./multiplyAdds.ts";

/** Of one module, without the modules that it called. */
interface Work {
  calls: number;
  forward: number;
  backward: number;
  multiplyAdds: number;
  outputBytes: number;
}

/** A call that has begun. */
interface Call {
  readonly module: AnyModule;
  readonly work: Work;
  readonly begin: number;
  /** Milliseconds in the modules that it called. */
  below: number;
}

/** How far the clocks of whole steps were when a model's step began. */
interface Mark {
  readonly time: number;
  readonly backward: number;
  readonly optimizer: number;
}

export class WorkMeter implements OperationWatch {
  readonly #clock: ProgramClock;
  readonly #operations: OperationWatches;
  /** Outermost first. */
  readonly #calls: Call[] = [];
  readonly #ofModules = new WeakMap<AnyModule, Work>();
  /** Whose forward recorded a node. */
  readonly #ofNodes = new WeakMap<Node, Work>();
  /** By a model's root. */
  readonly #marks = new WeakMap<AnyModule, Mark>();
  /** Memory that was counted in this step. */
  #counted = new WeakSet<Tensor["storage"]>();
  /** Milliseconds in all calls, and in all gradients. */
  #forward = 0;
  #backward = 0;
  #optimizer = 0;
  /** What the optimizer's time is counted from. */
  #optimizerBegin: number | undefined;
  #isOn = false;

  constructor(clock: ProgramClock, operations: OperationWatches) {
    this.#clock = clock;
    this.#operations = operations;
  }

  /** Between steps, what they are made of needn't be looked at. */
  turn(on: boolean): void {
    if (on === this.#isOn) return;
    this.#isOn = on;
    this.#calls.length = 0;
    if (on) this.#operations.add(this);
    else this.#operations.remove(this);
  }

  /** A step of the model begins. */
  begin({ modules }: DescribedModel): void {
    for (const module of modules) this.#ofModules.delete(module);
    this.#marks.set(modules[0]!, { time: this.#clock.now, backward: this.#backward, optimizer: this.#optimizer });
    this.#counted = new WeakSet();
  }

  entered(module: AnyModule, inputs: readonly unknown[]): void {
    if (!this.#isOn) return;
    if (this.#calls.length === 0) {
      // Evaluation is not part of a step; what a module in training looks up without gradients is.
      if (!isGradEnabled()) return;
      for (const { storage } of tensorsOf(inputs)) this.#counted.add(storage);
    }
    this.#calls.push({ module, work: this.#workOf(module), begin: this.#clock.now, below: 0 });
  }

  left(module: AnyModule, output: unknown): void {
    const call = this.#take(module);
    if (!call) return;
    call.work.calls++;
    for (const { storage } of tensorsOf(output)) {
      if (this.#counted.has(storage)) continue;
      this.#counted.add(storage);
      call.work.outputBytes += storage.bytes;
    }
  }

  failed(module: AnyModule): void {
    this.#take(module);
  }

  optimizerBegins(): void {
    this.#optimizerBegin = this.#timeBesidesPasses;
  }

  optimizerEnds(): void {
    if (this.#optimizerBegin !== undefined) this.#optimizer += this.#timeBesidesPasses - this.#optimizerBegin;
    this.#optimizerBegin = undefined;
  }

  /** An optimizer may call for passes of its own, as LBFGS does. */
  get #timeBesidesPasses(): number {
    return this.#clock.now - this.#forward - this.#backward;
  }

  ran(operation: AnyOperation, inputs: readonly Tensor[], outputs: readonly Tensor[], data: unknown): void {
    const work = this.#calls.at(-1)?.work;
    if (!work) return;
    work.multiplyAdds += multiplyAdds(operation, inputs, outputs, data);
    for (const { gradFn } of outputs) if (gradFn && !this.#ofNodes.has(gradFn)) this.#ofNodes.set(gradFn, work);
  }

  passed(node: Node, milliseconds: number): void {
    this.#backward += milliseconds;
    const work = this.#ofNodes.get(node);
    if (work) work.backward += milliseconds;
  }

  /** What the model's step came to so far; `undefined` if none of its modules was called. */
  measured({ info, modules }: DescribedModel, step: number, samples: number | undefined): StepWork | undefined {
    const works = modules.map((module) => this.#ofModules.get(module));
    if (!works.some((work) => work && work.calls > 0)) return undefined;
    const column = (of: (work: Work) => number): number[] => works.map((work) => (work ? of(work) : 0));
    return {
      model: info.id,
      step,
      training: modules.map(({ training }) => training),
      calls: column(({ calls }) => calls),
      forward: column(({ forward }) => rounded(forward)),
      backward: column(({ backward }) => rounded(backward)),
      multiplyAdds: column((work) => work.multiplyAdds),
      outputBytes: column(({ outputBytes }) => outputBytes),
      total: this.#totalOf(modules[0]!, samples),
    };
  }

  #totalOf(root: Module, samples: number | undefined): StepTimes {
    const since = this.#marks.get(root);
    const optimizer = this.#optimizer - (since?.optimizer ?? 0);
    return {
      backward: rounded(this.#backward - (since?.backward ?? 0)),
      ...(optimizer > 0 ? { optimizer: rounded(optimizer) } : {}),
      ...(since ? { step: rounded(this.#clock.now - since.time) } : {}),
      ...(samples === undefined ? {} : { samples }),
    };
  }

  #workOf(module: AnyModule): Work {
    let work = this.#ofModules.get(module);
    if (!work) {
      work = { calls: 0, forward: 0, backward: 0, multiplyAdds: 0, outputBytes: 0 };
      this.#ofModules.set(module, work);
    }
    return work;
  }

  /** Ends the innermost call, if it is the module's, and takes its time. */
  #take(module: AnyModule): Call | undefined {
    if (this.#calls.at(-1)?.module !== module) return undefined;
    const call = this.#calls.pop()!;
    const time = this.#clock.now - call.begin;
    call.work.forward += time - call.below;
    const caller = this.#calls.at(-1);
    if (caller) caller.below += time;
    else this.#forward += time;
    return call;
  }
}

/** To a tenth of a microsecond: what is finer is noise, and long to write down. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1e4) / 1e4;
}
