"""ModuleDict: one backbone, a head for each task."""

import torch
from torch import nn

from networks import parameterCount
from printing import size, thousands

torch.manual_seed(0)


class MultiTaskNet(nn.Module):
    def __init__(self, inputDim, hiddenDim, taskOutputs):
        super().__init__()
        self.backbone = nn.Sequential(
            nn.Linear(inputDim, hiddenDim), nn.ReLU(),
            nn.Linear(hiddenDim, hiddenDim), nn.ReLU(),
        )
        self.heads = nn.ModuleDict(
            {name: nn.Linear(hiddenDim, outDim) for name, outDim in taskOutputs.items()},
        )

    def forward(self, x, taskName):
        features = self.backbone(x)
        return self.heads[taskName](features)


multi = MultiTaskNet(20, 64, {"classify": 3, "regress": 1, "embed": 16})
x = torch.randn(8, 20)

for task in multi.heads:
    out = multi(x, task)
    print(f"Task '{task}': output shape = {size(out)}, sum = {out.sum().item():.6f}")

print(f"\nTotal params: {thousands(parameterCount(multi))}")
print(str(multi))
