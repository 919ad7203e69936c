"""Forward hooks: what comes out of each layer."""

import torch

from networks import SimpleClassifier
from printing import percent, signed

torch.manual_seed(0)
activationStats = {}


def makeHook(name):
    def function(_module, _input, output):
        values = output.detach()
        activationStats[name] = {
            "mean": values.mean().item(),
            "std": values.std().item(),
            "min": values.min().item(),
            "max": values.max().item(),
            "deadFrac": (values == 0).float().mean().item(),
        }
    return function


model = SimpleClassifier(20, 64, 3)
handles = []
handles.append(model.layer1.register_forward_hook(makeHook("layer1")))
handles.append(model.relu.register_forward_hook(makeHook("relu")))
handles.append(model.layer2.register_forward_hook(makeHook("layer2")))
handles.append(model.output.register_forward_hook(makeHook("output")))

x = torch.randn(32, 20)
model(x)

print("Activation statistics per layer:")
for name, stats in activationStats.items():
    print(
        f"  {name:>8}: mean={signed(stats['mean'], 7)}, std={stats['std']:.6f}, " + f"range=[{stats['min']:.6f}, {stats['max']:.6f}], " + f"dead={percent(stats['deadFrac'])}",
    )

for h in handles:
    h.remove()

activationStats.clear()
model(x)
print(f"After removing the hooks: {len(activationStats)}")
