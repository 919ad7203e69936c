"""Handwritten digits in PyTorch, to be watched: `python -m kindling_watch digits.py`, or "Kindling: Watch PyTorch Script"."""
import csv
import sys
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)


class Digits(nn.Module):
    def __init__(self, hidden=64):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(64, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())
        self.output = nn.Linear(hidden, 10)

    def forward(self, x):
        return self.output(self.features(x))


def load(path):
    with open(path) as file:
        rows = torch.tensor([[float(cell) for cell in row] for row in csv.reader(file) if row[0].isdigit()])
    return TensorDataset(rows[:, :64] / 16, rows[:, 64].long())


digits = load(Path(__file__).with_name("digits.csv"))
train, test = random_split(digits, [1500, len(digits) - 1500])
loader = DataLoader(train, batch_size=64, shuffle=True)
epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 20

model = Digits()
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
loss_fn = nn.CrossEntropyLoss()

for epoch in range(epochs):
    model.train()
    for x, y in loader:
        loss = loss_fn(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()
    model.eval()
    with torch.no_grad():
        right = sum((model(x).argmax(1) == y).sum().item() for x, y in DataLoader(test, batch_size=256))
    print(f"epoch {epoch}: loss {loss.item():.4f}, {right / len(test):.1%} right")
