"""Watches a PyTorch training and writes it down for Kindling, which shows it while it goes on.

    python -m kindling_watch train.py        # nothing to change
    import kindling_watch; kindling_watch.watch(model)
"""
from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Dict, Optional

from .version import version as __version__

if TYPE_CHECKING:
    import torch

__all__ = ["watch", "log"]

_watcher: Any = None


def watch(*models: torch.nn.Module) -> None:
    """Watches the training from here on, until the program ends. `models` are shown in any case; others that are trained are found."""
    from .session import begin

    global _watcher
    frame = sys._getframe(1)
    if _watcher is None:
        _watcher = begin()
    for model in models:
        _watcher.watch(model, frame)


def log(values: Optional[Dict[str, Any]] = None, **more: Any) -> None:
    """Draws each number as a point of the curve of that name: `log({"val/acc": accuracy})`. Where nobody watches, nothing is done."""
    if _watcher is not None:
        _watcher.log({**(values or {}), **more})
