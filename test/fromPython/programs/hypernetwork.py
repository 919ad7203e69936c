"""A hypernetwork: a small net writes the weights of another for each task."""
from __future__ import annotations

from collections import OrderedDict
from typing import Dict, List, Optional, Tuple

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor


class HyperNetwork(nn.Module):
    """Maps an embedding of a task to all weights of a target network."""

    def __init__(self, target_shapes: Dict[str, Tuple[int, ...]], z_dim: int = 4, hidden: int = 16) -> None:
        super().__init__()
        self.target_shapes = target_shapes
        self.trunk = nn.Sequential(OrderedDict([
            ("fc1", nn.Linear(z_dim, hidden)),
            ("act", nn.Tanh()),
        ]))
        heads = {}
        for name, shape in target_shapes.items():
            size = 1
            for extent in shape:
                size *= extent
            heads[name.replace(".", "_")] = nn.Linear(hidden, size)
        self.heads = nn.ModuleDict(heads)

    def forward(self, z: Tensor) -> Dict[str, Tensor]:
        h = self.trunk(z)
        return {name: self.heads[name.replace(".", "_")](h).view(*shape) for name, shape in self.target_shapes.items()}


class TargetNet:
    """Has no weights of its own."""

    def __init__(self, sizes: List[int]):
        self.sizes = sizes

    @property
    def shapes(self) -> Dict[str, Tuple[int, ...]]:
        shapes: Dict[str, Tuple[int, ...]] = {}
        for i, (fan_in, fan_out) in enumerate(zip(self.sizes[:-1], self.sizes[1:]), start=1):
            shapes[f"layer{i}.weight"] = (fan_out, fan_in)
            shapes[f"layer{i}.bias"] = (fan_out,)
        return shapes

    def __call__(self, x: Tensor, weights: Dict[str, Tensor]) -> Tensor:
        depth = len(self.sizes) - 1
        for i in range(1, depth + 1):
            x = F.linear(x, weights[f"layer{i}.weight"], weights.get(f"layer{i}.bias"))
            if i < depth:
                x = torch.sin(x)
        return x


class TaskEmbedding(nn.Module):
    def __init__(self, n_tasks: int, z_dim: int, hyper: Optional[HyperNetwork] = None):
        super().__init__()
        self.z = nn.Embedding(n_tasks, z_dim)
        self.hyper = hyper

    def forward(self, task: int) -> Dict[str, Tensor]:
        if self.hyper is None:
            raise ValueError("no hypernetwork")
        return self.hyper(self.z.weight[task])


def make_task(phase: float, amplitude: float = 1.0, n: int = 32) -> Tuple[Tensor, Tensor]:
    x = torch.linspace(-2, 2, n).unsqueeze(1)
    return x, amplitude * torch.sin(2 * x + phase)


def main() -> None:
    torch.manual_seed(11)
    target = TargetNet([1, 8, 1])
    z_dim = 4
    hyper = HyperNetwork(target.shapes, z_dim=z_dim)
    tasks = [make_task(phase, amplitude) for phase, amplitude in [(0.0, 1.0), (0.8, 0.5), (1.6, 1.5)]]
    model = TaskEmbedding(len(tasks), z_dim, hyper)
    groups = [
        {"params": model.z.parameters(), "lr": 5e-2},
        {"params": (p for n, p in model.named_parameters() if not n.startswith("z."))},
    ]
    optimizer = torch.optim.Adam(groups, lr=1e-2)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lr_lambda=[lambda step: 0.99 ** step, lambda step: 1.0])

    print("target:", {name: list(shape) for name, shape in target.shapes.items()})
    for step in range(121):
        losses = []
        for task, (x, y) in enumerate(tasks):
            weights = model(task)
            losses.append(F.mse_loss(target(x, weights), y))
        loss = torch.stack(losses).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
        if step % 40 == 0:
            each = ", ".join(f"{l.item():.4f}" for l in losses)
            print(f"step {step:3d}: {loss.item():.5f} ({each}), lr {optimizer.param_groups[0]['lr']:.5f}")

    # between two tasks
    with torch.no_grad():
        z = torch.lerp(model.z.weight[0], model.z.weight[1], 0.5)
        between = target(tasks[0][0], hyper(z))
    print(f"between: mean {between.mean():.4f}, std {between.std():.4f}")
    try:
        TaskEmbedding(1, z_dim)(0)
    except ValueError as error:
        print("error:", error)


if __name__ == "__main__":
    main()
