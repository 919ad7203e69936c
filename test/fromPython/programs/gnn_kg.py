"""GraphSAGE and GIN with index_add, TransE on a small knowledge graph, DeepFM on made-up clicks."""
from __future__ import annotations

import itertools
import random
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from enum import Enum
from typing import Callable, ClassVar, Dict, Iterable, List, NamedTuple, Optional, Protocol, Set, Tuple, TypedDict, Union

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor


class Aggr(str, Enum):
    SUM = 'sum'
    MEAN = 'mean'
    MAX = 'max'


class Edge(NamedTuple):
    src: int
    dst: int
    weight: float = 1.0


class Metrics(TypedDict):
    loss: float
    acc: float


class Scorer(Protocol):
    def score(self, h: Tensor, r: Tensor, t: Tensor) -> Tensor: ...


def scatter(src: Tensor, index: Tensor, dim_size: int, reduce: str = 'sum') -> Tensor:
    out = src.new_zeros((dim_size,) + src.shape[1:])
    if reduce == 'max':
        return out.scatter_reduce(0, index[:, None].expand_as(src), src, reduce='amax', include_self=False)
    out.index_add_(0, index, src)
    if reduce == 'mean':
        count = torch.bincount(index, minlength=dim_size).clamp(min=1)
        out = out / count.view(-1, 1)
    return out


class MessagePassing(nn.Module, ABC):
    registry: ClassVar[Dict[str, type]] = {}

    def __init__(self, aggr: Aggr = Aggr.SUM):
        super().__init__()
        self.aggr = aggr

    def propagate(self, x: Tensor, edge_index: Tensor) -> Tensor:
        src, dst = edge_index
        return self.update(scatter(self.message(x[src]), dst, x.size(0), self.aggr.value), x)

    def message(self, x_j: Tensor) -> Tensor:
        return x_j

    @abstractmethod
    def update(self, aggregated: Tensor, x: Tensor) -> Tensor:
        ...

    def forward(self, x, edge_index):
        return self.propagate(x, edge_index)


class SAGEConv(MessagePassing):
    def __init__(self, in_dim: int, out_dim: int, *, aggr: Aggr = Aggr.MEAN, normalize: bool = False):
        super().__init__(aggr)
        self.lin_l = nn.Linear(in_dim, out_dim)
        self.lin_r = nn.Linear(in_dim, out_dim, bias=False)
        self.normalize = normalize

    def update(self, aggregated, x):
        out = self.lin_l(aggregated) + self.lin_r(x)
        return F.normalize(out, p=2.0, dim=-1) if self.normalize else out


class GINConv(MessagePassing):
    def __init__(self, net: nn.Module, eps: float = 0.0, train_eps: bool = True):
        super().__init__(Aggr.SUM)
        self.net = net
        if train_eps:
            self.eps = nn.Parameter(torch.tensor([eps]))
        else:
            self.register_buffer('eps', torch.tensor([eps]))

    def update(self, aggregated, x):
        return self.net((1 + self.eps) * x + aggregated)


class GNN(nn.Module):
    def __init__(self, convs: Iterable[nn.Module], dim: int, classes: int, dropout: float = 0.):
        super().__init__()
        self.convs = nn.ModuleList(convs)
        self.head = nn.Linear(dim, classes)
        self.p = dropout

    def forward(self, x, edge_index, batch: Optional[Tensor] = None):
        for i, conv in enumerate(self.convs):
            x = conv(x, edge_index)
            if i != len(self.convs) - 1:
                x = F.dropout(F.relu(x), p=self.p, training=self.training)
        if batch is not None:
            x = scatter(x, batch, int(batch.max()) + 1, 'mean')
        return self.head(x)


