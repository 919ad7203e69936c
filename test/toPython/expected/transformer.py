import sys

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset, random_split


def log(values):
    """Shows named values of the run, beside what the program itself prints."""
    print(", ".join(f"{name}: {value.item() if isinstance(value, torch.Tensor) else value}" for name, value in values.items()), file=sys.stderr)


torch.manual_seed(0)

# Ten digits in any order are to come out sorted: each place has to look at all the others.
digits, length = 10, 10
sequences = torch.randint(0, digits, (4096, length))
sorted_, _ = sequences.sort()
trainSet, testSet = random_split(TensorDataset(sequences, sorted_), [3584, 512])
trainLoader = DataLoader(trainSet, batch_size=64, shuffle=True)
testLoader = DataLoader(testSet, batch_size=512)


class Sorter(nn.Module):
    def __init__(self, width, heads, layers):
        super().__init__()
        self.digit = nn.Embedding(digits, width)
        self.place = nn.Parameter(torch.randn(length, width) * 0.1)
        layer = nn.TransformerEncoderLayer(width, heads, dim_feedforward=2 * width, dropout=0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers)
        self.output = nn.Linear(width, digits)

    def forward(self, x):
        """@param x digits, `[batch, length]`; out come scores for each place's digit, `[batch, length, digits]`"""
        return self.output(self.encoder(self.digit(x) + self.place))


model = Sorter(32, 4, 2)
lossFn = nn.CrossEntropyLoss()
optimizer = optim.AdamW(model.parameters(), lr=0.002)

for epoch in range(10):
    model.train()
    for inputs, targets in trainLoader:
        loss = lossFn(model(inputs).flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    model.eval()
    with torch.no_grad():
        for inputs, targets in testLoader:
            right = model(inputs).argmax(2) == targets
            log({"accuracy": right.float().mean()})
            print(f"Epoch {epoch + 1}: {right.all(1).sum().item()} of {len(testSet)} sequences sorted without a mistake")
