"""Backward hooks: what comes back to each layer."""

import torch
from torch import nn

from networks import SimpleClassifier
from printing import signed

torch.manual_seed(0)
gradientStats = {}


def gradHook(name):
    def function(_module, _gradInput, item):
        gradient, *_ = item
        if gradient is not None:
            gradientStats[name] = {
                "gradMean": gradient.detach().mean().item(),
                "gradStd": gradient.detach().std().item(),
                "gradNorm": gradient.detach().norm().item(),
            }
    return function


model2 = SimpleClassifier(20, 64, 3)
model2.layer1.register_full_backward_hook(gradHook("layer1"))
model2.layer2.register_full_backward_hook(gradHook("layer2"))
model2.output.register_full_backward_hook(gradHook("output"))

x = torch.randn(32, 20)
y = torch.randint(0, 3, (32,))
loss = nn.CrossEntropyLoss()(model2(x), y)
loss.backward()

print(f"Loss: {loss.item():.6f}")
print("Gradient statistics per layer:")
for name, stats in gradientStats.items():
    print(
        f"  {name:>8}: grad_mean={signed(stats['gradMean'], 6)}, " + f"grad_std={stats['gradStd']:.8f}, " + f"grad_norm={stats['gradNorm']:.6f}",
    )
