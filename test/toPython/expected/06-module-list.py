"""ModuleList, and the plain list that hides parameters."""

import torch
from torch import nn

from networks import parameterCount
from printing import thousands

torch.manual_seed(0)


class FlexibleMLP(nn.Module):
    def __init__(self, layerSizes):
        super().__init__()
        self.layers = nn.ModuleList(
            [nn.Linear(layerSizes[i], layerSizes[i + 1]) for i in range(len(layerSizes) - 1)],
        )

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


flex = FlexibleMLP([20, 64, 32, 3])
print(f"ModuleList layers: {len(flex.layers)}")
print(f"Parameters found:  {thousands(parameterCount(flex))}")


class BrokenMLP(nn.Module):
    def __init__(self, layerSizes):
        super().__init__()
        self.layers = [nn.Linear(layerSizes[i], layerSizes[i + 1]) for i in range(len(layerSizes) - 1)]

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


broken = BrokenMLP([20, 64, 32, 3])
print("\nBroken (plain list):")
print(f"Layers exist:     {len(broken.layers)}")
print(f"Parameters found: {thousands(parameterCount(broken))}")

x = torch.randn(4, 20)
print(f"{flex(x).sum().item():.6f} {broken(x).sum().item():.6f}")
print(str(flex))
print(str(broken))
