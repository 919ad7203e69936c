"""A Siamese network on pairs of small pictures, with a contrastive loss and a dataset of its own."""
import logging
import random
from typing import Callable, NamedTuple, Optional, Sequence

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset, Subset, random_split

device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")


class Pair(NamedTuple):
    first: int
    second: int
    same: bool = True


class Normalize:
    def __init__(self, mean, std):
        self.mean, self.std = mean, std

    def __call__(self, x):
        return (x - self.mean) / self.std

    def __repr__(self):
        return f"{self.__class__.__name__}(mean={self.mean}, std={self.std})"


class Compose:
    def __init__(self, transforms: Sequence[Callable]):
        self.transforms = list(transforms)

    def __call__(self, x):
        for t in self.transforms:
            x = t(x)
        return x


class PairDataset(Dataset):
    """Pairs of images with a label: 1 where both show the same class."""

    def __init__(self, images: np.ndarray, labels: np.ndarray, transform: Optional[Callable] = None, seed: int = 0):
        self.images, self.labels, self.transform = images, labels, transform
        self.by_class = {int(c): [i for i, label in enumerate(labels.tolist()) if label == c] for c in np.unique(labels)}
        rng = random.Random(seed)
        self.pairs = []
        for i, label in enumerate(labels.tolist()):
            if i % 2 == 0:
                j = rng.choice(self.by_class[label])
            else:
                other = rng.choice([c for c in self.by_class if c != label])
                j = rng.choice(self.by_class[other])
            self.pairs.append(Pair(i, j, i % 2 == 0))

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, index):
        pair = self.pairs[index]
        a = torch.from_numpy(self.images[pair.first]).unsqueeze(0)
        b = torch.from_numpy(self.images[pair.second]).unsqueeze(0)
        if self.transform:
            a, b = self.transform(a), self.transform(b)
        return a, b, torch.tensor(float(pair.same))


class ContrastiveLoss(nn.Module):
    def __init__(self, margin: float = 1.0, reduction: str = "mean"):
        super().__init__()
        self.margin = margin
        self.reduction = reduction

    def forward(self, d, y):
        loss = y * d.pow(2) + (1 - y) * F.relu(self.margin - d).pow(2)
        return getattr(loss, self.reduction)() if self.reduction != "none" else loss

    def extra_repr(self):
        return f"margin={self.margin}, reduction={self.reduction!r}"


class SiameseNet(nn.Module):
    def __init__(self, embedding_dim=8, *, channels=(4, 8)):
        super().__init__()
        layers, last = [], 1
        for c in channels:
            layers.extend([nn.Conv2d(last, c, 3, padding=1, bias=False), nn.BatchNorm2d(c), nn.ReLU(inplace=True), nn.MaxPool2d(2)])
            last = c
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(last * 2 * 2, embedding_dim)
        self.apply(self._init_weights)

    @staticmethod
    def _init_weights(m):
        if isinstance(m, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
            if m.bias is not None:
                nn.init.zeros_(m.bias)

    def embed(self, x):
        return F.normalize(self.head(self.features(x).flatten(1)), p=2, dim=-1)

    def forward(self, a, b):
        return F.pairwise_distance(self.embed(a), self.embed(b), keepdim=False)


def evaluate(model, loader, thresholds=(0.25, 0.5, 0.75)):
    model.eval()
    outputs, labels = [], []
    with torch.no_grad():
        for a, b, y in loader:
            outputs.append(model(a.to(device), b.to(device)).cpu().numpy())
            labels.append(y.numpy())
    distances, targets = np.concatenate(outputs), np.concatenate(labels)
    accuracy = {t: float(((distances < t) == (targets == 1)).mean()) for t in thresholds}
    best = max(accuracy, key=accuracy.get)
    return best, accuracy, distances


def main():
    np.random.seed(3)
    torch.manual_seed(3)
    templates = np.random.rand(3, 8, 8).astype(np.float32)
    labels = np.random.randint(0, 3, size=96)
    images = (templates[labels] + 0.1 * np.random.randn(96, 8, 8)).astype(np.float32)
    print(images.shape, images.dtype, labels[:10], np.bincount(labels))
    normalize = Normalize(mean=0.5, std=0.25)
    dataset = PairDataset(images, labels, transform=Compose([normalize]), seed=5)
    print(normalize, len(dataset), dataset.pairs[0], {k: len(v) for k, v in dataset.by_class.items()})
    train_set, test_set = random_split(dataset, [72, 24], generator=torch.Generator().manual_seed(0))
    print(len(train_set), len(test_set), sorted(test_set.indices)[:5])
    loader = DataLoader(train_set, batch_size=24, shuffle=False, num_workers=0, pin_memory=False)
    model, criterion = SiameseNet(channels=(4, 8)).to(device), ContrastiveLoss(margin=1.0)
    print(criterion, sum(p.numel() for p in model.parameters()))
    optimizer = torch.optim.AdamW([{"params": model.features.parameters()}, {"params": model.head.parameters(), "lr": 5e-3}], lr=1e-2, weight_decay=1e-4)
    for epoch in range(3):
        model.train()
        running = 0.0
        for i, (a, b, y) in enumerate(loader):
            loss = criterion(model(a.to(device), b.to(device)), y.to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            running += loss.item()
        print("[%d] loss: %.3f lrs: %s" % (epoch + 1, running / len(loader), [g["lr"] for g in optimizer.param_groups]))
    best, accuracy, distances = evaluate(model, DataLoader(test_set, batch_size=8))
    print(best in accuracy, list(accuracy), distances.shape, distances.dtype, distances.min() >= 0)


if __name__ == "__main__":
    main()
