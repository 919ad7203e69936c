"""Which steps are measured: the first, and then as many as the budget allows."""
from __future__ import annotations

#: So many steps at the beginning are measured, though they are dear: the first calls of anything are slow.
_FIRST = 3
#: Seconds that one of them may take for the next to be measured, too: of thousands of layers the first alone is.
_PATIENCE = 5.0
#: Shares of the run's time that measuring may take: usually, and at least, where hooks alone leave nothing of what all of watching may take.
_BUDGET = 0.015
_LEAST_BUDGET = 0.005
_BUDGET_OF_ALL = 0.045
#: Seconds between two measured steps, and in a run that has lasted long this share of its time.
_SHORTEST = 0.02
_SHARE_OF_ELAPSED = 0.005
#: After so many seconds without one a sample may take all that is left.
_LONGEST = 15.0


class Schedule:
    def __init__(self) -> None:
        #: Seconds that watching took, and what of it went into measured steps.
        self.spent = 0.0
        self._measuring = 0.0
        self._dearest = 0.0
        self._count = 0
        self._last = 0.0
        self._before = 0.0

    def spend(self, seconds: float, is_measuring: bool) -> None:
        self.spent += seconds
        if is_measuring:
            self._measuring += seconds

    def is_due(self, step: int, elapsed: float) -> bool:
        """elapsed: seconds since the training began."""
        if step < _FIRST and self._dearest <= _PATIENCE:
            return True
        since = elapsed - self._last
        if since < max(_SHORTEST, elapsed * _SHARE_OF_ELAPSED):
            return False
        left = _BUDGET_OF_ALL - (self.spent - self._measuring) / elapsed
        budget = max(_LEAST_BUDGET, left if since > _LONGEST else min(_BUDGET, left))
        return self._measuring + self._dearest <= elapsed * budget

    def begins(self) -> None:
        self._before = self._measuring

    def sampled(self, elapsed: float) -> None:
        self._last = elapsed
        self._dearest = self._measuring - self._before
        self._count += 1
        if self._count <= _FIRST:
            self._measuring = 0.0
