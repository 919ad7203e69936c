"""A small transformer that learns to reverse; masks, rotary positions, weight tying, warm-up with a cosine."""

import functools
import math

import torch
import torch.nn.functional as F
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


def int32(x):
    """The number as a signed integer of 32 bits."""
    return int(x) - (int(x) + 2147483648) // 4294967296 * 4294967296


PAD = 0
BOS = 1
SYMBOLS = ["<pad>", "<bos>", *"abcdef"]


def rotate(x):
    a, b = x.chunk(2, -1)
    return torch.cat([-b, a], -1)


class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.dim = dim
        self.heads = heads
        if dim % heads != 0:
            raise ValueError(f"{dim} isn't divisible by {heads}")
        self.qkv = nn.Linear(dim, 3 * dim, bias=False)
        self.out = nn.Linear(dim, dim)
        self._scale = 1 / math.sqrt(dim / heads)

    def forward(self, x, mask=None):
        n, t, d = x.shape
        h = self.heads
        q, k, v = self.qkv(x).view(n, t, 3, h, d // h).permute(2, 0, 3, 1, 4).unbind(0)
        freq = torch.outer(
            torch.arange(t).float(),
            (torch.arange(0, number(d / h), 2).float() * (-math.log(100) / (d / h))).exp(),
        )
        angles = torch.cat([freq, freq], -1)
        def turn(z):
            return z * angles.cos() + rotate(z) * angles.sin()
        scores = turn(q) @ turn(k).transpose(-2, -1) * self._scale
        if mask is not None:
            scores = scores.masked_fill(mask, -math.inf)
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(n, t, d))


class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.attention = Attention(dim, heads)
        self.mlp = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))
        self.norms = nn.ModuleList([nn.LayerNorm(dim), nn.LayerNorm(dim)])

    def forward(self, x, mask=None):
        first, second = list(self.norms)
        x = x + self.attention(first(x), mask)
        return x + self.mlp(second(x))


class Model(nn.Module):
    def __init__(self, *, depth=2, heads=4):
        super().__init__()
        self.embed = nn.Embedding(len(SYMBOLS), 16, padding_idx=PAD)
        self.norm = nn.LayerNorm(16)
        self.head = nn.Linear(16, len(SYMBOLS), bias=False)
        self.blocks = nn.ModuleList([Block(16, heads) for _ in range(depth)])
        self.head.weight = self.embed.weight

    def forward(self, ids):
        t = ids.shape[1]
        mask = torch.ones(t, t).triu(1).bool()
        x = self.embed(ids)
        for block in self.blocks:
            x = block(x, mask)
        return self.head(self.norm(x))


def sample(n, length=4):
    source = torch.randint(2, len(SYMBOLS), (n, length))
    all_ = torch.cat([source, torch.full((n, 1), BOS, dtype=torch.int64), source.flip(1)], 1)
    return {"input": all_[:, 0:-1], "target": all_[:, 1:]}


torch.manual_seed(3407)
model = Model(heads=2)
parts = list(model.parameters())
count = len(parts)
print(f"{count} tensors, {(functools.reduce(lambda a, b: a + b, [p.numel() for p in model.parameters()]))} numbers")
optimizer = optim.AdamW(
    [
        {"params": [p for _, p in [item for item in model.named_parameters() if item[1].dim() > 1]], "weight_decay": 0.1},
        {"params": [p for _, p in [item for item in model.named_parameters() if item[1].dim() <= 1]], "weight_decay": 0},
    ],
    lr=0.02, betas=(0.9, 0.95),
)
warm, total = 4, 16
schedule = optim.lr_scheduler.LambdaLR(optimizer, lambda i: (i + 1) / warm if i < warm else 0.5 * (1 + math.cos(math.pi * (i - warm) / (total - warm))))
for i in range(1, total + 1):
    parts2 = sample(16)
    input2, target = parts2["input"], parts2["target"]
    logits = model(input2)
    loss = F.cross_entropy(logits[:, 4:].flatten(0, 1), target[:, 4:].flatten(), ignore_index=PAD)
    optimizer.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), 1).item()
    optimizer.step()
    schedule.step()
    if not int32(i) & 3:
        print(f"{f'{i}':0>2} loss={loss.item():.4f} norm={norm:.3f} lr={schedule.get_last_lr()[0]:.2e}")
model.eval()
parts3 = sample(1)
input = parts3["input"]
with torch.no_grad():
    decoded = model(input).argmax(-1).squeeze(0).tolist()
print(
    len(decoded),
    str(all(SYMBOLS[i] is not None for i in decoded)).lower(),
)
try:
    Attention(6, 4)
except Exception as error:
    message = str(error)
    print(message)
