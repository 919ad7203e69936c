"""Writes signatures.json: the forms in which PyTorch takes the arguments of every public name that Kindling has.

    /usr/bin/python3 test/forms/signatures.py

Which names those are, names.ts says. The forms come from PyTorch 1.13: from the source of what is written in Python; for
the rest from its typing stubs, which have every overload; and for what the stubs leave out (`torch.linalg`, parts of
`nn.functional`) from the first line of its docstring, with types from its operator schemas. Where PyTorch 2 differs, it
decides: see `AMENDED`.
"""
import ast
import inspect
import json
import os
import re
import subprocess
import sys
import textwrap
import torch
import torch.nn.utils.fusion
import torch.nn.utils.parametrize
import torch.nn.utils.parametrizations
import torch.nn.utils.prune
import torch.nn.utils.stateless
import torch.utils.data
import torch.optim.swa_utils
import torch.nn.functional as F
from torch import linalg

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

# --- what is asked for beside the coverage page ---------------------------------------------------------------------------

BEYOND = ["torch.cuda.is_available", "torch.device", "torch.nn.RMSNorm", "torch.nn.RMSNorm.forward", "torch.nn.functional.rms_norm",
          "torch.nn.functional.scaled_dot_product_attention", "torch.optim.lr_scheduler.ReduceLROnPlateau.get_last_lr", "torch.autograd.Function.apply", "torch.nn.Module.register_full_backward_pre_hook",
          *(f"torch.autograd.FunctionCtx.{name}" for name in ("save_for_backward", "mark_dirty", "mark_non_differentiable", "set_materialize_grads"))]

# --- where PyTorch 2's documentation differs from 1.13, or the sources can't be read ----------------------------------------

# Overloads as Python writes them; an argument without an annotation has the type that 1.13 gives it.
STD = ["(input, dim: Optional[Union[_int, _size]]=None, *, correction: Number=1, keepdim=False, out=None)",
       "(input, dim: Optional[Union[_int, _size]], unbiased=True, keepdim=False, *, out=None)", "(input, unbiased=True)"]
