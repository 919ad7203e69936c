import math
import sys

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset, random_split


def log(values):
    """Shows named values of the run, beside what the program itself prints."""
    print(", ".join(f"{name}: {value.item() if isinstance(value, torch.Tensor) else value}" for name, value in values.items()), file=sys.stderr)


torch.manual_seed(0)


def spirals(count):
    """Points on two spirals that wind around each other, and which of the two each is on."""
    points = []
    labels = []
    for i in range(count):
        label = i % 2
        angle = 0.5 + 4 * i / count
        turn = angle * math.pi * 0.7 + label * math.pi
        points.append([angle / 4 * math.cos(turn), angle / 4 * math.sin(turn)])
        labels.append(label)
    return TensorDataset(torch.tensor(points, dtype=torch.float32), torch.tensor(labels, dtype=torch.int64))


class Classifier(nn.Module):
    def __init__(self, features, hidden, classes):
        super().__init__()
        self.layer1 = nn.Linear(features, hidden)
        self.layer2 = nn.Linear(hidden, hidden)
        self.output = nn.Linear(hidden, classes)
        self.relu = nn.ReLU()

    def forward(self, x):
        hidden = self.relu(self.layer1(x))
        return self.output(self.relu(self.layer2(hidden)))


trainSet, testSet = random_split(spirals(1000), [800, 200])
trainLoader = DataLoader(trainSet, batch_size=32, shuffle=True)
testLoader = DataLoader(testSet, batch_size=200)

model = Classifier(2, 32, 2)
lossFn = nn.CrossEntropyLoss()
optimizer = optim.Adam(model.parameters(), lr=0.01)

for epoch in range(40):
    model.train()
    for x, y in trainLoader:
        loss = lossFn(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    model.eval()
    correct = 0
    with torch.no_grad():
        for x, y in testLoader:
            correct += (model(x).argmax(1) == y).sum().item()
    log({"accuracy": correct / len(testSet)})
    if epoch % 10 == 9:
        print(f"Epoch {epoch + 1}: accuracy {100 * correct / len(testSet):.1f} %")
