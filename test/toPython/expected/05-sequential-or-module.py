"""Sequential or a module of one's own."""

import torch
from torch import nn

from networks import ResidualBlock, parameterCount
from printing import thousands

torch.manual_seed(0)
simple = nn.Sequential(
    nn.Linear(20, 64), nn.ReLU(), nn.Dropout(0.3),
    nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.3),
    nn.Linear(32, 3),
)


class ConditionalNet(nn.Module):
    def __init__(self, inputDim, hiddenDim, outputDim):
        super().__init__()
        self.shared = nn.Linear(inputDim, hiddenDim)
        self.branch_a = nn.Linear(hiddenDim, outputDim)
        self.branch_b = nn.Linear(hiddenDim, outputDim)

    def forward(self, x, *, useBranchA=True):
        h = torch.relu(self.shared(x))
        if useBranchA:
            return self.branch_a(h)
        return self.branch_b(h)


print(f"Simple (Sequential): {thousands(parameterCount(simple))} params")
resblock = ResidualBlock(64)
print(f"ResidualBlock:       {thousands(parameterCount(resblock))} params")
cond = ConditionalNet(20, 64, 3)
print(f"ConditionalNet:      {thousands(parameterCount(cond))} params")

x = torch.randn(2, 20)
torch.set_printoptions(precision=3, sci_mode=False)
print(str(cond(x)))
print(str(cond(x, useBranchA=False)))