ANY = ["(input, *, out=None)", "(input, dim: Union[_int, _size], keepdim=False, *, out=None)"]
RECURRENT = "bias: bool=True, batch_first: bool=False, dropout: float=0.0, bidirectional: bool=False"
PLACE = "device=None, dtype: Optional[_dtype]=None"
AMENDED = {
    # `correction` stands beside `unbiased` and has a default.
    **{f"torch.{name}": STD for name in ("std", "var", "std_mean", "var_mean")},
    **{f"Tensor.{name}": [form.replace("(input, ", "(").replace(", *, out=None", "").replace(", out=None", "") for form in STD] for name in ("std", "var")},
    # More than one dimension at once.
    **{f"torch.{name}": ANY for name in ("any", "all")},
    **{f"Tensor.{name}": ["()", "(dim: Union[_int, _size], keepdim=False)"] for name in ("any", "all")},
    **{f"{space}.{name}": [f"({first})", f"({first}{', ' if first else ''}dim: Union[_int, _size])"] for space, first, name in
       (("torch", "input", "squeeze"), ("Tensor", "", "squeeze"), ("Tensor", "", "squeeze_"))},
    # `steps` no longer has a default.
    "torch.linspace": ["(start, end, steps: _int, *, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False)"],
    "torch.logspace": ["(start, end, steps: _int, base=10, *, out=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False)"],
    # Where the typing stubs err.
    "torch.Generator.set_state": ["(new_state: Tensor)"],
    **{name: [f"({arguments}, *, dtype: Optional[_dtype]=None, device=None, requires_grad: bool=False, pin_memory=False)"] for name, arguments in
       (("torch.tensor", "data: Any"), ("Tensor.new_tensor", "data: Any"))},
    "torch.as_tensor": ["(data: Any, *, dtype: Optional[_dtype]=None, device=None)"],
    "Tensor.new_ones": [f"({size}, dtype: Optional[_dtype]=None, layout=None, device=None, pin_memory=False, requires_grad: bool=False)" for size in ("size: _size, *", "*size: _int")],
    "Tensor.type": ["(dtype: Optional[Union[_dtype, str]]=None, non_blocking=False)"],
    "Tensor.stride": ["()", "(dim: int)"],
    "Tensor.requires_grad_": ["(requires_grad: bool=True)"],
    "Tensor.to": ["(dtype: _dtype, non_blocking=False, copy=False, *, memory_format: Optional[memory_format]=None)",
                  "(device: Optional[Union[_device, str]]=None, dtype: Optional[_dtype]=None, non_blocking=False, copy=False, *, memory_format: Optional[memory_format]=None)",
                  "(other: Tensor, non_blocking=False, copy=False, *, memory_format: Optional[memory_format]=None)"],
    # Written in Python with `*args`.
    "torch.einsum": ["(equation: str, *operands: Tensor)", "(equation: str, operands: List[Tensor])"],
    "torch.unique": ["(input: Tensor, sorted: bool=True, return_inverse: bool=False, return_counts: bool=False, dim: Optional[int]=None)"],
    "torch.unique_consecutive": ["(input: Tensor, return_inverse: bool=False, return_counts: bool=False, dim: Optional[int]=None)"],
    "torch.atleast_1d": ["(*tensors: Tensor)", "(tensors: List[Tensor])"],
    "torch.atleast_2d": ["(*tensors: Tensor)", "(tensors: List[Tensor])"],
    "torch.atleast_3d": ["(*tensors: Tensor)", "(tensors: List[Tensor])"],
    "torch.block_diag": ["(*tensors: Tensor)"],
    "torch.broadcast_tensors": ["(*tensors: Tensor)"],
    "torch.broadcast_shapes": ["(*shapes: _size)"],
    "torch.chain_matmul": ["(*matrices: Tensor, out=None)"],
    "torch.meshgrid": ["(*tensors: Tensor, indexing: Optional[str]=None)", "(tensors: List[Tensor], *, indexing: Optional[str]=None)"],
    "torch.tensordot": ["(a: Tensor, b: Tensor, dims: Union[_int, List[List[_int]]]=2, out=None)"],
    "torch.norm": ["(input: Tensor, p: Optional[Union[Number, str]]='fro', dim: Optional[Union[_int, _size]]=None, keepdim: bool=False, out=None, dtype: Optional[_dtype]=None)"],
    "Tensor.norm": ["(p: Optional[Union[Number, str]]='fro', dim: Optional[Union[_int, _size]]=None, keepdim: bool=False, dtype: Optional[_dtype]=None)"],
    "Tensor.split": ["(split_size: Union[_int, _size], dim: int=0)"],
    "Tensor.unique": ["(sorted: bool=True, return_inverse: bool=False, return_counts: bool=False, dim: Optional[int]=None)"],
    "Tensor.unique_consecutive": ["(return_inverse: bool=False, return_counts: bool=False, dim: Optional[int]=None)"],
    "Tensor.unflatten": ["(dim: _int, sizes: _size)"],
    "Tensor.backward": ["(gradient: Optional[Tensor]=None, retain_graph: Optional[bool]=None, create_graph: bool=False, inputs: Optional[List[Tensor]]=None)"],
    "Tensor.register_hook": ["(hook: Callable)"],
    "torch.cdist": ["(x1: Tensor, x2: Tensor, p: float=2.0, compute_mode: str='use_mm_for_euclid_dist_if_necessary')"],
    "torch.device": ["(type: str, index: Optional[_int]=None)", "(device: Union[str, _device])"],
    "torch.finfo": ["(type: Optional[_dtype]=None)"],
    "torch.iinfo": ["(type: _dtype)"],
    "torch.load": ["(f, map_location=None, pickle_module=None, *, weights_only: bool=True, mmap: Optional[bool]=None)"],
    "torch.save": ["(obj, f, pickle_module=None, pickle_protocol: int=2, _use_new_zipfile_serialization: bool=True)"],
    "torch.where": ["(condition: Tensor, input: Union[Tensor, Number], other: Union[Tensor, Number], *, out=None)", "(condition: Tensor)"],
    # Newer arguments of layers, and what stood behind `*args, **kwargs`.
    "torch.nn.Module.to": ["(device=None, dtype: Optional[_dtype]=None, non_blocking: bool=False)", "(dtype: _dtype, non_blocking: bool=False)", "(tensor: Tensor, non_blocking: bool=False)"],
    "torch.nn.Module.state_dict": ["(*, destination=None, prefix: str='', keep_vars: bool=False)"],
    "torch.nn.Module.load_state_dict": ["(state_dict, strict: bool=True, assign: bool=False)"],
    "torch.nn.Module.zero_grad": ["(set_to_none: bool=True)"],
    "torch.nn.Module.named_parameters": ["(prefix: str='', recurse: bool=True, remove_duplicate: bool=True)"],
    "torch.nn.Module.named_buffers": ["(prefix: str='', recurse: bool=True, remove_duplicate: bool=True)"],
    "torch.nn.Module.register_forward_hook": ["(hook: Callable, *, prepend: bool=False, with_kwargs: bool=False, always_call: bool=False)"],
    "torch.nn.Module.register_forward_pre_hook": ["(hook: Callable, *, prepend: bool=False, with_kwargs: bool=False)"],
    "torch.nn.Module.register_full_backward_hook": ["(hook: Callable, prepend: bool=False)"],
    "torch.nn.Module.register_full_backward_pre_hook": ["(hook: Callable, prepend: bool=False)"],
    "torch.nn.Sequential": ["(*args: Module)", "(arg: Dict[str, Module])"],
    "torch.nn.Parameter": ["(data: Optional[Tensor]=None, requires_grad: bool=True)"],
    "torch.nn.UninitializedParameter": ["(requires_grad: bool=True, device=None, dtype: Optional[_dtype]=None)"],
    "torch.nn.UninitializedBuffer": ["(requires_grad: bool=False, device=None, dtype: Optional[_dtype]=None)"],
    "torch.nn.RNN": [f"(input_size: int, hidden_size: int, num_layers: int=1, nonlinearity: str='tanh', {RECURRENT}, {PLACE})"],
    "torch.nn.LSTM": [f"(input_size: int, hidden_size: int, num_layers: int=1, {RECURRENT}, proj_size: int=0, {PLACE})"],
    "torch.nn.GRU": [f"(input_size: int, hidden_size: int, num_layers: int=1, {RECURRENT}, {PLACE})"],
    "torch.nn.LSTM.forward": ["(input: Tensor, hx: Optional[Tuple[Tensor, Tensor]]=None)"],
    "torch.nn.GRU.forward": ["(input: Tensor, hx: Optional[Tensor]=None)"],
    "torch.nn.LayerNorm": [f"(normalized_shape, eps=1e-05, elementwise_affine=True, bias: bool=True, {PLACE})"],
    "torch.nn.RMSNorm": [f"(normalized_shape: Union[_int, _size], eps: Optional[float]=None, elementwise_affine: bool=True, {PLACE})"],
    "torch.nn.RMSNorm.forward": ["(x: Tensor)"],
    "torch.nn.functional.rms_norm": ["(input: Tensor, normalized_shape: _size, weight: Optional[Tensor]=None, eps: Optional[float]=None)"],
    "torch.nn.functional.scaled_dot_product_attention":
        ["(query: Tensor, key: Tensor, value: Tensor, attn_mask: Optional[Tensor]=None, dropout_p: float=0.0, is_causal: bool=False, *, scale: Optional[float]=None, enable_gqa: bool=False)"],
    "torch.nn.MultiheadAttention.forward":
        ["(query, key, value, key_padding_mask=None, need_weights=True, attn_mask=None, average_attn_weights=True, is_causal: bool=False)"],
    "torch.nn.Transformer": [f"(d_model, nhead, num_encoder_layers, num_decoder_layers, dim_feedforward, dropout, activation, custom_encoder, custom_decoder, layer_norm_eps, batch_first, norm_first, bias: bool=True, {PLACE})"],
    "torch.nn.TransformerEncoderLayer": [f"(d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias: bool=True, {PLACE})"],
    "torch.nn.TransformerDecoderLayer": [f"(d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias: bool=True, {PLACE})"],
    "torch.nn.TransformerEncoder": ["(encoder_layer: Module, num_layers: int, norm: Optional[Module]=None, enable_nested_tensor: bool=True, mask_check: bool=True)"],
    "torch.nn.TransformerDecoder": ["(decoder_layer: Module, num_layers: int, norm: Optional[Module]=None)"],
    "torch.nn.Transformer.forward": ["(src, tgt, src_mask, tgt_mask, memory_mask, src_key_padding_mask, tgt_key_padding_mask, memory_key_padding_mask, "
                                     "src_is_causal: Optional[bool]=None, tgt_is_causal: Optional[bool]=None, memory_is_causal: bool=False)"],
    "torch.nn.TransformerEncoder.forward": ["(src, mask, src_key_padding_mask, is_causal: Optional[bool]=None)"],
    "torch.nn.TransformerEncoderLayer.forward": ["(src, src_mask, src_key_padding_mask, is_causal: bool=False)"],
    "torch.nn.TransformerDecoder.forward": ["(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, tgt_is_causal: Optional[bool]=None, memory_is_causal: bool=False)"],
    "torch.nn.TransformerDecoderLayer.forward": ["(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, tgt_is_causal: bool=False, memory_is_causal: bool=False)"],
    **{f"torch.nn.functional.{name}": ["(input, target, size_average=None, reduce=None, reduction='mean', weight: Optional[Tensor]=None)"] for name in ("mse_loss", "l1_loss")},
    "torch.nn.functional.huber_loss": ["(input, target, reduction='mean', delta=1.0, weight: Optional[Tensor]=None)"],
    "torch.nn.functional.gaussian_nll_loss": ["(input, target, var: Union[Tensor, float], full=False, eps=1e-06, reduction='mean')"],
    "torch.nn.functional.multi_head_attention_forward": [
        "(query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, bias_k, bias_v, add_zero_attn, dropout_p, out_proj_weight, out_proj_bias, training, key_padding_mask, need_weights, "
        "attn_mask, use_separate_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight, static_k, static_v, average_attn_weights, is_causal: bool=False)"],
    # First values may be drawn from a generator of one's own.
    **{f"torch.nn.init.{name}": [f"({arguments}, generator: Optional[Generator]=None)"] for name, arguments in {
        "uniform_": "tensor, a, b", "normal_": "tensor, mean, std", "trunc_normal_": "tensor, mean, std, a, b", "xavier_uniform_": "tensor, gain", "xavier_normal_": "tensor, gain",
        "kaiming_uniform_": "tensor, a, mode, nonlinearity", "kaiming_normal_": "tensor, a, mode, nonlinearity", "orthogonal_": "tensor, gain", "sparse_": "tensor, sparsity, std"}.items()},
    "torch.nn.utils.fuse_conv_bn_weights": ["(conv_w: Tensor, conv_b: Optional[Tensor], bn_rm: Tensor, bn_rv: Tensor, bn_eps: float, bn_w: Optional[Tensor], bn_b: Optional[Tensor], transpose: bool=False)"],
    "torch.nn.utils.fuse_linear_bn_weights": ["(linear_w: Tensor, linear_b: Optional[Tensor], bn_rm: Tensor, bn_rv: Tensor, bn_eps: float, bn_w: Tensor, bn_b: Tensor)"],
    "torch.nn.utils.clip_grad_norm_": ["(parameters, max_norm, norm_type, error_if_nonfinite, foreach=None)"],
    "torch.nn.utils.clip_grad_value_": ["(parameters, clip_value, foreach=None)"],
    "torch.nn.utils.rnn.pack_padded_sequence": ["(input, lengths: Union[Tensor, List[int]], batch_first, enforce_sorted)"],
    "torch.nn.functional.ctc_loss": ["(log_probs, targets, input_lengths: Union[Tensor, List[int]], target_lengths: Union[Tensor, List[int]], blank, reduction, zero_infinity)"],
    "torch.nn.utils.rnn.pad_sequence": ["(sequences, batch_first, padding_value, padding_side: str='right')"],
    "torch.nn.utils.rnn.PackedSequence": ["(data: Tensor, batch_sizes: Optional[Tensor]=None, sorted_indices: Optional[Tensor]=None, unsorted_indices: Optional[Tensor]=None)"],
    "torch.nn.utils.stateless.functional_call": ["(module: Module, parameters_and_buffers: Dict[str, Tensor], args=None, kwargs=None, *, tie_weights: bool=True, strict: bool=False)"],
    # Optimizers: a default rate, and which of the rarer arguments stand by name only.
    "torch.optim.SGD": ["(params, lr: float=0.001, momentum=0, dampening=0, weight_decay=0, nesterov=False, *, maximize=False, foreach=None, differentiable=False, fused=None)"],
    "torch.optim.Adam": ["(params, lr, betas, eps, weight_decay, amsgrad, *, foreach=None, maximize=False, capturable=False, differentiable=False, fused=None, decoupled_weight_decay: bool=False)"],
    "torch.optim.AdamW": ["(params, lr, betas, eps, weight_decay, amsgrad, *, maximize=False, foreach=None, capturable=False, differentiable=False, fused=None)"],
    "torch.optim.Adamax": ["(params, lr, betas, eps, weight_decay, foreach=None, *, maximize=False, differentiable=False, capturable=False)"],
    "torch.optim.NAdam": ["(params, lr, betas, eps, weight_decay, momentum_decay, decoupled_weight_decay: bool=False, *, foreach=None, maximize: bool=False, capturable=False, differentiable=False)"],
    "torch.optim.RAdam": ["(params, lr, betas, eps, weight_decay, decoupled_weight_decay: bool=False, *, foreach=None, maximize: bool=False, capturable=False, differentiable=False)"],
    "torch.optim.Adagrad": ["(params, lr, lr_decay, weight_decay, initial_accumulator_value, eps, foreach=None, *, maximize=False, differentiable=False, fused=None)"],
    "torch.optim.Adadelta": ["(params, lr, rho, eps, weight_decay, foreach=None, *, capturable=False, maximize=False, differentiable=False)"],
    "torch.optim.RMSprop": ["(params, lr, alpha, eps, weight_decay, momentum, centered, capturable=False, foreach=None, maximize=False, differentiable=False)"],
    "torch.optim.Rprop": ["(params, lr, etas, step_sizes, *, capturable=False, foreach=None, maximize=False, differentiable=False)"],
    "torch.optim.ASGD": ["(params, lr, lambd, alpha, t0, weight_decay, foreach=None, maximize=False, differentiable=False, capturable=False)"],
    "torch.optim.Optimizer.zero_grad": ["(set_to_none: bool=True)"],
    **{f"torch.optim.{name}.step": ["(closure: Optional[Callable]=None)"] for name in
       ("Optimizer", "SGD", "Adam", "AdamW", "Adamax", "NAdam", "RAdam", "Adagrad", "Adadelta", "RMSprop", "Rprop", "ASGD")},
    "torch.optim.lr_scheduler.ReduceLROnPlateau.get_last_lr": ["()"],
    "torch.optim.lr_scheduler.ChainedScheduler": ["(schedulers, optimizer: Optional[Optimizer]=None)"],
    "torch.optim.swa_utils.AveragedModel": ["(model: Module, device=None, avg_fn: Optional[Callable]=None, multi_avg_fn: Optional[Callable]=None, use_buffers: bool=False)"],
    "torch.autograd.Function.apply": ["(*args: Any)"],
    "torch.autograd.FunctionCtx.save_for_backward": ["(*tensors: Tensor)"],
    "torch.autograd.FunctionCtx.mark_dirty": ["(*args: Tensor)"],
    "torch.autograd.FunctionCtx.mark_non_differentiable": ["(*args: Tensor)"],
    "torch.autograd.FunctionCtx.set_materialize_grads": ["(value: bool)"],
    "torch.autograd.grad": ["(outputs, inputs, grad_outputs, retain_graph, create_graph, only_inputs, allow_unused: Optional[bool]=None, is_grads_batched=False, materialize_grads: bool=False)"],
    "torch.autograd.gradcheck": ["(func, inputs, *, eps, atol, rtol, raise_exception, nondet_tol, check_undefined_grad, check_grad_dtypes, check_batched_grad, check_batched_forward_grad, check_forward_ad, "
                                 "check_backward_ad, fast_mode, masked: Optional[bool]=None)"],
    "torch.utils.data.DataLoader": ["(dataset, batch_size, shuffle, sampler, batch_sampler, num_workers, collate_fn, pin_memory, drop_last, timeout, worker_init_fn, multiprocessing_context, generator, *, "
                                    "prefetch_factor: Optional[int]=None, persistent_workers=False, pin_memory_device='', in_order: bool=True)"],
    "torch.utils.data.Sampler": ["(data_source=None)"],
}

