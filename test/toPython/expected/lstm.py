import math
import sys

import torch
from torch import nn, optim


def log(values):
    """Shows named values of the run, beside what the program itself prints."""
    print(", ".join(f"{name}: {value.item() if isinstance(value, torch.Tensor) else value}" for name, value in values.items()), file=sys.stderr)


torch.manual_seed(0)

# Sentences of a small grammar, one after another: what the network is to write.
subjects = ["the cat", "the old dog", "a small bird", "the child"]
verbs = ["sees", "finds", "likes", "follows"]
objects = ["a red ball", "the moon", "a blue boat", "the river"]
sentences = [value for subject in subjects for value in [value for verb in verbs for value in [f"{subject} {verb} {object_}." for object_ in objects]]]
order = [sentences[i * 37 % len(sentences)] for i in range(400)]
text = " ".join(order)

alphabet = sorted(set(text))
codes = torch.tensor(
    [alphabet.index(letter) for letter in list(text)],
    dtype=torch.int64,
)


class Writer(nn.Module):
    """Reads letters and says after each of them which comes next."""

    def __init__(self, letters, hidden):
        super().__init__()
        self.embedding = nn.Embedding(letters, 16)
        self.lstm = nn.LSTM(16, hidden, batch_first=True)
        self.output = nn.Linear(hidden, letters)

    def forward(self, x):
        """@param x codes of letters, `[batch, length]`"""
        states, _ = self.lstm(self.embedding(x))
        return self.output(states)


model = Writer(len(alphabet), 64)
lossFn = nn.CrossEntropyLoss()
optimizer = optim.Adam(model.parameters(), lr=0.005)
batch, length, steps = 32, 40, 400


def write(beginning, letters):
    """Lets the network write: each letter is drawn from what it thinks comes next."""
    written = beginning
    model.eval()
    with torch.no_grad():
        for i in range(letters):
            read = [alphabet.index(letter) for letter in list(written)[-length:]]
            next_ = model(torch.tensor([read], dtype=torch.int64))[0, -1].softmax(0)
            written += alphabet[torch.multinomial(next_, 1).item()]
    model.train()
    return written


for step in range(steps):
    starts = torch.randint(0, codes.numel() - length - 1, (batch,)).tolist()
    inputs = torch.stack([codes.narrow(0, start, length) for start in starts])
    targets = torch.stack([codes.narrow(0, start + 1, length) for start in starts])
    loss = lossFn(model(inputs).flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 50 == 49:
        log({"bitsPerLetter": loss.item() / math.log(2)})
        print(f"Step {step + 1}: {write('the ', 60)}")
