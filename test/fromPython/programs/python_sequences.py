from collections import deque, ChainMap
import itertools as it
import operator as op
import random
import textwrap
from typing import NamedTuple, Optional


class Node:
    __slots__ = ("value", "left", "right")

    def __init__(self, value, left=None, right=None):
        self.value = value
        self.left = left
        self.right = right

    def __iter__(self):
        if self.left is not None:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right

    def __len__(self):
        return 1 + (len(self.left) if self.left else 0) + (len(self.right) if self.right else 0)

    def insert(self, value):
        side = "left" if value < self.value else "right"
        child = getattr(self, side)
        if child is None:
            setattr(self, side, Node(value))
        else:
            child.insert(value)

    @classmethod
    def of(cls, *values):
        first, *rest = values
        root = cls(first)
        for v in rest:
            root.insert(v)
        return root


tree = Node.of(5, 2, 8, 1, 9, 3)
print(list(tree), len(tree), sum(tree), max(tree), 8 in tree, sorted(tree, reverse=True)[:2])


class Matrix:
    def __init__(self, rows):
        self.rows = [list(r) for r in rows]

    def __matmul__(self, other):
        return Matrix([[sum(a * b for a, b in zip(r, c)) for c in zip(*other.rows)] for r in self.rows])

    def __mul__(self, k):
        return Matrix([[v * k for v in r] for r in self.rows])

    __rmul__ = __mul__

    def __getitem__(self, key):
        i, j = key
        return self.rows[i][j]

    def __setitem__(self, key, v):
        i, j = key
        self.rows[i][j] = v

    def __eq__(self, other):
        return self.rows == other.rows

    def __repr__(self):
        return f"Matrix({self.rows})"

    @property
    def T(self):
        return Matrix(zip(*self.rows))

    @property
    def shape(self):
        return len(self.rows), len(self.rows[0])


m = Matrix([[1, 2], [3, 4]])
m[0, 1] = 7
print(m, m.T, m @ m.T, m * 2, m[1, 0], m.shape, m == Matrix([(1, 7), (3, 4)]))


class Pipeline:
    def __init__(self, *steps, name="pipe", **config):
        self.steps = list(steps)
        self.name = name
        self.config = {"verbose": False, **config}

    def __call__(self, x, *, debug=False):
        for i, (label, fn) in enumerate(self.steps, 1):
            x = fn(x)
            if debug:
                print(f"  {i}. {label:.<8}{x!s:.>6}")
        return x

    def then(self, label, fn):
        self.steps.append((label, fn))
        return self


p = Pipeline(("double", lambda v: v * 2), ("inc", lambda v: v + 1), name="p1", level=3).then("square", lambda v: v ** 2)
print(p(3, debug=True), p.name, p.config, len(p.steps))


def safe_div(a, b):
    try:
        if b == 0:
            raise ZeroDivisionError("division by zero")
        result = a / b
    except ZeroDivisionError as e:
        return f"err: {e}"
    else:
        return f"{result:.2f}"
    finally:
        log.append((a, b))


class TooBig(ValueError):
    def __init__(self, value, limit=10):
        super().__init__(f"{value} > {limit}")
        self.value = value


def check(v):
    if v > 10:
        raise TooBig(v)
    elif v < 0:
        raise TypeError("negative")
    return v


log = []
print(safe_div(1, 4), safe_div(1, 0), log)
for v in (3, 12, -1):
    try:
        print(check(v), end=" ok\n")
    except TooBig as e:
        print(type(e).__name__, e, e.value, isinstance(e, ValueError))
    except (TypeError, KeyError) as e:
        print("other", e)

it1 = iter([1, 2, 3])
print(next(it1), next(it1), next(it1, None), next(it1, "end"))
print([*range(3), *"ab"], {**{"a": 1}, "b": 2}, (*[1, 2], 3), [x for x in range(20) if x % 3 == 0 if x % 2])
nested = [[1, [2, 3]], [4], []]