def two_communities(n: int, p_in: float, p_out: float, rng: random.Random) -> Tuple[List[Edge], List[int]]:
    labels = [int(i >= n // 2) for i in range(n)]
    edges = []
    for i, j in itertools.combinations(range(n), 2):
        if rng.random() < (p_in if labels[i] == labels[j] else p_out):
            edges += [Edge(i, j), Edge(j, i, 0.5)]
    return edges, labels


class TransE(nn.Module):
    def __init__(self, n_entities, n_relations, dim=16, margin=1.0, p=1):
        super().__init__()
        self.ent, self.rel = nn.Embedding(n_entities, dim), nn.Embedding(n_relations, dim)
        self.margin, self.p = margin, p
        bound = 6 / dim ** 0.5
        for emb in (self.ent, self.rel):
            nn.init.uniform_(emb.weight, -bound, bound)
        self.rel.weight.data = F.normalize(self.rel.weight.data, dim=1)

    def score(self, h, r, t):
        return (self.ent(h) + self.rel(r) - self.ent(t)).norm(p=self.p, dim=-1)

    def forward(self, pos, neg):
        return F.relu(self.margin + self.score(*pos.T) - self.score(*neg.T)).mean()


def hits_at(model: Scorer, triples: Tensor, n_entities: int, k: int = 3) -> float:
    hits = 0
    for h, r, t in triples:
        scores = model.score(h.expand(n_entities), r.expand(n_entities), torch.arange(n_entities))
        hits += t.item() in scores.topk(k, largest=False).indices.tolist()
    return hits / len(triples)


class DeepFM(nn.Module):
    def __init__(self, field_dims, embed_dim=4, mlp_dims=(16, 8), dropout=0.0):
        super().__init__()
        self.offsets = np.array((0, *np.cumsum(field_dims)[:-1]), dtype=np.int64)
        self.embedding = nn.Embedding(sum(field_dims), embed_dim)
        self.fc = nn.Embedding(sum(field_dims), 1)
        self.bias = nn.Parameter(torch.zeros((1,)))
        dims = [len(field_dims) * embed_dim, *mlp_dims]
        layers: List[nn.Module] = []
        for d_in, d_out in zip(dims, dims[1:]):
            layers.extend([nn.Linear(d_in, d_out), nn.BatchNorm1d(d_out), nn.ReLU(), nn.Dropout(p=dropout)])
        layers.append(nn.Linear(dims[-1], 1))
        self.mlp = nn.Sequential(*layers)

    def forward(self, x):
        x = x + torch.from_numpy(self.offsets).unsqueeze(0)
        e = self.embedding(x)
        fm = 0.5 * (e.sum(1) ** 2 - (e ** 2).sum(1)).sum(1, keepdim=True)
        linear = self.fc(x).sum(dim=1) + self.bias
        return torch.sigmoid((linear + fm + self.mlp(e.flatten(1))).squeeze(1))


def run_gnn(kind: str, conv: Callable[[int, int], nn.Module], x, edge_index, y, steps=25) -> Metrics:
    torch.manual_seed(0)
    model = GNN([conv(x.size(1), 8), conv(8, 8)], 8, 2)
    opt = torch.optim.Adam(model.parameters(), lr=0.02)
    for step in range(steps):
        opt.zero_grad()
        out = model(x, edge_index)
        loss = F.cross_entropy(out, y)
        loss.backward()
        opt.step()
    model.eval()
    acc = (model(x, edge_index).argmax(dim=-1) == y).float().mean().item()
    result: Metrics = {'loss': loss.item(), 'acc': acc}
    print(f"{kind:>5s}: " + ", ".join(f"{k}={v:.3f}" for k, v in result.items()))
    return result


if __name__ == '__main__':
    rng = random.Random(3)
    edges, labels = two_communities(24, 0.4, 0.05, rng)
    edge_index = torch.tensor([(e.src, e.dst) for e in edges]).t().contiguous()
    degree = Counter(e.src for e in edges)
    print(len(edges), degree.most_common(2), max(edges, key=lambda e: (e.weight, e.src, e.dst)))
    torch.manual_seed(1)
    y = torch.tensor(labels)
    x = torch.randn(24, 4) + 0.3 * y[:, None]
    results = {
        'sage': run_gnn('sage', lambda i, o: SAGEConv(i, o, normalize=True), x, edge_index, y),
        'max': run_gnn('max', lambda i, o: SAGEConv(i, o, aggr=Aggr.MAX), x, edge_index, y),
        'gin': run_gnn('gin', lambda i, o: GINConv(nn.Sequential(nn.Linear(i, o), nn.ReLU(), nn.Linear(o, o))), x, edge_index, y),
    }
    print(sorted(results, key=lambda k: results[k]['loss']))

    names = ['ada', 'bob', 'cyd', 'dan', 'eve', 'fay']
    triples: Set[Tuple[int, int, int]] = set()
    for i in range(len(names)):
        triples.add((i, 0, (i + 1) % len(names)))
        triples.add((i, 1, (i + 2) % len(names)))
    data = torch.tensor(sorted(triples))
    torch.manual_seed(2)
    kg = TransE(len(names), 2)
    opt = torch.optim.SGD(kg.parameters(), lr=0.05)
    for epoch in range(60):
        neg = data.clone()
        corrupt = torch.rand(len(neg)) < 0.5
        neg[corrupt, 0] = torch.randint(0, len(names), (int(corrupt.sum()),))
        neg[~corrupt, 2] = torch.randint(0, len(names), (int((~corrupt).sum()),))
        loss = kg(data, neg)
        opt.zero_grad()
        loss.backward()
        opt.step()
        with torch.no_grad():
            kg.ent.weight.div_(kg.ent.weight.norm(dim=1, keepdim=True))
    print(f'transe {loss.item():.4f} hits@3 {hits_at(kg, data, len(names)):.2f}')

    torch.manual_seed(5)
    field_dims = [5, 4, 3]
    clicks = torch.stack([torch.randint(0, d, (64,)) for d in field_dims], dim=1)
    target = ((clicks[:, 0] + clicks[:, 1] * clicks[:, 2]) % 2).float()
    fm = DeepFM(field_dims)
    opt = torch.optim.Adam(fm.parameters(), lr=0.02, weight_decay=1e-5)
    by_epoch: defaultdict[str, list[float]] = defaultdict(list)
    for epoch in range(20):
        for idx in torch.arange(64).split(16):
            loss = F.binary_cross_entropy(fm(clicks[idx]), target[idx])
            opt.zero_grad()
            loss.backward()
            opt.step()
            by_epoch[f'{epoch:02d}'].append(loss.item())
    first, *_, last = (sum(v) / len(v) for v in by_epoch.values())
    print(f'{first=:.3f} {last=:.3f}', fm.offsets.tolist())
