"""An async data pipeline, promises in parallel, a queue, retry with errors and causes, an LR finder, settings of the environment."""

import functools
import math
import os
import sys

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader, Dataset, random_split


def number(text):
    """The number that is meant, or that a text says: whole where it has no fraction."""
    base = {"0x": 16, "0o": 8, "0b": 2}.get(str(text)[:2])
    if base:
        return int(text[2:], base)
    try:
        value = float(text or 0)
    except ValueError:
        return math.nan
    return int(value) if value % 1 == 0 else value


class TransientError(Exception):
    def __init__(self, message, attempt, options=None):
        super().__init__(message)
        self.__cause__ = (options or {}).get("cause")
        self.attempt = attempt
        self.name = "TransientError"


failures = 2


def fetchShard(id_):
    global failures
    if id_ == 1 and (failures := failures - 1) + 1 > 0:
        raise TransientError(f"shard {id_} is busy", 2 - failures)
    None
    return [torch.randn(3) + (id_ + i / 10) for i in range(4)]


def retry(run, times=3):
    last = None
    for i in range(times):
        try:
            return run()
        except Exception as error:
            if not isinstance(error, TransientError):
                raise error
            last = error
            print(f"retry {i + 1}: {str(error)} ({getattr(error, 'attempt', None)})")
    raise RuntimeError("gave up") from last


class Queue:
    def __init__(self, max_=None):
        if max_ is None:
            max_ = math.inf
        self._items = []
        self.dropped = 0
        self._max = max_

    def put(self, *items):
        for item in items:
            if len(self._items) >= self._max:
                self._items.pop(0)
                self.dropped += 1
            self._items.append(item)
        return self

    def drain(self):
        n = 0
        while len(self._items) > 0:
            yield self._items.pop(0)
            n += 1
        return n

    def __len__(self):
        return len(self._items)


env = {"epochs": number(os.environ.get("EPOCHS", 4)), "verbose": os.environ.get("VERBOSE") == "1", "extra": len(["python", *sys.argv][2:])}
print(env["epochs"], str(env["verbose"]).lower(), env["extra"])
torch.manual_seed(8)
shards = []
for id_ in [0, 1, 2]:
    shards.append(retry(lambda *, id_=id_: fetchShard(id_)))
a, b = [fetchShard(3), fetchShard(4)]
queue = Queue(16).put(*[item for part in shards for item in part]).put(*a, *b)
print(len(queue), queue.dropped)
samples = list(queue.drain())
print(len(samples), len(queue), ",".join(map(str, samples[0].shape)))
try:
    failures = 99
    retry(lambda: fetchShard(1), 2)
except Exception as error:
    e = error
    print(str(e), str(e.__cause__), str(isinstance(e.__cause__, TransientError)).lower())
finally:
    failures = 0
x = torch.stack(samples)
y = x.sum(1, True).relu()


def findLr(lrs):
    def convert(lr):
        torch.manual_seed(1)
        net = nn.Sequential(nn.Linear(3, 6), nn.ELU(), nn.Linear(6, 1))
        optimizer = optim.RAdam(net.parameters(), lr=lr)
        loss = 0
        for i in range(5):
            out = F.mse_loss(net(x), y)
            optimizer.zero_grad()
            out.backward()
            optimizer.step()
            loss = out.item()
        return {"lr": lr, "loss": loss}
    return [convert(item) for item in lrs]


trials = findLr([1e-3, 1e-2])
parts = functools.reduce(lambda m, t: t if t["loss"] < m["loss"] else m, trials, {"lr": math.nan, "loss": math.inf})
lr = parts["lr"]
for item2 in trials:
    lr2, loss = item2["lr"], item2["loss"]
    print(f"{lr2:.0e}", f"{loss:.4f}")
print(f"best lr {lr}")


class Pairs(Dataset):
    def __len__(self):
        return x.shape[0]

    def __getitem__(self, i):
        return {"x": x[i], "y": y[i]}


net = nn.Linear(3, 1)
optimizer = optim.Adam(net.parameters(), lr=lr)
train, held = random_split(Pairs(), [12, 4])
for epoch in range(env["epochs"]):
    total = 0
    for item3 in DataLoader(train, batch_size=6, shuffle=True):
        x2, y2 = item3["x"], item3["y"]
        loss = F.smooth_l1_loss(net(x2), y2)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    if epoch % 2 == 1:
        print(epoch, f"{total:.4f}")
print(len(train), len(held), "x".join(map(str, held[0]["y"].shape)))
