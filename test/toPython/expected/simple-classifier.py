"""A first module of one's own: two hidden layers with batch norm, ReLU and dropout, and hooks that look inside."""

import torch
from torch import nn, optim

torch.manual_seed(0)


class SimpleClassifier(nn.Module):
    def __init__(self, inputDim, hiddenDim, outputDim):
        super().__init__()
        self.layer1 = nn.Linear(inputDim, hiddenDim)
        self.bn1 = nn.BatchNorm1d(hiddenDim)
        self.layer2 = nn.Linear(hiddenDim, hiddenDim)
        self.bn2 = nn.BatchNorm1d(hiddenDim)
        self.output = nn.Linear(hiddenDim, outputDim)
        self.relu = nn.ReLU()
        self.dropout = nn.Dropout(0.3)

    def forward(self, x):
        x = self.dropout(self.relu(self.bn1(self.layer1(x))))
        x = self.dropout(self.relu(self.bn2(self.layer2(x))))
        return self.output(x)


model = SimpleClassifier(20, 64, 3)
print(str(model))
total = sum(p.numel() for p in model.parameters())
print(f"Total parameters: {total:,}")

def hook(_module, _inputs, output):
    # A hook sees each call of a layer without a change to the model.
    values = output
    print(f"layer1: mean {values.mean().item():.3f}, std {values.std().item():.3f}")


handle = model.layer1.register_forward_hook(hook)
model(torch.randn(32, 20))
handle.remove()

# The label is decided by the largest of the first three inputs, so that there is something to learn.
X = torch.randn(512, 20)
y = X[:, 0:3].argmax(1)
optimizer = optim.Adam(model.parameters(), lr=0.005)
lossFn = nn.CrossEntropyLoss()

for step in range(200):
    batch = torch.randint(0, 512, (64,))
    logits = model(X.index_select(0, batch))
    loss = lossFn(logits, y.index_select(0, batch))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 50 == 0:
        print(f"step {step}: loss {loss.item():.4f}")

model.eval()
accuracy = (model(X).argmax(1) == y).float().mean().item()
print(f"Accuracy: {accuracy * 100:.1f} %")
