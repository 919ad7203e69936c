"""A small denoising diffusion model; its schedule is a class that computes lazily."""

import math

import torch
import torch.nn.functional as F
from torch import nn, optim


class Schedule:
    def __init__(self, steps, make):
        self.steps = steps
        self.make = make
        self._cache = None

    @staticmethod
    def linear(steps, *, from_=1e-3, to=0.2):
        return Schedule(steps, lambda n: torch.linspace(from_, to, n))

    @staticmethod
    def cosine(steps):
        def f(t):
            return math.cos((t / steps + 0.008) / 1.008 * (math.pi / 2)) ** 2
        return Schedule(steps, lambda n: torch.tensor([min(0.999, 1 - f(t + 1) / f(t)) for t in range(n)], dtype=torch.float32))

    @property
    def parts(self):
        if self._cache is None:
            self._cache = self._compute()
        return self._cache

    def _compute(self):
        alphas = -self.make(self.steps) + 1
        return {"alphas": alphas, "bars": alphas.cumprod(0)}

    def noise(self, x, t, e):
        bar = self.parts["bars"].index_select(0, t).unsqueeze(1)
        return x * bar.sqrt() + e * (-bar + 1).sqrt()


class Denoiser(nn.Module):
    def __init__(self, steps, width=24):
        super().__init__()
        self.time = nn.Embedding(steps, 8)
        self.body = nn.Sequential(nn.Linear(2 + 8, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, 2))

    def forward(self, x, t):
        return self.body(torch.cat([x, self.time(t)], 1))


torch.manual_seed(4)
for name, schedule in {"linear": Schedule.linear(10, to=0.3), "cosine": Schedule.cosine(10)}.items():
    alphas, bars = schedule.parts["alphas"], schedule.parts["bars"]
    model = Denoiser(schedule.steps)
    optimizer = optim.AdamW(model.parameters(), lr=5e-3)
    curve = []
    for i in range(12):
        x = torch.cat([torch.randn(16, 2) * 0.1 + 1, torch.randn(16, 2) * 0.1 - 1])
        t = torch.randint(0, schedule.steps, (32,))
        e = torch.randn(32, 2)
        loss = F.l1_loss(model(schedule.noise(x, t, e), t), e)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        curve.append(loss.item())
    with torch.no_grad():
        x = torch.randn(8, 2)
        for t in range(schedule.steps - 1, -1, -1):
            a, bar = [values[t].item() for values in [alphas, bars]]
            e = model(x, (torch.ones(8) * t).long())
            x = (x - e * ((1 - a) / math.sqrt(1 - bar))) / math.sqrt(a)
            if t > 0:
                x = x + torch.randn(8, 2) * math.sqrt(1 - a)
        sample = x
    print(
        f"{name}: {' → '.join(_ for i, _ in enumerate([f'{c:.3f}' for c in curve]) if i % 4 == 3)}; std {sample.std().item():.3f}, ᾱ {bars[-1].item():.4f}",
    )
