"""Skip-gram with negative sampling: vocabulary, subsampling, nearest neighbours, analogies."""
import heapq
import math
import random
import re
from collections import Counter, OrderedDict, defaultdict, deque
from itertools import chain, islice

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

TEXT = """
the king rules the land and the queen rules the land too .
a man walks in the city , a woman walks in the city .
the king is a man and the queen is a woman ; the prince is a boy .
the dog chases the cat , the cat chases the mouse and the mouse runs .
a boy plays with the dog and a girl plays with the cat .
the princess is a girl , and the girl loves the king and the queen .
"""

PAD, UNK = "<pad>", "<unk>"


def tokenize(text):
    return [re.sub(r"[^a-z]", "", w) for w in text.lower().split() if w.isalpha()]


class Vocab(object):
    def __init__(self, tokens, min_freq=1, specials=(PAD, UNK)):
        counter = Counter(tokens)
        self.freqs = OrderedDict(sorted(counter.items(), key=lambda kv: (-kv[1], kv[0])))
        self.itos = list(specials)
        self.itos += [word for word, freq in self.freqs.items() if freq >= min_freq]
        self.stoi = {w: i for i, w in enumerate(self.itos)}

    def __len__(self):
        return len(self.itos)

    def __getitem__(self, word):
        return self.stoi.get(word, self.stoi[UNK])

    def __contains__(self, word):
        return word in self.stoi

    def lookup(self, indices):
        return [self.itos[i] for i in indices]


class SkipGramDataset(torch.utils.data.Dataset):
    def __init__(self, ids, window, vocab_size, counts, n_neg=3):
        self.window = window
        self.n_neg = n_neg
        self.pairs = list(self._pairs(ids))
        weights = np.array(counts) ** 0.75
        self.probs = torch.from_numpy(weights / weights.sum()).float()

    def _pairs(self, ids):
        for i, centre in enumerate(ids):
            left = max(0, i - self.window)
            right = min(len(ids), i + self.window + 1)
            for j in range(left, right):
                if i != j:
                    yield centre, ids[j]

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, idx):
        centre, context = self.pairs[idx]
        negatives = torch.multinomial(self.probs, self.n_neg, replacement=True)
        return torch.tensor(centre), torch.tensor(context), negatives


class SkipGram(nn.Module):
    def __init__(self, vocab_size, dim):
        super().__init__()
        self.in_embed = nn.Embedding(vocab_size, dim, padding_idx=0)
        self.out_embed = nn.Embedding(vocab_size, dim, padding_idx=0)
        init_range = 0.5 / dim
        self.in_embed.weight.data.uniform_(-init_range, init_range)
        self.out_embed.weight.data.uniform_(-0, 0)

    def forward(self, centre, context, negatives):
        v = self.in_embed(centre)
        u = self.out_embed(context)
        n = self.out_embed(negatives)
        positive = F.logsigmoid((v * u).sum(dim=1))
        negative = F.logsigmoid(-torch.bmm(n, v.unsqueeze(2)).squeeze(2)).sum(1)
        return -(positive + negative).mean()

    @property
    def vectors(self):
        return self.in_embed.weight.detach()


def subsample(tokens, freqs, threshold=0.05):
    total = sum(freqs.values())
    kept = []
    for tok in tokens:
        f = freqs[tok] / total
        keep = math.sqrt(threshold / f) if f > threshold else 1.0
        if random.random() < keep:
            kept.append(tok)
    return kept


def nearest(model, vocab, word, k=3):
    if word not in vocab:
        return []
    vectors = F.normalize(model.vectors, dim=1)
    sims = vectors @ vectors[vocab[word]]
    scored = [(round(sims[i].item(), 3), vocab.itos[i]) for i in range(2, len(vocab)) if vocab.itos[i] != word]
    return [name for _, name in heapq.nlargest(k, scored)]


def bigrams(tokens):
    table = defaultdict(lambda: defaultdict(int))
    for a, b in zip(tokens, tokens[1:]):
        table[a][b] += 1
    return table


def main():
    random.seed(1)
    torch.manual_seed(1)
    sentences = [tokenize(line) for line in TEXT.strip().split("\n")]
    tokens = list(chain.from_iterable(sentences))
    vocab = Vocab(tokens)
    print(len(tokens), len(vocab), vocab.itos[:5], "king" in vocab, "zebra" in vocab)
    print(list(islice(vocab.freqs.items(), 3)))
    kept = subsample(tokens, vocab.freqs)
    print("kept", len(kept), " ".join(kept[:6]))
    ids = [vocab[t] for t in kept]
    counts = [vocab.freqs.get(w, 0) for w in vocab.itos]
    data = SkipGramDataset(ids, 2, len(vocab), counts)
    loader = torch.utils.data.DataLoader(data, batch_size=32, shuffle=True)
    model = SkipGram(len(vocab), 10)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05) if len(vocab) > 100 else torch.optim.Adam(model.parameters(), lr=0.05)
    recent = deque(maxlen=5)
    for epoch in range(4):
        for centre, context, negatives in loader:
            loss = model(centre, context, negatives)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            recent.append(loss.item())
        print("epoch %d loss %.4f (last %d)" % (epoch, sum(recent) / len(recent), len(recent)))
    for word in ("king", "cat", "zebra"):
        found = nearest(model, vocab, word)
        print(word, "->", len(found), "neighbours" if found else "none")
    table = bigrams(tokens)
    follow = max(table["the"], key=table["the"].get)
    print("the", follow, table["the"][follow], sorted(table["a"].items(), key=lambda kv: (-kv[1], kv[0]))[:2])
    lengths = Counter(len(w) for w in tokens)
    print(dict(sorted(lengths.items())), lengths.most_common(1)[0])
    grouped = {}
    for w in vocab.itos[2:]:
        grouped.setdefault(w[0], []).append(w)
    print({k: len(v) for k, v in sorted(grouped.items()) if len(v) > 2})
    print(vocab.lookup([2, 3]), vocab["zebra"], model.vectors.shape, model.vectors[0].abs().sum().item())


main()
