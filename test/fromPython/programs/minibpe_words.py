"""Byte-pair encoding, a bag of words and a small text classifier with EmbeddingBag."""
import re
from collections import Counter
from functools import lru_cache, reduce
from operator import itemgetter
from typing import Iterable

import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset, Sampler

TEXTS = [
    ("the movie was great and the acting was great", 1),
    ("a great story, well told", 1),
    ("wonderful, warm and funny", 1),
    ("i loved the funny story", 1),
    ("the movie was bad and the acting was worse", 0),
    ("a bad story, badly told", 0),
    ("boring, cold and not funny", 0),
    ("i hated the boring story", 0),
]


def get_stats(ids, counts=None):
    counts = {} if counts is None else counts
    for pair in zip(ids, ids[1:]):
        counts[pair] = counts.get(pair, 0) + 1
    return counts


def merge(ids, pair, idx):
    newids = []
    i = 0
    while i < len(ids):
        if ids[i] == pair[0] and i < len(ids) - 1 and ids[i + 1] == pair[1]:
            newids.append(idx)
            i += 2
        else:
            newids.append(ids[i])
            i += 1
    return newids


class BasicTokenizer:
    def __init__(self):
        self.merges = {}  # (int, int) -> int
        self.vocab = {}

    def train(self, text, num_merges, verbose=False):
        chars = sorted(set(text))
        self.base = {ch: i for i, ch in enumerate(chars)}
        self.vocab = {i: ch for ch, i in self.base.items()}
        ids = [self.base[ch] for ch in text]
        for i in range(num_merges):
            stats = get_stats(ids)
            pair = max(stats, key=lambda p: (stats[p], -p[0], -p[1]))
            idx = len(chars) + i
            ids = merge(ids, pair, idx)
            self.merges[pair] = idx
            self.vocab[idx] = self.vocab[pair[0]] + self.vocab[pair[1]]
            if verbose:
                print(f"merge {i+1}/{num_merges}: {pair} -> {idx} ({self.vocab[idx]!r}) had {stats[pair]} occurrences")
        return ids

    def encode(self, text):
        ids = [self.base[ch] for ch in text if ch in self.base]
        while len(ids) >= 2:
            stats = get_stats(ids)
            pair = min(stats, key=lambda p: self.merges.get(p, float("inf")))
            if pair not in self.merges:
                break  # nothing else can be merged anymore
            ids = merge(ids, pair, self.merges[pair])
        return ids

    def decode(self, ids):
        return "".join(self.vocab[idx] for idx in ids)


def tokenize(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


class Vocab:
    PAD, UNK = "<pad>", "<unk>"

    def __init__(self, tokens: Iterable[str], min_freq: int = 1, specials=(PAD, UNK)):
        counter = Counter(tokens)
        self.itos = list(specials) + [w for w, c in sorted(counter.items(), key=lambda t: (-t[1], t[0])) if c >= min_freq]
        self.stoi = {w: i for i, w in enumerate(self.itos)}
        self.freqs = counter

    def __len__(self):
        return len(self.itos)

    def __getitem__(self, token):
        return self.stoi.get(token, self.stoi[self.UNK])

    def __contains__(self, token):
        return token in self.stoi

    def __call__(self, tokens):
        return [self[t] for t in tokens]


class TextDataset(Dataset):
    def __init__(self, pairs, vocab):
        self.examples = [(torch.tensor(vocab(tokenize(text))), label) for text, label in pairs]

    def __len__(self):
        return len(self.examples)

    def __getitem__(self, i):
        return self.examples[i]


class BucketSampler(Sampler):
    """Batches of alike lengths."""

    def __init__(self, lengths, batch_size):
        self.lengths = lengths
        self.batch_size = batch_size

    def __iter__(self):
        order = sorted(range(len(self.lengths)), key=self.lengths.__getitem__)
        batches = [order[i:i + self.batch_size] for i in range(0, len(order), self.batch_size)]
        for i in torch.randperm(len(batches)).tolist():
            yield batches[i]

    def __len__(self):
        return (len(self.lengths) + self.batch_size - 1) // self.batch_size


def collate(batch):
    seqs, labels = zip(*batch)
    lengths = torch.tensor([len(s) for s in seqs])
    return pad_sequence(seqs, batch_first=True), lengths, torch.tensor(labels, dtype=torch.float)


class MeanClassifier(nn.Module):
    def __init__(self, vocab_size, dim=16, pad_idx=0):
        super().__init__()
        self.pad_idx = pad_idx
        self.embedding = nn.Embedding(vocab_size, dim, padding_idx=pad_idx)
        self.fc = nn.Linear(dim, 1)

    def forward(self, x, lengths):
        mask = (x != self.pad_idx).unsqueeze(-1)
        pooled = (self.embedding(x) * mask).sum(1) / lengths[:, None]
        return self.fc(pooled).squeeze(-1)


@lru_cache(maxsize=None)
def levenshtein(a: str, b: str) -> int:
    if not a or not b:
        return len(a) or len(b)
    if a[0] == b[0]:
        return levenshtein(a[1:], b[1:])
    return 1 + min(levenshtein(a[1:], b), levenshtein(a, b[1:]), levenshtein(a[1:], b[1:]))


torch.manual_seed(0)
corpus = " ".join(text for text, _ in TEXTS)
tokenizer = BasicTokenizer()
ids = tokenizer.train(corpus, 8, verbose=True)
print(f"{len(corpus)} characters, {len(ids)} tokens, compression {len(corpus) / len(ids):.2f}X")
text = "the great boring actor"
print([tokenizer.vocab[i] for i in tokenizer.encode(text)], tokenizer.decode(tokenizer.encode(text)) == text)

vocab = Vocab(token for text, _ in TEXTS for token in tokenize(text))
print(len(vocab), vocab.itos[:6], vocab["great"], vocab["unheard"], "story" in vocab, "unheard" in vocab)
print(vocab.freqs.most_common(3))
dataset = TextDataset(TEXTS, vocab)
sampler = BucketSampler([len(x) for x, _ in dataset.examples], batch_size=4)
loader = DataLoader(dataset, batch_sampler=sampler, collate_fn=collate)
model = MeanClassifier(len(vocab))
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
criterion = nn.BCEWithLogitsLoss()
for epoch in range(10):
    losses, hits = [], 0
    for x, lengths, y in loader:
        logits = model(x, lengths)
        loss = criterion(logits, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        hits += ((logits > 0) == y.bool()).sum().item()
    if epoch % 3 == 0:
        print(f"epoch {epoch} loss {sum(losses) / len(losses):.4f} accuracy {hits / len(dataset):.1%}")
with torch.no_grad():
    for text in ["a wonderful story", "boring and bad"]:
        x, lengths, _ = collate([(torch.tensor(vocab(tokenize(text))), 0)])
        print(f"{text:<20} {torch.sigmoid(model(x, lengths)).item():.3f}")
print(levenshtein("kitten", "sitting"), reduce(lambda a, b: a * b, [1, 2, 3, 4]), sorted([(2, 'b'), (1, 'z'), (2, 'a')], key=itemgetter(0)))
