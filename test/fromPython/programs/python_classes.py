"""Language features, flat script."""
import abc
import enum
import functools
import itertools
import json
import re
import string
from collections import Counter, OrderedDict, defaultdict
from contextlib import contextmanager
import torch
import torch.nn as nn


class Color(enum.Enum):
    RED = 1
    GREEN = 2
    BLUE = 3

    @property
    def pretty(self):
        return self.name.lower().capitalize()

    @classmethod
    def parse(cls, text):
        return cls[text.upper()]


class Shape(abc.ABC):
    count = 0

    def __init__(self, name):
        self.name = name
        Shape.count += 1

    @abc.abstractmethod
    def area(self) -> float: ...

    @property
    def label(self):
        return f"{self.name}<{self.area():.2f}>"

    def __repr__(self):
        return f"{type(self).__name__}({self.name!r})"

    def __lt__(self, other):
        return self.area() < other.area()

    def __eq__(self, other):
        return isinstance(other, Shape) and self.area() == other.area()


class LogMixin:
    def log(self, *parts, sep="/"):
        print(sep.join(str(p) for p in parts), end=";\n")


class Square(LogMixin, Shape):
    def __init__(self, side):
        super().__init__("square")
        self._side = side

    @property
    def side(self):
        return self._side

    @side.setter
    def side(self, value):
        if value <= 0:
            raise ValueError("side must be positive")
        self._side = value

    def area(self):
        return float(self._side ** 2)


class Rect(Shape):
    def __init__(self, w, h):
        super().__init__("rect")
        self.w, self.h = w, h

    def area(self):
        return self.w * self.h * 1.0

    @staticmethod
    def unit():
        return Rect(1, 1)


shapes = [Square(3), Rect(2, 4), Rect.unit()]
print(sorted(shapes), max(shapes).label, Shape.count)
sq0 = Square(1)
sq0.log("a", 1, 2.5, None, True)
sq = Square(3)
sq.side = 1
print(sq == shapes[2], sq != shapes[1])
try:
    sq.side = -1
except ValueError as err:
    print(f"{err=}", str(err))
print(Color.parse("green").pretty, [c.name for c in Color], Color.RED, Color(3).value)

# negatives
a, b = -7, 2
print(a // b, a % b, divmod(a, b), a % -3, 7 % -3, -a // b)
for i in range(-3, 3):
    print(i % 3, i // 2, end=" ")
print()
xs = list(range(10))
idx = -2
print(xs[idx], xs[::2], xs[::-1], xs[8:2:-2], xs[-3:], xs[:-7], xs[idx:], xs[1:idx])
xs[idx] = 99
print(xs, 3 < xs[4] <= 4 < 5)
del xs[2:4]
print(xs, xs.index(99), xs.count(1))
xs[1:3] = [7, 7, 7]
print(xs)


def counter(start=0):
    n = start

    def inc(by=1):
        nonlocal n
        n += by
        return n
    return inc


c = counter(5)
c(); c(by=3)
print(c())


def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


print(list(itertools.islice(fib(), 10)), next(x for x in fib() if x > 50))


def variadic(first, *rest, scale=1, **opts):
    return first + sum(rest) * scale, sorted(opts.items())


print(variadic(1, 2, 3, scale=10, b=2, a=1))
args = (1, 2)
kw = {"scale": 3, "z": 0}
print(variadic(*args, **kw))


@contextmanager
def section(title):
    print(f"<{title}>")
    try:
        yield title.upper()
    finally:
        print(f"</{title}>")


with section("intro") as s:
    print(s)

text = "The quick brown fox, the lazy dog; THE end."
words = re.findall(r"[a-z]+", text.lower())
counts = Counter(words)
print(counts.most_common(2), counts["the"], counts["missing"])
by_len = defaultdict(list)
for w in words:
    by_len[len(w)].append(w)
print(dict(by_len), {k: len(v) for k, v in sorted(by_len.items(), reverse=True)})
print(text.title(), text.partition(","), text.find("fox"), "x".join("abc"))
print("  pad ".strip().center(11, "*"), "a,b,,c".split(","), "1 2  3".split(), "k=v=w".split("=", 1))
print("%5.2f|%-8s|%03d|%e" % (3.14159, "hi", 7, 12345.678), "{:>8}|{:^8}|{:<8}|{:,}".format("r", "c", "l", 1234567))
print(f"{'x':>5}|{3.5:08.3f}|{42:#x}|{255:b}|{0.1234:.1%}|{1e10:g}|{-5:+d}|{1234.5:,.1f}")
if (m := re.match(r"(\w+)\s+(?P<second>\w+)", text)) is not None:
    print(m.group(0), m.group(1), m.group("second"), m.groups())
print(functools.reduce(lambda acc, x: acc * x, [1, 2, 3, 4]), list(itertools.accumulate([1, 2, 3])))
for key, grp in itertools.groupby(sorted(words, key=len), key=len):
    print(key, list(grp))
print(json.dumps({"a": [1, 2.0, None], "b": {"c": True}}, sort_keys=True))
A, B = {1, 2, 3}, {3, 4}
print(A | B, A & B, A - B, A ^ B, A <= B, 3 in A and 5 not in B)


od = OrderedDict(a=1)
od["b"] = 2
od.move_to_end("a")
print(list(od.items()), od)
first, *middle, last = "a b c d".split()
print(first, middle, last)
matrix = [[1, 2, 3], [4, 5, 6]]
print(list(zip(*matrix)), [list(r) for r in zip(*matrix)], [x for row in matrix for x in row if x % 2])
print(any(x > 5 for r in matrix for x in r), all([]), sum([[1], [2]], []))
print(round(2.5), round(-1.5), round(2.675, 2), int(-3.7), abs(-4), 7 / 2, 2 ** -1, 2 ** 10, 1e3)
print(string.ascii_lowercase[:5], ord("a"), chr(98), bin(5), hex(255), "é".upper())
print(torch.tensor([1.5, -2.0]).tolist(), torch.arange(3).tolist(), (1,), [(1, 2.0)], {"k": (1, "a")})


class Talking:
    def log(self, *parts, sep="/"):
        print(sep.join(str(p) for p in parts), end=";\n")
class Saving:
    def save(self):
        self.log("save", type(self).__name__)
class Figure(abc.ABC):
    def __init__(self, name):
        self.name = name
    def area(self):
        return 0
class Tile(Talking, Saving, Figure):
    def __init__(self, side):
        super().__init__("square")
        self.side = side
    def area(self):
        return self.side ** 2
class Net(Talking, nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(1, 2)
class Base:
    def who(self):
        return "base"
class Left(Base):
    def who(self):
        return "a" + super().who()
class Right(Base):
    def who(self):
        return "b" + super().who()
class Both(Left, Right):
    pass
Tile(2).save()
Net().log("net", 2, sep="-")
print(Both().who(), Tile(3).area())
