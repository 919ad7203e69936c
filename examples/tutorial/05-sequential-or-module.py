"""Sequential or a module of one's own."""
import torch
import torch.nn as nn
from networks import ResidualBlock, parameter_count

torch.manual_seed(0)
simple = nn.Sequential(
    nn.Linear(20, 64), nn.ReLU(), nn.Dropout(0.3),
    nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.3),
    nn.Linear(32, 3)
)


class ConditionalNet(nn.Module):
    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        self.shared = nn.Linear(input_dim, hidden_dim)
        self.branch_a = nn.Linear(hidden_dim, output_dim)
        self.branch_b = nn.Linear(hidden_dim, output_dim)

    def forward(self, x, use_branch_a=True):
        h = torch.relu(self.shared(x))
        if use_branch_a:
            return self.branch_a(h)
        return self.branch_b(h)


print(f"Simple (Sequential): {parameter_count(simple):,} params")
resblock = ResidualBlock(64)
print(f"ResidualBlock:       {parameter_count(resblock):,} params")
cond = ConditionalNet(20, 64, 3)
print(f"ConditionalNet:      {parameter_count(cond):,} params")

x = torch.randn(2, 20)
torch.set_printoptions(precision=3, sci_mode=False)
print(cond(x))
print(cond(x, use_branch_a=False))
