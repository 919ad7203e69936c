"""Parameters of one's own with nn.Parameter."""

import torch
from torch import nn

torch.manual_seed(0)


class ScaledDotProduct(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(dim))
        self.bias = nn.Parameter(torch.zeros(dim))
        self.linear = nn.Linear(dim, dim)

    def forward(self, x):
        return self.linear(x) * self.scale + self.bias


sdp = ScaledDotProduct(32)
print("Named parameters:")
for name, param in sdp.named_parameters():
    print(f"  {name}: shape=[{', '.join(map(str, param.shape))}]")
print(f"{sdp(torch.ones(2, 32)).sum().item():.6f}")
