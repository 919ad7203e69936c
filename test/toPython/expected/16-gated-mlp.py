"""Exercise 1: an MLP whose hidden layers have learned gates, on the circle."""

import torch
from torch import nn, optim
from torch.utils.data import DataLoader

from circle import CircleDataset, accuracy
from networks import parameterCount
from printing import percent, thousands

torch.manual_seed(0)


class GatedMLP(nn.Module):
    def __init__(self, inputDim, hiddenDim, outputDim):
        super().__init__()
        inputs = [inputDim, hiddenDim, hiddenDim]
        self.layers = nn.ModuleList([nn.Linear(size, hiddenDim) for size in inputs])
        self.gates = nn.ModuleList([nn.Sequential(nn.Linear(size, hiddenDim), nn.Sigmoid()) for size in inputs])
        self.output = nn.Linear(hiddenDim, outputDim)

    def forward(self, x):
        for i in range(len(self.layers)):
            x = torch.relu(self.layers[i](x)) * self.gates[i](x)
        return self.output(x)


trainLoader = DataLoader(CircleDataset(800), batch_size=32, shuffle=True)
valLoader = DataLoader(CircleDataset(200), batch_size=64)

model = GatedMLP(2, 32, 1)
print(str(model))
print(f"Parameters: {thousands(parameterCount(model))}")
lossFn = nn.BCEWithLogitsLoss()
optimizer = optim.AdamW(model.parameters(), lr=0.003, weight_decay=0.01)

for epoch in range(30):
    model.train()
    totalLoss = 0
    for xB, yB in trainLoader:
        loss = lossFn(model(xB).squeeze(1), yB)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        totalLoss += loss.item()
    print(f"Epoch {epoch:>2}: train_loss={totalLoss / len(trainLoader):.6f}")

# Logits above 0 are probabilities above a half.
probability = nn.Sequential(model, nn.Sigmoid())
print(f"Final accuracy: train {percent(accuracy(probability, trainLoader))}, val {percent(accuracy(probability, valLoader))}")
