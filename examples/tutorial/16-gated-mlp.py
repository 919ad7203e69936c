"""Exercise 1: an MLP whose hidden layers have learned gates, on the circle."""
import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from circle import CircleDataset, accuracy
from networks import parameter_count

torch.manual_seed(0)


class GatedMLP(nn.Module):
    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        sizes = [input_dim, hidden_dim, hidden_dim, hidden_dim]
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])])
        self.gates = nn.ModuleList([
            nn.Sequential(nn.Linear(a, b), nn.Sigmoid())
            for a, b in zip(sizes, sizes[1:])
        ])
        self.output = nn.Linear(hidden_dim, output_dim)

    def forward(self, x):
        for layer, gate in zip(self.layers, self.gates):
            x = torch.relu(layer(x)) * gate(x)
        return self.output(x)


train_loader = DataLoader(CircleDataset(800), batch_size=32, shuffle=True)
val_loader = DataLoader(CircleDataset(200), batch_size=64)

model = GatedMLP(2, 32, 1)
print(model)
print(f"Parameters: {parameter_count(model):,}")
loss_fn = nn.BCEWithLogitsLoss()
optimizer = torch.optim.AdamW(model.parameters(), lr=0.003, weight_decay=0.01)

for epoch in range(30):
    model.train()
    total_loss = 0
    for X_b, y_b in train_loader:
        loss = loss_fn(model(X_b).squeeze(1), y_b)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total_loss += loss.item()
    print(f"Epoch {epoch:>2d}: train_loss={total_loss/len(train_loader):.6f}")

# Logits above 0 are probabilities above a half.
probability = nn.Sequential(model, nn.Sigmoid())
print(f"Final accuracy: train {accuracy(probability, train_loader):.1%}, val {accuracy(probability, val_loader):.1%}")
