"""Hooks, an operation with a gradient of its own, exponential moving averages and a closure that counts."""

import copy

import torch
import torch.nn.functional as F
from torch import nn, optim

torch.manual_seed(4)


class StraightThrough(torch.autograd.Function):
    """Rounds forwards, passes gradients through backwards."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x * 4).round() / 4

    @staticmethod
    def backward(ctx, gradOutput):
        x, *_ = ctx.saved_tensors
        return gradOutput * (x.abs() <= 1).float()


class Quantized(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.calls = 0
        self.layers = nn.ModuleDict({})
        for name, (i, o) in sizes.items():
            self.layers[name] = nn.Linear(i, o)
        self.gain = nn.Parameter(torch.ones(1))
        self.register_buffer("seen", torch.zeros_like(self.gain))

    def forward(self, x):
        self.calls += 1
        for name, layer in self.layers.items():
            x = layer(x)
            if name != "out":
                x = StraightThrough.apply(x.tanh())
        self.seen.add_(x.size(0))
        return x * self.gain


class EMA:
    def __init__(self, model, decay):
        self.decay = decay
        self.shadow = copy.deepcopy(model)
        self.shadow.requires_grad_(False)

    def update(self, model):
        with torch.no_grad():
            own = list(self.shadow.parameters())
            for i, p in enumerate(list(model.parameters())):
                own[i].mul_(self.decay).add_(p.detach(), alpha=1 - self.decay)


model = Quantized({"first": [3, 8], "second": [8, 8], "out": [8, 1]})
ema = EMA(model, 0.9)
norms = {}
def convert(item):
    name, layer = item
    def hook(_module, _inputs, output):
        list_ = norms.get(name, [])
        list_.append(output.detach().norm().item())
        norms[name] = list_
    return layer.register_forward_hook(hook)


handles = [convert(item) for item in list(model.layers.items())]
gradients = {}
for name, p in model.named_parameters():
    def hook(grad, *, name=name):
        gradients[name] = gradients.get(name, 0) + grad.abs().sum().item()
    p.register_hook(hook)


def counter():
    count = 0
    def function():
        nonlocal count
        count += 1
        return count
    return function


x = torch.randn(32, 3)
y = x.sum(1, True).sin()
optimizer = optim.LBFGS(model.parameters(), lr=0.5, max_iter=4)
next_ = counter()
for step in range(3):
    def closure():
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        next_()
        return loss
    loss = optimizer.step(closure)
    ema.update(model)
    print(f"step {step}: {loss.item():.5f}")
for handle in handles:
    handle.remove()
model(x)
print(f"closure ran {next_() - 1} times, model {model.calls}, rows {model.seen.item()}")
for name, values in norms.items():
    print(f"{name:<8}|{len(values)}|{values[-1]:>10.4f}")
largest = sorted(gradients.items(), key=lambda b: b[1], reverse=True)[0]
print(f"largest gradient: {largest[0]}")
apart = [(p - list(ema.shadow.parameters())[i]).abs().max().item() for i, p in enumerate(model.parameters())]
print(
    str(all(d > 0 for d in apart)).lower(),
    len(list(gradients)),
)
