"""Points in the plane, inside a circle or outside of it."""
import numpy as np
import torch
from torch.utils.data import Dataset


class CircleDataset(Dataset):
    def __init__(self, n_samples=1000):
        np.random.seed(42)
        self.X = np.random.randn(n_samples, 2).astype(np.float32)
        self.y = ((self.X[:, 0]**2 + self.X[:, 1]**2) < 1.5).astype(np.float32)

    def __len__(self):
        return len(self.X)

    def __getitem__(self, idx):
        return torch.tensor(self.X[idx]), torch.tensor(self.y[idx])


def accuracy(model, loader):
    model.eval()
    correct, total = 0, 0
    with torch.no_grad():
        for X_b, y_b in loader:
            p = model(X_b).squeeze()
            correct += ((p > 0.5) == y_b).sum().item()
            total += len(y_b)
    return correct / total
