import math
import sys

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset, random_split


def log(values):
    """Shows named values of the run, beside what the program itself prints."""
    print(", ".join(f"{name}: {value.item() if isinstance(value, torch.Tensor) else value}" for name, value in values.items()), file=sys.stderr)


torch.manual_seed(0)

size = 16


def shapes(count):
    """Noisy pictures of a square (0), a ring (1) or a cross (2), each somewhere else and of another size."""
    random_ = torch.rand(count, 3).tolist()
    images = []
    labels = []
    for i, (across, down, extent) in enumerate(random_):
        label = i % 3
        radius = 3.5 + 2.5 * extent
        cx, cy = radius + across * (size - 2 * radius), radius + down * (size - 2 * radius)
        def inside(x, y):
            dx, dy = abs(x - cx), abs(y - cy)
            if label == 0:
                return max(dx, dy) < radius
            if label == 1:
                return abs(math.hypot(dx, dy) - radius + 1) < 1
            return min(dx, dy) < 1 and max(dx, dy) < radius
        def row(y):
            return [1 if inside(x, y) else 0 for x in range(size)]
        images.append([[row(y) for y in range(size)]])
        labels.append(label)
    noise = torch.rand(count, 1, size, size) * 0.3
    return TensorDataset(torch.tensor(images, dtype=torch.float32) + noise, torch.tensor(labels, dtype=torch.int64))


class ConvNet(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(
            nn.Flatten(),
            nn.Linear(16 * 4 * 4, 32),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(32, classes),
        )

    def forward(self, x):
        """@param x pictures, `[batch, 1, 16, 16]`"""
        return self.classifier(self.features(x))


trainSet, testSet = random_split(shapes(1200), [960, 240])
trainLoader = DataLoader(trainSet, batch_size=32, shuffle=True)
testLoader = DataLoader(testSet, batch_size=240)

model = ConvNet(3)
lossFn = nn.CrossEntropyLoss()
optimizer = optim.AdamW(model.parameters(), lr=0.002, weight_decay=0.01)
epochs = 8
scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)

for epoch in range(epochs):
    model.train()
    for images, labels in trainLoader:
        loss = lossFn(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()

    model.eval()
    correct = 0
    with torch.no_grad():
        for images, labels in testLoader:
            correct += (model(images).argmax(1) == labels).sum().item()
    log({"accuracy": correct / len(testSet)})
    print(f"Epoch {epoch + 1}: accuracy {100 * correct / len(testSet):.1f} %")
