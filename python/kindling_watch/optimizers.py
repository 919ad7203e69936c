"""The run's optimizers: what is known of each, and as plain data."""
from __future__ import annotations

from typing import Any, Dict, List, Optional, Set
from weakref import ref

import torch
from torch.optim import Optimizer

from .places import Position

#: As many of an optimizer's groups, and of a group's parameters, are told.
_MOST_GROUPS = 100
_MOST_PARAMETERS = 50


class Trainee:
    """What is trained by itself, and so has lines of its own on the charts."""

    def __init__(self, name: str) -> None:
        self.name = name


class Known:
    """What is known of an optimizer."""

    def __init__(self, optimizer: Optimizer, number: int, made: Optional[Position]) -> None:
        self._optimizer = ref(optimizer)
        self._number = number
        self.made = made
        self.trainee: Optional[Trainee] = None
        #: What was told of its groups.
        self.rates: List[Any] = []
        self._parameters: Set[int] = set()

    @property
    def optimizer(self) -> Optional[Optimizer]:
        return self._optimizer()

    @property
    def parameters(self) -> Set[int]:
        optimizer = self._optimizer()
        groups = optimizer.param_groups if optimizer else []
        if optimizer and len(self._parameters) != sum(len(group["params"]) for group in groups):
            self._parameters = {id(one) for group in groups for one in group["params"]}
        return self._parameters

    def described(self, paths: Dict[int, str]) -> Optional[Dict[str, Any]]:
        optimizer = self._optimizer()
        if optimizer is None:
            return None
        groups = [_group(group, index, paths) for index, group in enumerate(optimizer.param_groups[:_MOST_GROUPS])]
        return {"id": self._number, "type": type(optimizer).__name__, "groups": groups, **({"constructedAt": self.made} if self.made else {})}


class Optimizers:
    def __init__(self) -> None:
        self._known: Dict[int, Known] = {}
        self._count = 0

    def __len__(self) -> int:
        return len(self._known)

    @property
    def all(self) -> List[Known]:
        return [known for known in self._known.values() if known.optimizer is not None]

    def made(self, optimizer: Optimizer, made: Optional[Position]) -> Known:
        known = self._known.get(id(optimizer))
        if known is not None and known.optimizer is optimizer:
            known.made = made or known.made
            return known
        # Those that are gone make room: another may lie where they were.
        self._known = {key: one for key, one in self._known.items() if one.optimizer is not None}
        known = self._known[id(optimizer)] = Known(optimizer, self._count, made)
        self._count += 1
        return known

    def of(self, optimizer: Optimizer) -> Known:
        known = self._known.get(id(optimizer))
        return known if known is not None and known.optimizer is optimizer else self.made(optimizer, None)


def _group(group: Dict[str, Any], index: int, paths: Dict[int, str]) -> Dict[str, Any]:
    parameters = [paths[id(one)] for one in group["params"][:_MOST_PARAMETERS] if id(one) in paths]
    name = group.get("name")
    if not (isinstance(name, str) and name):
        name = parameters[0] if parameters else f"group {index}"
    options = {key: _option(value) for key, value in group.items() if key not in ("params", "name", "initial_lr")}
    return {"name": name, "parameters": parameters, "count": len(group["params"]), "options": {key: own for key, own in options.items() if own is not None}}


def _option(value: Any) -> Any:
    """A number, true or false, or a list of numbers."""
    if isinstance(value, torch.Tensor) and value.numel() == 1:
        return float(value)
    if isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (list, tuple)) and all(isinstance(one, (int, float)) for one in value):
        return list(value)
    return None
