/** Along which dimension of an output its units lie. */
import type { AnyModule } from "../../engine/nn/module.ts";
import type { Tensor } from "../../engine/tensor.ts";

/** Layers whose features lie last however many dimensions there are, by class name. */
const featuresLast = /^(Linear|Bilinear|Embedding|EmbeddingBag|LayerNorm|RMSNorm|RNN|LSTM|GRU|MultiheadAttention|Transformer\w*)$/;
/** Layers whose channels lie behind the samples, be there one dimension of places or more. */
const channelsSecond = /^(Conv|ConvTranspose|BatchNorm|InstanceNorm|GroupNorm|MaxPool|AvgPool|AdaptiveMaxPool|AdaptiveAvgPool|Dropout)(\dd)?$/;

/** @param layer that put the tensor out, or to whose output a function was applied */
export function unitDimension(layer: AnyModule, { shape }: Tensor): number {
  const last = shape.length - 1;
  const type = layer.constructor.name;
  if (last < 2 || featuresLast.test(type)) return last;
  return last > 2 || channelsSecond.test(type) ? 1 : last;
}
