/** What a name says of what it holds, where nothing else does. */
import { bool, float, int, listOf, someModule, string, tensor, type Type } from "./types.ts";

/** Names that say what they hold. */
export const telling: readonly (readonly [RegExp, () => Type])[] = [
  [
    /^(model|net|network|module|encoder|decoder|generator|discriminator|critic|actor|policy|layer|block|G|D|m|netG|netD|backbone|teacher|student)$/,
    () => someModule,
  ],
  [/(^|_)(optimizer|optim|opt)$/, () => ({ kind: "object", of: "optim.Optimizer" })],
  [/(^|_)(scheduler|sched)$/, () => ({ kind: "object", of: "optim.lrScheduler.LRScheduler" })],
  [/(^|_)(loader|dataloader|iterator)$/, () => ({ kind: "object", of: "data.DataLoader", item: listOf(tensor) })],
  [/^(criterion|loss_fn|loss_function|loss_func)$/, () => ({ kind: "object", of: "nn.Module" })],
  [/(^|_)(dropout|p|p_drop|drop_prob|lr|eps|alpha|beta|gamma|momentum|weight_decay|temperature|ratio|rate|prob|std|tau|sigma)$/, () => float],
  [/(^|_)(name|path|mode|filename|text|label_name|prefix|activation)$/, () => string],
  [/^(use_|is_|has_|with_)|(^|_)(bias|verbose|bidirectional|training|causal)$/, () => bool],
  [/(sizes|dims|channels_list|layers_list|widths|hidden_layers)$/, () => listOf(int)],
  [
    /^(n|num|max|min)_|(^|_)(dim|dims|size|channels|features|epochs|epoch|layers|heads|hidden|inputs|outputs|classes|len|length|steps|step|index|idx|stride|padding|groups|blocks|planes|width|height|depth|hiddens|ch|n|k|seed|count|c|vocab|embed|embd|experts|in|out|rank|latent)$/,
    () => int,
  ],
];

/** Names of numbers that lie anywhere between two that are written alike, and never half way, as a share of so many samples does. */
export const lossNames = /loss|nll|elbo|perplexity|ppl|(^|_)(bce|mse|mae|rmse|kl|kld|norm|lr|elapsed|seconds|time)($|_)/i;

/** Names of what is put into a network. */
export const tensorNames =
  /^(x|y|z|h|c|q|k|v|xs|ys|input|inputs|output|outputs|out|target|targets|label|labels|pred|preds|prediction|predictions|logits|logit|mu|logvar|log_var|recon|recon_x|img|image|images|imgs|src|tgt|trg|mask|hidden|query|key|value|queries|keys|values|batch|data|tensor|t|real|fake|noise|state|states|memory|tokens|idx|weights?|w|b|grad|emb|embedding|anchor|positive|negative|features|x1|x2|x\d|out\d|output\d|input\d|context|cond|residual|skip|log_probs|rewards|returns|theta|adj|feats?|src_mask|edge_index)$/;

/** Methods that only tensors have: whatever has them is one. */
export const onlyTensors =
  /^(unsqueeze|squeeze|view|reshape|permute|transpose|contiguous|detach|masked_fill|bool|long|argmax|argmin|softmax|log_softmax|sigmoid|clamp|clamp_min|expand|expand_as|gather|scatter|scatter_add|flatten|matmul|bmm|chunk|unbind|topk|numel|cumsum)$/;
