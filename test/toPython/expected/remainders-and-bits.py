"""Remainders, rounding, bit operations, hashing, shuffling with a generator of one's own."""

import math
import re

import torch
from torch import nn, optim


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


def remainder(a, b):
    """What a division leaves, with the sign of what is divided."""
    rest = abs(a) % abs(b)
    return -rest if a < 0 else rest


def leading_integer(text, base=10):
    """The whole number that a text begins with."""
    text = str(text).strip()
    length = 1 if text.startswith(("-", "+")) else 0
    while length < len(text) and text[length].lower() in "0123456789abcdefghijklmnopqrstuvwxyz"[:base]:
        length += 1
    return int(text[:length], base) if text[:length].strip("+-") else math.nan


def leading_number(text):
    """The number that a text begins with: whole where it has no fraction."""
    found = re.match(r"\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", text, re.IGNORECASE)
    value = float(found[0]) if found else math.nan
    return int(value) if value % 1 == 0 else value


def int32(x):
    """The number as a signed integer of 32 bits."""
    return int(x) - (int(x) + 2147483648) // 4294967296 * 4294967296


def uint32(x):
    """The number as an unsigned integer of 32 bits."""
    return int(x) - int(x) // 4294967296 * 4294967296


def imul(a, b):
    """The product of two integers of 32 bits, as one of them."""
    low, high = int32(a) & 65535, int32(a) >> 16 & 65535
    return int32(high * (int32(b) & 65535) % 65536 * 65536 + low * int32(b))


def mod(a, n):
    return (a % n + n) % n


def wrapAngle(a):
    turn = 2 * math.pi
    rest = math.fmod(a, turn)
    return rest + turn if rest < 0 else rest


class Lcg:
    def __init__(self, seed=1):
        self._state = uint32(seed)

    def next(self):
        self._state = uint32(imul(self._state, 1664525) + 1013904223)
        return self._state

    def float(self):
        return self.next() / 2 ** 32

    def int(self, below):
        return math.floor(self.float() * below)

    def shuffle(self, values):
        out = list(values)
        for i in range(len(out) - 1, 0, -1):
            j = self.int(i + 1)
            out[i], out[j] = out[j], out[i]
        return out


def fnv(text):
    hash_ = 0x811c9dc5
    for letter in text:
        hash_ = int32(hash_) ^ int32(ord(letter[0]))
        hash_ = imul(hash_, 0x01000193)
    return uint32(hash_)


def popcount(n):
    count = 0
    while n:
        count += int32(n) & 1
        n = uint32(n) // 2
    return count


deltas = [-7, -1, 0, 3, 8]
for d in deltas:
    print(d, int(math.fmod(d, 3)), int(math.fmod(d, -3)), mod(d, 3), math.trunc(d / 2), math.floor(d / 2 + 0.5), ~int32(d), int32(d) >> (1 & 31), uint32(d) // 268435456, int32(d))
print(",".join(map(str, [int(math.fmod(d, 4)) for d in deltas])), " ".join(map(str, [int(math.fmod(i - d, 5)) for i, d in enumerate(deltas)])))
position = 1
track = []
for move in [-3, 2, -4, 5]:
    position = remainder(position + move, 4)
    track.append(position)
print(",".join(map(str, track)), f"{math.fmod(-5.5, 2):.1f}", f"{wrapAngle(-1):.4f}", f"{wrapAngle(7):.4f}")
rng = Lcg(42)
print(rng.next(), f"{rng.float():.6f}", "".join(map(str, rng.shuffle([1, 2, 3, 4, 5, 6]))))
print(fnv("kindling"), format(fnv(""), "x"), "/".join(map(str, [popcount(item) for item in [1, 255, 1023]])), f"{format(255, 'b'):0>10}", format(-8, "b"))
flags = {"a": int32(1 << (0 & 31)), "b": int32(1 << (1 & 31)), "c": int32(1 << (2 & 31))}
state = int32(flags["a"]) | int32(flags["c"])
state = int32(state) ^ int32(flags["a"])
state = int32(state) & int32(~int32(flags["b"]))
print(state, str(int32(state) & int32(flags["c"]) != 0).lower(), str(bool(int32(state) & int32(flags["a"]))).lower(), leading_integer("ff", 16), number("0x1f"), leading_number("3.25abc"))


class HashEmbedding(nn.Module):
    def __init__(self, buckets, dim):
        super().__init__()
        self.buckets = buckets
        self.table = nn.Embedding(buckets, dim)

    def forward(self, words):
        return self.table(torch.tensor([fnv(w) % self.buckets for w in words], dtype=torch.float32).long())


torch.manual_seed(3)
words = "red green blue cyan red blue".split(" ")
net = HashEmbedding(16, 4)
target = torch.randn(len(words), 4)
optimizer = optim.SGD(net.parameters(), lr=0.5)
for i in range(9):
    loss = ((net(words) - target) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if i % 4 == 0:
        print(f"step {i}: {loss.item():.5f}")
bytes = [item % 256 for item in [1, 2, 300, -1]]
ints = sorted([int32(item) for item in list([3, 1, 2])])
floats = [0.5] * 4
floats[1] += 2
print(
    ",".join(map(str, list(bytes))),
    "-".join(map(str, ints)),
    sum(floats),
    max(floats),
    len(ints),
)
