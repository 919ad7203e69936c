import json
import math
import sys
from pathlib import Path

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset


def log(values):
    """Shows named values of the run, beside what the program itself prints."""
    print(", ".join(f"{name}: {value.item() if isinstance(value, torch.Tensor) else value}" for name, value in values.items()), file=sys.stderr)


def load_safetensors(path):
    """The tensors of a .safetensors file by name."""
    dtypes = {"F32": torch.float32, "F64": torch.float64, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64, "I32": torch.int32, "U8": torch.uint8, "BOOL": torch.bool}
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        content = bytearray(file.read())
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, _ = entry["data_offsets"]
            dtype, shape = dtypes[entry["dtype"]], entry["shape"]
            count = math.prod(shape)
            tensors[name] = torch.frombuffer(content, dtype=dtype, count=count, offset=begin).reshape(shape).clone() if count else torch.zeros(shape, dtype=dtype)
    return tensors


torch.manual_seed(0)

# Three shapes that the pretrained layers have never seen, and four pictures of each to learn them from.
size = 16
# a diamond
# a ring
# a triangle
shapes = [
    (lambda x, y, radius: abs(x) + abs(y) < radius),
    (lambda x, y, radius: abs(math.hypot(x, y) - radius + 1) < 1),
    (lambda x, y, radius: abs(x) < (y + radius) / 2 and abs(y) < radius),
]


def pictures(count):
    random_ = torch.rand(count, 3).tolist()
    def convert(item, i):
        across = (item[0] if len(item) > 0 else 0)
        down = (item[1] if len(item) > 1 else 0)
        extent = (item[2] if len(item) > 2 else 0)
        radius = 3.5 + 2.5 * extent
        cx, cy = radius + across * (size - 2 * radius), radius + down * (size - 2 * radius)
        isInside = shapes[i % len(shapes)]
        return [[[1 if isInside(x - cx, y - cy, radius) else 0 for x in range(size)] for y, _ in enumerate(range(size))]]
    images = [convert(item, i) for i, item in enumerate(random_)]
    labels = [i % len(shapes) for i in range(len(random_))]
    return TensorDataset(torch.tensor(images, dtype=torch.float32) + torch.rand(count, 1, size, size) * 0.3, torch.tensor(labels, dtype=torch.int64))


class ShapeNet(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.AdaptiveMaxPool2d(1),
            nn.Flatten(),
        )
        self.classifier = nn.Linear(32, classes)

    def forward(self, x):
        """@param x pictures, `[batch, 1, 16, 16]`"""
        return self.classifier(self.features(x))


trainLoader = DataLoader(pictures(12), batch_size=6, shuffle=True)
testLoader = DataLoader(pictures(600), batch_size=600)
lossFn = nn.CrossEntropyLoss()


def accuracy(model):
    model.eval()
    correct = 0
    with torch.no_grad():
        for images, labels in testLoader:
            correct += (model(images).argmax(1) == labels).sum().item()
    return correct / 600


pretrained = ShapeNet(len(shapes))
# Layers that learned six other shapes from 5,400 pictures (the file keeps nothing else). They stay as they are: only the last
# layer learns.
pretrained.features.load_state_dict(load_safetensors(Path(__file__).parent / "shapes.safetensors"))
pretrained.features.requires_grad_(False)
pretrainedOptimizer = optim.Adam(pretrained.classifier.parameters(), lr=0.01)

# The same network, all of it from scratch.
scratch = ShapeNet(len(shapes))
scratchOptimizer = optim.Adam(scratch.parameters(), lr=0.003)


def fit(model, optimizer):
    model.train()
    for images, labels in trainLoader:
        loss = lossFn(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


for epoch in range(30):
    fit(pretrained, pretrainedOptimizer)
    fit(scratch, scratchOptimizer)
    if epoch % 5 != 4:
        continue
    transferred, alone = accuracy(pretrained), accuracy(scratch)
    log({"accuracy/pretrained": transferred, "accuracy/scratch": alone})
    print(f"Epoch {epoch + 1}: {100 * transferred:.1f} % right with pretrained layers, {100 * alone:.1f} % from scratch")
