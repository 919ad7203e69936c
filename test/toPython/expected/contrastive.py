"""Contrastive learning with a weighted sampler, collate functions and transforms by name."""

import functools

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader, Dataset, WeightedRandomSampler


def compose(*transforms):
    return lambda x: functools.reduce(lambda value, t: t(value), transforms, x)


def function(count):
    def function(x):
        keep = (torch.randperm(x.numel()) >= count).float()
        return x * keep
    return function


transforms = {
    "jitter": (lambda scale: lambda x: x + torch.randn(x.shape) * scale),
    "mask": function,
    "flip": (lambda: lambda x: x.flip(0)),
}
names = list(transforms)


class Clusters(Dataset):
    def __init__(self, n, classes=3, dim=6):
        super().__init__()
        self.classes = classes
        self.dim = dim
        centers = torch.randn(classes, dim) * 2
        def convert(_, i):
            label = 0 if i < n / 2 else 1 + i % (classes - 1)
            return {"x": centers[label] + torch.randn(dim) * 0.3, "label": label}
        self._samples = [convert(None, i) for i in range(n)]

    def __len__(self):
        return len(self._samples)

    def __getitem__(self, i):
        return self._samples[i]

    @property
    def labels(self):
        return [item["label"] for item in self._samples]


torch.manual_seed(99)
dataset = Clusters(36)
def fold(m, l):
    m[l] = m.get(l, 0) + 1
    return m


counts = functools.reduce(fold, dataset.labels, {})
print(" ".join(f"{l}:{n}" for l, n in list(counts.items())), "/".join(names))
weights = [1 / counts[l] for l in dataset.labels]
sampler = WeightedRandomSampler(weights, len(dataset), replacement=True)
augment = compose(transforms["jitter"](0.1), transforms["mask"](1))
def collate_fn(samples):
    views = [torch.stack([augment(item["x"]) for item in samples]) for _ in [0, 1]]
    return {
        "a": views[0],
        "b": views[1],
        "labels": torch.tensor(
            [s["label"] for s in samples],
            dtype=torch.int64,
        ),
    }


loader = DataLoader(dataset, batch_size=12, sampler=sampler, collate_fn=collate_fn)


class Projector(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 4))

    def forward(self, x):
        return F.normalize(self.net(x), dim=1)


def ntXent(a, b, temperature=0.5):
    n = a.shape[0]
    z = torch.cat([a, b])
    similarity = (z @ z.t() / temperature).masked_fill(torch.eye(2 * n).bool(), -1000000000)
    targets = torch.cat([torch.arange(n, 2 * n), torch.arange(0, n)])
    return F.cross_entropy(similarity, targets)


model = Projector()
optimizer = optim.SGD(model.parameters(), lr=0.2, momentum=0.9, weight_decay=1e-4)
plateau = optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=0)
for epoch in range(1, 5):
    seen = {}
    losses = []
    for item in loader:
        a, b, labels = item["a"], item["b"], item["labels"]
        loss = ntXent(model(a), model(b))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        for l in labels.tolist():
            seen[l] = None
    mean = sum(losses) / len(losses)
    plateau.step(mean)
    print(f"epoch {epoch}: {mean:.4f} lr {optimizer.param_groups[0]['lr']} classes {','.join(map(str, sorted(seen)))}")
