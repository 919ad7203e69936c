"""Siamese network with contrastive and triplet losses, pairs drawn from groups."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader, Dataset


def float_tensor(values):
    """NumPy's numbers as a tensor: float32 for floats, a plain number where no size was asked for."""
    if np.ndim(values) == 0:
        return values.item() if hasattr(values, "item") else values
    return torch.from_numpy(values if values.dtype.kind in "iu" else values.astype(np.float32))


def remainder(a, b):
    """What a division leaves, with the sign of what is divided."""
    rest = abs(a) % abs(b)
    return -rest if a < 0 else rest


torch.manual_seed(2)


class SiameseDataset(Dataset):
    def __init__(self, groups, each):
        super().__init__()
        self.groups = {}
        self.pairs = []
        rng = np.random.RandomState(0)
        for g in range(groups):
            centre = torch.randn(8)
            self.groups[g] = [centre + torch.randn(8) * 0.3 for _ in range(each)]
        order = float_tensor(rng.permutation(groups * each)).tolist()
        for i, place in enumerate(order):
            other = order[(i + 1) % len(order)]
            self.pairs.append({
                "a": [math.floor(place / each), remainder(place, each)],
                "b": [math.floor(place / each), remainder(place + 1, each)] if i % 2 == 0 else [math.floor(other / each), remainder(other, each)],
            })

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, index):
        parts = self.pairs[index]
        a, b = parts["a"], parts["b"]
        def pick(item2):
            group, i = item2
            return self.groups[group][i]
        return pick(a), pick(b), torch.tensor(0 if a[0] == b[0] else 1, dtype=torch.float32)


class SiameseNetwork(nn.Module):
    def __init__(self, hidden, out=None):
        if out is None:
            out = hidden // 4
        super().__init__()
        self.net = nn.Sequential(nn.Linear(8, hidden), nn.PReLU(), nn.Linear(hidden, out))

    def forwardOnce(self, x):
        return F.normalize(self.net(x), dim=-1)

    def forward(self, a, b):
        return self.forwardOnce(a), self.forwardOnce(b)


class ContrastiveLoss(nn.Module):
    def __init__(self, margin=1):
        super().__init__()
        self.margin = margin

    def forward(self, a, b, label):
        distance = F.pairwise_distance(a, b)
        positive = (-label + 1) * distance ** 2
        negative = label * (-distance + self.margin).clamp(min=0) ** 2
        return (positive + negative).mean()


dataset = SiameseDataset(4, 6)
loader = DataLoader(dataset, batch_size=8, shuffle=True, collate_fn=lambda items: [torch.stack([item[k] for item in items]) for k in [0, 1, 2]])
model = SiameseNetwork(16)
losses = {"contrastive": ContrastiveLoss(), "triplet": nn.TripletMarginLoss(margin=0.5)}
optimizer = optim.Adagrad(model.parameters(), lr=0.05)

for epoch in range(5):
    seen = []
    for a, b, label2 in loader:
        x, y = model(a, b)
        anchor = model.forwardOnce(a.roll(1, 0))
        loss = losses["contrastive"](x, y, label2) + losses["triplet"](x, y, anchor) * 0.1
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        seen.append(loss.item())
    mean = sum(seen) / len(seen)
    spread = math.sqrt(sum(part for part in [(loss - mean) ** 2 for loss in seen]) / len(seen))
    print(f"epoch {epoch + 1}: {mean:.4f} ± {spread:.4f}")

first, second, label = dataset[3]
with torch.no_grad():
    x, y = model(first.unsqueeze(0), second.unsqueeze(0))
    distance = (x - y).norm().item()
verdict = torch.where(torch.tensor([distance]) > 0.5, torch.tensor([1], dtype=torch.float32), torch.tensor([0], dtype=torch.float32)).item()
print(f"pair 3: {'same' if label.item() == 0 else 'different'}, distance {distance:.3f}, verdict {'different' if verdict else 'same'}")
