"""Exercise 2: does the size of activations stay the same through many residual blocks?"""

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

from networks import ResidualBlock, parameterCount
from printing import thousands

torch.manual_seed(0)


class DeepResNet(nn.Module):
    def __init__(self, inputDim, hiddenDim, outputDim, *, nBlocks):
        super().__init__()
        self.input_layer = nn.Linear(inputDim, hiddenDim)
        self.blocks = nn.ModuleList([ResidualBlock(hiddenDim) for _ in range(nBlocks)])
        self.output_layer = nn.Linear(hiddenDim, outputDim)

    def forward(self, x):
        x = torch.relu(self.input_layer(x))
        for block in self.blocks:
            x = block(x)
        return self.output_layer(x)


xTrain = torch.randn(2000, 20)
yTrain = torch.randint(0, 10, (2000,))
trainLoader = DataLoader(TensorDataset(xTrain, yTrain), batch_size=64, shuffle=True)

model = DeepResNet(20, 64, 10, nBlocks=6)
print(f"Model: {thousands(parameterCount(model))} parameters")

magnitudes = {}


def record(name):
    def function(_module, _input, output):
        magnitudes[name] = output.detach().abs().mean().item()
    return function


for i, block in enumerate(list(model.blocks)):
    block.register_forward_hook(record(f"block {i}"))

optimizer = optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
lossFn = nn.CrossEntropyLoss()

for epoch in range(20):
    totalLoss = 0
    for xB, yB in trainLoader:
        loss = lossFn(model(xB), yB)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        totalLoss += loss.item()
    print(f"Epoch {epoch:>2}: train_loss={totalLoss / len(trainLoader):.6f}")

print("Mean activation magnitude at the last step:")
for name, magnitude in magnitudes.items():
    print(f"  {name}: {magnitude:.4f}")
