"""ModuleDict: one backbone, a head for each task."""
import torch
import torch.nn as nn
from networks import parameter_count

torch.manual_seed(0)


class MultiTaskNet(nn.Module):
    def __init__(self, input_dim, hidden_dim, task_outputs):
        super().__init__()
        self.backbone = nn.Sequential(
            nn.Linear(input_dim, hidden_dim), nn.ReLU(),
            nn.Linear(hidden_dim, hidden_dim), nn.ReLU()
        )
        self.heads = nn.ModuleDict({
            name: nn.Linear(hidden_dim, out_dim)
            for name, out_dim in task_outputs.items()
        })

    def forward(self, x, task_name):
        features = self.backbone(x)
        return self.heads[task_name](features)


multi = MultiTaskNet(20, 64, {'classify': 3, 'regress': 1, 'embed': 16})
x = torch.randn(8, 20)

for task in multi.heads:
    out = multi(x, task)
    print(f"Task '{task}': output shape = {out.shape}, sum = {out.sum().item():.6f}")

print(f"\nTotal params: {parameter_count(multi):,}")
print(multi)
