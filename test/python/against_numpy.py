"""Holds what is measured against NumPy. Prints what differs; nothing where all is equal."""
import sys

import numpy as np
import torch

from kindling_watch.statistics import statistics

rng = np.random.default_rng(0)


def cases():
    for size in (1, 2, 9, 128, 129, 1_000, 40_000):
        yield f"normal {size}", rng.normal(size=size).astype(np.float32)
    yield "a large mean", (1e6 + rng.normal(size=5_000)).astype(np.float32)
    yield "half zeros, as behind a ReLU", np.maximum(0, rng.normal(size=(64, 100))).astype(np.float32)
    yield "one far away", np.append(rng.normal(size=4_000), 1e4).astype(np.float32)
    yield "heavy tails", rng.standard_cauchy(size=30_000).astype(np.float32)
    yield "constant", np.full(300, 3.0, np.float32)
    yield "all zero", np.zeros(300, np.float32)
    yield "on edges", np.tile(np.linspace(-1, 1, 41), 30).astype(np.float32)
    yield "doubles", rng.normal(size=3_000)
    yield "whole numbers", rng.integers(-20, 20, size=2_000)
    yield "some broken", np.where(rng.random(2_000) < 0.1, np.nan, rng.normal(size=2_000)).astype(np.float32)
    yield "infinite", np.append(rng.normal(size=500), [np.inf, -np.inf]).astype(np.float32)
    yield "larger than a piece", rng.normal(size=(1 << 20) + 12_345).astype(np.float32)
    yield "transposed", rng.normal(size=(40, 60)).astype(np.float32).T


def near(a, b, tolerance=1e-9):
    return (np.isnan(a) and np.isnan(b)) or abs(a - b) <= tolerance * max(1.0, abs(a), abs(b))


def differences(name, values):
    told = statistics(torch.from_numpy(values))
    wide = values.astype(np.float64).reshape(-1)
    finite = wide[np.isfinite(wide)]
    others = finite[finite != 0]
    expected = {
        "count": wide.size,
        "mean": finite.mean(),
        "std": finite.std(ddof=1) if finite.size > 1 else np.nan,
        "min": finite.min(),
        "max": finite.max(),
        "zero_fraction": (finite == 0).sum() / wide.size,
        "non_finite": wide.size - finite.size,
        "infinite": np.isinf(wide).sum(),
    }
    for key, value in expected.items():
        if not near(getattr(told, key), value):
            yield f"{key} {getattr(told, key)} instead of {value}"
    for which in filter(None, (told.histogram, told.full_histogram)):
        counts = np.histogram(others, bins=40, range=(which.low, which.high))[0]
        if which.low < which.high and (counts != which.counts).any():
            yield f"counts {which.counts} instead of {counts.tolist()}"
        outside = [(others < which.low).sum(), (others > which.high).sum()]
        if outside != [which.below, which.above]:
            yield f"outside {which.below}, {which.above} instead of {outside}"
    full = told.full_histogram or told.histogram
    if finite.min() < finite.max() and (full.low, full.high) != (finite.min(), finite.max()):
        yield f"range {full.low} to {full.high}"
    shares = np.array([1, 5, 25, 50, 75, 95, 99])
    ordered, width = np.sort(finite), (full.high - full.low) / 320
    for share, told_one, one in zip(shares, told.percentiles, np.percentile(finite, shares)):
        rank = share / 100 * (finite.size - 1)
        # Read off cells, they are right to the width of one, between the values next to them.
        least, most = ordered[max(0, int(rank) - 1)] - width, ordered[min(finite.size - 1, int(rank) + 2)] + width
        if not (near(told_one, one) if told.exact else least <= told_one <= most):
            yield f"percentile {told_one} instead of {one}"


failed = [f"{name}: {difference}" for name, values in cases() for difference in differences(name, values)]
print("\n".join(failed))
sys.exit(1 if failed else 0)
