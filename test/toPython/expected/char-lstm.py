"""A character language model: LSTM cells unrolled by hand beside nn.LSTM, temperature sampling."""

import math

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(5)
corpus = "hello world\nhello there\nwell hello"
words = [line for line in [line.strip() for line in corpus.split("\n")] if len(line) > 0]
vocabulary = sorted(set(corpus.replace("\n", "$")))
index = {}
for i, letter in enumerate(vocabulary):
    index[letter] = i


class Windows(Dataset):
    def __init__(self, lines, width):
        super().__init__()
        self._samples = []
        for line in lines:
            codes = [index[c] for c in list(f"{line}$")]
            start = 0
            while start + width < len(codes):
                self._samples.append({"input": codes[start:start + width], "target": codes[start + 1:start + width + 1]})
                start += 2

    def __len__(self):
        return len(self._samples)

    def __getitem__(self, i):
        parts = self._samples[i]
        input, target = parts["input"], parts["target"]
        return torch.tensor(input, dtype=torch.int64), torch.tensor(target, dtype=torch.int64)


class CharLSTM(nn.Module):
    def __init__(self, size, hidden=24, *, layers=1, dropout=0):
        super().__init__()
        self.embed = nn.Embedding(size, 12)
        self.lstm = nn.LSTM(12, hidden, num_layers=layers, batch_first=True, dropout=dropout)
        self.cell = nn.LSTMCell(hidden, hidden)
        self.decoder = nn.Linear(hidden, size)

    def forward(self, x, state=None):
        out, next_ = self.lstm(self.embed(x), state)
        h, c = torch.zeros(x.size(0), self.cell.hidden_size), torch.zeros(x.size(0), self.cell.hidden_size)
        steps = []
        for t in range(out.size(1)):
            h, c = self.cell(out[:, t], [h, c])
            steps.append(h.unsqueeze(1))
        return self.decoder(torch.cat(steps, 1)), next_


loader = DataLoader(Windows(words, 5), batch_size=4, shuffle=True, drop_last=True)
model = CharLSTM(len(vocabulary), 24, layers=1)
criterion = nn.CrossEntropyLoss()
optimizer = optim.RMSprop(model.parameters(), lr=0.01, alpha=0.9)
scheduler = optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 0.95 ** epoch)


def perplexity(loss):
    return f"{math.exp(loss): >8.3f}"


for epoch in range(8):
    total, batches = 0, 0
    for x, y in loader:
        logits, _ = model(x)
        loss = criterion(logits.reshape(-1, len(vocabulary)), y.reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_value_(model.parameters(), 0.5)
        optimizer.step()
        total += loss.item()
        batches += 1
    scheduler.step()
    print(f"| epoch {epoch:0>3} | loss {total / batches:.4f} | ppl {perplexity(total / batches)} |")


def generate(prefix, count):
    state = None
    text = prefix
    input = torch.tensor([[index.get(c, 0) for c in list(prefix)]], dtype=torch.int64)
    model.eval()
    with torch.no_grad():
        while len(text) < len(prefix) + count:
            logits, next_ = model(input, state)
            state = next_
            best = torch.argmax(logits[0, -1]).item()
            letter = vocabulary[best]
            if letter == "$":
                break
            text += letter
            input = torch.tensor([[best]], dtype=torch.int64)
    return text


print(f"\"{generate('hel', 6)}\" of {len(vocabulary)} letters: {''.join(vocabulary)}")
