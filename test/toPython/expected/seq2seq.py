"""Sequence to sequence: a GRU reads digits, another with attention writes them backwards; teacher forcing fades."""

import torch
import torch.nn.functional as F
from torch import nn, optim

torch.manual_seed(21)
SOS = 0
VOCAB, LENGTH, HIDDEN = 9, 5, 24


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCAB, HIDDEN)
        self.gru = nn.GRU(HIDDEN, HIDDEN, batch_first=True, bidirectional=True)
        self.bridge = nn.Linear(2 * HIDDEN, HIDDEN)

    def forward(self, x):
        outputs, hidden = self.gru(self.embedding(x))
        joined = torch.cat([hidden[0], hidden[1]], dim=-1)
        return self.bridge(outputs), self.bridge(joined).tanh().unsqueeze(0)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.Wa = nn.Linear(HIDDEN, HIDDEN)
        self.Ua = nn.Linear(HIDDEN, HIDDEN)
        self.Va = nn.Linear(HIDDEN, 1)

    def forward(self, query, keys):
        scores = self.Va((self.Wa(query) + self.Ua(keys)).tanh()).squeeze(2).unsqueeze(1)
        weights = F.softmax(scores, -1)
        return torch.bmm(weights, keys), weights


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCAB, HIDDEN)
        self.attention = Attention()
        self.gru = nn.GRU(2 * HIDDEN, HIDDEN, batch_first=True)
        self.out = nn.Linear(HIDDEN, VOCAB)

    def forward(self, keys, hidden, target=None):
        input = torch.zeros(keys.size(0), 1, dtype=torch.int64) + SOS
        logits = []
        attentions = []
        for i in range(len([None] * LENGTH)):
            context, weights = self.attention(hidden.permute(1, 0, 2), keys)
            output = None
            output, hidden = self.gru(torch.cat([self.embedding(input), context], 2), hidden)
            scores = self.out(output)
            logits.append(scores)
            attentions.append(weights)
            input = scores.argmax(-1).detach() if target is None else target[:, i:i + 1]
        return {"logits": torch.cat(logits, 1), "attention": torch.stack(attentions, 1)}


encoder = Encoder()
decoder = Decoder()
parameters = [*encoder.parameters(), *decoder.parameters()]
optimizer = optim.Adam(parameters, lr=5e-3)
scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=10, gamma=0.5)
criterion = nn.NLLLoss()


def batch(size):
    source = torch.randint(1, VOCAB, (size, LENGTH))
    return source, source.flip((1,))


best = None
for step in range(1, 25):
    source, target = batch(32)
    forced = step % 3 != 0
    parts = decoder(*encoder(source), target if forced else None)
    logits = parts["logits"]
    loss = criterion(F.log_softmax(logits, -1).view(-1, VOCAB), target.reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
    if best is None or loss.item() < best["loss"]:
        best = {"step": step, "loss": loss.item()}
    if step == 1:
        print("begin")
    elif step % 8 == 0:
        print(f"step {step} ({'forced' if forced else 'free'}): {loss.item():.4f}, lr {scheduler.get_last_lr()[0]:.1e}")
with torch.no_grad():
    source, target = batch(50)
    parts2 = decoder(*encoder(source), None)
    logits, attention = parts2["logits"], parts2["attention"]
    right = ((logits.argmax(-1) == target).sum(dim=1) == LENGTH).sum().item()
    print(f"best step {(value if (value := best.get('step') if best is not None else None) is not None else -1)}; {right} right; attention {'x'.join(map(str, attention.shape))} sums to {attention.sum(-1).mean().item():.3f}")
