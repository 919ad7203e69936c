"""Custom optimizers and schedulers: Lion, SAM, Lookahead, a warm-up schedule, EMA with shadow parameters, early stopping."""
import copy
import math
from abc import ABC, abstractmethod
from collections import defaultdict
from typing import Any, Dict, Generic, Iterable, List, Optional, TypeVar

import numpy as np
import torch
import torch.nn as nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, _LRScheduler


class Lion(Optimizer):
    r"""Implements Lion algorithm."""

    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        if not 0.0 <= lr:
            raise ValueError('Invalid learning rate: {}'.format(lr))
        if not 0.0 <= betas[0] < 1.0:
            raise ValueError('Invalid beta parameter at index 0: {}'.format(betas[0]))
        defaults = dict(lr=lr, betas=betas, weight_decay=weight_decay)
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p in group['params']:
                if p.grad is None:
                    continue
                p.data.mul_(1 - group['lr'] * group['weight_decay'])
                grad = p.grad
                state = self.state[p]
                if len(state) == 0:
                    state['exp_avg'] = torch.zeros_like(p)
                exp_avg = state['exp_avg']
                beta1, beta2 = group['betas']
                update = exp_avg * beta1 + grad * (1 - beta1)
                p.add_(torch.sign(update), alpha=-group['lr'])
                exp_avg.mul_(beta2).add_(grad, alpha=1 - beta2)
        return loss


class SAM(torch.optim.Optimizer):
    def __init__(self, params, base_optimizer, rho=0.05, adaptive=False, **kwargs):
        assert rho >= 0.0, f"Invalid rho, should be non-negative: {rho}"
        defaults = dict(rho=rho, adaptive=adaptive, **kwargs)
        super(SAM, self).__init__(params, defaults)
        self.base_optimizer = base_optimizer(self.param_groups, **kwargs)
        self.param_groups = self.base_optimizer.param_groups

    @torch.no_grad()
    def first_step(self, zero_grad=False):
        grad_norm = self._grad_norm()
        for group in self.param_groups:
            scale = group["rho"] / (grad_norm + 1e-12)
            for p in group["params"]:
                if p.grad is None: continue
                self.state[p]["old_p"] = p.data.clone()
                e_w = (torch.pow(p, 2) if group["adaptive"] else 1.0) * p.grad * scale.to(p)
                p.add_(e_w)
        if zero_grad: self.zero_grad()

    @torch.no_grad()
    def second_step(self, zero_grad=False):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None: continue
                p.data = self.state[p]["old_p"]
        self.base_optimizer.step()
        if zero_grad: self.zero_grad()

    def _grad_norm(self):
        norm = torch.norm(
            torch.stack([
                ((torch.abs(p) if group["adaptive"] else 1.0) * p.grad).norm(p=2)
                for group in self.param_groups for p in group["params"]
                if p.grad is not None
            ]),
            p=2
        )
        return norm


class Lookahead:
    def __init__(self, optimizer, k=5, alpha=0.5):
        self.optimizer = optimizer
        self.k, self.alpha = k, alpha
        self.counter = 0
        self.slow = [[p.clone().detach() for p in group['params']] for group in optimizer.param_groups]

    @property
    def param_groups(self):
        return self.optimizer.param_groups

    def zero_grad(self):
        self.optimizer.zero_grad()

    def step(self):
        self.optimizer.step()
        self.counter += 1
        if self.counter % self.k:
            return
        for group, slow_weights in zip(self.optimizer.param_groups, self.slow):
            for p, q in zip(group['params'], slow_weights):
                q.add_(p.data - q, alpha=self.alpha)
                p.data.copy_(q)


class WarmupCosine(_LRScheduler):
    def __init__(self, optimizer, warmup, total, eta_min=0.0, last_epoch=-1):
        self.warmup = warmup
        self.total = total
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        if self.last_epoch < self.warmup:
            return [base_lr * (self.last_epoch + 1) / self.warmup for base_lr in self.base_lrs]
        progress = (self.last_epoch - self.warmup) / max(1, self.total - self.warmup)
        return [self.eta_min + 0.5 * (base_lr - self.eta_min) * (1 + math.cos(math.pi * progress)) for base_lr in self.base_lrs]


