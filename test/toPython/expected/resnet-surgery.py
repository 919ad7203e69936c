"""A residual CNN: pretrained on one task, its head taken off and fine-tuned on another; checkpoints, schedulers, early stopping."""

import copy
import math

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(11)


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, inPlanes, planes, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(inPlanes, planes, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, kernel_size=3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.shortcut = nn.Identity()
        if stride != 1 or inPlanes != BasicBlock.expansion * planes:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inPlanes, BasicBlock.expansion * planes, kernel_size=1, stride=stride, bias=False),
                nn.BatchNorm2d(BasicBlock.expansion * planes),
            )

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return F.relu(out + self.shortcut(x))


class ResNet(nn.Module):
    def __init__(self, numBlocks, numClasses):
        super().__init__()
        self.inPlanes = 8
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1, bias=False)
        self.pool = nn.AdaptiveAvgPool2d((1, 1))
        self.layer1 = self.makeLayer(8, numBlocks[0], 1)
        self.layer2 = self.makeLayer(16, numBlocks[1], 2)
        self.linear = nn.Linear(16 * BasicBlock.expansion, numClasses)

    def makeLayer(self, planes, numBlocks, stride):
        strides = [stride, *[1] * (numBlocks - 1)]
        layers = []
        for s in strides:
            layers.append(BasicBlock(self.inPlanes, planes, s))
            self.inPlanes = planes * BasicBlock.expansion
        return nn.Sequential(*layers)

    def forward(self, x):
        out = self.layer2(self.layer1(F.relu(self.conv1(x))))
        return self.linear(self.pool(out).flatten(1))


def makeSet(count, classes):
    x = torch.randn(count, 1, 8, 8)
    y = (x.mean([1, 2, 3]) * 20).floor().remainder(classes).long()
    return TensorDataset(x, y)


def counts(model):
    all_ = list(model.parameters())
    trainable = sum(p.numel() for p in [p for p in all_ if p.requires_grad])
    total = sum(p.numel() for p in all_)
    return f"{trainable:,} of {total:,} ({100 * trainable / total:.1f} %)"


class EarlyStopping:
    def __init__(self, patience, minDelta=1e-4):
        self.patience = patience
        self.minDelta = minDelta
        self.best = math.inf
        self.bestState = None
        self.bad = 0

    def shouldStop(self, loss, model):
        if loss < self.best - self.minDelta:
            self.best = loss
            self.bad = 0
            self.bestState = copy.deepcopy(model).state_dict()
        else:
            self.bad += 1
        return self.bad >= self.patience


def evaluate(model, loader):
    criterion = nn.CrossEntropyLoss(reduction="sum")
    loss, correct, total = 0, 0, 0
    model.eval()
    with torch.no_grad():
        for x, y in loader:
            out = model(x)
            loss += criterion(out, y).item()
            correct += (out.argmax(dim=1) == y).sum().item()
            total += y.size(0)
        return {"loss": loss / total, "accuracy": correct / total}


model = ResNet([1, 2], 4)
print(f"Trainable: {counts(model)}")
trainLoader = DataLoader(makeSet(96, 4), batch_size=16, shuffle=True)
valLoader = DataLoader(makeSet(48, 4), batch_size=48)
optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True, weight_decay=5e-4)
scheduler = optim.lr_scheduler.SequentialLR(
    optimizer,
    [optim.lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=2), optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=4)],
    milestones=[2],
)
criterion = nn.CrossEntropyLoss(label_smoothing=0.1)

for epoch in range(3):
    model.train()
    for x, y in trainLoader:
        loss2 = criterion(model(x), y)
        optimizer.zero_grad(set_to_none=True)
        loss2.backward()
        optimizer.step()
    lr, *_ = scheduler.get_last_lr()
    scheduler.step()
    parts = evaluate(model, valLoader)
    loss, accuracy = parts["loss"], parts["accuracy"]
    print(f"epoch {epoch} lr {lr:.5f} val loss {loss:.4f}, right {accuracy * 48:.0f}")

# Surgery: everything but the last block and a new head is frozen.
for name, p in model.named_parameters():
    if not name.startswith("layer2.1") and not name.startswith("linear"):
        p.requires_grad = False
model.linear = nn.Linear(model.linear.in_features, 2)
print(f"Trainable: {counts(model)}")

head = optim.AdamW(
    [p for p in model.parameters() if p.requires_grad],
    lr=1e-2,
)
small = DataLoader(makeSet(32, 2), batch_size=8, shuffle=True)
stopping = EarlyStopping(2)
for epoch in range(6):
    for x, y in small:
        loss3 = criterion(model(x), y)
        head.zero_grad()
        loss3.backward()
        head.step()
    parts2 = evaluate(model, small)
    loss = parts2["loss"]
    print(f"tuning {epoch}: {loss:.4f}")
    if stopping.shouldStop(loss, model):
        print("stopped early")
        break
if stopping.bestState is not None:
    parts3 = model.load_state_dict(stopping.bestState, strict=False)
    missingKeys, unexpectedKeys = parts3.missing_keys, parts3.unexpected_keys
    print(f"best {stopping.best:.4f}, missing {len(missingKeys)}, unexpected {len(unexpectedKeys)}")
print(", ".join(f"{name}: {type(child).__name__}" for name, child in model.named_children()))
