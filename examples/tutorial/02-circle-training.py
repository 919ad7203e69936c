"""Episode 43, exercise 2: a full training loop with AdamW and cosine annealing."""
import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from circle import CircleDataset, accuracy
from networks import circle_model

torch.manual_seed(0)
train_data = CircleDataset(800)
val_data = CircleDataset(200)
train_loader = DataLoader(train_data, batch_size=32, shuffle=True)
val_loader = DataLoader(val_data, batch_size=64, shuffle=False)

model = circle_model()

loss_fn = nn.BCELoss()
optimizer = torch.optim.AdamW(model.parameters(), lr=0.001, weight_decay=0.01)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=30)

for epoch in range(30):
    model.train()
    train_loss = 0
    for X_b, y_b in train_loader:
        pred = model(X_b).squeeze()
        loss = loss_fn(pred, y_b)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        train_loss += loss.item()
    scheduler.step()

    model.eval()
    val_correct, val_total = 0, 0
    val_loss = 0
    with torch.no_grad():
        for X_v, y_v in val_loader:
            vp = model(X_v).squeeze()
            val_loss += loss_fn(vp, y_v).item()
            val_correct += ((vp > 0.5) == y_v).sum().item()
            val_total += len(y_v)

    print(f"Epoch {epoch:>2d}: train_loss={train_loss/len(train_loader):.6f}, "
          f"val_loss={val_loss/len(val_loader):.6f}, "
          f"val_acc={val_correct/val_total:.1%}")

for name, loader in [("Train", train_loader), ("Val", val_loader)]:
    print(f"{name} accuracy: {accuracy(model, loader):.1%}")
