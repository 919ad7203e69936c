"""Putting it all together: residual blocks, parameter groups, cosine annealing."""

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

from networks import ResNet, parameterCount
from printing import percent, thousands

torch.manual_seed(0)
xTrain = torch.randn(2000, 20)
yTrain = torch.randint(0, 10, (2000,))
xVal = torch.randn(500, 20)
yVal = torch.randint(0, 10, (500,))

trainLoader = DataLoader(TensorDataset(xTrain, yTrain), batch_size=64, shuffle=True)
valLoader = DataLoader(TensorDataset(xVal, yVal), batch_size=128)

model = ResNet(20, 64, 10, nBlocks=3)
print(f"Model: {thousands(parameterCount(model))} parameters")

optimizer = optim.AdamW([
    {"params": model.input_layer.parameters(), "lr": 1e-3},
    {"params": model.blocks.parameters(), "lr": 1e-3},
    {"params": model.output_layer.parameters(), "lr": 1e-3},
], weight_decay=0.01)

scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, 30)
lossFn = nn.CrossEntropyLoss()


def valAccuracy():
    model.eval()
    correct, total = 0, 0
    with torch.no_grad():
        for xV, yV in valLoader:
            correct += (model(xV).argmax(1) == yV).sum().item()
            total += len(yV)
    return correct / total


for epoch in range(30):
    model.train()
    totalLoss = 0
    for xB, yB in trainLoader:
        pred = model(xB)
        loss = lossFn(pred, yB)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        totalLoss += loss.item()
    scheduler.step()
    print(f"Epoch {epoch:>2}: train_loss={totalLoss / len(trainLoader):.6f}, val_acc={percent(valAccuracy())}")

print(f"\nFinal val accuracy: {percent(valAccuracy())}")
