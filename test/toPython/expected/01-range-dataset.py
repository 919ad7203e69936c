"""Episode 43, exercise 1: a dataset that labels samples 1 between 3 and 7."""

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from printing import size


def float_tensor(values):
    """NumPy's numbers as a tensor: float32 for floats, a plain number where no size was asked for."""
    if np.ndim(values) == 0:
        return values.item() if hasattr(values, "item") else values
    return torch.from_numpy(values if values.dtype.kind in "iu" else values.astype(np.float32))


torch.manual_seed(0)


class RangeDataset(Dataset):
    def __init__(self, nSamples=500):
        super().__init__()
        self.X = float_tensor(np.random.RandomState(42).uniform(0, 10, [nSamples, 1]))
        self.y = (self.X[:, 0] >= 3).logical_and(self.X[:, 0] <= 7).float()

    def __len__(self):
        return len(self.X)

    def __getitem__(self, index):
        return self.X[index], self.y[index]


dataset = RangeDataset(500)
loader = DataLoader(dataset, batch_size=16, shuffle=True)

i = 0
for xBatch, yBatch in loader:
    print(f"Batch {i}: X shape={size(xBatch)}, y shape={size(yBatch)}")
    print(f"  sum of X={xBatch.sum().item():.4f}, ones in y={yBatch.sum().item()}")
    if (i := i + 1) - 1 >= 2:
        break
