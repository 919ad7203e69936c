"""Putting it all together: residual blocks, parameter groups, cosine annealing."""
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset
from networks import ResNet, parameter_count

torch.manual_seed(0)
X_train = torch.randn(2000, 20)
y_train = torch.randint(0, 10, (2000,))
X_val = torch.randn(500, 20)
y_val = torch.randint(0, 10, (500,))

train_loader = DataLoader(TensorDataset(X_train, y_train), batch_size=64, shuffle=True)
val_loader = DataLoader(TensorDataset(X_val, y_val), batch_size=128)

model = ResNet(input_dim=20, hidden_dim=64, output_dim=10, n_blocks=3)
print(f"Model: {parameter_count(model):,} parameters")

optimizer = torch.optim.AdamW([
    {'params': model.input_layer.parameters(), 'lr': 1e-3},
    {'params': model.blocks.parameters(), 'lr': 1e-3},
    {'params': model.output_layer.parameters(), 'lr': 1e-3},
], weight_decay=0.01)

scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=30)
loss_fn = nn.CrossEntropyLoss()

for epoch in range(30):
    model.train()
    total_loss = 0
    for X_b, y_b in train_loader:
        pred = model(X_b)
        loss = loss_fn(pred, y_b)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total_loss += loss.item()
    scheduler.step()

    model.eval()
    correct, total = 0, 0
    with torch.no_grad():
        for X_v, y_v in val_loader:
            correct += (model(X_v).argmax(1) == y_v).sum().item()
            total += len(y_v)
    print(f"Epoch {epoch:>2d}: train_loss={total_loss/len(train_loader):.6f}, "
          f"val_acc={correct/total:.1%}")

model.eval()
correct, total = 0, 0
with torch.no_grad():
    for X_v, y_v in val_loader:
        correct += (model(X_v).argmax(1) == y_v).sum().item()
        total += len(y_v)
print(f"\nFinal val accuracy: {correct/total:.1%}")
