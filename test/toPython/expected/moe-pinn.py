"""A mixture of experts with a gate, and a network that solves u'' = -sin(x) by its own derivatives."""

import functools
import math

import torch
import torch.nn.functional as F
from torch import nn, optim

torch.manual_seed(8)


def activation(name):
    if name == "tanh":
        return nn.Tanh()
    elif name == "relu":
        return nn.ReLU()
    else:
        return nn.GELU()


class Expert(nn.Module):
    count = 0

    def __init__(self):
        super().__init__()
        count = Expert.count
        Expert.count += 1
        self.id = count

    def __str__(self):
        return f"#{self.id} {self.describe()}"

    def describe(self, *args):
        raise NotImplementedError


class MLPExpert(Expert):
    def __init__(self, dims, kind="tanh"):
        super().__init__()
        self.kind = kind
        layers = [value for i, size in enumerate(dims[:-1]) for value in [nn.Linear(size, dims[i + 1]), activation(kind)]]
        layers.pop()
        self.net = nn.Sequential(*layers)

    def describe(self):
        return f"{self.kind}×{len(self.net)}"

    def forward(self, x):
        return self.net(x)


class MixtureOfExperts(nn.Module):
    def __init__(self, kinds, topK=2):
        super().__init__()
        self.topK = topK
        self.experts = nn.ModuleList([MLPExpert([1, 12, 1], kind) for kind in kinds])
        self.gate = nn.Linear(1, len(kinds))

    def forward(self, x):
        scores = self.gate(x)
        parts = scores.topk(self.topK, dim=-1)
        values, indices = parts.values, parts.indices
        weights = torch.zeros(*scores.shape).scatter(1, indices, F.softmax(values, 1))
        outputs = torch.stack(
            [expert(x) for expert in list(self.experts)],
            1,
        )
        load = weights.mean(0)
        return {"y": (outputs.squeeze(-1) * weights).sum(1, True), "balance": (load * load).sum()}


moe = MixtureOfExperts(["tanh", "relu", "gelu"])
grid = torch.linspace(-3, 3, 48).unsqueeze(1)
optimizer = optim.Adam(moe.parameters(), lr=0.02)
for i in range(30):
    parts = moe(grid)
    y, balance = parts["y"], parts["balance"]
    loss = (y - torch.sin(grid)).square().mean() + balance * 0.01
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if i % 10 == 9:
        print(f"experts {i + 1}: {loss.item():.5f}")
print(" | ".join(expert.describe() for expert in list(moe.experts)))

u = MLPExpert([1, 16, 16, 1])
adam = optim.NAdam(u.parameters(), lr=0.01)


def derivative(y, x):
    return torch.autograd.grad(y.sum(), [x], create_graph=True)[0]


ends = torch.zeros(2, 1)
ends[1].fill_(math.pi)
losses = []
while True:
    points = (torch.rand(40, 1) * math.pi).requires_grad_()
    residual = derivative(derivative(u(points), points), points) + torch.sin(points)
    loss = (residual ** 2).mean() + (u(ends) ** 2).mean()
    adam.zero_grad()
    loss.backward()
    adam.step()
    losses = [*losses, loss.item()][-5:]
    if not math.isfinite(losses[-1]):
        raise ValueError("diverged")
    if not (len(losses) < 5 or functools.reduce(lambda a, b: a + b, losses) / len(losses) > 0.45):
        break
print(
    f"residual {sum(losses) / len(losses):.4f}, u(π/2) = {u(ends.mean().view(1, 1)).item():.3f}, experts made: {Expert.count}",
)
try:
    moe.gate(torch.zeros(2, 5))
except Exception as error:
    print(f"refused: {'shapes' if 'mat1 and mat2' in str(error) else '?'}")
finally:
    print("done")
