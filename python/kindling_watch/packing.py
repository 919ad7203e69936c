"""What was measured of many tensors as two blocks of numbers, as docs/runs.md describes them."""
from __future__ import annotations

import base64
import sys
from array import array
from typing import Dict

from .statistics import Histogram, Statistics

_IS_EXACT, _HAS_FULL, _HAS_INFINITE = 1, 2, 4


class TensorPacker:
    def __init__(self) -> None:
        self._numbers = array("d")
        self._wholes = array("I")
        self._count = 0

    def add(self, measured: Statistics) -> int:
        """Returns the tensor's place among those that were added."""
        numbers, wholes = self._numbers, self._wholes
        numbers.extend((measured.count, measured.mean, measured.std, measured.min, measured.max, measured.zero_fraction, measured.non_finite))
        numbers.extend(measured.percentiles)
        full = measured.full_histogram
        wholes.append((_IS_EXACT if measured.exact else 0) | (_HAS_FULL if full else 0) | (_HAS_INFINITE if measured.infinite else 0))
        wholes.append(len(measured.shape))
        wholes.extend(measured.shape)
        self._add_histogram(measured.histogram)
        if full:
            self._add_histogram(full)
        if measured.infinite:
            numbers.append(measured.infinite)
        self._count += 1
        return self._count - 1

    def packed(self) -> Dict[str, object]:
        return {"count": self._count, "numbers": _base64(self._numbers), "wholes": _base64(self._wholes)}

    def _add_histogram(self, histogram: Histogram) -> None:
        self._numbers.extend((histogram.low, histogram.high, histogram.below, histogram.above))
        self._wholes.append(len(histogram.counts))
        self._wholes.extend(histogram.counts)


def _base64(numbers: array) -> str:
    if sys.byteorder == "big":
        numbers = array(numbers.typecode, numbers)
        numbers.byteswap()
    return base64.b64encode(numbers.tobytes()).decode("ascii")
