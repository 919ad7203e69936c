"""Exercise 3: a new head on a trained network, beside a network from scratch."""
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset
from networks import ResNet

torch.manual_seed(0)
X_train = torch.randn(2000, 20)
y_train = torch.randint(0, 10, (2000,))
X_new = torch.randn(1000, 20)
y_new = torch.randint(0, 5, (1000,))
loss_fn = nn.CrossEntropyLoss()


def train(model, X, y, epochs, label):
    """Trains what isn't frozen; says after how many epochs the accuracy on the training data was best."""
    loader = DataLoader(TensorDataset(X, y), batch_size=64, shuffle=True)
    optimizer = torch.optim.AdamW(filter(lambda p: p.requires_grad, model.parameters()), lr=1e-3, weight_decay=0.01)
    best, best_epoch = 0, 0
    for epoch in range(epochs):
        model.train()
        total_loss, correct = 0, 0
        for X_b, y_b in loader:
            pred = model(X_b)
            loss = loss_fn(pred, y_b)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total_loss += loss.item()
            correct += (pred.argmax(1) == y_b).sum().item()
        accuracy = correct / len(X)
        if accuracy > best:
            best, best_epoch = accuracy, epoch + 1
        print(f"{label} epoch {epoch + 1:>2d}: loss={total_loss/len(loader):.6f}, acc={accuracy:.1%}")
    print(f"{label}: peak accuracy {best:.1%} after {best_epoch} epochs")


pretrained = ResNet(20, 64, 10, n_blocks=3)
train(pretrained, X_train, y_train, 30, "Pretraining")

pretrained.output_layer = nn.Linear(64, 5)
for param in pretrained.blocks.parameters():
    param.requires_grad = False
for param in pretrained.input_layer.parameters():
    param.requires_grad = False
train(pretrained, X_new, y_new, 15, "Fine-tuned")

train(ResNet(20, 64, 5, n_blocks=3), X_new, y_new, 30, "From scratch")