# PyTorch still reads, but warns of, an order in which a factor stands before the operand by position.
FACTORS = {"alpha", "beta", "value"}
WITH_FACTOR = re.compile(r"^(add|sub|addbmm|addcmul|addcdiv|addmm|addmv|addr|baddbmm|subtract|rsub)_?$")

# --- arguments that mean nothing here -----------------------------------------------------------------------------------

# What to do instead.
ABSENT = {
    "out": "Results are new tensors: assign the result, or write into one with `y.copy_(…)`.",
    "device": "There is one device, the processor: leave `device` out.",
    "layout": "Tensors are dense: leave `layout` out.",
    "memory_format": "Tensors are laid out row by row: leave `memoryFormat` out.",
    "pin_memory": "There is one memory, so nothing is pinned: leave `pinMemory` out.",
    "names": "Dimensions have numbers, not names: leave `names` out.",
    "foreach": "All parameters are updated in one way: leave `foreach` out.",
    "fused": "All parameters are updated in one way: leave `fused` out.",
    "capturable": "There are no CUDA graphs: leave `capturable` out.",
    "differentiable": "A step is not differentiated: write the update with tensors, under autograd, instead.",
    "grad_scaler": "Everything is float32, so gradients need no scaling: leave `gradScaler` out.",
    "size_average": "Deprecated in PyTorch: say `reduction: \"mean\"` or `\"sum\"`.",
    "reduce": "Deprecated in PyTorch: say `reduction: \"none\"` for the loss of each element.",
    "implicit": "It is for PyTorch's own code: leave it out.",
    "_instance": "It is for PyTorch's own subclasses: leave it out.",
    "_stacklevel": "It only moves a warning of PyTorch's: leave it out, and give what follows by name.",
    "async_op": "There is one process: leave `asyncOp` out.",
    "non_blocking": "There is one device, so nothing is copied between devices: leave `nonBlocking` out.",
    "copy": "`to` copies where the type changes; say `x.clone()` for a copy.",
    "verbose": "PyTorch 2 has dropped it: print `scheduler.getLastLr()`.",
    "sparse": "Gradients are dense: leave `sparse` out.",
    "sparse_grad": "Gradients are dense: leave `sparseGrad` out.",
    "enable_nested_tensor": "There are no nested tensors: leave `enableNestedTensor` out.",
    "mask_check": "There are no nested tensors: leave `maskCheck` out.",
    "pickle_module": "Files are read and written by Kindling itself: leave `pickleModule` out.",
    "pickle_protocol": "Files are read and written by Kindling itself: leave `pickleProtocol` out.",
    "_use_new_zipfile_serialization": "Files have PyTorch's present form: leave it out.",
    "mmap": "Files are read whole: leave `mmap` out.",
    "grad_variables": "Deprecated in PyTorch: say `gradTensors`.",
    "only_inputs": "Deprecated in PyTorch: leave `onlyInputs` out; only the inputs get gradients.",
    "is_grads_batched": "Call `autograd.grad` once for each gradient instead.",
    "vectorize": "Rows are found one by one: leave `vectorize` out.",
    "strategy": "Rows are found by backward passes: leave `strategy` out.",
    "outer_jacobian_strategy": "Rows are found by backward passes: leave `outerJacobianStrategy` out.",
    "compute_mode": "There is one way to find distances: leave `computeMode` out.",
    "driver": "There is one way to decompose: leave `driver` out.",
}

