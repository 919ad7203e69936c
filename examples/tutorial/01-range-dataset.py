"""Episode 43, exercise 1: a dataset that labels samples 1 between 3 and 7."""
import torch
from torch.utils.data import Dataset, DataLoader
import numpy as np

torch.manual_seed(0)


class RangeDataset(Dataset):
    def __init__(self, n_samples=500):
        np.random.seed(42)
        self.X = np.random.uniform(0, 10, size=(n_samples, 1)).astype(np.float32)
        self.y = ((self.X[:, 0] >= 3) & (self.X[:, 0] <= 7)).astype(np.float32)

    def __len__(self):
        return len(self.X)

    def __getitem__(self, idx):
        return torch.tensor(self.X[idx]), torch.tensor(self.y[idx])


dataset = RangeDataset(500)
loader = DataLoader(dataset, batch_size=16, shuffle=True)

for i, (X_batch, y_batch) in enumerate(loader):
    print(f"Batch {i}: X shape={X_batch.shape}, y shape={y_batch.shape}")
    print(f"  sum of X={X_batch.sum().item():.4f}, ones in y={int(y_batch.sum().item())}")
    if i >= 2:
        break
