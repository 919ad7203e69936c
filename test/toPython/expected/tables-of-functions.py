"""Tables of functions, options passed along, transforms by name."""

import torch
import torch.nn.functional as F
from torch import nn, optim


def drop(x, s):
    return x * (torch.rand(x.shape) > s).float()


transforms = {
    "none": (lambda x, _1: x),
    "noise": (lambda x, strength: x + torch.randn(x.shape) * strength),
    "scale": (lambda x, s: x * (1 + s)),
    "drop": drop,
}
def function(a, b, options2=None):
    if options2 is None:
        options2 = {}
    smoothing, weight, reduce = options2.get("smoothing", 0), options2.get("weight"), options2.get("reduce", True)
    l = (a - b) ** 2 * (value3 if (value3 := value2 if (value2 := weight.get("b") if weight is not None else None) is not None else weight.get("a") if weight is not None else None) is not None else 1) + smoothing
    return l.mean() if reduce else l


losses = {
    "mse": function,
    "huber": (lambda a, b, options=None: F.huber_loss(a, b) * (value5 if (value5 := value4.get("a") if (value4 := options.get("weight") if options is not None else None) is not None else None) is not None else 1)),
}


def wait(value):
    return value


schedule = [(lambda _1: 1), (lambda e: 0.5 ** e), (lambda e: 1 / (1 + e))]

torch.manual_seed(6)
x = torch.randn(16, 4)
y = x.sum(1, True)
for i, (name, transform) in enumerate(transforms.items()):
    model = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 1))
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    lossName = "mse" if i % 2 == 0 else "huber"
    options = {"weight": {"a": 0.5}} if i == 0 else {} if i == 1 else {"smoothing": 0.01, "weight": {"a": 2, "b": 1}}
    curve = []
    for epoch in range(4):
        factor = schedule[i % len(schedule)](epoch)
        loss = losses[lossName](model(transform(x, 0.1)), y, options)
        optimizer.zero_grad()
        loss.backward()
        for group in optimizer.param_groups:
            group["lr"] = 0.1 * factor
        optimizer.step()
        curve.append(f"{wait(loss).item():.4f}")
    weight, smoothing = options.get("weight"), options.get("smoothing")
    print(f"{name:<6}{' '.join(curve)} {(value2 if (value2 := weight.get('a') if weight is not None else None) is not None else '-')} {smoothing if smoothing is not None else 0}")
with torch.no_grad():
    perSample = losses["mse"](x, x * 2, {"reduce": False})
print("x".join(map(str, perSample.shape)), f"{perSample.mean().item():.4f}")
summary = ",".join(f"{k}{v}" for k, v in [
    ["a", 3],
    ["b", 1],
])
total = 0
for item in ["x", "yy"]:
    length = len(item)
    total += length
nested = {"a": {"b": [1, {"c": 2}]}}
parts = nested["a"]
parts2 = parts["b"]
one = parts2[0]
parts3 = parts2[1]
c = parts3["c"]
print(
    summary,
    total,
    one + c,
    "".join(f"{i}{k[0]}" for i, k in enumerate(list(transforms))),
)
try:
    if total > 2:
        raise ValueError(f"total {total} too large")
except Exception as error:
    print("range" if isinstance(error, ValueError) else "other", str(error))
finally:
    print("done")
