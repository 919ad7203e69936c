"""Writes the public names of PyTorch's modules that docs/pytorch-coverage.md goes through.

    /usr/bin/python3 scripts/coverage/pytorch_names.py > scripts/coverage/pytorch-names.json
"""
import inspect
import json
import torch
from torch import distributions, nn, optim
from torch.optim import lr_scheduler, swa_utils
from torch.nn.utils import prune, rnn
from torch.utils import data


def own(module, keep):
    """Names that a module itself defines, or that PyTorch's C code defined for it."""
    return sorted(n for n, v in vars(module).items() if not n.startswith("_") and keep(v))


def function_of_module(v):
    return (inspect.isfunction(v) and v.__module__ in ("torch.nn.functional", "torch._jit_internal")) or inspect.isbuiltin(v)


def class_from(prefix):
    return lambda v: inspect.isclass(v) and v.__module__.startswith(prefix)


INTERNAL = {"assert_int_or_pair", "boolean_dispatch", "handle_torch_function", "has_torch_function", "has_torch_function_unary",
            "has_torch_function_variadic"}

names = {
    "torch.nn": sorted({*nn.modules.__all__, "Parameter", "UninitializedParameter", "UninitializedBuffer", "DataParallel"}),
    "torch.nn.functional": [n for n in own(nn.functional, function_of_module) if n not in INTERNAL],
    "torch.nn.init": [n for n in own(nn.init, inspect.isfunction) if n.endswith("_") or n == "calculate_gain"],
    "torch.nn.utils": ["clip_grad_norm_", "clip_grad_value_", "parameters_to_vector", "vector_to_parameters", "weight_norm", "remove_weight_norm",
                       "spectral_norm", "remove_spectral_norm", "skip_init", "fuse_conv_bn_eval", "fuse_conv_bn_weights", "fuse_linear_bn_eval",
                       "fuse_linear_bn_weights", "parametrize.register_parametrization", "parametrize.remove_parametrizations",
                       "parametrize.is_parametrized", "parametrize.cached", "parametrizations.orthogonal", "parametrizations.spectral_norm",
                       *(f"prune.{n}" for n in own(prune, lambda v: inspect.isfunction(v) or class_from("torch.nn.utils.prune")(v))),
                       *(f"rnn.{n}" for n in own(rnn, lambda v: inspect.isfunction(v) or inspect.isclass(v)) if n.startswith("pa") or n.startswith("unp") or n == "PackedSequence"),
                       "stateless.functional_call"],
    "torch.optim": sorted({n for n, v in vars(optim).items() if inspect.isclass(v)}),
    "torch.optim.lr_scheduler": own(lr_scheduler, class_from("torch.optim.lr_scheduler")),
    "torch.optim.swa_utils": own(swa_utils, lambda v: getattr(v, "__module__", "") == "torch.optim.swa_utils"),
    "torch.utils.data": sorted(n for n in data.__all__ if not n.startswith("_")),
    "torch.autograd": ["Function", "backward", "grad", "no_grad", "enable_grad", "set_grad_enabled", "inference_mode", "gradcheck", "detect_anomaly",
                       *(f"functional.{n}" for n in ("jacobian", "hessian", "vjp", "jvp", "hvp", "vhp"))],
    "torch.linalg": sorted(n for n, v in vars(torch.linalg).items() if not n.startswith("_") and (inspect.isbuiltin(v) or n == "LinAlgError")),
    "torch.distributions": sorted({*distributions.__all__, "kl.kl_divergence", "kl.register_kl"}),
    "Tensor": sorted(n for n in dir(torch.Tensor) if not n.startswith("_")),
}
print("{\n" + ",\n".join(f"  {json.dumps(space)}: {json.dumps(list(members))}" for space, members in names.items()) + "\n}")
