import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


class ResidualBlock(nn.Module):
    """Two layers whose result is added to their input."""

    def __init__(self, features):
        super().__init__()
        self.block = nn.Sequential(
            nn.Linear(features, features),
            nn.BatchNorm1d(features),
            nn.ReLU(),
            nn.Linear(features, features),
            nn.BatchNorm1d(features),
        )
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(self.block(x) + x)


class ResidualNet(nn.Module):
    def __init__(self, features, hidden, depth):
        super().__init__()
        self.input = nn.Linear(features, hidden)
        self.blocks = nn.ModuleList([ResidualBlock(hidden) for _ in range(depth)])
        self.output = nn.Linear(hidden, 1)

    def forward(self, x):
        hidden = self.input(x)
        for block in self.blocks:
            hidden = block(hidden)
        return self.output(hidden)


# A smooth function of ten variables to learn.
x = torch.randn(1024, 10)
y = x[:, 0:1] * x[:, 1:2] + x[:, 2:3].sigmoid()
loader = DataLoader(TensorDataset(x, y), batch_size=64, shuffle=True)

model = ResidualNet(10, 32, 4)
# A frozen layer keeps its random weights; the optimizer gets only what is to learn.
model.input.requires_grad_(False)
trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
lossFn = nn.MSELoss()
optimizer = optim.AdamW(trainable, lr=0.003, weight_decay=0.01)

for epoch in range(30):
    total = 0
    for inputs, targets in loader:
        loss = lossFn(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    if epoch % 5 == 4:
        print(f"Epoch {epoch + 1}: loss {total / len(loader):.4f}")
