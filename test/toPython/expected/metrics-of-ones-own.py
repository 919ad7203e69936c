"""Getters, private fields, static blocks, abstract classes, iterators, generics."""

import torch
import torch.nn.functional as F
from torch import nn, optim


class Metric:
    _made = 0
    registry = []

    def __init__(self, name):
        self.values = []
        self.name = name
        Metric._made += 1
        Metric.registry.append(name)

    @staticmethod
    def made():
        return Metric._made

    def add(self, value):
        self.values.append(value)
        return self

    @property
    def count(self):
        return len(self.values)

    def __iter__(self):
        yield from self.values

    def __str__(self):
        return f"{self.name}={self.result():.3f} (n={self.count})"

    def result(self, *args):
        raise NotImplementedError


Metric.registry.append("base")


class Mean(Metric):
    def result(self):
        return sum(self.values) / self.count


class Best(Metric):
    def __init__(self, name, mode="min"):
        super().__init__(name)
        self._mode = mode

    def result(self):
        return (min if self._mode == "min" else max)(*self.values)

    @property
    def mode(self):
        return self._mode

    @mode.setter
    def mode(self, value):
        if value != "min" and value != "max":
            raise ValueError(f"no such mode: {value}")
        self._mode = value


class RingBuffer:
    def __init__(self, capacity):
        self.capacity = capacity
        self._next = 0
        self._size = 0
        self._items = [None] * capacity

    def push(self, item):
        self._items[self._next] = item
        self._next = (self._next + 1) % self.capacity
        self._size = min(self._size + 1, self.capacity)

    def __len__(self):
        return self._size

    def __iter__(self):
        for i in range(self._size):
            yield self._items[(self._next - self._size + i + self.capacity) % self.capacity]


class Residual(nn.Module):
    def __init__(self, dim, *, hidden=None, init=0.1):
        if hidden is None:
            hidden = 2 * dim
        super().__init__()
        self.body = nn.Sequential(nn.Linear(dim, hidden), nn.SiLU(), nn.Linear(hidden, dim))
        self.scale = nn.Parameter(torch.randn(dim) * init)

    def forward(self, x):
        return x + self.body(x) * self.scale

    @property
    def width(self):
        return self.scale.numel()


torch.manual_seed(5)
net = nn.Sequential(Residual(6), Residual(6, hidden=4), nn.Linear(6, 1))
x = torch.randn(32, 6)
y = (x ** 2).sum(1, True).sqrt()
optimizer = optim.AdamW(net.parameters(), lr=0.02, weight_decay=0.01)
mean, best = Mean("mean"), Best("best")
ring = RingBuffer(3)
for step in range(10):
    loss = F.smooth_l1_loss(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    mean.add(loss.item())
    best.add(loss.item()).add(loss.item() + 1)
    ring.push(loss.item())
print(f"{mean}", str(best), Metric.made(), ",".join(Metric.registry))
print(" ".join(f"{v:.4f}" for v in list(ring)), len(ring), ring.capacity)
best.mode = "max"
print(best.mode, f"{best.result():.4f}", len(list(mean)))
try:
    best.mode = "median"
except Exception as e:
    print(str(e), str(isinstance(e, ValueError)).lower())
first = net[0]
print(first.width, str(isinstance(first, Residual)).lower(), "x".join(map(str, first.scale.shape)))
