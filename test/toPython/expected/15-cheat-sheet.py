"""What nn.Module gives."""

import os
import tempfile

import torch

from networks import ResNet

torch.manual_seed(0)
demo = ResNet(20, 64, 3)

print("parameters():", sum(p.numel() for p in demo.parameters()))

for n, p in demo.named_parameters():
    print(f"  {n}: [{', '.join(map(str, p.shape))}]")

demo.to("cpu")

path = os.path.join(tempfile.mkdtemp(prefix="demo-"), "demo.pth")
torch.save(demo.state_dict(), path)
print(str(demo.load_state_dict(torch.load(path))))

demo.train()
print("training:", "True" if demo.training else "False")
demo.eval()
print("training:", "True" if demo.training else "False")

print("\nSub-modules:")
for name, module in demo.named_modules():
    if name:
        print(f"  {name}: {type(module).__name__}")
