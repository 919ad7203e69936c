"""Episode 43, exercise 2: a full training loop with AdamW and cosine annealing."""

import torch
from torch import nn, optim
from torch.utils.data import DataLoader

from circle import CircleDataset, accuracy
from networks import circleModel
from printing import percent

torch.manual_seed(0)
trainData = CircleDataset(800)
valData = CircleDataset(200)
trainLoader = DataLoader(trainData, batch_size=32, shuffle=True)
valLoader = DataLoader(valData, batch_size=64, shuffle=False)

model = circleModel()

lossFn = nn.BCELoss()
optimizer = optim.AdamW(model.parameters(), lr=0.001, weight_decay=0.01)
scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, 30)

for epoch in range(30):
    model.train()
    trainLoss = 0
    for xB, yB in trainLoader:
        pred = model(xB).squeeze()
        loss = lossFn(pred, yB)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        trainLoss += loss.item()
    scheduler.step()

    model.eval()
    valCorrect, valTotal = 0, 0
    valLoss = 0
    with torch.no_grad():
        for xV, yV in valLoader:
            vp = model(xV).squeeze()
            valLoss += lossFn(vp, yV).item()
            valCorrect += ((vp > 0.5) == yV).sum().item()
            valTotal += len(yV)

    print(
        f"Epoch {epoch:>2}: train_loss={trainLoss / len(trainLoader):.6f}, " + f"val_loss={valLoss / len(valLoader):.6f}, " + f"val_acc={percent(valCorrect / valTotal)}",
    )

for name, loader in [("Train", trainLoader), ("Val", valLoader)]:
    print(f"{name} accuracy: {percent(accuracy(model, loader))}")
