"""Exercise 3: a new head on a trained network, beside a network from scratch."""

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

from networks import ResNet
from printing import percent

torch.manual_seed(0)
xTrain = torch.randn(2000, 20)
yTrain = torch.randint(0, 10, (2000,))
xNew = torch.randn(1000, 20)
yNew = torch.randint(0, 5, (1000,))
lossFn = nn.CrossEntropyLoss()


def train(model, x, y, epochs, label):
    """Trains what isn't frozen; says after how many epochs the accuracy on the training data was best."""
    loader = DataLoader(TensorDataset(x, y), batch_size=64, shuffle=True)
    optimizer = optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-3, weight_decay=0.01)
    best, bestEpoch = 0, 0
    for epoch in range(epochs):
        model.train()
        totalLoss, correct = 0, 0
        for xB, yB in loader:
            pred = model(xB)
            loss = lossFn(pred, yB)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            totalLoss += loss.item()
            correct += (pred.argmax(1) == yB).sum().item()
        accuracy = correct / len(x)
        if accuracy > best:
            best, bestEpoch = accuracy, epoch + 1
        print(f"{label} epoch {epoch + 1:>2}: loss={totalLoss / len(loader):.6f}, acc={percent(accuracy)}")
    print(f"{label}: peak accuracy {percent(best)} after {bestEpoch} epochs")


pretrained = ResNet(20, 64, 10, nBlocks=3)
train(pretrained, xTrain, yTrain, 30, "Pretraining")

pretrained.output_layer = nn.Linear(64, 5)
for param in pretrained.blocks.parameters():
    param.requires_grad = False
for param in pretrained.input_layer.parameters():
    param.requires_grad = False
train(pretrained, xNew, yNew, 15, "Fine-tuned")

train(ResNet(20, 64, 5, nBlocks=3), xNew, yNew, 30, "From scratch")
