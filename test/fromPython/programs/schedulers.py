"""Gradient clipping, warm-up and several schedulers."""
import math
import torch
import torch.nn as nn
from torch.optim.lr_scheduler import CosineAnnealingLR, ExponentialLR, LambdaLR, OneCycleLR, SequentialLR, LinearLR

torch.manual_seed(0)


def build():
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))


def get_lr(optimizer):
    for param_group in optimizer.param_groups:
        return param_group['lr']


def warmup_cosine(step, warmup=3, total=10):
    if step < warmup:
        return float(step + 1) / float(max(1, warmup))
    progress = (step - warmup) / (total - warmup)
    return max(0.0, 0.5 * (1.0 + math.cos(math.pi * progress)))


x, y = torch.randn(32, 4), torch.randn(32, 1)
schedules = {
    "lambda": lambda opt: LambdaLR(opt, lr_lambda=warmup_cosine),
    "exponential": lambda opt: ExponentialLR(opt, gamma=0.9),
    "cosine": lambda opt: CosineAnnealingLR(opt, T_max=10, eta_min=1e-4),
    "one cycle": lambda opt: OneCycleLR(opt, max_lr=0.1, total_steps=12),
    "sequential": lambda opt: SequentialLR(opt, schedulers=[LinearLR(opt, start_factor=0.1, total_iters=3),
                                                           ExponentialLR(opt, gamma=0.8)], milestones=[3]),
}
for name, make in schedules.items():
    model = build()
    decay = [p for n, p in model.named_parameters() if 'bias' not in n]
    no_decay = [p for n, p in model.named_parameters() if 'bias' in n]
    optimizer = torch.optim.SGD([
        {'params': decay, 'weight_decay': 0.01},
        {'params': no_decay, 'weight_decay': 0.0, 'lr': 0.02},
    ], lr=0.05, momentum=0.9, nesterov=True)
    scheduler = make(optimizer)
    rates, norms = [], []
    for step in range(10):
        optimizer.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=0.5)
        norms.append(norm.item())
        optimizer.step()
        rates.append(get_lr(optimizer))
        scheduler.step()
    text = ' '.join(f'{r:.4f}' for r in rates)
    print(f"{name:<12}|{loss.item():7.4f}| {text} | {max(norms):.3f}")
    print(f"{'':<12}|{len(decay)} {len(no_decay)} {[g['weight_decay'] for g in optimizer.param_groups]}")
