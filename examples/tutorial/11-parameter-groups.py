"""Parameter groups, freezing and unfreezing."""
import torch
from networks import ResNet, parameter_count

torch.manual_seed(0)
resnet = ResNet(20, 64, 3, n_blocks=3)

optimizer = torch.optim.AdamW([
    {'params': resnet.input_layer.parameters(), 'lr': 1e-4},
    {'params': resnet.blocks.parameters(), 'lr': 1e-4},
    {'params': resnet.output_layer.parameters(), 'lr': 1e-3},
], weight_decay=0.01)

for i, group in enumerate(optimizer.param_groups):
    n_params = sum(p.numel() for p in group['params'])
    print(f"Group {i}: lr={group['lr']}, params={n_params:,}, "
          f"weight_decay={group['weight_decay']}")

for param in resnet.input_layer.parameters():
    param.requires_grad = False

trainable = sum(p.numel() for p in resnet.parameters() if p.requires_grad)
frozen = sum(p.numel() for p in resnet.parameters() if not p.requires_grad)
print(f"Trainable:  {trainable:,}")
print(f"Frozen:     {frozen:,}")
print(f"Total:      {trainable + frozen:,}")

for param in resnet.input_layer.parameters():
    param.requires_grad = True
print(f"\nAfter unfreezing: {sum(p.numel() for p in resnet.parameters() if p.requires_grad):,} trainable")