def is_absent(name, path, form):
    """`reduce` is deprecated beside `reduction` only; elsewhere it says how. `torch.device` is all about its device; a loader takes `pin_memory` and warns."""
    return name in ABSENT and path != "torch.utils.data.DataLoader" and (name != "reduce" or form.named("reduction") is not None) and path != "torch.device"


# Other names that PyTorch's own reading of arguments takes, after NumPy.
ALIASES = {"dim": ["axis"], "keepdim": ["keepdims"], "input": ["x", "a", "x1"], "other": ["x2"]}

# --- types, in the words of PyTorch's operator schemas ---------------------------------------------------------------------

WORDS = {"_int": "int", "_float": "float", "_bool": "bool", "Number": "Scalar", "_dtype": "dtype", "torch.dtype": "dtype", "DType": "dtype", "_size": "int[]", "Size": "int[]", "torch.Size": "int[]",
         "_shape_t": "int[1]", "torch.Tensor": "Tensor", "_TensorOrTensors": "Tensor[1]", "_tensor_or_tensors": "Tensor[1]", "_params_t": "params", "ellipsis": "name",
         "T_module": "Module", "Callable": "function", "_collate_fn_t": "function", "_worker_init_fn_t": "function", "FILE_LIKE": "str", "MAP_LOCATION": "any", "object": "any", "Set": "any",
         "Sized": "Dataset", "Iterable": "iterable", "Tuple": "any[]", "Sequence": "any[]", "NamedShape": "int[]", "_device": "device", "Device": "device?", "_layout": "layout", "torch.Generator": "Generator", "nn.Module": "Module", "torch.nn.Module": "Module", "Any": "any",
         "Union[bool, int, float]": "Scalar", "builtins.float": "float", "builtins.int": "int", "SymInt": "int", "torch.SymIntNode": "Scalar", "torch.SymFloatNode": "Scalar"}


