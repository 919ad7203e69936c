/** Takes the weights of all models as they are, with what optimizers remember of them. */
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { weightModel } from "../../run/weightMatching.ts";
import type { DescribedModel } from "../models/describeModel.ts";
import { held, memoryOf, type HeldModel, type Memory } from "./weightFile.ts";

/**
 * The tensors are the models' own: to be written before the program goes on.
 * @param holders for each parameter the optimizer that changes it
 */
export function captured({ info, modules }: DescribedModel, holders: ReadonlyMap<Tensor, Optimizer>): HeldModel {
  const own = tensorsByPath(modules[0]!);
  const { name, type, tensors } = weightModel(info);
  const values = new Map(tensors.flatMap(({ path }) => (own.has(path) ? [[path, own.get(path)!] as const] : [])));
  const memories = new Map<string, Memory>();
  for (const [path, tensor] of values) {
    const holder = holders.get(tensor);
    const state = holder?.state.get(tensor);
    if (state) memories.set(path, memoryOf(holder!.constructor.name, state));
  }
  return held(name, type, values, memories);
}

/** Parameters and buffers. */
export function tensorsByPath(root: DescribedModel["modules"][number]): ReadonlyMap<string, Tensor> {
  return new Map<string, Tensor>([...root.namedParameters(), ...root.namedBuffers()]);
}
