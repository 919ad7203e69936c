"""Where PyTorch tells the watcher what happens: a handful of functions that are put in front of PyTorch's own."""
from __future__ import annotations

import functools
import gc
import os
import sys
import threading
from typing import Any, Callable

import torch
from torch import nn
from torch.optim import Optimizer
from torch.utils.data import DataLoader
from torch.utils.data.dataloader import _BaseDataLoaderIter

from .epochs import Pass
from .watcher import Watcher

#: The thread that trains.
_thread = 0


def install(watcher: Watcher) -> None:
    """Once in a process."""
    global _thread
    _thread = threading.get_ident()
    _hook_modules(watcher)
    _hook_backward(watcher)
    _hook_optimizers(watcher)
    _hook_loaders(watcher)
    _hook_scaler(watcher)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=watcher.forked)


def find_existing(watcher: Watcher) -> None:
    """Modules and optimizers that were made before anybody watched."""
    for one in gc.get_objects():
        try:
            if isinstance(one, Optimizer):
                _hook_step(watcher, type(one))
                if "step" in vars(one):
                    _hook_bound_step(watcher, one)
                watcher.optimizer_made(one)
            elif isinstance(one, nn.Module):
                watcher.exists(one)
        except Exception:
            # Proxies of all kinds may answer with an error to being asked what they are.
            continue


def _is_compiling() -> bool:
    compiler = getattr(torch, "compiler", None)
    if compiler is not None and hasattr(compiler, "is_compiling"):
        return compiler.is_compiling()
    return False


def _hook_modules(watcher: Watcher) -> None:
    construct = nn.Module.__init__

    @functools.wraps(construct)
    def __init__(self: nn.Module, *args: Any, **kwargs: Any) -> None:
        construct(self, *args, **kwargs)
        if not _is_compiling():
            watcher.constructed(self, sys._getframe(1))

    nn.Module.__init__ = __init__  # type: ignore[method-assign]
    call = nn.Module.__call__

    @functools.wraps(call)
    def __call__(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
        if _is_compiling() or torch.jit.is_tracing() or threading.get_ident() != _thread:
            return call(self, *args, **kwargs)
        watcher.calls(self)
        try:
            output = call(self, *args, **kwargs)
        except BaseException:
            watcher.call_failed(self)
            watcher.left()
            raise
        watcher.called(self, (args, kwargs), output, sys._getframe(1))
        return output

    def look(wanted: bool) -> None:
        # A call that is of no interest costs nothing.
        if wanted:
            nn.Module.__call__ = __call__  # type: ignore[method-assign]
        elif nn.Module.__call__ is __call__:
            nn.Module.__call__ = call  # type: ignore[method-assign]

    watcher.looks = look


def _hook_backward(watcher: Watcher) -> None:
    backward = torch.autograd.backward

    @functools.wraps(backward)
    def hooked(tensors: Any, *args: Any, **kwargs: Any) -> Any:
        watcher.goes_backward(tensors[0] if isinstance(tensors, (list, tuple)) and len(tensors) == 1 else tensors)
        return backward(tensors, *args, **kwargs)

    torch.autograd.backward = hooked


def _hook_optimizers(watcher: Watcher) -> None:
    construct = Optimizer.__init__

    @functools.wraps(construct)
    def __init__(self: Optimizer, *args: Any, **kwargs: Any) -> None:
        construct(self, *args, **kwargs)
        _hook_step(watcher, type(self))
        watcher.optimizer_made(self)

    Optimizer.__init__ = __init__  # type: ignore[method-assign]
    zero = Optimizer.zero_grad

    @functools.wraps(zero)
    def zero_grad(self: Optimizer, *args: Any, **kwargs: Any) -> None:
        zero(self, *args, **kwargs)
        watcher.gradients_zeroed(self)

    Optimizer.zero_grad = zero_grad  # type: ignore[method-assign]


def _hook_step(watcher: Watcher, kind: type) -> None:
    step = kind.step  # type: ignore[attr-defined]
    if getattr(step, "_kindling", None) is None:
        kind.step = _hooked_step(watcher, step)  # type: ignore[attr-defined]


def _hook_bound_step(watcher: Watcher, optimizer: Optimizer) -> None:
    """A learning rate's schedule has put a function of its own in front of the optimizer's."""
    step = optimizer.step
    if getattr(step, "_kindling", None) is None:
        hooked = functools.wraps(step)(lambda *args, **kwargs: _hooked_step(watcher, lambda _, *own, **more: step(*own, **more))(optimizer, *args, **kwargs))
        hooked._kindling = True  # type: ignore[attr-defined]
        optimizer.step = hooked  # type: ignore[method-assign]


def _hooked_step(watcher: Watcher, step: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(step)
    def hooked(self: Optimizer, *args: Any, **kwargs: Any) -> Any:
        closure = args[0] if args else kwargs.get("closure")

        def told() -> Any:
            loss = closure()
            # Of the places that it tries, the one where it began.
            watcher.before_step(self)
            return loss

        if callable(closure):
            args = (told, *args[1:])
            kwargs.pop("closure", None)
        else:
            watcher.before_step(self)
        try:
            output = step(self, *args, **kwargs)
        except BaseException:
            watcher.step_failed()
            raise
        watcher.after_step(self)
        return output

    hooked._kindling = True  # type: ignore[attr-defined]
    return hooked


def _hook_loaders(watcher: Watcher) -> None:
    begin = DataLoader.__iter__

    @functools.wraps(begin)
    def __iter__(self: DataLoader) -> Any:
        iterator = begin(self)
        if threading.get_ident() == _thread:
            iterator._kindling_pass = Pass(self)
        return iterator

    DataLoader.__iter__ = __iter__  # type: ignore[method-assign]
    following = _BaseDataLoaderIter.__next__

    @functools.wraps(following)
    def __next__(self: Any) -> Any:
        batch = following(self)
        own = self.__dict__.get("_kindling_pass")
        if own is not None:
            watcher.batch_comes(own, batch)
        return batch

    _BaseDataLoaderIter.__next__ = __next__  # type: ignore[method-assign]
    if "next" in vars(_BaseDataLoaderIter):
        _BaseDataLoaderIter.next = __next__  # type: ignore[attr-defined]


def _hook_scaler(watcher: Watcher) -> None:
    """A loss that is multiplied before it goes backward is told as it was."""
    from torch.cuda.amp import GradScaler

    kind = getattr(getattr(torch, "amp", None), "GradScaler", GradScaler)
    scale = kind.scale

    @functools.wraps(scale)
    def scaled(self: Any, outputs: Any) -> Any:
        result = scale(self, outputs)
        if isinstance(outputs, torch.Tensor) and isinstance(result, torch.Tensor) and result is not outputs:
            watcher.scales = True
            result._kindling_scaled = (outputs, self.get_scale)
        return result

    kind.scale = scaled
