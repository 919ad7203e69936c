/** What a tracer followed, as it is told: from the tensors of the models back through all that they came from. */
import type { Tensor } from "../../engine/tensor.ts";
import type { CalledModule, StepTrace, TensorKind, TracedTensor, Writing as ToldWriting } from "../../protocol/index.ts";
import type { AnyModule } from "../../engine/nn/module.ts";
import { culprit } from "../badNumbers/origins.ts";
import { beginningOf } from "../badNumbers/words.ts";
import type { DescribedModel } from "../models/describeModel.ts";
import type { ProgramSource } from "../program/programSource.ts";
import type { StepTracer } from "./stepTracer.ts";
import type { Writing } from "./writing.ts";

export interface TraceFacts {
  /** The run's. */
  readonly step: number;
  readonly models: readonly DescribedModel[];
  readonly source: ProgramSource;
  placeOf(module: AnyModule): CalledModule | undefined;
}

export function traceOf(tracer: StepTracer, facts: TraceFacts): StepTrace {
  const roots = facts.models.flatMap((model) => rootsOf(tracer, model));
  const writings = allBehind(roots.map(({ writing }) => writing));
  const indices = new Map(writings.map(({ order }, i) => [order, i]));
  const tensors = roots.map(({ writing, ...place }): TracedTensor => ({ ...place, writing: indices.get(writing.order)! }));
  return { step: facts.step, writings: writings.map((writing) => told(writing, indices, facts)), tensors, ...(tracer.isFull && { isCut: true }) };
}

interface Root extends Omit<TracedTensor, "writing"> {
  readonly writing: Writing;
}

function rootsOf(tracer: StepTracer, { info, modules }: DescribedModel): Root[] {
  return modules.flatMap((module, id) => {
    const root = (kind: TensorKind, writing: Writing | undefined): Root[] => (writing ? [{ model: info.id, module: id, kind, writing }] : []);
    const outputs = tracer.returned(module).flatMap((returned, place) => {
      const end = place === 0 ? "" : (`:${place}` as const);
      return [...root(`output${end}`, returned.writing), ...root(`outputGradient${end}`, tracer.arrived(returned))];
    });
    const parameters = module
      .namedParameters("", false)
      .flatMap(([name, parameter]: readonly [string, Tensor]) => [
        ...root(`parameter:${name}`, tracer.of(parameter)),
        ...root(`gradient:${name}`, tracer.gradientOf(parameter)),
      ]);
    return [...outputs, ...parameters];
  });
}

/** Each once, oldest first: all that a writing was made from is older than itself. */
function allBehind(roots: readonly Writing[]): Writing[] {
  const found = new Set<Writing>();
  const stack = [...roots];
  for (let at = stack.pop(); at; at = stack.pop()) {
    if (found.has(at)) continue;
    found.add(at);
    stack.push(...at.sources);
  }
  return [...found].sort((a, b) => a.order - b.order);
}

function told(writing: Writing, indices: ReadonlyMap<number, number>, { source, placeOf }: TraceFacts): ToldWriting {
  const { kind, title, shape, output, sources, stack, call, change, order } = writing;
  const position = stack.position(source);
  const module = call && placeOf(call.module);
  const origin = culprit(writing.bad);
  const began = origin && indices.get(origin.order);
  return {
    kind,
    name: title,
    shape,
    range: output,
    inputs: [...new Set(sources.map((one) => indices.get(one.order)!))],
    ...(position && { position }),
    ...(module && { module }),
    ...(change && { change }),
    ...(began !== undefined && { began }),
    ...(origin?.order === order && { reason: beginningOf(writing, source) }),
  };
}
