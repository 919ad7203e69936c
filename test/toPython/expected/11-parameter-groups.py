"""Parameter groups, freezing and unfreezing."""

import torch
from torch import optim

from networks import ResNet
from printing import thousands


def count(parameters):
    return sum(p.numel() for p in parameters)


torch.manual_seed(0)
resnet = ResNet(20, 64, 3, nBlocks=3)

optimizer = optim.AdamW([
    {"params": resnet.input_layer.parameters(), "lr": 1e-4},
    {"params": resnet.blocks.parameters(), "lr": 1e-4},
    {"params": resnet.output_layer.parameters(), "lr": 1e-3},
], weight_decay=0.01)

for i, group in enumerate(optimizer.param_groups):
    print(f"Group {i}: lr={group['lr']}, params={thousands(count(group['params']))}, weight_decay={group['weight_decay']}")

for param in resnet.input_layer.parameters():
    param.requires_grad = False

trainable = count([p for p in resnet.parameters() if p.requires_grad])
frozen = count([p for p in resnet.parameters() if not p.requires_grad])
print(f"Trainable:  {thousands(trainable)}")
print(f"Frozen:     {thousands(frozen)}")
print(f"Total:      {thousands(trainable + frozen)}")

for param in resnet.input_layer.parameters():
    param.requires_grad = True
print(f"\nAfter unfreezing: {thousands(count([p for p in resnet.parameters() if p.requires_grad]))} trainable")