def type_of(node):
    """The type that an annotation means: `Optional[Union[_int, _size]]` is `int[1]?`, a number or a list of them."""
    text = ast.unparse(node)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return type_of(ast.parse(node.value, mode="eval").body)
    if text in ("None", "..."):
        return text
    if text in WORDS:
        return WORDS[text]
    if re.match(r"^(_ratio_\w+|BroadcastingList\d\[float\])$", text):
        return "float[1]"
    if re.match(r"^(_size_\w+|BroadcastingList\d\[int\])$", text):
        return "int[1]"
    if isinstance(node, ast.Subscript):
        return type_of_generic(node)
    return text.split(".")[-1]


def type_of_generic(node):
    kind = ast.unparse(node.value).split(".")[-1]
    parts = [type_of(part) for part in (node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice])]
    if kind == "Optional":
        return parts[0].rstrip("?") + "?"
    if kind == "Union":
        return union(parts)
    if kind == "Literal":
        return {True: "bool", False: "bool"}.get(ast.literal_eval(node.slice), "str")
    if kind == "Callable":
        return "function"
    if kind in ("List", "Sequence", "Iterable", "Tuple", "tuple", "list"):
        item = f"({parts[0]})" if "|" in parts[0] else parts[0]
        return f"{item}[]" if len(set(parts) - {"..."}) == 1 else "any[]"
    return {"Dict": "dict", "Mapping": "dict"}.get(kind, WORDS.get(kind, kind))


