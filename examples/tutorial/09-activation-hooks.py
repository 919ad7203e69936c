"""Forward hooks: what comes out of each layer."""
import torch
from networks import SimpleClassifier

torch.manual_seed(0)
activation_stats = {}


def make_hook(name):
    def hook(module, input, output):
        activation_stats[name] = {
            'mean': output.detach().mean().item(),
            'std': output.detach().std().item(),
            'min': output.detach().min().item(),
            'max': output.detach().max().item(),
            'dead_frac': (output.detach() == 0).float().mean().item()
        }
    return hook


model = SimpleClassifier(20, 64, 3)
handles = []
handles.append(model.layer1.register_forward_hook(make_hook('layer1')))
handles.append(model.relu.register_forward_hook(make_hook('relu')))
handles.append(model.layer2.register_forward_hook(make_hook('layer2')))
handles.append(model.output.register_forward_hook(make_hook('output')))

x = torch.randn(32, 20)
_ = model(x)

print("Activation statistics per layer:")
for name, stats in activation_stats.items():
    print(f"  {name:>8s}: mean={stats['mean']:+.7f}, std={stats['std']:.6f}, "
          f"range=[{stats['min']:.6f}, {stats['max']:.6f}], "
          f"dead={stats['dead_frac']:.1%}")

for h in handles:
    h.remove()

activation_stats.clear()
_ = model(x)
print(f"After removing the hooks: {len(activation_stats)}")
