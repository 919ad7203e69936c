import math
import sys

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset


def log(values):
    """Shows named values of the run, beside what the program itself prints."""
    print(", ".join(f"{name}: {value.item() if isinstance(value, torch.Tensor) else value}" for name, value in values.items()), file=sys.stderr)


torch.manual_seed(0)

size = 12


def spots(count):
    """Pictures of a soft spot, each at another place and of another width: three numbers are behind every one."""
    def convert(item):
        across = (item[0] if len(item) > 0 else 0)
        down = (item[1] if len(item) > 1 else 0)
        width = (item[2] if len(item) > 2 else 0)
        cx, cy, radius = 2 + across * (size - 5), 2 + down * (size - 5), 1 + width
        def light(x, y):
            return math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * radius ** 2))
        return [[[light(x, y) for x in range(size)] for y, _ in enumerate(range(size))]]
    pictures = [convert(item) for item in torch.rand(count, 3).tolist()]
    return torch.tensor(pictures, dtype=torch.float32)


class Autoencoder(nn.Module):
    """Squeezes a picture into few numbers and draws it again from them."""

    def __init__(self, code):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 8, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(8, 16, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(16 * 3 * 3, code),
        )
        self.decoder = nn.Sequential(
            nn.Linear(code, 16 * 3 * 3),
            nn.ReLU(),
            nn.Unflatten(1, (16, 3, 3)),
            nn.ConvTranspose2d(16, 8, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(8, 1, 4, stride=2, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        """@param x pictures, `[batch, 1, 12, 12]`"""
        return self.decoder(self.encoder(x))


loader = DataLoader(TensorDataset(spots(2048)), batch_size=64, shuffle=True)
unseen = spots(256)

model = Autoencoder(3)
lossFn = nn.MSELoss()
optimizer = optim.Adam(model.parameters(), lr=0.003)


def drawn(picture):
    """A picture as text, the brighter the fuller."""
    return ["".join(" .:-=+*#%@"[min(9, math.floor(value * 10))] * 2 for value in row) for row in picture.tolist()]


for epoch in range(40):
    model.train()
    for pictures, in loader:
        loss = lossFn(model(pictures), pictures)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    model.eval()
    with torch.no_grad():
        log({"val/error": lossFn(model(unseen), unseen)})

picture = unseen[0, 0]
with torch.no_grad():
    again = model(unseen[0:1])[0, 0]
before, after = drawn(picture), drawn(again)
print("A picture it has never seen, and what its three numbers became:")
print("\n".join(f"{row}  |  {after[i]}" for i, row in enumerate(before)))
