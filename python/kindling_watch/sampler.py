"""Measures a step: what modules put out, the gradients that came back, and the parameters before they change."""
from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple
from weakref import ref

import torch
from torch import nn

from .models import Model
from .packing import TensorPacker
from .statistics import Statistics, statistics

#: Tensors that a module returned beyond these are not measured.
_MOST_OUTPUTS = 8
#: How deep tensors are looked for in what a module was given or returned.
_DEPTH = 4
#: Largest difference between samples, as a share of the value, that is rounding.
_ROUNDING = 1e-6


def tensors_of(value: Any, depth: int = _DEPTH) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif depth > 0 and isinstance(value, (list, tuple)):
        for one in value:
            yield from tensors_of(one, depth - 1)
    elif depth > 0 and isinstance(value, dict):
        for one in value.values():
            yield from tensors_of(one, depth - 1)


def can_be_measured(tensor: Optional[torch.Tensor]) -> bool:
    return (
        tensor is not None
        and tensor.layout == torch.strided
        and tensor.device.type != "meta"
        and not tensor.is_complex()
        and not tensor.is_quantized
        and not nn.parameter.is_lazy(tensor)
        and tensor.numel() > 0
    )


class _Measured:
    """One output; several modules may have returned the very same tensor."""

    def __init__(self, tensor: torch.Tensor) -> None:
        self.tensor = ref(tensor)
        self.version = -1 if tensor.is_inference() else tensor._version
        self.output = statistics(tensor)
        self.is_trained = tensor.requires_grad
        self.gradient: Optional[Statistics] = None
        self.units: Optional[Dict[str, int]] = None


class Sampler:
    def __init__(self, timed: Callable[[Callable[[], None]], None]) -> None:
        #: Runs a part of the watch; what that takes is counted.
        self._timed = timed
        self._of_tensors: Dict[int, _Measured] = {}
        self._of_modules: Dict[int, Tuple[int, List[_Measured]]] = {}
        self._without_grad: Dict[int, int] = {}
        self._calls = 0
        self._kept: List[Tuple[int, int, str, nn.Parameter, torch.Tensor]] = []
        self._is_over = False
        #: What a loss was multiplied with before it went backward, so that small gradients are told from zero.
        self.scale = 1.0

    def returned(self, module: nn.Module, output: Any) -> None:
        if not torch.is_grad_enabled():
            self._without_grad[id(module)] = self._calls
            return
        tensors = [one for one in tensors_of(output) if can_be_measured(one)][:_MOST_OUTPUTS]
        measured = [self._measure_output(one) for one in tensors]
        if measured:
            if measured[0].units is None and tensors[0].dtype.is_floating_point:
                measured[0].units = _units(module, tensors[0])
            self._of_modules[id(module)] = (self._calls, measured)
        self._calls += 1

    def has_seen(self, model: Model) -> bool:
        return any(id(module) in self._of_modules for module in model.modules)

    def measure(self, model: Model, step: int, epoch: int) -> Dict[str, Any]:
        """To be called before the parameters change."""
        packer = TensorPacker()
        modules = []
        for index, module in enumerate(model.modules):
            own = self._module(module, index, packer)
            if own:
                modules.append(own)
        return {"model": model.id, "step": step, "epoch": epoch, "modules": modules, "tensors": packer.packed()}

    @torch.no_grad()
    def keep_parameters(self, model: Model) -> None:
        """Keeps the parameters that have a gradient as they are before the step."""
        for index, module in enumerate(model.modules):
            for name, parameter in module._parameters.items():
                if parameter is not None and parameter.grad is not None and can_be_measured(parameter):
                    self._kept.append((model.id, index, name, parameter, parameter.detach().clone()))

    @torch.no_grad()
    def changes(self, step: int) -> List[Dict[str, Any]]:
        """How far the step moved the parameters that were kept."""
        by_model: Dict[int, List[Dict[str, Any]]] = {}
        for model, module, name, parameter, before in self._kept:
            moved = (parameter.detach().double() - before.double()).square().mean().sqrt()
            by_model.setdefault(model, []).append({"module": module, "name": name, "change": float(moved)})
        self._kept = []
        return [{"model": model, "step": step, "parameters": parameters} for model, parameters in by_model.items()]

    def end(self) -> None:
        """Gradients that are yet to come belong to another step."""
        self._is_over = True
        self._of_modules.clear()
        self._of_tensors.clear()

    def _measure_output(self, tensor: torch.Tensor) -> _Measured:
        known = self._of_tensors.get(id(tensor))
        if known and known.tensor() is tensor and (tensor.is_inference() or known.version == tensor._version):
            return known
        measured = _Measured(tensor)
        self._of_tensors[id(tensor)] = measured
        if tensor.requires_grad:
            tensor.register_hook(lambda gradient: self._came_back(measured, gradient))
        return measured

    def _came_back(self, measured: _Measured, gradient: torch.Tensor) -> None:
        if self._is_over or not can_be_measured(gradient):
            return

        def measure() -> None:
            with torch.no_grad():
                measured.gradient = statistics(gradient if self.scale == 1 else gradient / self.scale)

        self._timed(measure)

    def _module(self, module: nn.Module, index: int, packer: TensorPacker) -> Optional[Dict[str, Any]]:
        call, returned = self._of_modules.get(id(module), (None, []))
        told: Dict[str, Any] = {"module": index}
        if returned:
            first, *further = returned
            told["output"] = packer.add(first.output)
            if first.gradient:
                told["outputGradient"] = packer.add(first.gradient)
            if further:
                told["furtherOutputs"] = [
                    {"output": packer.add(one.output), **({"gradient": packer.add(one.gradient)} if one.gradient else {})} for one in further
                ]
            if not first.is_trained:
                told["gradientless"] = "untrained"
            if first.units:
                told["units"] = first.units
            told["call"] = call
        elif id(module) in self._without_grad:
            told["gradientless"] = "noGrad"
        told["parameters"] = parameters_of(module, packer)
        return told if returned or told["parameters"] or "gradientless" in told else None