def union(parts):
    optional = "None" in parts or any(part.endswith("?") for part in parts)
    kept = sorted({part.rstrip("?") for part in parts if part != "None"})
    for item in ("int", "float", "Tensor", "Scalar"):
        if item in kept and f"{item}[]" in kept:
            kept = [f"{item}[1]" if part == item else part for part in kept if part != f"{item}[]"]
    return "|".join(kept) + ("?" if optional else "")


DOCUMENTED = [(r"[tT]uple of Tensors or Tensor|Tensor or tuple of Tensors?", "Tensor[1]"), (r"callable|function", "function"), (r"(float|Number).*Tensor|Tensor.*(float|Number)", "Scalar|Tensor"), (r"float or list", "float[1]"), (r"(int|float) or (tuple|list|sequence)|int, tuple|Union\[int, Tuple", "int[1]"), (r"tuple of ints|list of ints?|torch\.Size|Sequence\[int", "int[]"),
              (r"[tT]uple\[float|list of floats?", "float[]"), (r"iterable", "iterable"), (r"Module", "Module"), (r"Tensor", "Tensor"), (r"\bbool", "bool"), (r"\bstr", "str"),
              (r"Optimizer", "Optimizer"), (r"Dataset", "Dataset"), (r"Sampler", "Sampler"), (r"\bfloat|number", "float"), (r"\bint", "int"), (r"list", "any[]"), (r"dict", "dict")]


def documented_type(name, docs):
    """What the docstring says in `name (type, optional): …`, or None."""
    found = re.search(rf"^\s*[*`]*{re.escape(name)}[`]*\s*\((.*?)\)\s*:", docs or "", re.M)
    words = found and found.group(1)
    return next((kind for pattern, kind in DOCUMENTED if words and re.search(pattern, words)), None)


# What the docstrings don't say.
BY_NAME = {"tensor": "Tensor", "closure": "function", "epoch": "int", "last_epoch": "int", "metrics": "Scalar|Tensor", "sample_shape": "int[]", "batch_shape": "int[]", "event_shape": "int[]", "base_distribution": "Distribution", "type_p": "function", "type_q": "function", "value": "Tensor", "dtype": "dtype",
           "device": "device", "generator": "Generator", "params": "iterable", "defaults": "dict", "state_dict": "dict", "hx": "Tensor", "model": "Module", "module": "Module", "module_cls": "function",
           "optimizer": "Optimizer", "input": "Tensor", "loader": "iterable", "batch": "any[]", "nonlinearity": "str", "sparsity": "float", "pruning_method": "function", "parameters": "iterable",
           "conv": "Module", "linear": "Module", "bn": "Module", "swa_lr": "float[1]", "power": "float", "d": "dtype", "validate_args": "bool", "data_source": "Dataset", "indices": "int[]", "weights": "iterable",
           "replacement": "bool", "num_samples": "int", "profile": "str", "precision": "int", "threshold": "int", "edgeitems": "int", "linewidth": "int", "sci_mode": "bool", "B": "Tensor", "embed_dim": "int", "num_heads": "int", "_random_samples": "Tensor", "hidden_size": "int",
           "input_size": "int", "num_chunks": "int", "add_bias_kv": "bool", "kdim": "int", "vdim": "int", "query": "Tensor", "key": "Tensor", "callable": "function", "probs": "Scalar|Tensor", "logits": "Scalar|Tensor"}


def type_by_name(argument):
    """Of what has neither an annotation nor a line in the docs."""
    named = BY_NAME.get(argument["name"])
    return named or {bool: "bool", int: "float", float: "float", str: "str"}.get(type(argument.get("default")), "any")


# --- from Python's own text of a signature to arguments ---------------------------------------------------------------------


class Form:
    """One overload: its arguments in order."""

    def __init__(self, arguments):
        self.arguments = arguments

    @staticmethod
    def of_text(text):
        return Form.of(ast.parse(f"def form{text}: ...").body[0].args)

    @staticmethod
    def of(arguments):
        """From the syntax tree of a function's arguments."""
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
        found = [argument_of(each, "positional", default) for each, default in zip(positional, defaults)]
        if arguments.vararg:
            found.append(argument_of(arguments.vararg, "variadic", None))
        found += [argument_of(each, "keyword", default) for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults)]
        if arguments.kwarg:
            found.append(argument_of(arguments.kwarg, "named", None))
        return Form(found)

    def without(self, *names):
        return Form([each for each in self.arguments if each["name"] not in names])

    def named(self, name):
        return next((each for each in self.arguments if each["name"] == name), None)

    def key(self):
        return json.dumps(self.arguments)


def argument_of(node, kind, default):
    # `from` is a word of Python's own.
    argument = {"name": {"from_": "from"}.get(node.arg, node.arg), "kind": kind}
    if node.annotation is not None:
        argument["type"] = type_of(node.annotation)
    if default is not None:
        argument.update(optional=True, default=default_of(default))
    elif kind in ("variadic", "named"):
        argument["optional"] = True
    elif kind == "keyword" and argument.get("type", "").endswith("?"):
        argument.update(optional=True, default=None)
    return argument


def default_of(node):
    """A JSON value; what JSON can't say is `{"python": "math.inf"}`."""
    try:
        return plain(ast.literal_eval(node))
    except (ValueError, SyntaxError):
        text = ast.unparse(node)
    try:
        return plain(eval(text, {"math": __import__("math"), "inf": float("inf")}))
    except Exception:
        return {"python": text}


def plain(value):
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return {"python": str(value)}
    if value is None or isinstance(value, (bool, int, float, str, list)):
        return value
    return {"python": "default_generator" if value is torch.default_generator else getattr(value, "__name__", str(value))}


