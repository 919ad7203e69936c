"""Is a point inside a circle? A small network with dropout learns it from 800 points; AdamW with cosine annealing."""

import sys

import numpy as np
import torch
from torch import nn, optim
from torch.utils.data import DataLoader, Dataset


def log(values):
    """Shows named values of the run, beside what the program itself prints."""
    print(", ".join(f"{name}: {value.item() if isinstance(value, torch.Tensor) else value}" for name, value in values.items()), file=sys.stderr)


def float_tensor(values):
    """NumPy's numbers as a tensor: float32 for floats, a plain number where no size was asked for."""
    if np.ndim(values) == 0:
        return values.item() if hasattr(values, "item") else values
    return torch.from_numpy(values if values.dtype.kind in "iu" else values.astype(np.float32))


torch.manual_seed(0)


class CircleDataset(Dataset):
    """Points around the origin; label 1 inside the circle of radius √1.5."""

    def __init__(self, samples=1000):
        super().__init__()
        self.X = float_tensor(np.random.RandomState(42).randn(samples, 2))
        self.y = (self.X.square().sum(1) < 1.5).float()

    def __len__(self):
        return len(self.X)

    def __getitem__(self, index):
        return self.X[index], self.y[index]


trainData = CircleDataset(800)
valData = CircleDataset(200)
trainLoader = DataLoader(trainData, batch_size=32, shuffle=True)
valLoader = DataLoader(valData, batch_size=64)

model = nn.Sequential(
    nn.Linear(2, 32), nn.ReLU(), nn.Dropout(0.2),
    nn.Linear(32, 16), nn.ReLU(),
    nn.Linear(16, 1), nn.Sigmoid(),
)

lossFn = nn.BCELoss()
optimizer = optim.AdamW(model.parameters(), lr=0.001, weight_decay=0.01)
scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, 30)


def accuracy(loader):
    model.eval()
    correct = 0
    total = 0
    with torch.no_grad():
        for x, y in loader:
            correct += ((model(x).squeeze() > 0.5) == y).sum().item()
            total += len(y)
    return correct / total


for epoch in range(30):
    model.train()
    trainLoss = 0
    for x, y in trainLoader:
        loss = lossFn(model(x).squeeze(), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        trainLoss += loss.item()
    scheduler.step()
    valAcc = accuracy(valLoader)
    log({"valAcc": valAcc})
    if epoch % 5 == 0:
        print(f"Epoch {epoch}: train_loss={trainLoss / len(trainLoader):.4f}, val_acc={valAcc * 100:.1f}%")

print(f"Train accuracy: {accuracy(trainLoader) * 100:.1f}%")
print(f"Val accuracy: {accuracy(valLoader) * 100:.1f}%")