def parameters_of(module: nn.Module, packer: TensorPacker) -> List[Dict[str, Any]]:
    told = []
    for name, parameter in module._parameters.items():
        if parameter is None or not can_be_measured(parameter):
            continue
        own: Dict[str, Any] = {"name": name, "value": packer.add(statistics(parameter))}
        if can_be_measured(parameter.grad):
            own["gradient"] = packer.add(statistics(parameter.grad))
        told.append(own)
    return told


def afterwards(model: Model, step: int, epoch: int) -> Dict[str, Any]:
    """What is still there when the run ends: parameters as the last step left them, and their gradients."""
    packer = TensorPacker()
    modules = [{"module": index, "parameters": parameters_of(module, packer)} for index, module in enumerate(model.modules)]
    return {
        "model": model.id,
        "step": step,
        "epoch": epoch,
        "afterwards": True,
        "modules": [one for one in modules if one["parameters"]],
        "tensors": packer.packed(),
    }


def _unit_dimension(module: nn.Module, dimensions: int) -> int:
    """Along which dimension of an output its units lie."""
    kind = type(module).__name__
    features_last = kind.startswith(("Linear", "Bilinear", "Embedding", "LayerNorm", "RMSNorm", "RNN", "LSTM", "GRU", "MultiheadAttention", "Transformer"))
    if dimensions < 3 or features_last:
        return dimensions - 1
    channels = ("Conv", "BatchNorm", "InstanceNorm", "GroupNorm", "MaxPool", "AvgPool", "Adaptive", "Dropout")
    return 1 if dimensions > 3 or kind.startswith(channels) else dimensions - 1


@torch.no_grad()
def _units(module: nn.Module, tensor: torch.Tensor) -> Optional[Dict[str, int]]:
    if tensor.dim() == 0:
        return None
    values = tensor.detach().movedim(_unit_dimension(module, tensor.dim()), -1)
    samples = values.shape[0] if values.dim() > 1 else 1
    places = tuple(range(values.dim() - 1))
    peaks = values.abs().amax(places) if places else values.abs()
    zero = (peaks == 0).sum()
    if samples < 2:
        return {"count": values.shape[-1], "zero": int(zero)}
    spreads = (values - values[:1]).abs().amax(places)
    constant = (spreads <= _ROUNDING * peaks).sum()
    return {"count": values.shape[-1], "zero": int(zero), "constant": int(constant)}
