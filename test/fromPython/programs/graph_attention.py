import typing as t
from abc import ABC, abstractmethod
from functools import partial

import torch
import torch.nn as nn
import torch.nn.functional as F


class BaseLayer(nn.Module, ABC):
    def __init__(self, in_dim: int, out_dim: int, **kw) -> None:
        super().__init__()
        self.in_dim, self.out_dim = in_dim, out_dim
        self.extra = kw.pop("extra", None)

    @abstractmethod
    def message(self, x: torch.Tensor, adj: torch.Tensor) -> torch.Tensor:
        ...

    def forward(self, x: torch.Tensor, adj: torch.Tensor) -> torch.Tensor:
        return self.message(x, adj)

    def extra_repr(self) -> str:
        return f"in={self.in_dim}, out={self.out_dim}"


class ResidualMixin:
    scale: float = 0.5

    def residual(self, x, y):
        if x.shape == y.shape:
            return x + self.scale * y
        return y


class GATLayer(BaseLayer, ResidualMixin):
    def __init__(self, in_dim: int, out_dim: int, heads: int = 2, *, concat: bool = True, slope: float = 0.2):
        super().__init__(in_dim, out_dim, extra="gat")
        self.heads = heads
        self.concat = concat
        self.W = nn.Parameter(torch.empty(heads, in_dim, out_dim))
        self.a_src = nn.Parameter(torch.empty(heads, out_dim, 1))
        self.a_dst = nn.Parameter(torch.empty(heads, out_dim, 1))
        self.act = nn.LeakyReLU(slope)
        for p in (self.W, self.a_src, self.a_dst):
            nn.init.xavier_uniform_(p, gain=1.414)

    def message(self, x, adj):
        h = torch.einsum("nd,hdo->hno", x, self.W)
        e = self.act(h @ self.a_src + (h @ self.a_dst).transpose(1, 2))
        e = torch.where(adj.unsqueeze(0) > 0, e, torch.full_like(e, -9e15))
        alpha = torch.softmax(e, dim=-1)
        out = alpha @ h
        out = out.permute(1, 0, 2)
        y = out.flatten(1) if self.concat else out.mean(1)
        return self.residual(x, y)


class GraphSage(BaseLayer):
    def __init__(self, in_dim, out_dim, aggregator: t.Literal["mean", "max"] = "mean"):
        super().__init__(in_dim, out_dim)
        self.aggregator = aggregator
        self.lin = nn.Linear(2 * in_dim, out_dim)

    def message(self, x, adj):
        if self.aggregator == "mean":
            neigh = adj @ x / adj.sum(-1, keepdim=True).clamp(min=1)
        elif self.aggregator == "max":
            masked = x[None].expand(len(x), -1, -1).masked_fill(~adj.bool()[..., None], float("-inf"))
            neigh = masked.amax(dim=1)
        else:
            raise NotImplementedError(self.aggregator)
        return F.normalize(self.lin(torch.cat([x, neigh], -1)), p=2.0, dim=-1)


class GraphNet(nn.Module):
    def __init__(self, layer_cls: t.Callable[[int, int], BaseLayer], dims: t.List[int]):
        super().__init__()
        self.layers = nn.ModuleList()
        for a, b in zip(dims[:-1], dims[1:]):
            self.layers.append(layer_cls(a, b))
        self.dropout = nn.Dropout(0.0)

    def forward(self, x, adj):
        for i, layer in enumerate(self.layers):
            x = layer(x, adj)
            if i != len(self.layers) - 1:
                x = self.dropout(F.elu(x))
        return x


def ring_graph(n: int) -> t.Tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    adj = torch.eye(n)
    idx = torch.arange(n)
    adj[idx, (idx + 1) % n] = 1
    adj[(idx + 1) % n, idx] = 1
    labels = (idx >= n // 2).long()
    feats = torch.randn(n, 6) + labels[:, None].float() * 0.7
    return adj, feats, labels


def scatter_mean(src: torch.Tensor, index: torch.Tensor, n: int) -> torch.Tensor:
    total = torch.zeros(n, src.shape[1]).scatter_add(0, index[:, None].expand_as(src), src)
    counts = torch.bincount(index, minlength=n).unsqueeze(-1)
    return total / counts.clamp_min(1)


def train(net: nn.Module, adj, feats, labels, epochs=20, verbose: bool = True) -> float:
    opt = torch.optim.Adam(net.parameters(), lr=1e-2, weight_decay=5e-4)
    best = -float("inf")
    for epoch in range(epochs):
        net.train()
        out = net(feats, adj)
        loss = F.cross_entropy(out, labels)
        opt.zero_grad(); loss.backward(); opt.step()
        acc = (out.argmax(-1) == labels).float().mean().item()
        best = max(best, acc)
        if verbose and (epoch % 5 == 0 or epoch == epochs - 1):
            print(f"  epoch {epoch:>2d} loss={loss:.4f} acc={acc:.2f}")
    return best


torch.manual_seed(0)
adj, feats, labels = ring_graph(20)
nets: t.Dict[str, nn.Module] = {
    "gat": GraphNet(partial(GATLayer, heads=3, concat=False), [6, 6, 2]),
    "sage-mean": GraphNet(GraphSage, [6, 8, 2]),
    "sage-max": GraphNet(lambda a, b: GraphSage(a, b, "max"), [6, 8, 2]),
}
scores = {}
for name, net in nets.items():
    print(f"{name} ({sum(p.numel() for p in net.parameters())} parameters)")
    scores[name] = train(net, adj, feats, labels, verbose=name != "sage-max")
for rank, (name, score) in enumerate(sorted(scores.items(), key=lambda item: item[1], reverse=True), 1):
    print(f"{rank}. {name:10} {score:.2%}")
print(scatter_mean(feats, labels, 3).shape, nets["gat"].layers[0].extra, isinstance(nets["gat"].layers[0], ResidualMixin))
pooled = scatter_mean(feats, labels, 3)
print(f"{pooled[2].abs().sum().item():.1f}", pooled.isnan().any().item())
print(torch.unique(labels, return_counts=True))
