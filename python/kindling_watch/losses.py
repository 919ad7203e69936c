"""What each step descends, and what the lines of losses and learning rates are called.

A loss goes backward before anybody knows for which optimizer; the step that follows tells. What went backward several times
into one step counts with its sum, for that is what the step descends.
"""
from __future__ import annotations

from typing import Any, Callable, Dict, Hashable, List, Optional, Set, Tuple

import torch

#: Losses that wait at once; a program that never steps may have any number of them.
_MOST_WAITING = 100


class LineNames:
    """What the lines of one quantity are called: `loss` while there is only one, `loss/a` and `loss/b` from then on."""

    def __init__(self, quantity: str, renamed: Callable[[str, str], None]) -> None:
        self._quantity = quantity
        self._renamed = renamed
        self._first: Optional[Tuple[Hashable, str]] = None
        self._names: Dict[Hashable, str] = {}

    def of(self, key: Hashable, own: str) -> str:
        known = self._names.get(key)
        if known is not None:
            return known
        if not self._names:
            self._first = (key, own)
            self._names[key] = self._quantity
            return self._quantity
        if self._first:
            first, name = self._first
            self._first = None
            self._names[first] = self._free(name)
            self._renamed(self._quantity, self._names[first])
        self._names[key] = self._free(own)
        return self._names[key]

    def _free(self, own: str) -> str:
        name, count = f"{self._quantity}/{own}", 1
        taken = set(self._names.values())
        while name in taken:
            count += 1
            name = f"{self._quantity}/{own} {count}"
        return name


class StepLoss:
    __slots__ = ("value", "leaves")

    def __init__(self, value: float, leaves: Optional[Set[int]]) -> None:
        self.value = value
        #: Parameters that it reaches; none where there is one optimizer only, and so no question whose it is.
        self.leaves = leaves


class TrainingLosses:
    def __init__(self) -> None:
        self._waiting: List[StepLoss] = []

    def add(self, loss: StepLoss) -> None:
        if not self._waiting:
            self._waiting.append(loss)
            return
        for one in self._waiting:
            if one.leaves == loss.leaves:
                one.value += loss.value
                return
        self._waiting = [*self._waiting, loss][-_MOST_WAITING:]

    def zeroed(self, parameters: Set[int]) -> None:
        """Gradients that were set to zero again are no part of the next step."""
        if self._waiting:
            self._waiting = [one for one in self._waiting if one.leaves is not None and not one.leaves <= parameters]

    def take(self, own: Set[int], others: Set[int]) -> Optional[float]:
        """The step of an optimizer begins. A generator's loss reaches the discriminator, too: what reaches this optimizer's
        parameters alone is its own, and what reaches others as well only where there is nothing else."""
        if len(self._waiting) == 1 and self._waiting[0].leaves is None:
            return self._waiting.pop().value
        reaching = [one for one in self._waiting if one.leaves is None or not one.leaves.isdisjoint(own)]
        alone = [one for one in reaching if one.leaves is None or one.leaves.isdisjoint(others - own)]
        taken = alone or reaching
        self._waiting = [one for one in self._waiting if one not in taken]
        return sum(one.value for one in taken) if taken else None


def leaves_below(root: torch.Tensor) -> Set[int]:
    """The parameters that a loss reaches."""
    found: Set[int] = set()
    seen: Set[Any] = set()
    left = [root.grad_fn]
    while left:
        node = left.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        variable = getattr(node, "variable", None)
        if variable is not None:
            found.add(id(variable))
        left.extend(following for following, _ in node.next_functions)
    return found
