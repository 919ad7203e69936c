"""Message passing on a graph that is a Map of Sets; labels spread from two seeds."""

import torch
import torch.nn.functional as F
from torch import nn, optim


class Graph:
    def __init__(self):
        self._edges = {}
        self.degree = lambda node: len(self.neighbours(node))

    def connect(self, a, *others):
        for b in others:
            for from_, to in [
                (a, b),
                (b, a),
            ]:
                if not from_ in self._edges:
                    self._edges[from_] = {}
                self._edges[from_][to] = None
        return self

    @property
    def nodes(self):
        return sorted(self._edges.keys())

    def neighbours(self, node):
        return self._edges.get(node, {})

    def bfs(self, start):
        seen = dict.fromkeys([start])
        queue = [[start, 0]]
        while len(queue):
            node, depth = queue.pop(0)
            yield [node, depth]
            for next_ in sorted(self.neighbours(node)):
                if next_ in seen:
                    continue
                seen[next_] = None
                queue.append([next_, depth + 1])

    def adjacency(self):
        index = {n: i for i, n in enumerate(self.nodes)}
        a = torch.zeros(len(self.nodes), len(self.nodes))
        for node, others in self._edges.items():
            for o in others:
                a[index[node], index[o]] = 1
        return a


graph = Graph().connect("a", "b", "c").connect("b", "c").connect("c", "d").connect("d", "e", "f").connect("e", "f")
print("".join(graph.nodes), ",".join(map(str, [graph.degree(item) for item in graph.nodes])))
print(" ".join(f"{n}{d2}" for n, d2 in list(graph.bfs("a"))))
isolated = [n for n in graph.nodes if graph.degree(n) == 0]
print(
    isolated if len(isolated) else "none isolated",
    str(any(graph.degree(n) > 2 for n in graph.nodes)).lower(),
    next((i for i, n in enumerate(graph.nodes) if n == "d"), -1),
)


class GCNLayer(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        nn.init.xavier_uniform_(self.weight)

    def forward(self, x, a):
        return a @ x @ self.weight + self.bias


class GCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleDict({"first": GCNLayer(6, 8), "second": GCNLayer(8, 2)})

    def forward(self, x, a):
        hidden = self.layers["first"](x, a).relu()
        return self.layers["second"](F.dropout(hidden, 0.2, training=self.training), a)


torch.manual_seed(8)
raw = graph.adjacency() + torch.eye(6)
d = raw.sum(1) ** -0.5
a = d.unsqueeze(1) * raw * d
model = GCN()
optimizer = optim.Adagrad(model.parameters(), lr=0.1)
known = {
    0: 0,
    5: 1,
}
mask = torch.tensor(list(known.keys()), dtype=torch.int64)
labels = torch.tensor(list(known.values()), dtype=torch.int64)
losses = []
for _ in range(len([None] * 10)):
    optimizer.zero_grad()
    loss = F.nll_loss(model(torch.eye(6), a).log_softmax(1).index_select(0, mask), labels)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
print(
    " > ".join(_ for i, _ in enumerate([f"{l:.4f}" for l in losses]) if not i % 3),
)
model.eval()
out = model(torch.eye(6), a).argmax(1).tolist()
groups = {}
for i, label in enumerate(out):
    groups.setdefault(label, []).append(graph.nodes[i])
print(str(len(list(groups)) > 0).lower(), len([item for part in groups.values() for item in part]), "x".join(map(str, torch.stack([a, raw]).shape)))