# --- the sources --------------------------------------------------------------------------------------------------------


def stubs(path, inside=None):
    """Every overload in a typing stub, by name; of the functions of one class where `inside` names it."""
    with open(os.path.join(os.path.dirname(torch.__file__), path)) as file:
        body = ast.parse(file.read()).body
    if inside:
        body = next(node for node in body if isinstance(node, ast.ClassDef) and node.name == inside).body
    found = {}
    for node in body:
        if isinstance(node, ast.FunctionDef):
            found.setdefault(node.name, []).append(Form.of(node.args))
    return found


FUNCTIONS = {**stubs("_C/__init__.pyi"), **stubs("_C/_VariableFunctions.pyi")}
METHODS = stubs("_C/__init__.pyi", "_TensorBase")
GENERATOR = stubs("_C/__init__.pyi", "Generator")


def of_stub(name, overloads):
    """Without names of dimensions, deprecated orders and what another overload covers."""
    kept = [Form([{**each, "name": "input"} if each["name"] == "self" else each for each in form.arguments]) for form in overloads
            if not any("name" in re.split(r"\W", each.get("type", "")) and each["name"] != "names" for each in form.arguments)]
    kept = [form.without("names") for form in kept]
    kept = [form for form in kept if not (WITH_FACTOR.match(name) and any(each["name"] in FACTORS and each["kind"] == "positional" for each in form.arguments))]
    kept = list({form.key(): form for form in kept}.values())
    # Of two forms that cover each other the later one stays.
    return [form for i, form in enumerate(kept) if not any(covers(other, form) and (j > i or not covers(form, other)) for j, other in enumerate(kept) if j != i)]


def covers(wide, narrow):
    """Whether every call of the narrow form, but for what is absent here, is one of the wide form."""
    (wide_places, wide_names), (places, names) = places_and_names(wide), places_and_names(narrow)
    if len(places) > len(wide_places) or not all(takes(a, b) for a, b in zip(wide_places, places)):
        return False
    rest = [*wide_places[len(places):], *(each for name, each in wide_names.items() if name not in names)]
    return all(name in wide_names and takes(wide_names[name], each) for name, each in names.items()) and all(each.get("optional") for each in rest)


def places_and_names(form):
    """What may stand by position, and by its name what can't."""
    places = [each for each in form.arguments if each["kind"] != "keyword"]
    return places, {each["name"]: each for each in form.arguments if each["kind"] == "keyword" and not is_absent(each["name"], "", form)}


def takes(wide, narrow):
    """Whether one argument does for another."""
    kind = lambda each: (each["name"], each["kind"], each.get("type", "").rstrip("?"))
    return kind(wide) == kind(narrow) and (wide.get("optional") or not narrow.get("optional"))


def of_python(function, docs, bound):
    """From the source of a Python function, so that annotations stand as they were written."""
    function = inspect.unwrap(function)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)).strip()).body[0]
    form = Form.of(tree.args)
    for each, parameter in zip(form.arguments, inspect.signature(function).parameters.values()):
        if "default" in each and isinstance(each["default"], dict):
            each["default"] = plain(parameter.default)
        # PyTorch's own mark of an argument that must be given although others before it needn't.
        if type(parameter.default).__name__ == "_RequiredParameter":
            del each["optional"], each["default"]
    if bound:
        form = Form(form.arguments[1:])
    for each in form.arguments:
        # The docstring of PolynomialLR errs about these.
        documented = None if each["name"] in ("last_epoch", "power") else documented_type(each["name"], docs)
        each.setdefault("type", documented or type_by_name(each))
    return [form]


SCHEMA_WORDS = {"number": "Scalar", "List[int]": "int[]", "Optional[int]": "int?", "List[Tensor]": "Tensor[]", "List[float]": "float[]", "Dict": "dict"}


def of_schemas(name, operator, docs):
    """From the docstring's first line, with types, and what stands by name only, from the operator's schemas."""
    line = docs.strip().split("\n")[0].split("->")[0].strip()
    # Some lines name a type as C++ does: `bool pivot=True`.
    form = Form.of_text(re.sub(r"\b(bool|int|float|Tensor) (?=\w)", "", line[line.index("("):]))
    schemas = [schema for schema in torch._C._jit_get_schemas_for_operator(f"aten::{operator}") if not any(each.is_out for each in schema.arguments)]
    first = next(iter(schemas[0].arguments)).name
    for i, each in enumerate(form.arguments):
        known = [found for schema in schemas for found in schema.arguments if found.name == each["name"] or (i == 0 and found is schema.arguments[0]) or (i == 0 and found.name == "self")]
        each["type"] = union([schema_type(found) for found in known]) if known else "Tensor?" if each["name"] == "out" else type_by_name(each)
        if known and all(found.kwarg_only for found in known):
            each["kind"] = "keyword"
        # What PyTorch documents under a name of its own it reads as `input`.
        if i == 0 and first == "self" and each["name"] != "input":
            each["also"] = ["input"]
    form.arguments.sort(key=lambda each: each["kind"] == "keyword")
    return [form]


def schema_type(argument):
    text, optional = str(argument.type), ""
    while text.startswith("Optional["):
        text, optional = text[len("Optional["):-1], "?"
    text = "dtype" if argument.name == "dtype" else SCHEMA_WORDS.get(text, text)
    return (text.replace("[]", "[1]") if argument.N else text) + optional


# --- all public names ---------------------------------------------------------------------------------------------------


def camel(name):
    return re.sub(r"_([a-z0-9])", lambda found: found.group(1).upper(), name)


