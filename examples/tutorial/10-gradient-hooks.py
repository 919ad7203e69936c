"""Backward hooks: what comes back to each layer."""
import torch
import torch.nn as nn
from networks import SimpleClassifier

torch.manual_seed(0)
gradient_stats = {}


def grad_hook(name):
    def hook(module, grad_input, grad_output):
        if grad_output[0] is not None:
            gradient_stats[name] = {
                'grad_mean': grad_output[0].detach().mean().item(),
                'grad_std': grad_output[0].detach().std().item(),
                'grad_norm': grad_output[0].detach().norm().item()
            }
    return hook


model2 = SimpleClassifier(20, 64, 3)
model2.layer1.register_full_backward_hook(grad_hook('layer1'))
model2.layer2.register_full_backward_hook(grad_hook('layer2'))
model2.output.register_full_backward_hook(grad_hook('output'))

x = torch.randn(32, 20)
y = torch.randint(0, 3, (32,))
loss = nn.CrossEntropyLoss()(model2(x), y)
loss.backward()

print(f"Loss: {loss.item():.6f}")
print("Gradient statistics per layer:")
for name, stats in gradient_stats.items():
    print(f"  {name:>8s}: grad_mean={stats['grad_mean']:+.6f}, "
          f"grad_std={stats['grad_std']:.8f}, "
          f"grad_norm={stats['grad_norm']:.6f}")
