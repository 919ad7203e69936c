/** How a program makes what its loss is given out of what its model returned, so that the same can be done with other outputs. */
import type { Node } from "../../engine/autograd/node.ts";
import { contiguous } from "../../engine/ops/conversion.ts";
import { logSoftmax, softmax } from "../../engine/ops/softmax.ts";
import { sigmoid } from "../../engine/ops/unary.ts";
import { Tensor } from "../../engine/tensor.ts";

/**
 * Makes the loss's input of another output of the model.
 * @param share of the samples of the batch that was seen; those are its first
 */
export type ToLossInput = (output: Tensor, share: number) => Tensor;

/** What is remembered of a model's output; it holds no graph. */
export interface SeenOutput extends Pick<Tensor, "storage" | "offset" | "dense"> {
  readonly shape: readonly number[];
  /** Number of the node that made it. */
  readonly node: number | undefined;
}

export function seenOutput({ storage, offset, dense, shape, gradFn }: Tensor): SeenOutput {
  return { storage, offset, dense, shape: [...shape], node: gradFn?.id };
}

/** What is known to lie between outputs and losses, by PyTorch's names of the gradient functions. */
const between: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  SigmoidBackward0: sigmoid,
  LogSoftmaxBackward0: (x) => logSoftmax(x, x.dim() === 1 ? 0 : 1),
  SoftmaxBackward0: (x) => softmax(x, x.dim() === 1 ? 0 : 1),
};

/** Views that keep the elements in their order. */
const isReshape = /^(View|UnsafeView|Squeeze|Unsqueeze)Backward\d$/;

/** @returns `undefined` where the loss was given something else than that output, or what can't be done again */
export function toLossInput(output: SeenOutput, input: Tensor): ToLossInput | undefined {
  return output.storage === input.storage ? sameView(output, input) : sameSteps(output, input);
}

/** The loss looks at the output's own elements: all of it or a part, in whatever order. */
function sameView(output: SeenOutput, input: Tensor): ToLossInput | undefined {
  if (!output.dense) return undefined;
  const { strides, dtype } = input;
  const shape = [...input.shape];
  const offset = input.offset - output.offset;
  return (other, share) => {
    const dense = contiguous(other);
    return new Tensor(dense.storage, dense.offset + offset, firstOf(shape, share), strides, dtype);
  };
}

/** The loss's input was computed from the output by what is known. */
function sameSteps(output: SeenOutput, input: Tensor): ToLossInput | undefined {
  const steps = output.node === undefined ? undefined : stepsBetween(input.gradFn, output.node);
  const shape = [...input.shape];
  return steps && ((other, share) => steps.reduce((value, step) => between[step]!(value), other.reshape(firstOf(shape, share))));
}

/** Names of the operations that change values, from node `from` up to `last`, in that order; `undefined` unless all are known. */
function stepsBetween(last: Node | null, from: number): string[] | undefined {
  const steps: string[] = [];
  for (let node = last; node !== null; node = node.next[0] ?? null) {
    if (node.id === from) return steps.toReversed();
    if (node.name in between) steps.push(node.name);
    else if (!isReshape.test(node.name)) return undefined;
  }
  return undefined;
}

/** The shape with a share of its first dimension. */
export function firstOf(shape: readonly number[], share: number): number[] {
  return shape.map((size, i) => (i === 0 ? Math.round(size * share) : size));
}
