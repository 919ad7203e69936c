"""A small GPT: characters of a nursery rhyme, causal self-attention written out."""

import math
from collections import OrderedDict

import torch
import torch.nn.functional as F
from torch import nn, optim

torch.manual_seed(1337)

text = "twinkle twinkle little star how i wonder what you are up above the world so high like a diamond in the sky " * 3
chars = sorted(set(list(text)))
stoi = {ch: i for i, ch in enumerate(chars)}
itos = {i: ch for i, ch in enumerate(chars)}


def encode(s):
    return [stoi[c] for c in list(s)]


def decode(codes):
    return "".join(itos[i] for i in codes)


class Config:
    def __init__(self, vocabSize):
        self.blockSize = 16
        self.nLayer = 2
        self.nHead = 2
        self.nEmbd = 32
        self.dropout = 0.1
        self.vocabSize = vocabSize

    @property
    def headSize(self):
        return self.nEmbd / self.nHead


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.nHead = config.nHead
        self.cAttn = nn.Linear(config.nEmbd, 3 * config.nEmbd, bias=False)
        self.cProj = nn.Linear(config.nEmbd, config.nEmbd)
        self.dropout = nn.Dropout(config.dropout)
        self.register_buffer("mask", torch.tril(torch.ones(config.blockSize, config.blockSize)).view(1, 1, config.blockSize, config.blockSize))

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = self.cAttn(x).split(C, dim=2)
        k = k.view(B, T, self.nHead, C // self.nHead).transpose(1, 2)
        q = q.view(B, T, self.nHead, C // self.nHead).transpose(1, 2)
        v = v.view(B, T, self.nHead, C // self.nHead).transpose(1, 2)
        att = q @ k.transpose(-2, -1) * (1 / math.sqrt(k.size(-1)))
        att = att.masked_fill(self.mask[:, :, 0:T, 0:T] == 0, -math.inf)
        att = self.dropout(F.softmax(att, -1))
        y = (att @ v).transpose(1, 2).contiguous().view(B, T, C)
        return self.cProj(y)


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln1 = nn.LayerNorm(config.nEmbd)
        self.attn = CausalSelfAttention(config)
        self.ln2 = nn.LayerNorm(config.nEmbd)
        self.mlp = nn.Sequential(OrderedDict([
            ("fc", nn.Linear(config.nEmbd, 4 * config.nEmbd)),
            ("act", nn.GELU()),
            ("proj", nn.Linear(4 * config.nEmbd, config.nEmbd)),
            ("drop", nn.Dropout(config.dropout)),
        ]))

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        return x + self.mlp(self.ln2(x))


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.wte = nn.Embedding(config.vocabSize, config.nEmbd)
        self.wpe = nn.Embedding(config.blockSize, config.nEmbd)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.nLayer)])
        self.lnF = nn.LayerNorm(config.nEmbd)
        self.lmHead = nn.Linear(config.nEmbd, config.vocabSize, bias=False)
        self.wte.weight = self.lmHead.weight  # tied
        self.apply(lambda module: self.initWeights(module))

    def initWeights(self, module):
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, mean=0, std=0.02)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, 0, 0.02)

    def forward(self, idx, targets=None):
        _, t = idx.shape
        if t > self.config.blockSize:
            raise RuntimeError(f"Cannot forward sequence of length {t}, block size is only {self.config.blockSize}")
        pos = torch.arange(0, t)
        x = self.wte(idx) + self.wpe(pos)
        for block in self.blocks:
            x = block(x)
        logits = self.lmHead(self.lnF(x))
        loss = None if targets is None else F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1))
        return logits, loss

    def generate(self, idx, maxNewTokens, *, temperature=1.0, topK=None):
        with torch.no_grad():
            for i in range(maxNewTokens):
                cond = idx if idx.size(1) <= self.config.blockSize else idx[:, -self.config.blockSize:]
                logits, _ = self(cond)
                logits = logits[:, -1] / temperature
                if topK is not None:
                    v, _ = logits.topk(min(topK, logits.size(-1)))
                    logits = logits.masked_fill(logits < v[:, -1:], -math.inf)
                next_ = torch.multinomial(F.softmax(logits, -1), 1)
                idx = torch.cat([idx, next_], 1)
            return idx


codes = torch.tensor(encode(text), dtype=torch.int64)
n = math.floor(0.9 * len(codes))
trainData, valData = codes[0:n], codes[n:]
config = Config(len(chars))
print(f"vocabulary of {config.vocabSize}, heads of {config.headSize}")


def getBatch(split, batchSize=8):
    source = trainData if split == "train" else valData
    ix = torch.randint(0, len(source) - config.blockSize, (batchSize,)).tolist()
    x = torch.stack([source[i:i + config.blockSize] for i in ix])
    y = torch.stack([source[i + 1:i + 1 + config.blockSize] for i in ix])
    return x, y


model = GPT(config)
decay = [item for item in model.named_parameters() if item[1].dim() >= 2]
noDecay = [item for item in model.named_parameters() if item[1].dim() < 2]
print(f"{len(decay)} tensors decay, {len(noDecay)} don't")
optimizer = optim.AdamW(
    [
        {"params": [p for _, p in decay], "weight_decay": 0.1},
        {"params": [p for _, p in noDecay], "weight_decay": 0},
    ],
    lr=3e-3, betas=(0.9, 0.95),
)


def estimateLoss():
    out = {"train": 0, "val": 0}
    model.eval()
    with torch.no_grad():
        for split in ["train", "val"]:
            losses = []
            for k in range(4):
                x, y = getBatch(split)
                _, loss = model(x, y)
                losses.append(loss.item())
            out[split] = sum(losses) / len(losses)
    model.train()
    return out


for iter_ in range(41):
    if iter_ % 20 == 0:
        losses = estimateLoss()
        print(f"step {iter_}: train loss {losses['train']:.4f}, val loss {losses['val']:.4f}")
    xb, yb = getBatch("train")
    _, loss = model(xb, yb)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()

model.eval()
written = model.generate(torch.tensor([[0]], dtype=torch.int64), 20, temperature=0.8, topK=5)
print(len(decode(written[0].tolist())))