class EMA:
    def __init__(self, model: nn.Module, decay: float = 0.9):
        self.model, self.decay = model, decay
        self.shadow: Dict[str, torch.Tensor] = {}
        self.backup: Dict[str, torch.Tensor] = {}
        self.register()

    def register(self):
        for name, param in self.model.named_parameters():
            if param.requires_grad:
                self.shadow[name] = param.data.clone()

    def update(self):
        for name, param in self.model.named_parameters():
            if param.requires_grad:
                assert name in self.shadow
                self.shadow[name] = (1.0 - self.decay) * param.data + self.decay * self.shadow[name]

    def __enter__(self):
        for name, param in self.model.named_parameters():
            self.backup[name] = param.data
            param.data = self.shadow[name]
        return self.model

    def __exit__(self, exc_type, exc_val, exc_tb):
        for name, param in self.model.named_parameters():
            param.data = self.backup.pop(name)


class EarlyStopping:
    """Stops when the loss hasn't improved for `patience` checks."""
    __slots__ = ('patience', 'delta', 'best', 'counter', 'early_stop')

    def __init__(self, patience=3, delta=0.0):
        self.patience = patience
        self.delta = delta
        self.best: Optional[float] = None
        self.counter = 0
        self.early_stop = False

    def __call__(self, val_loss: float) -> bool:
        if self.best is None or val_loss < self.best - self.delta:
            self.best, self.counter = val_loss, 0
        else:
            self.counter += 1
            self.early_stop = self.counter >= self.patience
        return self.early_stop


def make_model():
    torch.manual_seed(42)
    return nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 1))


rng = np.random.RandomState(7)
X = torch.from_numpy(rng.randn(128, 6).astype(np.float32))
y = torch.sin(X[:, :3].sum(1, keepdim=True)) + 0.1 * X[:, 3:4] ** 2
train_x, val_x = X[:96], X[96:]
train_y, val_y = y[:96], y[96:]
criterion = nn.MSELoss()
history = defaultdict(list)

OPTIMIZERS = {
    'lion': lambda params: Lion(params, lr=3e-3, weight_decay=1e-2),
    'sam': lambda params: SAM(params, torch.optim.SGD, rho=0.05, lr=0.1, momentum=0.9),
    'lookahead': lambda params: Lookahead(torch.optim.Adam(params, lr=1e-2)),
}

for name, build in OPTIMIZERS.items():
    model = make_model()
    optimizer = build(model.parameters())
    for epoch in range(20):
        optimizer.zero_grad()
        loss = criterion(model(train_x), train_y)
        loss.backward()
        if isinstance(optimizer, SAM):
            optimizer.first_step(zero_grad=True)
            criterion(model(train_x), train_y).backward()
            optimizer.second_step(zero_grad=True)
        else:
            optimizer.step()
        history[name].append(loss.item())
    print(f'{name:<10} {history[name][0]:.4f} -> {history[name][-1]:.4f} (lr {optimizer.param_groups[0]["lr"]:g})')

best = min(history, key=lambda k: history[k][-1])
print('best:', best, '| order:', ' < '.join(sorted(history, key=lambda k: history[k][-1])))

model = make_model()
optimizer = Lion(model.parameters(), lr=5e-3)
scheduler = WarmupCosine(optimizer, warmup=5, total=40)
ema, stopper = EMA(model), EarlyStopping(patience=4, delta=1e-3)
lrs = []
for epoch in range(40):
    lrs.append(scheduler.get_last_lr()[0])
    optimizer.zero_grad()
    loss = criterion(model(train_x), train_y)
    loss.backward()
    optimizer.step()
    scheduler.step()
    ema.update()
    with torch.no_grad():
        val = criterion(model(val_x), val_y).item()
    if stopper(val):
        print(f'early stop at epoch {epoch}')
        break
else:
    print('ran to the end')
print([round(lr, 5) for lr in lrs[:8]], f'{max(lrs):.4f}')
with ema as averaged, torch.no_grad():
    print(f'ema val {criterion(averaged(val_x), val_y):.4f}')
print(f'val {val:.4f} best {stopper.best:.4f}')

try:
    Lion(model.parameters(), lr=-1.0)
except ValueError as e:
    print('ValueError:', e)
lam = LambdaLR(torch.optim.SGD(model.parameters(), lr=0.1), lr_lambda=lambda e: 0.95 ** e)
for _ in range(3):
    lam.optimizer.step()
    lam.step()
print(f'{lam.get_last_lr()[0]:.6f}')
state = lam.state_dict()
print({k: state[k] for k in ('last_epoch', '_step_count')})
