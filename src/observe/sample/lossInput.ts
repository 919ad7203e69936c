/** How a program makes what its loss is given out of what its model returned, so that the same can be done with other outputs. */
import type { Node } from "../../engine/autograd/node.ts";
import { contiguous } from "../../engine/ops/conversion.ts";
import { logSoftmax, softmax } from "../../engine/ops/softmax.ts";
import { sigmoid } from "../../engine/ops/unary.ts";
import { Tensor } from "../../engine/tensor.ts";

/** What is remembered of a model's output; it holds no graph. */
export interface SeenOutput extends Pick<Tensor, "storage" | "offset" | "dense"> {
  readonly shape: readonly number[];
  /** Number of the node that made it. */
  readonly node: number | undefined;
}

export function seenOutput(output: Tensor): SeenOutput {
  return { storage: output.storage, offset: output.offset, dense: output.dense, shape: output.shape, node: output.gradFn?.id };
}

/** The way from a model's output to the loss's input; it holds no graph either. */
export interface LossInput {
  readonly shape: readonly number[];
  /** The loss looks at the output's own elements: all of it or a part, in whatever order. `offset` is from the output's. */
  readonly view?: Pick<Tensor, "offset" | "strides" | "dtype">;
  /** Names of the operations that change values, in that order. */
  readonly steps: readonly string[];
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
export function wayToLoss(output: SeenOutput, input: Tensor): LossInput | undefined {
  const { shape } = input;
  if (output.storage === input.storage) {
    return output.dense ? { shape, view: { offset: input.offset - output.offset, strides: input.strides, dtype: input.dtype }, steps: [] } : undefined;
  }
  const steps = output.node === undefined ? undefined : stepsBetween(input.gradFn, output.node);
  return steps && { shape, steps };
}

/** Names of the operations that change values, from node `from` up to `last`, in that order; `undefined` unless all are known. */
function stepsBetween(last: Node | null, from: number): string[] | undefined {
  const steps: string[] = [];
  for (let node = last; node !== null; node = node.next[0] ?? null) {
    if (node.id === from) return steps.toReversed();
    if (node.operation.name in between) steps.push(node.operation.name);
    else if (!isReshape.test(node.operation.name)) return undefined;
  }
  return undefined;
}

/**
 * What the loss would be given of another output of the model.
 * @param share of the samples of the batch that was seen
 */
export function lossInputOf({ shape, view, steps }: LossInput, output: Tensor, share: number): Tensor {
  const own = firstOf(shape, share);
  if (!view) return steps.reduce((value, step) => between[step]!(value), output.reshape(own));
  const dense = contiguous(output);
  return new Tensor(dense.storage, dense.offset + view.offset, own, view.strides, view.dtype);
}

/** The shape with a share of its first dimension. */
export function firstOf(shape: readonly number[], share: number): number[] {
  return shape.map((size, i) => (i === 0 ? Math.round(size * share) : size));
}
