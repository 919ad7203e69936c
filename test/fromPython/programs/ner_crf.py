from __future__ import annotations
import math
import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Iterable, Iterator, NamedTuple, Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset, Sampler

PAD, UNK = "<pad>", "<unk>"


class Example(NamedTuple):
    tokens: list[str]
    tags: list[str]


class Vocab:
    def __init__(self, counter: Counter, *, specials: Sequence[str] = (PAD, UNK), min_freq: int = 1):
        self.itos: list[str] = list(specials)
        self.itos += [w for w, c in sorted(counter.items(), key=lambda kv: (-kv[1], kv[0])) if c >= min_freq and w not in specials]
        self.stoi = {w: i for i, w in enumerate(self.itos)}

    def __len__(self) -> int:
        return len(self.itos)

    def __getitem__(self, word: str) -> int:
        return self.stoi.get(word, self.stoi[UNK] if UNK in self.stoi else 0)

    def __contains__(self, word: str) -> bool:
        return word in self.stoi

    def __iter__(self) -> Iterator[str]:
        return iter(self.itos)

    def encode(self, words: Iterable[str]) -> list[int]:
        return [self[w] for w in words]


class NERDataset(Dataset):
    def __init__(self, examples: list[Example], words: Vocab, tags: Vocab):
        self.examples = examples
        self.words, self.tags = words, tags

    def __len__(self):
        return len(self.examples)

    def __getitem__(self, i):
        ex = self.examples[i]
        return torch.tensor(self.words.encode(ex.tokens)), torch.tensor(self.tags.encode(ex.tags))


class LengthSampler(Sampler):
    def __init__(self, lengths: list[int]):
        self.lengths = lengths

    def __iter__(self):
        yield from sorted(range(len(self.lengths)), key=lambda i: (self.lengths[i], i))

    def __len__(self):
        return len(self.lengths)


def collate(batch):
    xs, ys = zip(*batch)
    lengths = torch.tensor([len(x) for x in xs])
    x = pad_sequence(xs, batch_first=True, padding_value=0)
    y = pad_sequence(ys, batch_first=True, padding_value=0)
    mask = torch.arange(x.size(1))[None, :] < lengths[:, None]
    return x, y, mask


class CRF(nn.Module):
    def __init__(self, num_tags: int):
        super().__init__()
        self.num_tags = num_tags
        self.start = nn.Parameter(torch.empty(num_tags).uniform_(-0.1, 0.1))
        self.end = nn.Parameter(torch.empty(num_tags).uniform_(-0.1, 0.1))
        self.trans = nn.Parameter(torch.empty(num_tags, num_tags).uniform_(-0.1, 0.1))

    def score(self, emissions: Tensor, tags: Tensor, mask: Tensor) -> Tensor:
        B, L, _ = emissions.shape
        arange = torch.arange(B)
        s = self.start[tags[:, 0]] + emissions[arange, 0, tags[:, 0]]
        for t in range(1, L):
            s = s + (self.trans[tags[:, t - 1], tags[:, t]] + emissions[arange, t, tags[:, t]]) * mask[:, t].float()
        last = mask.long().sum(1) - 1
        return s + self.end[tags.gather(1, last.unsqueeze(1)).squeeze(1)]

    def partition(self, emissions, mask):
        score = self.start + emissions[:, 0]
        for t in range(1, emissions.size(1)):
            nxt = torch.logsumexp(score.unsqueeze(2) + self.trans + emissions[:, t].unsqueeze(1), dim=1)
            score = torch.where(mask[:, t].unsqueeze(1), nxt, score)
        return torch.logsumexp(score + self.end, dim=1)

    def forward(self, emissions, tags, mask):
        return (self.partition(emissions, mask) - self.score(emissions, tags, mask)).mean()

    @torch.no_grad()
    def decode(self, emissions: Tensor, mask: Tensor) -> list[list[int]]:
        lengths = mask.sum(1).tolist()
        results = []
        for b, length in enumerate(lengths):
            score = self.start + emissions[b, 0]
            back: list[Tensor] = []
            for t in range(1, length):
                best, ptr = (score[:, None] + self.trans).max(dim=0)
                score = best + emissions[b, t]
                back.append(ptr)
            best_tag = int((score + self.end).argmax())
            path = [best_tag]
            for ptr in reversed(back):
                best_tag = ptr[best_tag].item()
                path.append(best_tag)
            results.append(path[::-1])
        return results


class Tagger(nn.Module):
    def __init__(self, vocab_size, num_tags, dim=16, hidden=16):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, dim, padding_idx=0)
        self.rnn = nn.GRU(dim, hidden, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * hidden, num_tags)
        self.crf = CRF(num_tags)

    def emissions(self, x):
        h, _ = self.rnn(self.emb(x))
        return self.out(h)


def make_corpus(n):
    names, places, verbs = ["anna", "bob", "carl"], ["paris", "rome"], ["visits", "likes", "leaves"]
    for _ in range(n):
        toks = [random.choice(names), random.choice(verbs), random.choice(places)]
        tags = ["PER", "O", "LOC"]
        if random.random() < 0.5:
            toks += ["today"]
            tags += ["O"]
        yield Example(toks, tags)


def f1_per_tag(gold: list[list[str]], pred: list[list[str]]) -> dict[str, float]:
    tp, fp, fn = defaultdict(int), defaultdict(int), defaultdict(int)
    for g, p in zip(gold, pred):
        for a, b in zip(g, p):
            if a == b:
                tp[a] += 1
            else:
                fp[b] += 1
                fn[a] += 1
    return {t: 2 * tp[t] / max(1, 2 * tp[t] + fp[t] + fn[t]) for t in sorted(set(tp) | set(fn))}


random.seed(3)
torch.manual_seed(3)
corpus = list(make_corpus(24))
word_counts = Counter(w for ex in corpus for w in ex.tokens)
tag_counts = Counter()
for ex in corpus:
    tag_counts.update(ex.tags)
words, tags = Vocab(word_counts), Vocab(tag_counts, specials=())
print(len(words), words.itos[:4], "anna" in words, "zoe" in words, words["zoe"], [*tags])
ds = NERDataset(corpus, words, tags)
loader = DataLoader(ds, batch_size=8, sampler=LengthSampler([len(e.tokens) for e in corpus]), collate_fn=collate)
model = Tagger(len(words), len(tags))
opt = torch.optim.Adam(model.parameters(), lr=0.05)
for epoch in range(4):
    losses = []
    for x, y, mask in loader:
        loss = model.crf(model.emissions(x), y, mask)
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    print(f"{epoch}: {sum(losses) / len(losses):.3f} ppl={math.exp(losses[-1]):.2f}")
gold, pred = [], []
for x, y, mask in loader:
    for row, path, m in zip(y, model.crf.decode(model.emissions(x), mask), mask):
        n = int(m.sum())
        gold.append([tags.itos[i] for i in row[:n].tolist()])
        pred.append([tags.itos[i] for i in path])
print({k: round(v, 2) for k, v in f1_per_tag(gold, pred).items()}, gold[0], pred[-1])
print(corpus[0], Example._fields)
