"""Optimizers, schedulers, losses and metrics written by hand."""
import math
import warnings
from abc import ABC, abstractmethod
from collections import OrderedDict
from contextlib import ExitStack, contextmanager, suppress
from typing import Callable, Dict, Iterable, List, Optional, Tuple, Union

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import Optimizer
from torch.optim.lr_scheduler import _LRScheduler, LambdaLR


class Lion(Optimizer):
    def __init__(self, params, lr: float = 1e-3, betas: Tuple[float, float] = (0.9, 0.99), weight_decay: float = 0.0):
        if not 0.0 <= lr:
            raise ValueError("Invalid learning rate: {}".format(lr))
        defaults = dict(lr=lr, betas=betas, weight_decay=weight_decay)
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if len(state) == 0:
                    state["exp_avg"] = torch.zeros_like(p)
                    state["step"] = 0
                exp_avg = state["exp_avg"]
                state["step"] += 1
                p.mul_(1 - group["lr"] * group["weight_decay"])
                update = exp_avg.clone().mul_(beta1).add_(p.grad, alpha=1 - beta1).sign_()
                p.add_(update, alpha=-group["lr"])
                exp_avg.mul_(beta2).add_(p.grad, alpha=1 - beta2)
        return loss


class WarmupCosine(_LRScheduler):
    def __init__(self, optimizer, warmup: int, total: int, min_lr: float = 0.0, last_epoch: int = -1):
        self.warmup, self.total, self.min_lr = warmup, total, min_lr
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        t = self.last_epoch
        if t < self.warmup:
            return [base * (t + 1) / self.warmup for base in self.base_lrs]
        progress = (t - self.warmup) / max(1, self.total - self.warmup)
        return [self.min_lr + 0.5 * (base - self.min_lr) * (1 + math.cos(math.pi * progress)) for base in self.base_lrs]


class FocalLoss(nn.Module):
    def __init__(self, gamma: float = 2.0, alpha: Optional[Tensor] = None, reduction: str = "mean"):
        super().__init__()
        self.gamma, self.reduction = gamma, reduction
        self.register_buffer("alpha", alpha)

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        logp = F.log_softmax(logits, dim=-1)
        logpt = logp.gather(1, target.unsqueeze(1)).squeeze(1)
        loss = -((1 - logpt.exp()) ** self.gamma) * logpt
        if self.alpha is not None:
            loss = loss * self.alpha[target]
        if self.reduction == "mean":
            return loss.mean()
        elif self.reduction == "sum":
            return loss.sum()
        return loss


class Metric(ABC):
    def __init__(self, name: Optional[str] = None, n: int = 1):
        self.n = n
        self.name = name or type(self).__name__.lower()
        self.reset()

    @abstractmethod
    def reset(self) -> None: ...

    @abstractmethod
    def update(self, logits: Tensor, target: Tensor) -> None: ...

    @abstractmethod
    def compute(self) -> float: ...

    def __str__(self):
        return f"{self.name}={self.compute():.3f}"

    def __call__(self, logits, target):
        self.update(logits, target)
        return self.compute()


class Accuracy(Metric):
    def __init__(self, topk: int = 1):
        super().__init__(f"top{topk}")
        self.topk = topk

    def reset(self):
        self.hits = self.total = 0

    def update(self, logits, target):
        top = logits.topk(self.topk, dim=1).indices
        self.hits += (top == target[:, None]).any(dim=1).sum().item()
        self.total += target.numel()

    def compute(self):
        return self.hits / self.total if self.total else float("nan")


class Confusion(Metric):
    def __init__(self, n):
        super().__init__(n=n)

    def reset(self):
        self.mat = torch.zeros(self.n, self.n, dtype=torch.long)

    def update(self, logits, target):
        idx = target * self.n + logits.argmax(1)
        self.mat += torch.bincount(idx, minlength=self.n ** 2).view(self.n, self.n)

    def compute(self):
        return (self.mat.diag().sum() / self.mat.sum().clamp(min=1)).item()


class Meter:
    def __init__(self):
        self.values: "OrderedDict[str, Tuple[float, int]]" = OrderedDict()

    def __setitem__(self, key, value):
        total, n = self.values.get(key, (0.0, 0))
        self.values[key] = (total + float(value), n + 1)

    def __getitem__(self, key):
        total, n = self.values[key]
        return total / n

    def __iter__(self):
        for k in self.values:
            yield k, self[k]

    def __contains__(self, key):
        return key in self.values


class AverageModel:
    def __init__(self, model):
        self.n = 0
        self.avg = {k: torch.zeros_like(v) for k, v in model.state_dict().items()}

    def add(self, model):
        self.n += 1
        for k, v in model.state_dict().items():
            self.avg[k] += (v - self.avg[k]) / self.n
        return self


torch.manual_seed(9)
means = torch.tensor([[2.0, 0.0], [-2.0, 0.5], [0.0, -2.0]])
y = torch.arange(60) % 3
x = means[y] + 0.8 * torch.randn(60, 2)
model = nn.Sequential(nn.Linear(2, 12), nn.Hardswish(), nn.Linear(12, 3))
no_decay = [p for n, p in model.named_parameters() if n.endswith("bias")]
decay = [p for n, p in model.named_parameters() if not n.endswith("bias")]
opt = Lion([{"params": decay, "weight_decay": 0.01}, {"params": no_decay, "lr": 0.02}], lr=0.01)
sched = WarmupCosine(opt, warmup=3, total=12, min_lr=1e-4)
criterion = FocalLoss(alpha=torch.tensor([1.0, 1.0, 2.0]))
metrics = [Accuracy(), Accuracy(topk=2), Confusion(3)]
meter, swa = Meter(), AverageModel(model)
for step in range(12):
    perm = torch.randperm(len(x))
    for m in metrics:
        m.reset()
    for batch in perm.chunk(4):
        xb, yb = x[batch], y[batch]

        def closure():
            opt.zero_grad()
            out = model(xb)
            loss = criterion(out, yb)
            loss.backward()
            for m in metrics:
                m.update(out.detach(), yb)
            return loss

        loss = opt.step(closure)
        meter["loss"] = loss
        meter["lr"] = opt.param_groups[0]["lr"]
    sched.step()
    if step >= 8:
        swa.add(model)
    if step % 4 == 3:
        print(f"[{step:2d}]", *metrics, f"lr={sched.get_last_lr()[1]:.5f}")
print({k: round(v, 4) for k, v in meter}, "loss" in meter, "acc" in meter, swa.n)
averaged = nn.Sequential(nn.Linear(2, 12), nn.Hardswish(), nn.Linear(12, 3))
averaged.load_state_dict(swa.avg)
acc = Accuracy()
print(f"{acc(averaged(x), y):.3f}", metrics[2].mat.sum(1).tolist(), acc, math.isnan(Accuracy().compute()))
with suppress(ValueError):
    Lion(model.parameters(), lr=-1)
    print("unreachable")
state = opt.state_dict()
print(list(state), len(state["param_groups"]), opt.state[decay[0]]["step"])
for red in ("mean", "sum", "none"):
    out = FocalLoss(gamma=0.0, reduction=red)(torch.tensor([[2.0, 1.0], [0.0, 3.0]]), torch.tensor([0, 1]))
    print(red, out.shape, [round(v, 4) for v in out.flatten().tolist()])
