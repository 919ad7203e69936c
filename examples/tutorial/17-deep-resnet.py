"""Exercise 2: does the size of activations stay the same through many residual blocks?"""
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset
from networks import ResidualBlock, parameter_count

torch.manual_seed(0)


class DeepResNet(nn.Module):
    def __init__(self, input_dim, hidden_dim, output_dim, n_blocks):
        super().__init__()
        self.input_layer = nn.Linear(input_dim, hidden_dim)
        self.blocks = nn.ModuleList([ResidualBlock(hidden_dim) for _ in range(n_blocks)])
        self.output_layer = nn.Linear(hidden_dim, output_dim)

    def forward(self, x):
        x = torch.relu(self.input_layer(x))
        for block in self.blocks:
            x = block(x)
        return self.output_layer(x)


X_train = torch.randn(2000, 20)
y_train = torch.randint(0, 10, (2000,))
train_loader = DataLoader(TensorDataset(X_train, y_train), batch_size=64, shuffle=True)

model = DeepResNet(20, 64, 10, n_blocks=6)
print(f"Model: {parameter_count(model):,} parameters")

magnitudes = {}


def record(name):
    def hook(module, input, output):
        magnitudes[name] = output.detach().abs().mean().item()
    return hook


for i, block in enumerate(model.blocks):
    block.register_forward_hook(record(f"block {i}"))

optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
loss_fn = nn.CrossEntropyLoss()

for epoch in range(20):
    total_loss = 0
    for X_b, y_b in train_loader:
        loss = loss_fn(model(X_b), y_b)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total_loss += loss.item()
    print(f"Epoch {epoch:>2d}: train_loss={total_loss/len(train_loader):.6f}")

print("Mean activation magnitude at the last step:")
for name, magnitude in magnitudes.items():
    print(f"  {name}: {magnitude:.4f}")
