"""Skip connections."""
import torch
from networks import ResNet, parameter_count

torch.manual_seed(0)
resnet = ResNet(20, 64, 3, n_blocks=5)
print(f"ResNet with 5 blocks: {parameter_count(resnet):,} params")

x = torch.randn(32, 20)
out = resnet(x)
print(f"Input: {x.shape} -> Output: {out.shape}")
print(f"mean={out.mean().item():.6f}, std={out.std().item():.6f}")
print(resnet)
