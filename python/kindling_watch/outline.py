"""A curve of unknown length in few values, evenly spread from its beginning to now."""
from __future__ import annotations

import math
from typing import Any, Dict, List

_MOST = 64


class Outline:
    def __init__(self) -> None:
        self._values: List[float] = []
        self._stride = 1
        self._count = 0
        self._last = math.nan
        self._least = math.nan
        self._largest = math.nan

    def add(self, value: float) -> None:
        if self._count % self._stride == 0:
            self._values.append(value)
            if len(self._values) > _MOST:
                self._values = self._values[::2]
                self._stride *= 2
        self._count += 1
        self._last = value
        # NaN is neither the least nor the largest, where there is anything else.
        if math.isnan(value):
            return
        if not value >= self._least:
            self._least = value
        if not value <= self._largest:
            self._largest = value

    @property
    def summary(self) -> Dict[str, Any]:
        return {"last": self._last, "least": self._least, "largest": self._largest, "outline": self._values}
