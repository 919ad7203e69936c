"""An LSTM tagger with a vocabulary, padding and masks, beam search, JSON report; optional chains; string methods."""

import functools
import json
import math
import re

import torch
import torch.nn.functional as F
from torch import nn, optim

import unicodedata


def locale_compare(a, b):
    """Which of two texts is first in an index: -1, 0 or 1. Letters count before their accents, those before their case."""
    signs = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"

    def letters(text):
        plain = [c for c in unicodedata.normalize("NFD", text).lower() if unicodedata.category(c) != "Mn"]
        return "".join("1" + chr(33 + signs.find(c)) if c in signs else "0" + c if c.isspace() else "2" + c for c in plain)

    def accents(text):
        return unicodedata.normalize("NFD", text).lower()

    def case(text):
        return text.swapcase()

    for part in (letters, accents, case):
        if part(a) != part(b):
            return -1 if part(a) < part(b) else 1
    return 0


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


class Tag:
    Other = 0
    Noun = 1
    Verb = 2


corpus = [
    [
        ["The", Tag.Other],
        ["dog", Tag.Noun],
        ["barks", Tag.Verb],
    ],
    [
        ["A", Tag.Other],
        ["Cat", Tag.Noun],
        ["sleeps", Tag.Verb],
        ["well", Tag.Other],
    ],
    [
        ["dogs", Tag.Noun],
        ["chase", Tag.Verb],
        ["the", Tag.Other],
        ["cat", Tag.Noun],
    ],
]


class Vocabulary:
    def __init__(self, *specials):
        self.ids = {}
        self.words = []
        for s in specials:
            self.add(s)

    def add(self, word):
        if self.ids.get(word) is None:
            self.words.append(word)
            self.ids[word] = len(self.words) - 1
        return self.ids[word]

    def id(self, word):
        return value2 if (value2 := value if (value := self.ids.get(word)) is not None else self.ids["<unk>"]) is not None else 0

    def word(self, id_):
        return self.words[id_] if 0 <= id_ < len(self.words) else None

    @property
    def size(self):
        return len(self.words)


vocabulary = Vocabulary("<pad>", "<unk>")
for sentence in corpus:
    for word, _ in sentence:
        vocabulary.add(word.lower())
longest = max(len(s) for s in corpus)


def pad(values, fill, length=None):
    if length is None:
        length = longest
    return [*values, *[fill] * (length - len(values))]


x = torch.tensor(
    [pad(
        [vocabulary.id(w.lower()) for w, _ in s],
        0,
    ) for s in corpus], dtype=torch.float32,
).long()
y = torch.tensor(
    [pad(
        [t for _, t in s],
        -100,
    ) for s in corpus], dtype=torch.float32,
).long()
lengths = [len(item) for item in corpus]


class Tagger(nn.Module):
    def __init__(self, words, tags, *, dim=8, hidden=6, layers=1):
        super().__init__()
        self.embed = nn.Embedding(words, dim, padding_idx=0)
        self.lstm = nn.LSTM(dim, hidden, num_layers=layers, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * hidden, tags)

    def forward(self, ids):
        states, (h, _) = self.lstm(self.embed(ids))
        if h.shape[0] != 2:
            raise TypeError("two directions are wanted")
        return self.out(states)


torch.manual_seed(17)
tagger = Tagger(vocabulary.size, 3, hidden=5)
optimizer = optim.Adam(tagger.parameters(), lr=0.05)
history = []
for step in range(20):
    logits = tagger(x)
    loss = F.cross_entropy(logits.transpose(1, 2), y, ignore_index=-100)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    guesses = logits.argmax(-1)
    entry = {"step": step, "loss": loss.item()}
    if step % 10 == 9:
        entry["perTag"] = {"noun": (guesses == y).logical_and(y == Tag.Noun).sum().item()}
    history.append(entry)
for item in [h for h in history if h.get("perTag") is not None]:
    step, loss, perTag = item["step"], item["loss"], item.get("perTag")
    print(step, f"{loss:.4f}", value if (value := perTag.get("noun") if perTag is not None else None) is not None else "-", value2 if (value2 := perTag.get("verb") if perTag is not None else None) is not None else "n/a")
print(
    vocabulary.size,
    vocabulary.word(2),
    value3 if (value3 := vocabulary.word(99)) is not None else "none",
    vocabulary.id("zebra"),
    "+".join(map(str, lengths)),
    functools.reduce(lambda a, b: a + b, lengths),
)


def beam(scores, width=2):
    beams = [{"path": [], "score": 0}]
    for row in scores:
        beams = sorted([value for item in beams for value in [{"path": [*item["path"], i], "score": item["score"] + s} for i, s in enumerate(row)]], key=lambda b: b["score"], reverse=True)[:width]
    return beams


tagger.eval()
@torch.no_grad()


def without_gradients():
    return tagger(x[1:2]).log_softmax(-1)


logs = without_gradients().squeeze(0).tolist()
names = {str(Tag.Other): "other", str(Tag.Noun): "noun", str(Tag.Verb): "verb"}
for item2 in beam(logs):
    path, score = item2["path"], item2["score"]
    print("".join(names[str(t)][0].upper() for t in path), f"{score:.3f}")
text = "  The quick-brown Fox, it's 3.5 years old!  "
words = re.split(r"\s+", re.sub(r"[^a-z0-9.\s'-]", "", text.strip().lower()))
print(
    len(words),
    "".join(w[0].upper() + w[1:] for w in words[1].split("-")),
    str("Fox" in text).lower(),
    text.find("quick"),
    text.rfind("o"),
)
print(
    "abc"[-1],
    len("a,b,,c".split(",")),
    "x" * 3,
    "abc"[1],
    "Hello"[1:3],
    "Hello"[-3:],
    ord("tEST"[0]),
    len(list("héé")),
)
print(
    "one two".replace("o", "0", 1),
    "a-b-c".replace("-", "+"),
    str("abc".startswith("ab")).lower(),
    str("abc"[:3].endswith("bc")).lower(),
    "|".join("k=v=w".split("=")[:2]),
    locale_compare("b", "a"),
    len("  x".lstrip()),
)
report = {"model": type(tagger).__name__, "tags": list(names.values()), "ok": True, "none": None, "nested": {"loss": number(f"{history[-1]['loss']:.2f}")}}
print(json.dumps(report, separators=(",", ":"), ensure_ascii=False))
