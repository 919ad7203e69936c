"""Residual blocks: skip connections, parameter groups, cosine annealing. Random data with ten classes."""

import sys

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset


def log(values):
    """Shows named values of the run, beside what the program itself prints."""
    print(", ".join(f"{name}: {value.item() if isinstance(value, torch.Tensor) else value}" for name, value in values.items()), file=sys.stderr)


torch.manual_seed(0)


class ResidualBlock(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.block = nn.Sequential(
            nn.Linear(dim, dim),
            nn.BatchNorm1d(dim),
            nn.ReLU(),
            nn.Linear(dim, dim),
            nn.BatchNorm1d(dim),
        )

    def forward(self, x):
        return torch.relu(self.block(x) + x)  # the skip connection


class ResNet(nn.Module):
    def __init__(self, inputDim, hiddenDim, outputDim, nBlocks=3):
        super().__init__()
        self.inputLayer = nn.Linear(inputDim, hiddenDim)
        self.blocks = nn.Sequential(*[ResidualBlock(hiddenDim) for _ in range(nBlocks)])
        self.outputLayer = nn.Linear(hiddenDim, outputDim)

    def forward(self, x):
        x = torch.relu(self.inputLayer(x))
        x = self.blocks(x)
        return self.outputLayer(x)


trainX = torch.randn(2000, 20)
trainY = torch.randint(0, 10, (2000,))
valX = torch.randn(500, 20)
valY = torch.randint(0, 10, (500,))
trainLoader = DataLoader(TensorDataset(trainX, trainY), batch_size=64, shuffle=True)
valLoader = DataLoader(TensorDataset(valX, valY), batch_size=128)

model = ResNet(20, 64, 10, 3)
parameters = sum(p.numel() for p in model.parameters())
print(f"Model: {parameters:,} parameters")

optimizer = optim.AdamW(
    [
        {"params": model.inputLayer.parameters(), "lr": 1e-3},
        {"params": model.blocks.parameters(), "lr": 1e-3},
        {"params": model.outputLayer.parameters(), "lr": 1e-3},
    ],
    weight_decay=0.01,
)
scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, 30)
lossFn = nn.CrossEntropyLoss()


def validationAccuracy():
    model.eval()
    correct = 0
    with torch.no_grad():
        for x, y in valLoader:
            correct += (model(x).argmax(1) == y).sum().item()
    return correct / len(valX)


for epoch in range(30):
    model.train()
    totalLoss = 0
    for x, y in trainLoader:
        loss = lossFn(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        totalLoss += loss.item()
    scheduler.step()
    if epoch % 5 == 0:
        valAcc = validationAccuracy()
        log({"valAcc": valAcc})
        print(f"Epoch {epoch}: train_loss={totalLoss / len(trainLoader):.4f}, val_acc={valAcc * 100:.1f}%")

print(f"\nFinal val accuracy: {validationAccuracy() * 100:.1f}%")
