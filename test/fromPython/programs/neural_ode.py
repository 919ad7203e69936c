"""Neural ODE on a spiral: fixed-step solvers, a dataclass of settings, and a running average."""
from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

import torch
import torch.nn as nn
import torch.optim as optim
from torch import Tensor



class RunningAverageMeter:
    """Computes and stores the average and current value."""

    def __init__(self, momentum: float = 0.99):
        self.momentum = momentum
        self.reset()

    def reset(self) -> None:
        self.val: Optional[float] = None
        self.avg: float = 0.0

    def update(self, val: float) -> None:
        if self.val is None:
            self.avg = val
        else:
            self.avg = self.avg * self.momentum + val * (1 - self.momentum)
        self.val = val


class Batch(NamedTuple):
    y0: Tensor
    t: Tensor
    y: Tensor


@dataclass
class SolverConfig:
    method: str = "rk4"
    steps_per_interval: int = 2
    tolerances: Tuple[float, float] = (1e-3, 1e-4)


@dataclass
class Config:
    data_size: int = 40
    batch_time: int = 5
    batch_size: int = 8
    niters: int = 20
    hidden: int = 16
    lr: float = 1e-2
    solver: SolverConfig = field(default_factory=SolverConfig)
    tags: List[str] = field(default_factory=lambda: ["spiral", "ode"])

    def __post_init__(self) -> None:
        if self.batch_time >= self.data_size:
            raise ValueError(f"batch_time {self.batch_time} must be below data_size {self.data_size}")


Field = Callable[[Tensor, Tensor], Tensor]


def euler_step(func: Field, t: Tensor, dt: Tensor, y: Tensor) -> Tensor:
    return y + dt * func(t, y)


def midpoint_step(func: Field, t: Tensor, dt: Tensor, y: Tensor) -> Tensor:
    half = dt / 2
    return y + dt * func(t + half, y + half * func(t, y))


def rk4_step(func: Field, t: Tensor, dt: Tensor, y: Tensor) -> Tensor:
    k1 = func(t, y)
    k2 = func(t + dt / 2, y + dt * k1 / 2)
    k3 = func(t + dt / 2, y + dt * k2 / 2)
    k4 = func(t + dt, y + dt * k3)
    return y + (k1 + 2 * k2 + 2 * k3 + k4) * dt / 6


SOLVERS: Dict[str, Callable[[Field, Tensor, Tensor, Tensor], Tensor]] = {
    "euler": euler_step,
    "midpoint": midpoint_step,
    "rk4": rk4_step,
}


def odeint(func: Field, y0: Tensor, t: Tensor, *, method: str = "rk4", substeps: int = 1) -> Tensor:
    if method not in SOLVERS:
        raise KeyError(f"unknown method {method!r}; choose from {sorted(SOLVERS)}")
    step = SOLVERS[method]
    solution = [y0]
    y = y0
    for t0, t1 in zip(t[:-1], t[1:]):
        dt = (t1 - t0) / substeps
        for i in range(substeps):
            y = step(func, t0 + i * dt, dt, y)
        solution.append(y)
    return torch.stack(solution, dim=0)


class Lambda(nn.Module):
    def __init__(self, true_a: Tensor):
        super().__init__()
        self.register_buffer("true_a", true_a)

    def forward(self, t: Tensor, y: Tensor) -> Tensor:
        return torch.mm(y ** 3, self.true_a)


class ODEFunc(nn.Module):
    def __init__(self, hidden: int) -> None:
        super(ODEFunc, self).__init__()
        self.net = nn.Sequential(
            nn.Linear(2, hidden),
            nn.Tanh(),
            nn.Linear(hidden, 2),
        )
        self.nfe = 0
        for m in self.net.modules():
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, mean=0, std=0.1)
                nn.init.constant_(m.bias, val=0)

    def forward(self, t: Tensor, y: Tensor) -> Tensor:
        self.nfe += 1
        return self.net(y ** 3)


def get_batch(true_y: Tensor, t: Tensor, cfg: Config, generator: torch.Generator) -> Batch:
    s = torch.randperm(cfg.data_size - cfg.batch_time, generator=generator)[: cfg.batch_size]
    batch_y0 = true_y[s]
    batch_t = t[: cfg.batch_time]
    batch_y = torch.stack([true_y[s + i] for i in range(cfg.batch_time)], dim=0)
    return Batch(batch_y0, batch_t, batch_y)


def parse_args(argv: Optional[List[str]] = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("ODE demo")
    parser.add_argument("--method", type=str, choices=["euler", "midpoint", "rk4"], default="rk4")
    parser.add_argument("--niters", type=int, default=12)
    parser.add_argument("--adjoint", action="store_true")
    parser.add_argument("--test-freq", type=int, default=4)
    return parser.parse_args(argv)


def main() -> None:
    args = parse_args([])
    cfg = Config(niters=args.niters, solver=SolverConfig(method=args.method))
    torch.manual_seed(7)
    gen = torch.Generator().manual_seed(3)
    true_y0 = torch.tensor([[2.0, 0.0]])
    t = torch.linspace(0.0, 2.0, cfg.data_size)
    true_a = torch.tensor([[-0.1, 2.0], [-2.0, -0.1]])
    with torch.no_grad():
        true_y = odeint(Lambda(true_a), true_y0, t, method="rk4", substeps=cfg.solver.steps_per_interval)
    print("data", tuple(true_y.shape), f"{true_y.norm().item():.4f}")

    func = ODEFunc(cfg.hidden)
    optimizer = optim.RMSprop(func.parameters(), lr=cfg.lr)
    loss_meter = RunningAverageMeter(0.97)
    best = float("inf")
    history: List[Tuple[int, float]] = []
    for itr in range(1, cfg.niters + 1):
        optimizer.zero_grad()
        batch = get_batch(true_y, t, cfg, gen)
        pred_y = odeint(func, batch.y0.squeeze(1), batch.t, method=cfg.solver.method)
        loss = torch.mean(torch.abs(pred_y - batch.y.squeeze(2)))
        loss.backward()
        optimizer.step()
        loss_meter.update(loss.item())
        if itr % args.test_freq == 0:
            with torch.no_grad():
                pred = odeint(func, true_y0, t)
                test_loss = torch.mean(torch.abs(pred - true_y)).item()
                history.append((itr, test_loss))
                best = min(best, test_loss)
                print("Iter {:04d} | Total Loss {:.5f} | avg {:.5f} | nfe {}".format(itr, test_loss, loss_meter.avg, func.nfe))
    print(cfg.tags, cfg.solver.method, cfg.solver.tolerances[0])
    print(f"best {best:.4f} at {min(history, key=lambda item: item[1])[0]}")
    try:
        odeint(func, true_y0, t, method="dopri5")
    except KeyError as error:
        print("error:", error.args[0])
    try:
        Config(batch_time=50)
    except ValueError as e:
        print(f"bad config: {e}")
    for name in SOLVERS:
        with torch.no_grad():
            end = odeint(Lambda(true_a), true_y0, t, method=name, substeps=8)[-1, 0]
        print(f"{name:>9s}: " + ", ".join(f"{v:+.3f}" for v in end.tolist()))


if __name__ == "__main__":
    main()
