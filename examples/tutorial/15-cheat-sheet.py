"""What nn.Module gives."""
import os
import tempfile
import torch
from networks import ResNet

torch.manual_seed(0)
demo = ResNet(20, 64, 3)

print("parameters():", sum(p.numel() for p in demo.parameters()))

for n, p in demo.named_parameters():
    print(f"  {n}: {list(p.shape)}")

demo.to('cpu')

path = os.path.join(tempfile.mkdtemp(), 'demo.pth')
torch.save(demo.state_dict(), path)
print(demo.load_state_dict(torch.load(path)))

demo.train()
print("training:", demo.training)
demo.eval()
print("training:", demo.training)

print("\nSub-modules:")
for name, module in demo.named_modules():
    if name:
        print(f"  {name}: {module.__class__.__name__}")
