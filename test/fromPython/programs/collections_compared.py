"""What dictionaries, ordered dictionaries, sets and tuples hold, compared and changed as Python does it."""
import torch
from torch import nn
from collections import OrderedDict

class Net(nn.Module):
    def __init__(self, named):
        super().__init__()
        self.named = named
        self.fc = nn.Linear(3, 2)

    def forward(self, x):
        out = self.fc(x)
        return {"x": out, "aux": out * 2} if self.named else out

def pick(out):
    return out["x"] if isinstance(out, dict) else out

def kind(value):
    if isinstance(value, dict):
        return "dict of %d" % len(value)
    elif isinstance(value, (list, tuple)):
        return "list of %d" % len(value)
    return "other"

torch.manual_seed(0)
x = torch.randn(2, 3)
for named in (True, False):
    torch.manual_seed(1)
    print(pick(Net(named)(x)).shape, kind(Net(named)(x)))
d = OrderedDict([("b", 2), ("a", 1)])
d.move_to_end("b")
print(list(d.items()), dict(d), OrderedDict(x=1)["x"], len(OrderedDict()))
m = nn.Sequential(OrderedDict([("fc", nn.Linear(3, 2)), ("act", nn.ReLU())]))
print(m)
print(kind({}), kind([1, 2]), kind(OrderedDict(a=1)), kind(x), kind("s"))

class LRU:
    def __init__(self, room):
        self.room, self.kept = room, OrderedDict()

    def get(self, key, make):
        if key in self.kept:
            self.kept.move_to_end(key)
            return self.kept[key]
        value = self.kept[key] = make(key)
        if len(self.kept) > self.room:
            old, _ = self.kept.popitem(last=False)
            print("drops", old)
        return value

cache = LRU(2)
print([cache.get(k, lambda k: k * k) for k in (1, 2, 1, 3, 2)], list(cache.kept))
counts = {"a": 1, "b": 2}
print(counts.popitem(), counts)
seen = {1, 2}
print(seen.issubset([1, 2, 3]), seen.issuperset({1}), seen.isdisjoint({3}), sorted(seen.symmetric_difference({2, 5})))
a, b = {1, 2}, {2, 3}
print(a ^ b, a <= {1, 2, 3}, a < a, a >= {1}, a == {2, 1}, a != b,\
  a.difference([1]), a.intersection([2, 9]), a.union([7]))
a ^= b
b -= {3}
print(sorted(a), b, sorted(a | b))
try:
    b.remove(99)
except KeyError as error:
    print("no", error)
p, q = {"a": 1, "b": [1, 2]}, {"b": [1, 2], "a": 1}
print(p == q, p != q, p == {"a": 1}, {(1, 2): 3} == {(1, 2): 3}, [{"a": 1}] == [{"a": 1}], {1: 2} == {1: 2}, {1, 2} in [{2, 1}], {"a": 1} in [{"a": 1}])
print((1, 2) < (1, 10), [3] > [2, 9], (1, 2) <= (1, 2), [1, "b"] < [1, "a"])
