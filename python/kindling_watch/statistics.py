"""Measures tensors as Kindling shows them: moments, percentiles, and a histogram of what isn't zero.

Everything is computed in double precision, in pieces, so that a large tensor needs little memory beside itself.
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

import torch

BINS = 40
#: Bins are cut into parts, so that there are about this many cells: percentiles are read off them.
_CELLS = 320
_PARTS = _CELLS // BINS
#: So many values are sorted to know their percentiles exactly.
_FEW = 128
_SHARES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
#: Values that are converted at once.
_PIECE = 1 << 20

#: Of fewer values none is an outlier.
_ENOUGH = 10
#: An axis is cut only where that makes it shorter by a third, and never to less than this share of the values' size.
_WORTH_CUTTING = 2 / 3
_NARROWEST = 1e-5


@dataclass
class Histogram:
    """Equal bins over [low, high], the last one closed, of the finite values that aren't zero."""

    low: float
    high: float
    counts: List[int]
    below: int
    above: int


@dataclass
class Statistics:
    shape: Sequence[int]
    count: int
    mean: float
    std: float
    min: float
    max: float
    zero_fraction: float
    non_finite: int
    infinite: int
    percentiles: List[float]
    exact: bool
    histogram: Histogram
    full_histogram: Optional[Histogram]


@torch.no_grad()
def statistics(tensor: torch.Tensor) -> Statistics:
    """Changes nothing, draws no random number."""
    values = tensor.detach()
    if values.device.type not in ("cpu", "cuda"):
        values = values.cpu()
    flat = values.reshape(-1)
    count = flat.numel()
    if count <= _PIECE:
        flat = flat.double()
    finite, broken = _finite(flat)
    infinite = int(torch.isinf(flat).sum()) if broken else 0
    if finite.numel() == 0:
        nothing = Histogram(0.0, 0.0, [0] * BINS, 0, 0)
        return Statistics(list(tensor.shape), count, *[math.nan] * 4, 0.0, broken, infinite, [math.nan] * 7, True, nothing, None)
    mean, std, low, high, zeros = _moments(finite)
    percentiles, exact, histogram, full = _distribution(finite, low, high, zeros)
    return Statistics(list(tensor.shape), count, mean, std, low, high, zeros / count, broken, infinite, percentiles, exact, histogram, full)


def _finite(flat: torch.Tensor) -> Tuple[torch.Tensor, int]:
    """The finite values, and how many others there are."""
    if not flat.dtype.is_floating_point:
        return flat, 0
    # One sum tells it of nearly every tensor.
    if math.isfinite(float(flat.sum(dtype=torch.float64))):
        return flat, 0
    finite = flat[torch.isfinite(flat)]
    return finite.double() if finite.numel() <= _PIECE else finite, flat.numel() - finite.numel()


def _pieces(flat: torch.Tensor) -> Sequence[torch.Tensor]:
    return [flat] if flat.numel() <= _PIECE else [piece.double() for piece in flat.split(_PIECE)]


def _moments(flat: torch.Tensor) -> Tuple[float, float, float, float, int]:
    count = flat.numel()
    if count <= _PIECE:
        std, mean = torch.std_mean(flat, unbiased=count > 1)
        low, high = torch.aminmax(flat)
        mean, std, low, high, zeros = torch.stack((mean, std, low, high, (flat == 0).sum())).tolist()
        return mean, std if count > 1 else math.nan, low, high, int(zeros)
    # Sums are of distances from the first value, so that nothing that matters cancels.
    shift = flat[0].double()
    total = torch.zeros(2, dtype=torch.float64, device=flat.device)
    lows, highs, zeros = [], [], 0
    for piece in flat.split(_PIECE):
        values = piece.double()
        away = values - shift
        total += torch.stack((away.sum(), (away * away).sum()))
        low, high = torch.aminmax(values)
        lows.append(low)
        highs.append(high)
        zeros += int((values == 0).sum())
    first, second = total.tolist()
    variance = max(0.0, second - first * (first / count)) / (count - 1)
    return float(shift) + first / count, math.sqrt(variance), float(torch.stack(lows).min()), float(torch.stack(highs).max()), zeros


