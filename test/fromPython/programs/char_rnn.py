"""A character-level RNN that learns a text and writes some."""
import argparse
import string
import time
from collections import Counter

import numpy as np
import torch
from torch import nn, optim
from torch.utils.data import Dataset, DataLoader

TEXT = """the quick brown fox jumps over the lazy dog.
pack my box with five dozen liquor jugs.
how vexingly quick daft zebras jump!""" * 3


def parse_args():
    parser = argparse.ArgumentParser(description="char-rnn")
    parser.add_argument("--hidden-size", type=int, default=32, help="size of the hidden state")
    parser.add_argument("--seq_len", type=int, default=12)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--lr", type=float, default=5e-3)
    parser.add_argument("--cell", choices=["lstm", "gru"], default="lstm")
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--no-clip", action="store_true")
    return parser.parse_args()


class Vocab:
    PAD, UNK = "<pad>", "<unk>"

    def __init__(self, text, min_freq=1):
        counts = Counter(text)
        chars = sorted(c for c, n in counts.items() if n >= min_freq)
        self.itos = [self.PAD, self.UNK] + chars
        self.stoi = {c: i for i, c in enumerate(self.itos)}
        self.freqs = counts

    def __len__(self):
        return len(self.itos)

    def __contains__(self, c):
        return c in self.stoi

    def __getitem__(self, c):
        return self.stoi.get(c, self.stoi[self.UNK])

    def encode(self, text):
        return [self[c] for c in text]

    def decode(self, ids):
        return "".join(self.itos[i] for i in ids)


class CharDataset(Dataset):
    def __init__(self, text, vocab, seq_len):
        self.data = np.array(vocab.encode(text), dtype=np.int64)
        self.seq_len = seq_len

    def __len__(self):
        return (len(self.data) - 1) // self.seq_len

    def __getitem__(self, idx):
        start = idx * self.seq_len
        chunk = self.data[start:start + self.seq_len + 1]
        return torch.from_numpy(chunk[:-1]), torch.from_numpy(chunk[1:])


class CharRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers=2, cell="lstm", dropout=0.0):
        super().__init__()
        self.hidden_size, self.num_layers, self.cell = hidden_size, num_layers, cell
        self.embed = nn.Embedding(vocab_size, hidden_size, padding_idx=0)
        rnn_cls = nn.LSTM if cell == "lstm" else nn.GRU
        self.rnn = rnn_cls(hidden_size, hidden_size, num_layers, batch_first=True, dropout=dropout)
        self.fc = nn.Linear(hidden_size, vocab_size)

    def forward(self, x, hidden=None):
        out, hidden = self.rnn(self.embed(x), hidden)
        return self.fc(out), hidden

    def init_hidden(self, batch_size):
        weight = next(self.parameters())
        h = weight.new_zeros(self.num_layers, batch_size, self.hidden_size)
        return (h, h.clone()) if self.cell == "lstm" else h


@torch.no_grad()
def sample(model, vocab, prime="the ", length=20, temperature=1.0, top_k=None):
    model.eval()
    hidden = model.init_hidden(1)
    for ch in prime[:-1]:
        _, hidden = model(torch.tensor([[vocab[ch]]]), hidden)
    idx = vocab[prime[-1]]
    out = list(prime)
    for _ in range(length):
        logits, hidden = model(torch.tensor([[idx]]), hidden)
        logits = logits[0, -1] / temperature
        if top_k is not None:
            values, _ = torch.topk(logits, top_k)
            logits[logits < values[-1]] = -float("inf")
        probs = torch.softmax(logits, dim=-1)
        idx = int(probs.argmax())
        out.append(vocab.itos[idx])
    return "".join(out)


def main():
    args = parse_args()
    print(args)
    print(vars(args))
    torch.manual_seed(1)
    vocab = Vocab(TEXT)
    print(len(vocab), "q" in vocab, "Q" in vocab, vocab["t"], vocab.encode("fox"), repr(vocab.decode(vocab.encode("a\nb"))))
    print(vocab.freqs.most_common(3), sorted(set(TEXT) - set(string.ascii_lowercase)))
    ds = CharDataset(TEXT, vocab, args.seq_len)
    x0, y0 = ds[0]
    print(len(ds), ds.data.shape, ds.data.dtype, ds.data[:5], x0.shape, x0.dtype)
    loader = DataLoader(ds, batch_size=8, shuffle=False, drop_last=True)
    model = CharRNN(len(vocab), args.hidden_size, cell=args.cell)
    print(model)
    criterion = nn.CrossEntropyLoss(ignore_index=0)
    optimizer = optim.RMSprop(model.parameters(), lr=args.lr)
    start = time.time()
    losses = []
    for epoch in range(args.epochs):
        hidden = model.init_hidden(8)
        total, n = 0.0, 0
        for x, y in loader:
            hidden = tuple(h.detach() for h in hidden) if isinstance(hidden, tuple) else hidden.detach()
            optimizer.zero_grad()
            logits, hidden = model(x, hidden)
            loss = criterion(logits.reshape(-1, len(vocab)), y.reshape(-1))
            loss.backward()
            if not args.no_clip:
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            total += loss.item() * y.numel()
            n += y.numel()
        losses.append(total / n)
        print(f"epoch {epoch + 1:02d} | loss {losses[-1]:.3f} | ppl {np.exp(losses[-1]):8.2f}")
    elapsed = time.time() - start
    assert elapsed >= 0
    print("losses:", [f"{l:.2f}" for l in losses], np.round(np.array(losses), 2), np.argmin(losses))
    text = sample(model, vocab, temperature=args.temperature, top_k=3)
    print(len(text), text.startswith("the "))


if __name__ == "__main__":
    main()
