"""What is printed and written as JSON on the way: tuples, floats, shapes and arrays inside of other things."""
import json
from collections import OrderedDict
from dataclasses import asdict, dataclass
from typing import Optional, Tuple

import numpy as np
import torch


@dataclass
class Config:
    name: str = "run é"
    lr: float = 1.0
    betas: Tuple[float, float] = (0.9, 1.0)
    size: Tuple[int, int] = (28, 28)
    seed: Optional[int] = None
    amp: bool = False


def evaluate(epoch):
    return {"epoch": epoch, "loss": epoch / 2, "shape": (epoch, 2 * epoch), "best": epoch == 2}


config = Config(lr=2.0)
print(asdict(config))
print(json.dumps(asdict(config)))
print(json.dumps(asdict(config), indent=2, sort_keys=True))
print(json.dumps(asdict(config), ensure_ascii=False, separators=(",", ":")))
print(json.dumps({"empty": [], "none": {}, "deep": {"list": [1.0, 2.5, 1e-05], "pair": (1, "a\"b\n")}}, indent=4))
print(json.dumps([True, None, float("inf")]), json.dumps("\t\u20ac"), json.dumps(3.0), json.dumps({1: "one", 2: "two"}))

print({"a": (1, 2)}, [(1, 2.0), (3, 4.0)], {"single": (5,), "inner": {"pairs": [(0.0, "x")]}})
print(f"{ {'a': (1, 2)} } and {(1, 2.0)}", ((1, 2), [3.0, 4.0]), {1.0, 1.0}, {0.5: 1.0, 2.0: 3.0})
history = []
for epoch in range(1, 3):
    history.append(evaluate(epoch))
    print(history[-1])
print(history, json.dumps(history[0]))
sizes = OrderedDict()
sizes["train"] = (60, 1)
sizes["test"] = (10, 1)
print(dict(sizes), list(sizes.items()))

images = np.zeros((2, 3), dtype=np.float32)
labels = np.array([1, 20, -3])
print(images.shape, images.dtype, labels.shape, labels.dtype, labels)
print(f"{images.shape} of {images.dtype}, {labels.dtype}", {"shape": images.shape, "type": images.dtype}, [labels.shape])
print(images, np.array([[1.0, 2.5], [-3.0, 4.0]]), np.array([0.25]), np.array([True, False]))
print(np.arange(40), np.arange(1200), np.array([1e-5, 1.0, 12345.0]), np.array([np.nan, 1.0, np.inf]))
print([np.arange(3), np.array([1, 2])], {"x": np.array([1.5, 2.0])}, [images[0]])
points = torch.tensor([[0.5, 1.5], [2.0, -1.0]])
array = points.numpy()
print(points.dtype, points.shape, {"shape": points.shape, "type": points.dtype}, tuple(points.shape))
print(array.shape, array.dtype, array, array.T.shape, array[0].shape, (array > 0).dtype, array.astype(np.int64))
print(array.mean(), array.sum(axis=0), (array > 0).mean(), (array > 0).sum(), np.mean(array > 1), labels.mean(), labels.max())
