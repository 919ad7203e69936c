"""The run's optimizers as plain data."""
from __future__ import annotations

from typing import Any, Dict, Optional

import torch
from torch.optim import Optimizer

from .places import Position

#: As many of an optimizer's groups, and of a group's parameters, are told.
_MOST_GROUPS = 100
_MOST_PARAMETERS = 50


def described(optimizer: Optimizer, number: int, made: Optional[Position], paths: Dict[int, str]) -> Dict[str, Any]:
    groups = [_group(group, index, paths) for index, group in enumerate(optimizer.param_groups[:_MOST_GROUPS])]
    return {"id": number, "type": type(optimizer).__name__, "groups": groups, **({"constructedAt": made} if made else {})}


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
