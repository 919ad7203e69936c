/**
 * How many multiplications with an addition an operation's forward pass takes.
 *
 * The convention is that of PyTorch's own counter (`torch.utils.flop_counter`, which calls each of them two FLOPs): products
 * count, and nothing else does. Matrix products, convolutions, recurrent layers and attention are products; biases, activations,
 * normalisation, softmax, pooling and looking up an embedding count 0. torchinfo's "mult-adds" differ where it goes by
 * parameters: it adds one for each bias and each scale of a normalisation, knows nothing of products without parameters
 * (attention's scores), and multiplies a transposed convolution's kernel by the positions of the output rather than the input.
 */
import type { AnyOperation } from "../../engine/autograd/node.ts";
import type { Tensor } from "../../engine/tensor.ts";

type Formula = (inputs: readonly Tensor[], outputs: readonly Tensor[], data: unknown) => number;

/** [m, k] × [k, n], one or a batch of them: each value of the result is a sum of k products. */
const product: Formula = ([a], [result]) => result!.numel() * a!.shape.at(-1)!;

/** The kernel is laid on each window: positions of a convolution's output, of a transposed convolution's input. */
const convolution: Formula = ([, weight], _, data) => {
  const [batch, , , , , , , , height, width] =
    "transposed" in (data as object) ? (data as { transposed: readonly number[] }).transposed : (data as readonly number[]);
  return batch! * height! * width! * weight!.numel();
};

/** Each row of the packed sequence meets the input's weights, the hidden state's, and those of an LSTM's projection. */
const recurrent: Formula = ([rows, inputWeight, hiddenWeight, ...rest], _, data) => {
  const { states, biases } = data as { readonly states: number; readonly biases: number };
  const projection = rest[states + biases]?.numel() ?? 0;
  return rows!.shape[0]! * (inputWeight!.numel() + hiddenWeight!.numel() + projection);
};

/** Each score is a product of a query and a key, and is a factor of a whole value. */
const attention: Formula = ([query], [output, scores], data) => {
  const [batch, heads, queries] = scores!.shape as [number, number, number];
  const valueFeatures = output!.numel() / (batch * heads * queries);
  // Queries, keys and values that lie side by side in fewer tensors are of one size.
  const isPacked = (data as { readonly inputs: number }).inputs < 3;
  const queryFeatures = isPacked ? valueFeatures : query!.numel() / (batch * heads * queries);
  return scores!.numel() * (queryFeatures + valueFeatures);
};

/** By what PyTorch calls the operation's gradient. */
const formulas: Readonly<Record<string, Formula>> = {
  AddmmBackward0: product,
  MmBackward0: product,
  BmmBackward0: product,
  ConvolutionBackward0: convolution,
  ScaledDotProductAttentionBackward0: attention,
  LstmBackward0: recurrent,
  GruBackward0: recurrent,
  RnnTanhBackward0: recurrent,
  RnnReluBackward0: recurrent,
};

/** Of one operation, as `OperationWatch.ran` tells it. */
export function multiplyAdds({ name }: AnyOperation, inputs: readonly Tensor[], outputs: readonly Tensor[], data: unknown): number {
  return Object.hasOwn(formulas, name) ? formulas[name]!(inputs, outputs, data) : 0;
}
