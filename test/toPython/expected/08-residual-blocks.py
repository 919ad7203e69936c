"""Skip connections."""

import torch

from networks import ResNet, parameterCount
from printing import size, thousands

torch.manual_seed(0)
resnet = ResNet(20, 64, 3, nBlocks=5)
print(f"ResNet with 5 blocks: {thousands(parameterCount(resnet))} params")

x = torch.randn(32, 20)
out = resnet(x)
print(f"Input: {size(x)} -> Output: {size(out)}")
print(f"mean={out.mean().item():.6f}, std={out.std().item():.6f}")
print(str(resnet))