def flatten(xs):
    for x in xs:
        if isinstance(x, list):
            yield from flatten(x)
        else:
            yield x


print(list(flatten(nested)), {len(x): x for x in nested}, [i for i, x in enumerate(nested) if not x])
print(list(it.chain.from_iterable([[1], [2, 3]])), list(it.combinations("abc", 2)), list(it.product([0, 1], repeat=2)))
print(list(it.zip_longest([1, 2], "a", fillvalue="-")), list(it.takewhile(lambda v: v < 3, [1, 2, 5, 1])), list(it.starmap(op.add, [(1, 2), (3, 4)])))
print(list(it.pairwise([1, 2, 3])), list(it.dropwhile(lambda v: v < 3, [1, 2, 5, 1])), list(it.repeat("x", 3)), list(it.islice(range(10), 2, 8, 3)))
d = deque([1, 2, 3], maxlen=3)
d.append(4)
d.appendleft(0)
print(d, list(d), d[0], d[-1])
d.rotate(1)
print(d)
words = "the quick brown fox jumps over the lazy dog".split()
index = {}
for i, w in enumerate(words):
    index.setdefault(w[0], []).append(i)
print(index, sorted(index.items(), key=lambda kv: (-len(kv[1]), kv[0]))[:2])
longest = max(words, key=len)
print(longest, min(words, key=lambda w: (len(w), w)), sum(len(w) for w in words) // len(words), " ".join(w.capitalize() for w in words[:3]))
n = 27
steps = 0
while n != 1 and (steps := steps + 1) < 200:
    n = n // 2 if n % 2 == 0 else 3 * n + 1
else:
    print("collatz", steps, n)
for a in range(2, 12):
    for b in range(2, a):
        if a % b == 0:
            break
    else:
        print(a, end=",")
print()
x, y = 10, 3
x, y = y, x % y
print(x, y, x > y > 0, not x, x & y, x | 8, x ^ y, ~x, x << 2, 1_000_000, 0xFF, 0b101, 5 // 2 * 2.0)
print("%s has %d items costing %.2f (%5.1f%%)" % ("cart", 3, 9.5, 12.345), "{0}-{1}-{0}".format("a", "b"), "{name!r:>8}".format(name="z"), f"{{}} {x:03d} {'é':*^5} {3.0} {1e16} {1e-5} {100.0:g} {2/3:.3g}")
print(str(None), repr("it's"), repr('say "hi"'), "tab\tnew\\n", "a" * 3 + "-" * 2, "abc"[::-1], "abc"[-2:], "hello world".replace("o", "0", 1), "x" in "xyz")
print(bool([]), bool([0]), bool(""), bool(0.0), None is None, [] == [], [1, 2] < [1, 3], (1, "a") == (1, "a"), {1: 2} == {1: 2}, "a" < "b")
print(round(3.14159, 2), round(1234.5, -2), round(7), divmod(17, 5), pow(2, 5), abs(-2.5), int("42") + int("ff", 16), float("1e3"), int(3.99), int(-3.99))
fns = [lambda k=k: k * 10 for k in range(3)]
print([f() for f in fns])
print(any(w.startswith("q") for w in words), all(len(w) > 2 for w in words), list(filter(None, [0, 1, "", "a"])), list(map(lambda a, b: a * b, [1, 2], [3, 4])))
print(sorted([(2, "b"), (1, "z"), (2, "a")]), sorted("hello"), sorted({"b": 1, "a": 2}), list(reversed([1, 2, 3])), sorted([3, -1, 2], key=abs))
random.seed(42)
print(random.randint(1, 6), random.choice(words), random.sample(range(10), 3), round(random.random(), 4), random.uniform(1, 2) > 1)
deck = list(range(5))
random.shuffle(deck)
print(deck, random.choices("ab", k=3), random.gauss(0, 1) < 5)
