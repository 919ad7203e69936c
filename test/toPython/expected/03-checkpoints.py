"""Episode 43, exercise 3: a checkpoint every ten epochs; the one of epoch 10 beside the final model."""

import os
import tempfile

import torch
from torch import nn, optim
from torch.utils.data import DataLoader

from circle import CircleDataset, accuracy
from networks import circleModel
from printing import percent

torch.manual_seed(0)
trainLoader = DataLoader(CircleDataset(800), batch_size=32, shuffle=True)
valLoader = DataLoader(CircleDataset(200), batch_size=64, shuffle=False)
folder = tempfile.mkdtemp(prefix="checkpoints-")

model2 = circleModel()
lossFn = nn.BCELoss()
optimizer2 = optim.AdamW(model2.parameters(), lr=0.001, weight_decay=0.01)
scheduler2 = optim.lr_scheduler.CosineAnnealingLR(optimizer2, 30)

for epoch in range(30):
    model2.train()
    totalLoss = 0
    for xB, yB in trainLoader:
        pred = model2(xB).squeeze()
        loss = lossFn(pred, yB)
        optimizer2.zero_grad()
        loss.backward()
        optimizer2.step()
        totalLoss += loss.item()
    scheduler2.step()
    print(f"Epoch {epoch:>2}: train_loss={totalLoss / len(trainLoader):.6f}")

    if (epoch + 1) % 10 == 0:
        torch.save({
            "epoch": epoch,
            "model_state_dict": model2.state_dict(),
            "optimizer_state_dict": optimizer2.state_dict(),
        }, os.path.join(folder, f"checkpoint_epoch_{epoch + 1}.pt"))
        print(f"Saved checkpoint at epoch {epoch + 1}")

modelEp10 = circleModel()
ckpt = torch.load(os.path.join(folder, "checkpoint_epoch_10.pt"))
modelEp10.load_state_dict(ckpt["model_state_dict"])
print(f"Loaded epoch {ckpt['epoch']}: [" + str(", ".join(f"'{key}'" for key in list(ckpt["model_state_dict"].keys()))) + "]")

for label, m in [("Epoch 10", modelEp10), ("Final (30)", model2)]:
    print(f"{label} val accuracy: {percent(accuracy(m, valLoader))}")
