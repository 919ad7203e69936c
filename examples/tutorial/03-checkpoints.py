"""Episode 43, exercise 3: a checkpoint every ten epochs; the one of epoch 10 beside the final model."""
import os
import tempfile
import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from circle import CircleDataset, accuracy
from networks import circle_model

torch.manual_seed(0)
train_loader = DataLoader(CircleDataset(800), batch_size=32, shuffle=True)
val_loader = DataLoader(CircleDataset(200), batch_size=64, shuffle=False)
folder = tempfile.mkdtemp()

model2 = circle_model()
loss_fn = nn.BCELoss()
optimizer2 = torch.optim.AdamW(model2.parameters(), lr=0.001, weight_decay=0.01)
scheduler2 = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer2, T_max=30)

for epoch in range(30):
    model2.train()
    total_loss = 0
    for X_b, y_b in train_loader:
        pred = model2(X_b).squeeze()
        loss = loss_fn(pred, y_b)
        optimizer2.zero_grad()
        loss.backward()
        optimizer2.step()
        total_loss += loss.item()
    scheduler2.step()
    print(f"Epoch {epoch:>2d}: train_loss={total_loss/len(train_loader):.6f}")

    if (epoch + 1) % 10 == 0:
        torch.save({
            'epoch': epoch,
            'model_state_dict': model2.state_dict(),
            'optimizer_state_dict': optimizer2.state_dict(),
        }, os.path.join(folder, f'checkpoint_epoch_{epoch+1}.pt'))
        print(f"Saved checkpoint at epoch {epoch+1}")

model_ep10 = circle_model()
ckpt = torch.load(os.path.join(folder, 'checkpoint_epoch_10.pt'))
model_ep10.load_state_dict(ckpt['model_state_dict'])
print(f"Loaded epoch {ckpt['epoch']}: {list(ckpt['model_state_dict'])}")

for label, m in [("Epoch 10", model_ep10), ("Final (30)", model2)]:
    print(f"{label} val accuracy: {accuracy(m, val_loader):.1%}")
