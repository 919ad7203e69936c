"""LoRA: layers of a trained model are replaced by setattr, trained, merged, and saved alone."""
from __future__ import annotations

import os
import tempfile
import math
from contextlib import contextmanager
from typing import Callable, Iterator, Sequence

import torch
import torch.nn as nn
import torch.nn.functional as F


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int = 4, alpha: float = 8.0, dropout: float = 0.0):
        super().__init__()
        self.base = base
        self.r = r
        self.scaling = alpha / r
        self.lora_A = nn.Parameter(torch.empty(r, base.in_features))
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, r))
        self.dropout = nn.Dropout(dropout) if dropout > 0 else nn.Identity()
        self.enabled = True
        self.reset_parameters()
        for p in self.base.parameters():
            p.requires_grad = False

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))
        nn.init.zeros_(self.lora_B)

    @property
    def delta(self) -> torch.Tensor:
        return self.scaling * (self.lora_B @ self.lora_A)

    def forward(self, x):
        out = self.base(x)
        if self.enabled:
            out = out + self.dropout(x) @ self.lora_A.T @ self.lora_B.T * self.scaling
        return out

    @torch.no_grad()
    def merge(self) -> nn.Linear:
        merged = nn.Linear(self.base.in_features, self.base.out_features, bias=self.base.bias is not None)
        merged.weight.copy_(self.base.weight + self.delta)
        if self.base.bias is not None:
            merged.bias.copy_(self.base.bias)
        return merged

    @classmethod
    def from_linear(cls, linear, **kwargs):
        return cls(linear, **kwargs)

    def extra_repr(self) -> str:
        return f'r={self.r}, scaling={self.scaling}'


class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.query = nn.Linear(dim, dim)
        self.value = nn.Linear(dim, dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))
        self.norm = nn.LayerNorm(dim)

    def forward(self, x):
        gate = torch.sigmoid(self.query(x))
        return self.norm(x + self.mlp(gate * self.value(x)))


class Net(nn.Module):
    def __init__(self, dim=16, depth=2, classes=3):
        super().__init__()
        self.embed = nn.Linear(8, dim)
        self.blocks = nn.ModuleList(Block(dim) for _ in range(depth))
        self.head = nn.Linear(dim, classes)

    def forward(self, x):
        x = self.embed(x)
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def get_parent(model: nn.Module, name: str):
    *path, last = name.split('.')
    for part in path:
        model = getattr(model, part)
    return model, last


def inject(model: nn.Module, targets: Sequence[str], **lora_kwargs) -> list[str]:
    names = [name for name, module in model.named_modules()
             if isinstance(module, nn.Linear) and any(name.endswith(t) for t in targets)]
    for name in names:
        parent, attr = get_parent(model, name)
        setattr(parent, attr, LoRALinear.from_linear(getattr(parent, attr), **lora_kwargs))
    return names


def merge_all(model: nn.Module) -> int:
    count = 0
    for name, child in list(model.named_children()):
        if isinstance(child, LoRALinear):
            setattr(model, name, child.merge())
            count += 1
        else:
            count += merge_all(child)
    return count


def mark_only_lora_as_trainable(model):
    for n, p in model.named_parameters():
        p.requires_grad = 'lora_' in n


def lora_state_dict(model) -> dict[str, torch.Tensor]:
    return {k: v for k, v in model.state_dict().items() if 'lora_' in k}


@contextmanager
def disable_lora(model: nn.Module) -> Iterator[nn.Module]:
    layers = [m for m in model.modules() if isinstance(m, LoRALinear)]
    try:
        for layer in layers:
            layer.enabled = False
        yield model
    finally:
        for layer in layers:
            layer.enabled = True


def count(model, trainable_only=False):
    return sum(p.numel() for p in model.parameters() if p.requires_grad or not trainable_only)


def fit(model, data, steps: int, lr: float, *, every: int = 15):
    x, y = data
    params = filter(lambda p: p.requires_grad, model.parameters())
    opt = torch.optim.Adam(params, lr=lr)
    model.train()
    for step in range(1, steps + 1):
        loss = F.cross_entropy(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        if not step % every:
            print(f'  step {step:02d}: {loss.item():.4f}')
    return loss.item()


@torch.inference_mode()
def accuracy(model, data) -> float:
    model.eval()
    x, y = data
    return (model(x).argmax(-1) == y).float().mean().item()


def make_task(w, n=96):
    x = torch.randn(n, 8)
    return x, (x @ w).argmax(dim=1)


torch.manual_seed(0)
w_a = torch.randn(8, 3)
w_b = w_a + 0.8 * torch.randn(8, 3)
task_a, task_b = make_task(w_a), make_task(w_b)
model = Net()
print('pretraining')
fit(model, task_a, steps=30, lr=1e-2)
print(f'A: {accuracy(model, task_a):.1%}, B: {accuracy(model, task_b):.1%}')

replaced = inject(model, targets=('query', 'value', 'mlp.0', 'mlp.2'), r=2, alpha=4)
mark_only_lora_as_trainable(model)
print(*replaced, sep='\n')
total, trainable = count(model), count(model, trainable_only=True)
print(f'{trainable:,d} of {total:,d} ({100 * trainable / total:.2f} %) are trained')
before = model(task_a[0])
print('finetuning')
fit(model, task_b, steps=45, lr=2e-2)
print(f'A: {accuracy(model, task_a):.1%}, B: {accuracy(model, task_b):.1%}')
with disable_lora(model) as frozen:
    print('without lora as before:', torch.allclose(frozen(task_a[0]), before, atol=1e-6))

sd = lora_state_dict(model)
folder = tempfile.mkdtemp()
path = os.path.join(folder, 'lora.pt')
torch.save(sd, path)
loaded = torch.load(path)
print(len(loaded), sorted(loaded)[:2], all(torch.equal(sd[k], loaded[k]) for k in sd))
missing, unexpected = model.load_state_dict(loaded, strict=False)
print(len(missing), len(unexpected))

outputs = model(task_b[0]).detach()
print('merged', merge_all(model), 'layers; same:', torch.allclose(model(task_b[0]), outputs, atol=1e-5))
print(model.blocks[0])
