/** What the API's functions and methods give, where that isn't a tensor of floats. */
import { any, bool, bools, float, floats, int, ints, listOf, nestedFloats, none, number, size, string, tensor, tupleOf, type Type } from "./types.ts";

const pair: Type = { kind: "pair" };
const truthTests =
  "eq ne lt le gt ge less less_equal greater greater_equal not_equal isnan isinf isfinite isclose logical_and logical_or logical_xor logical_not isin all any bool";
const integers = "argmax argmin argsort nonzero long int randint randperm bincount count_nonzero multinomial searchsorted bucketize tril_indices triu_indices";
const same =
  "clone detach contiguous view reshape flatten unflatten squeeze unsqueeze permute transpose t expand expand_as narrow select index_select gather repeat tile " +
  "repeat_interleave flip roll chunk cat stack view_as to cpu cuda requires_grad_ take masked_select unfold swapaxes movedim abs neg clamp sort min max amax amin cumsum " +
  "scatter scatter_ scatter_add scatter_add_ index_add_ masked_fill masked_fill_ fill_ copy_ add_ sub_ mul_ tril triu diagonal diag where data zeros_like ones_like " +
  "triu_ tril_ broadcast_to ravel unique add sub mul maximum minimum pow square detach_ numpy astype copy concatenate split unbind prod item tolist";
const lists = "chunk split unbind tensor_split hsplit vsplit meshgrid broadcast_tensors split_with_sizes";

const results: ReadonlyMap<string, Type> = new Map<string, Type>([
  ...truthTests.split(" ").map((name) => [name, bools] as const),
  ...integers.split(" ").map((name) => [name, ints] as const),
  ...lists.split(" ").map((name) => [name, listOf(tensor)] as const),
  ...["numel", "dim", "ndimension", "nelement", "element_size", "storage_offset", "get_device"].map((name) => [name, int] as const),
  ...["is_tensor", "equal", "allclose", "is_contiguous", "is_floating_point", "is_complex", "is_grad_enabled"].map((name) => [name, bool] as const),
  ...["topk", "kthvalue", "cummax", "cummin", "mode"].map((name) => [name, pair] as const),
  ["backward", none],
  ["type", any],
  ["register_hook", { kind: "object", of: "HookHandle" }],
  ["std_mean", tupleOf(floats, floats)],
  ["var_mean", tupleOf(floats, floats)],
  ["manual_seed", any],
  ["save", none],
  ["load", any],
  ["device", any],
  ["is_available", bool],
  ["device_count", int],
  ["initial_seed", int],
]);

const preserving = new Set(same.split(" "));
const integerKept = new Set(["sum", "prod", "cumsum", "max", "min", "abs"]);

/**
 * What a tensor's method, or the function of the same name, gives.
 * @param name Python's
 * @param input the tensor it is about
 * @param more how many arguments come behind the tensor
 */
export function tensorResult(name: string, input: Type, more: number): Type {
  const elements = input.kind === "tensor" ? input.elements : undefined;
  if (name === "item") return elements === "int" ? int : elements === "bool" ? bool : elements === "float" ? float : number;
  if (name === "tolist") return listOf(elements === "float" ? nestedFloats : any);
  if (name === "size") return more > 0 ? int : size;
  if (name === "stride") return more > 0 ? int : listOf(int);
  if (["max", "min", "median", "sort"].includes(name)) return more > 0 || name === "sort" ? pair : { kind: "tensor", elements };
  if (name === "sum" && (elements === "bool" || elements === "int")) return ints;
  if (integerKept.has(name) && elements === "bool") return ints;
  const known = results.get(name);
  if (known?.kind === "list") return listOf({ kind: "tensor", elements });
  if (known) return known;
  if (preserving.has(name) || name === "sum") return { kind: "tensor", elements };
  return floats;
}

/** What calling a layer of the API gives. */
export function layerResult(layer: string): Type {
  switch (layer) {
    case "nn.LSTM":
      return tupleOf(floats, tupleOf(floats, floats));
    case "nn.LSTMCell":
    case "nn.GRU":
    case "nn.RNN":
    case "nn.MultiheadAttention":
      return tupleOf(floats, floats);
    case "nn.AdaptiveLogSoftmaxWithLoss":
      return any;
    default:
      return floats;
  }
}

/** Properties of tensors that are no tensors. */
export const tensorProperties: ReadonlyMap<string, Type> = new Map<string, Type>([
  ["shape", size],
  ["dtype", { kind: "dtype" }],
  ["device", any],
  ["ndim", int],
  ["requires_grad", bool],
  ["is_leaf", bool],
  ["is_cuda", bool],
  ["grad_fn", any],
  ["grad", floats],
  ["size", int],
  ["itemsize", int],
  ["nbytes", int],
]);

/** The methods of modules, optimizers, loaders …: what they give. */
export const memberResults: ReadonlyMap<string, Type> = new Map<string, Type>([
  ["parameters", { kind: "iterator", of: { kind: "tensor", elements: "float", parameter: true } }],
  ["buffers", { kind: "iterator", of: tensor }],
  ["named_parameters", { kind: "iterator", of: tupleOf(string, { kind: "tensor", elements: "float", parameter: true }) }],
  ["named_buffers", { kind: "iterator", of: tupleOf(string, tensor) }],
  ["children", { kind: "iterator", of: { kind: "object", of: "nn.Module" } }],
  ["modules", { kind: "iterator", of: { kind: "object", of: "nn.Module" } }],
  ["named_children", { kind: "iterator", of: tupleOf(string, { kind: "object", of: "nn.Module" }) }],
  ["named_modules", { kind: "iterator", of: tupleOf(string, { kind: "object", of: "nn.Module" }) }],
  ["get_last_lr", listOf(float)],
  ["zero_grad", none],
  ["step", any],
  ["load_state_dict", { kind: "object", of: "nn.IncompatibleKeys", item: listOf(string) }],
  ["register_buffer", none],
  ["register_parameter", none],
  ["add_module", none],
  ["register_forward_hook", { kind: "object", of: "HookHandle" }],
  ["register_forward_pre_hook", { kind: "object", of: "HookHandle" }],
  ["register_full_backward_hook", { kind: "object", of: "HookHandle" }],
  ["sample", floats],
  ["rsample", floats],
  ["log_prob", floats],
  ["entropy", floats],
  ["get_submodule", { kind: "object", of: "nn.Module" }],
]);