def find(path):
    """What PyTorch has under a public name; the fusing functions are in a module of their own there."""
    owner, _, name = path.rpartition(".")
    if owner == "torch.nn.utils" and name.startswith("fuse_"):
        return getattr(torch.nn.utils.fusion, name)
    found = torch
    for part in path.removeprefix("torch.").split("."):
        found = getattr(found, part, None)
    return found


def forms_of(path):
    """The overloads of a public name as 1.13 has them, or None where it is no function or class."""
    name = path.split(".")[-1]
    value = find(path)
    if path.startswith("Tensor.") and not inspect.isfunction(value):
        return of_stub(name, [form.without("self", "out") for form in METHODS[name]]) if name in METHODS and callable(value) else None
    if path.startswith("torch.Generator"):
        return [form.without("self") for form in GENERATOR["__init__" if name == "Generator" else name]] if (name in GENERATOR or name == "Generator") else None
    if inspect.isclass(value):
        return of_python(value.__init__, value.__doc__, True) if inspect.isfunction(value.__init__) else [Form([])]
    if value is None or not callable(value):
        return None
    if hasattr(F, f"{name}_with_indices") and path.startswith("torch.nn.functional."):
        return of_python(getattr(F, f"{name}_with_indices"), value.__doc__, False)
    if inspect.isfunction(value):
        return of_python(value, value.__doc__, is_method(path))
    if path.startswith("torch.linalg."):
        return of_schemas(name, f"linalg_{name}", value.__doc__)
    if name in FUNCTIONS and value is getattr(torch, name, None):
        return of_stub(name, FUNCTIONS[name])
    return of_schemas(name, SCHEMA_NAMES.get(name, name), value.__doc__)


SCHEMA_NAMES = {"logsigmoid": "log_sigmoid"}


def is_method(path):
    owner, _, name = path.rpartition(".")
    kind = find(owner)
    return inspect.isclass(kind) and not isinstance(inspect.getattr_static(kind, name), staticmethod)


def methods(path, have):
    """The public methods that a class brings itself, or inherits from a base that isn't public."""
    own = find(path)
    public = {*map(find, have), object, *inspect.getmro(torch.Tensor)}
    places = [each for each in inspect.getmro(own) if each is own or each not in public]
    return sorted({name for place in places for name, value in vars(place).items() if not name.startswith("_") and inspect.isroutine(getattr(own, name)) and not inspect.isclass(value)})


def all_paths():
    here = json.loads(subprocess.run(["node", "--import", "tsx", os.path.join(HERE, "names.ts")], cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    have = here["have"]
    exported = set(here["exported"])
    functions = [f"torch.{name}" for name in sorted(dir(torch)) if not name.startswith("_") and camel(name) in exported and callable(getattr(torch, name))]
    decompositions = [f"torch.linalg.{name}" for name in sorted(dir(linalg)) if camel(name) in here["linalg"]]
    paths = [*have, *functions, *decompositions, *BEYOND]
    for path, known in here["methods"].items():
        if inspect.isclass(find(path)):
            paths += [f"{path}.{name}" for name in methods(path, have) if camel(name) in known]
    # Made by `apply`, never by users.
    return [path for path in dict.fromkeys(paths) if path != "torch.autograd.Function"]


def amended(path, forms):
    """PyTorch 2's forms; what they don't say of an argument is as it was."""
    before = {each["name"]: each for form in forms or [] for each in form.arguments}
    result = [Form.of_text(text) for text in AMENDED[path]]
    for each in (each for form in result for each in form.arguments):
        # An amendment that only repeats the name keeps the default, too.
        kept = ("type",) if "default" in each or "type" in each else ("type", "optional", "default")
        for key in kept:
            if key in before.get(each["name"], {}):
                each.setdefault(key, before[each["name"]][key])
    return result


def finish(path, form):
    """The types still missing, and which arguments are absent here."""
    for each in form.arguments:
        each.setdefault("type", type_by_name(each))
        if "default" in each and each["default"] is None and each["type"] != "any":
            each["type"] = each["type"].rstrip("?") + "?"
        if is_absent(each["name"], path, form):
            each["absent"] = True
    order = ("name", "kind", "type", "optional", "default", "also", "absent")
    return [{key: each[key] for key in order if key in each} for each in form.arguments]


def table():
    forms, attributes, unread = {}, [], []
    for path in all_paths():
        try:
            found = forms_of(path)
        except (AttributeError, IndexError, OSError, TypeError) as problem:
            found = None
            if path not in AMENDED:
                unread.append(f"{path}: {problem}")
        found = amended(path, found) if path in AMENDED else found
        if found is None:
            attributes.append(path)
        else:
            forms[path] = [finish(path, form) for form in found]
    if unread:
        raise SystemExit("These can't be read; put their forms into AMENDED:\n" + "\n".join(unread))
    return forms, attributes


if __name__ == "__main__":
    forms, attributes = table()
    compact = lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    rows = ",\n".join(f"    {compact(path)}: {compact(overloads)}" for path, overloads in sorted(forms.items()))
    head = ",\n".join(f"    {compact(name)}: {compact(text)}" for name, text in ABSENT.items())
    with open(os.path.join(HERE, "signatures.json"), "w") as file:
        file.write(f'{{\n  "absent": {{\n{head}\n  }},\n  "aliases": {compact(ALIASES)},\n  "attributes": {compact(sorted(attributes))},\n  "forms": {{\n{rows}\n  }}\n}}\n')
    print(f"{len(forms)} names, {sum(len(each) for each in forms.values())} forms, {sum(len(form) for each in forms.values() for form in each)} arguments; {len(attributes)} attributes", file=sys.stderr)
