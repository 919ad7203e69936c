/**
 * A mark in the graph where several gradients that belong together are seen at once: module hooks need all gradients
 * with respect to a call's inputs (or outputs) in one place, and an input may have consumers outside the module.
 */
import { handOut } from "../memory/residents.ts";
import { withoutScratch } from "../memory/scratch.ts";
import { Tensor } from "../tensor.ts";
import { recordMany, type Node, type Operation } from "./node.ts";

/** User code that sees the gradients, `null` for a tensor that none has reached, and may return others in their place. */
export type BoundaryHook = (gradients: readonly (Tensor | null)[]) => readonly (Tensor | null)[] | undefined;

const boundaryOperation: Operation = {
  name: "BackwardHookFunctionBackward",
  runsProgram: true,
  backward(node: Node, ...gradients: (Tensor | null)[]) {
    for (const gradient of gradients) if (gradient !== null) handOut(gradient.storage);
    return withoutScratch(() => node.data(gradients)) ?? gradients;
  },
};

/**
 * The same values under one common node. Unlike a view, a result may be changed in place.
 * @param tensors those that require gradients, at least one
 */
export function boundary(tensors: readonly Tensor[], hook: BoundaryHook): Tensor[] {
  const marked = tensors.map((t) => new Tensor(t.storage, t.offset, t.shape, t.dense ? null : t.strides, t.dtype));
  recordMany(boundaryOperation, marked, tensors, [], hook);
  return marked;
}
