import math
import sys

import torch
from torch import nn, optim


def log(values):
    """Shows named values of the run, beside what the program itself prints."""
    print(", ".join(f"{name}: {value.item() if isinstance(value, torch.Tensor) else value}" for name, value in values.items()), file=sys.stderr)


torch.manual_seed(0)

# Eight heaps of points on a circle: what the generator is to imitate without ever seeing one.
angles = [i * math.pi / 4 for i in range(8)]
centres = torch.tensor([[2 * math.cos(angle), 2 * math.sin(angle)] for angle in angles], dtype=torch.float32)


def realPoints(count):
    return centres.index_select(0, torch.randint(0, 8, (count,))) + torch.randn(count, 2) * 0.1


class Generator(nn.Module):
    """Makes points of noise."""

    def __init__(self, noise, hidden):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(noise, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 2))

    def forward(self, noise):
        return self.layers(noise)


class Discriminator(nn.Module):
    """Says of points whether they are real (above 0) or made (below)."""

    def __init__(self, hidden):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(2, hidden),
            nn.LeakyReLU(0.2),
            nn.Linear(hidden, hidden),
            nn.LeakyReLU(0.2),
            nn.Linear(hidden, 1),
        )

    def forward(self, points):
        return self.layers(points)


noise, batch, steps = 8, 128, 3000
generator = Generator(noise, 64)
discriminator = Discriminator(64)
lossFn = nn.BCEWithLogitsLoss()
generatorOptimizer = optim.Adam(generator.parameters(), lr=0.001, betas=(0.5, 0.999))
discriminatorOptimizer = optim.Adam(discriminator.parameters(), lr=0.001, betas=(0.5, 0.999))


def quality():
    """How many of the eight heaps the generator makes points of, and the share of its points that lie on one."""
    with torch.no_grad():
        made = generator(torch.randn(1000, noise))
    distances = torch.stack([(made - centres[i]).norm(2, 1) for i in range(8)], 1)
    nearest, heap = distances.min(1)
    hits = [_ for i, _ in enumerate(heap.tolist()) if nearest[i].item() < 0.4]
    return {"heaps": len(set(hits)), "share": len(hits) / 1000}


for step in range(steps):
    made = generator(torch.randn(batch, noise))

    verdicts = discriminator(torch.cat([realPoints(batch), made.detach()]))
    discriminatorLoss = lossFn(verdicts, torch.cat([torch.ones(batch, 1), torch.zeros(batch, 1)]))
    discriminatorOptimizer.zero_grad()
    discriminatorLoss.backward()
    discriminatorOptimizer.step()

    generatorLoss = lossFn(discriminator(made), torch.ones(batch, 1))
    generatorOptimizer.zero_grad()
    generatorLoss.backward()
    generatorOptimizer.step()

    if step % 300 == 299:
        parts = quality()
        heaps, share = parts["heaps"], parts["share"]
        log({"heaps": heaps, "share": share})
        print(f"Step {step + 1}: {heaps} of 8 heaps, {100 * share:.0f} % of the points on one")
