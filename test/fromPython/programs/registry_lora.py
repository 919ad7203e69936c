import copy
import math
import sys
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cmp_to_key
from typing import Generic, Iterator, List, Optional, Protocol, Tuple, TypeVar

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor

T = TypeVar("T")


class Registry(Generic[T]):
    """name -> thing"""

    def __init__(self, kind: str):
        self._kind = kind
        self._items: dict[str, T] = {}

    def register(self, name: Optional[str] = None):
        def wrap(cls):
            key = name or cls.__name__.lower()
            if key in self._items:
                raise KeyError(f"{key} already registered as {self._kind}")
            self._items[key] = cls
            return cls
        return wrap

    def __getitem__(self, key: str):
        try:
            return self._items[key]
        except KeyError:
            raise KeyError(f"unknown {self._kind}: {key!r}; have {sorted(self._items)}") from None

    def __len__(self):
        return len(self._items)

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __contains__(self, key):
        return key in self._items


LAYERS: Registry = Registry("layer")


@LAYERS.register("gcn")
class GCNLayer(nn.Module):
    def __init__(self, n_in: int, n_out: int, bias: bool = True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(n_in, n_out))
        self.bias = nn.Parameter(torch.zeros(n_out)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        std = 1.0 / math.sqrt(self.weight.size(1))
        self.weight.data.uniform_(-std, std)

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        n = x.size(0)
        loops = torch.arange(n).repeat(2, 1)
        src, dst = torch.cat([edge_index, loops], dim=1)
        deg = torch.zeros(n).scatter_add_(0, dst, torch.ones(dst.numel()))
        norm = deg.pow(-0.5)
        norm[torch.isinf(norm)] = 0
        msg = (x @ self.weight)[src] * (norm[src] * norm[dst]).unsqueeze(-1)
        out = torch.zeros(n, msg.size(1)).index_add_(0, dst, msg)
        return out if self.bias is None else out + self.bias

    def extra_repr(self) -> str:
        return "{}, {}, bias={}".format(*self.weight.shape, self.bias is not None)


@LAYERS.register()
class SageLayer(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.self_lin = nn.Linear(n_in, n_out)
        self.neigh_lin = nn.Linear(n_in, n_out, bias=False)

    def forward(self, x, edge_index):
        src, dst = edge_index
        count = torch.bincount(dst, minlength=len(x)).clamp(min=1).unsqueeze(1)
        agg = torch.zeros_like(x).index_add(0, dst, x[src]) / count
        return self.self_lin(x) + self.neigh_lin(agg)


class GNN(nn.Module):
    def __init__(self, kind, dims):
        super().__init__()
        layer = LAYERS[kind]
        self.layers = nn.ModuleList([layer(a, b) for a, b in zip(dims, dims[1:])])

    def forward(self, x, ei):
        *hidden, last = self.layers
        for lyr in hidden:
            x = F.dropout(F.relu(lyr(x, ei)), p=0.1, training=self.training)
        return last(x, ei)


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int = 2, alpha: float = 4.):
        super().__init__()
        self.base = base
        for p in self.base.parameters():
            p.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(r, base.in_features) * 0.02)
        self.B = nn.Parameter(torch.zeros(base.out_features, r))
        self.scale = alpha / r

    def forward(self, x):
        return self.base(x) + F.linear(F.linear(x, self.A), self.B) * self.scale

    @torch.no_grad()
    def merge(self) -> nn.Linear:
        merged = copy.deepcopy(self.base)
        merged.weight += self.scale * self.B @ self.A
        return merged


def inject(module: nn.Module, r: int) -> int:
    n = 0
    for name, child in list(module.named_children()):
        if isinstance(child, nn.Linear):
            setattr(module, name, LoRALinear(child, r=r))
            n += 1
        else:
            n += inject(child, r)
    return n


torch.manual_seed(1)
edges = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3)]
edges += [(b, a) for a, b in edges]
edge_index = torch.tensor(edges, dtype=torch.long).t().contiguous()
x = torch.eye(6)
labels = torch.tensor([0, 0, 0, 1, 1, 1])
for kind in LAYERS:
    net = GNN(kind, (6, 8, 2))
    opt = torch.optim.Adam(net.parameters(), lr=0.05)
    for _ in range(20):
        net.train()
        loss = F.cross_entropy(net(x, edge_index)[[0, 5]], labels[[0, 5]])
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    acc = (net(x, edge_index).argmax(1) == labels).float().mean()
    print(f"{kind:>10}: loss={loss:.3f} acc={acc:.2f}", file=sys.stdout)
print(len(LAYERS), "gcn" in LAYERS, "gat" in LAYERS)
try:
    LAYERS["gat"]
except KeyError as e:
    print("KeyError:", e)
print(GNN("gcn", (6, 8, 2)))

mlp = nn.Sequential(OrderedDict(fc1=nn.Linear(4, 8), act=nn.ReLU(), head=nn.Sequential(nn.Linear(8, 3))))
state = {k: v.clone() for k, v in mlp.state_dict().items()}
print("injected", inject(mlp, 2), sum(p.numel() for p in mlp.parameters() if p.requires_grad))
xb, yb = torch.randn(32, 4), torch.randint(0, 3, (32,))
opt = torch.optim.AdamW((p for p in mlp.parameters() if p.requires_grad), lr=0.05)
for i in range(10):
    loss = F.cross_entropy(mlp(xb), yb)
    opt.zero_grad(set_to_none=True)
    loss.backward()
    opt.step()
print(f"{loss.item():.4f}", torch.equal(state["fc1.weight"], mlp.fc1.base.weight))
before = mlp(xb)
mlp.fc1 = mlp.fc1.merge()
mlp.head[0] = mlp.head[0].merge()
print(torch.allclose(before, mlp(xb), atol=1e-5), [n for n, _ in mlp.named_parameters()])
new_state = OrderedDict((k.replace("head.0", "classifier"), v) for k, v in mlp.state_dict().items())
renamed = {k[len("fc1."):]: v for k, v in new_state.items() if k.startswith("fc1.")}
print(list(new_state), list(renamed), {k: tuple(v.shape) for k, v in renamed.items()})
missing, unexpected = mlp.load_state_dict({k: v for k, v in mlp.state_dict().items() if "head" not in k}, strict=False)
print(missing, unexpected)


@dataclass(order=True)
class Version:
    major: int
    minor: int = 0
    tags: List[str] = field(default_factory=list, compare=False)


vs = [Version(1, 2), Version(0, 9, ["a"]), Version(1, 0)]
print(sorted(vs), max(vs), Version(1) == Version(1, 0), Version(2) > Version(1, 9))
print(sorted(["b10", "a2", "a1"], key=cmp_to_key(lambda a, b: (a > b) - (a < b))), dict.fromkeys("abca", 0), list(dict.fromkeys([3, 1, 3])))
print((2.0).is_integer(), (0.5).is_integer(), float(3), 7.0 // 2, -7.5 % 2, 1e-7, 123456789.0 * 10)