def _distribution(flat: torch.Tensor, low: float, high: float, zeros: int) -> Tuple[List[float], bool, Histogram, Optional[Histogram]]:
    others = flat.numel() - zeros
    if low == high:
        start, end, counts = low - 0.5, low + 0.5, [0] * BINS
        # Next to a huge value there is no room for any width.
        counts[BINS // 2 if start < end else 0] = others
        return [low] * 7, True, Histogram(start, end, counts, 0, 0), None
    if flat.numel() <= _FEW:
        ordered = sorted(flat.tolist())
        known: _Ordered = _Sorted(ordered)
        cells = _cells(flat, low, high, 1, zeros)
        core = _core(known, low, high, low, high)
        percentiles = [_interpolated(share, ordered) for share in _SHARES]
        if core == (low, high):
            return percentiles, True, _binned(cells), None
        return percentiles, True, _binned(_cells(flat, *core, 1, zeros)), _binned(cells)
    cells = _cells(flat, low, high, _PARTS, zeros)
    full = None
    while True:
        spread = _Spread(cells, low, high, zeros)
        core = _core(spread, cells.low, cells.high, low, high)
        if core == (cells.low, cells.high):
            return [spread.percentile(share) for share in _SHARES], False, _binned(cells), full
        full = full or _binned(cells)
        cells = _cells(flat, *core, _PARTS, zeros)


def _cells(flat: torch.Tensor, low: float, high: float, parts: int, zeros: int) -> Histogram:
    """Counts as NumPy's `histogram` does: a value on an edge belongs above it, the last bin is closed."""
    step = (high - low) / BINS
    edges = low + torch.arange(BINS, dtype=torch.float64) * step
    if parts > 1:
        edges = (edges[:, None] + torch.arange(parts, dtype=torch.float64) * (step / parts)).reshape(-1)
    size = BINS * parts
    # What is counted at 0 lies below the first edge; the last edge is just above `high`, which belongs to the last cell.
    edges = torch.cat((edges, torch.tensor([math.nextafter(high, math.inf) if hasattr(math, "nextafter") else _after(high)], dtype=torch.float64)))
    edges = edges.to(flat.device)
    counts = torch.zeros(size + 2, dtype=torch.int64, device=flat.device)
    for piece in _pieces(flat):
        counts += _counted(piece, edges, size + 2)
    below, *inside, above = counts.tolist()
    if zeros:
        at = int(torch.bucketize(torch.zeros(1, dtype=torch.float64), edges.cpu(), right=True))
        if at == 0:
            below -= zeros
        elif at > size:
            above -= zeros
        else:
            inside[at - 1] -= zeros
    return Histogram(low, high, inside, below, above)


def _after(value: float) -> float:
    return float(torch.nextafter(torch.tensor(value, dtype=torch.float64), torch.tensor(math.inf, dtype=torch.float64)))


def _counted(values: torch.Tensor, edges: torch.Tensor, size: int) -> torch.Tensor:
    if values.device.type == "cpu":
        return torch.bincount(torch.bucketize(values, edges, right=True), minlength=size)
    # Counting scattered values has no fixed order on other devices, and PyTorch refuses it where that is asked for.
    ordered = values.sort().values
    below = torch.searchsorted(ordered, edges)
    ends = torch.cat((below, torch.tensor([values.numel()], device=values.device)))
    return torch.diff(ends, prepend=torch.zeros(1, dtype=ends.dtype, device=values.device))


def _binned(cells: Histogram) -> Histogram:
    parts = len(cells.counts) // BINS
    if parts == 1:
        return cells
    counts = [sum(cells.counts[at : at + parts]) for at in range(0, len(cells.counts), parts)]
    return Histogram(cells.low, cells.high, counts, cells.below, cells.above)


def _between(start: float, end: float, share: float) -> float:
    return start + (end - start) * share


def _interpolated(share: float, ordered: Sequence[float]) -> float:
    rank = share * (len(ordered) - 1)
    return _between(ordered[math.floor(rank)], ordered[math.ceil(rank)], rank - math.floor(rank))


class _Ordered:
    """Values other than zero, and what of their order is known."""

    others: int

    def percentile_of_others(self, share: float) -> float:
        raise NotImplementedError

    def extent(self, start: float, end: float) -> Tuple[float, float]:
        """A range within [start, end] that holds all of them that lie there."""
        raise NotImplementedError


class _Sorted(_Ordered):
    def __init__(self, ordered: Sequence[float]) -> None:
        self._values = [value for value in ordered if value != 0]
        self.others = len(self._values)

    def percentile_of_others(self, share: float) -> float:
        return _interpolated(share, self._values)

    def extent(self, start: float, end: float) -> Tuple[float, float]:
        inside = [value for value in self._values if start <= value <= end]
        return (inside[0], inside[-1]) if inside else (start, end)


class _Spread(_Ordered):
    """Counted values, as if each cell's were spread evenly over it."""

    def __init__(self, cells: Histogram, low: float, high: float, zeros: int) -> None:
        self._cells, self._min, self._max, self._zeros = cells, low, high, zeros
        self._below = [cells.below]
        for count in cells.counts:
            self._below.append(self._below[-1] + count)
        self.others = self._below[-1] + cells.above

    def percentile(self, share: float) -> float:
        place = share * (self.others + self._zeros - 1) + 0.5
        negative = self._count_below(0.0) if self._zeros else math.inf
        if place <= negative:
            return self._value_at(place)
        return 0.0 if place <= negative + self._zeros else self._value_at(place - self._zeros)

    def percentile_of_others(self, share: float) -> float:
        return self._value_at(share * (self.others - 1) + 0.5)

    def extent(self, start: float, end: float) -> Tuple[float, float]:
        cells = self._cells
        width = (cells.high - cells.low) / len(cells.counts)
        first, last = math.floor((start - cells.low) / width), math.ceil((end - cells.low) / width)
        while first < last and not self._count(first):
            first += 1
        while last > first and not self._count(last - 1):
            last -= 1
        # A cell more on either side, because edges are rounded.
        return max(start, cells.low + (first - 1) * width), min(end, cells.low + (last + 1) * width)

    def _count(self, cell: int) -> int:
        return self._cells.counts[cell] if 0 <= cell < len(self._cells.counts) else 0

    def _value_at(self, place: float) -> float:
        cells, size = self._cells, len(self._cells.counts)
        if place < cells.below:
            return _between(self._min, cells.low, place / cells.below)
        inside = self._below[size]
        if place > inside:
            return _between(cells.high, self._max, min(1.0, (place - inside) / cells.above)) if cells.above else self._max
        cell, end = 0, size
        while end - cell > 1:
            middle = (cell + end) >> 1
            if self._below[middle] < place:
                cell = middle
            else:
                end = middle
        return _between(cells.low, cells.high, (cell + (place - self._below[cell]) / max(1, cells.counts[cell])) / size)

    def _count_below(self, value: float) -> float:
        cells = self._cells
        if value < cells.low:
            return cells.below * (value - self._min) / (cells.low - self._min) if value > self._min else 0.0
        if value >= cells.high:
            return self.others - (cells.above * (self._max - value) / (self._max - cells.high) if value < self._max else 0.0)
        at = (value - cells.low) / (cells.high - cells.low) * len(cells.counts)
        cell = min(len(cells.counts) - 1, math.floor(at))
        return self._below[cell] + (at - cell) * cells.counts[cell]


def _core(values: _Ordered, low: float, high: float, least: float, most: float) -> Tuple[float, float]:
    """A part of [low, high] on which all but the outermost hundredths of the values take half of it or more; all of it
    where no outlier stretches it."""
    if values.others < _ENOUGH:
        return low, high
    outside = max(0.01, 1 / (values.others - 1))
    first, last = values.percentile_of_others(outside), values.percentile_of_others(1 - outside)
    margin = max((last - first) / 2, _NARROWEST * max(abs(first), abs(last)))
    start, end = max(low, first - margin), min(high, last + margin)
    inner, outer = values.extent(start, end)
    begin = _single(inner) if start > least else low
    stop = _single(outer) if end < most else high
    return (begin, stop) if begin < stop and stop - begin < _WORTH_CUTTING * (high - low) else (low, high)


def _single(value: float) -> float:
    """In single precision, in which most values are."""
    return float(torch.tensor(value, dtype=torch.float64).float())
