"""k-fold cross-validation of a small regression network."""
import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Subset, TensorDataset, SubsetRandomSampler
from typing import Iterator, List, Tuple


def k_folds(n: int, k: int) -> Iterator[Tuple[List[int], List[int]]]:
    indices = list(range(n))
    fold = n // k
    for i in range(k):
        start, stop = i * fold, (i + 1) * fold if i < k - 1 else n
        yield indices[:start] + indices[stop:], indices[start:stop]


class Regressor(nn.Module):
    def __init__(self, widths: List[int]):
        super().__init__()
        layers: List[nn.Module] = []
        for a, b in zip(widths, widths[1:]):
            layers += [nn.Linear(a, b), nn.ReLU()]
        self.net = nn.Sequential(*layers[:-1])

    def forward(self, x):
        return self.net(x).squeeze(-1)


def reset_weights(m):
    '''Try resetting model weights to avoid weight leakage.'''
    for layer in m.children():
        if hasattr(layer, 'reset_parameters'):
            layer.reset_parameters()


torch.manual_seed(42)
X = torch.randn(50, 3)
y = X @ torch.tensor([1.0, -2.0, 0.5]) + 0.1 * torch.randn(50)
dataset = TensorDataset(X, y)
results = {}
for fold, (train_ids, test_ids) in enumerate(k_folds(len(dataset), 3)):
    train_loader = DataLoader(dataset, batch_size=10, sampler=SubsetRandomSampler(train_ids))
    test_loader = DataLoader(Subset(dataset, test_ids), batch_size=25)
    network = Regressor([3, 8, 1])
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05)
    loss_function = nn.SmoothL1Loss()
    for epoch in range(5):
        current_loss = 0.0
        for i, (inputs, targets) in enumerate(train_loader, start=0):
            optimizer.zero_grad()
            loss = loss_function(network(inputs), targets)
            loss.backward()
            optimizer.step()
            current_loss += loss.item()
    errors = []
    with torch.inference_mode():
        for inputs, targets in test_loader:
            errors.extend((network(inputs) - targets).abs().tolist())
    results[fold] = np.mean(errors)
    print(f'Fold {fold}: {len(train_ids)} / {len(test_ids)}, loss {current_loss:.4f}, error {results[fold]:.4f}')
total = 0.0
for key, value in results.items():
    total += value
print(f'Average: {total/len(results.items()):.4f}')
