"""A variational autoencoder on patterns of bars."""

import functools
import sys

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset


def log(values):
    """Shows named values of the run, beside what the program itself prints."""
    print(", ".join(f"{name}: {value.item() if isinstance(value, torch.Tensor) else value}" for name, value in values.items()), file=sys.stderr)


torch.manual_seed(1)


options = {"inputDim": 36, "hiddenDim": 32, "latentDim": 4}


class VAE(nn.Module):
    def __init__(self, *, inputDim, hiddenDim, latentDim):
        super().__init__()
        self.fc1 = nn.Linear(inputDim, hiddenDim)
        self.fcMu = nn.Linear(hiddenDim, latentDim)
        self.fcLogvar = nn.Linear(hiddenDim, latentDim)
        self.fc3 = nn.Linear(latentDim, hiddenDim)
        self.fc4 = nn.Linear(hiddenDim, inputDim)

    def encode(self, x):
        h = F.relu(self.fc1(x))
        return self.fcMu(h), self.fcLogvar(h)

    def reparameterize(self, mu, logvar):
        std = torch.exp(logvar * 0.5)
        eps = torch.randn_like(std)
        return mu + eps * std

    def decode(self, z):
        return torch.sigmoid(self.fc4(F.relu(self.fc3(z))))

    def forward(self, x):
        mu, logvar = self.encode(x.view(-1, options["inputDim"]))
        z = self.reparameterize(mu, logvar)
        return self.decode(z), mu, logvar


# Reconstruction and KL divergence, summed over the batch.
def lossFunction(recon, x, mu, logvar):
    BCE = F.binary_cross_entropy(recon, x.view(-1, options["inputDim"]), reduction="sum")
    KLD = (logvar + 1 - mu ** 2 - logvar.exp()).sum() * -0.5
    return BCE + KLD


rows = (torch.rand(400, 6, 1) < 0.4).float()
columns = (torch.rand(400, 1, 6) < 0.2).float()
images = rows.maximum(columns)
loader = DataLoader(TensorDataset(images), batch_size=50, shuffle=True)

model = VAE(**options)
optimizer = optim.Adam(model.parameters(), lr=1e-2)
history = []

for epoch in range(1, 7):
    model.train()
    trainLoss = 0
    for batch, in loader:
        optimizer.zero_grad()
        recon, mu, logvar = model(batch)
        loss = lossFunction(recon, batch, mu, logvar)
        loss.backward()
        trainLoss += loss.item()
        optimizer.step()
    average = trainLoss / len(images)
    history.append({"epoch": epoch, "loss": average})
    log({"average": average})
    print(f"====> Epoch: {epoch} Average loss: {average:.4f}")

best = functools.reduce(lambda a, b: a if a["loss"] < b["loss"] else b, history)
print(f"Best epoch {best['epoch']} at {best['loss']:.3f}")
drops = [history[i]["loss"] - item["loss"] for i, item in enumerate(history[1:])]
print(
    str(all(drop > -5 for drop in drops)).lower(),
    str(max(drops) > 0).lower(),
    len(drops),
)
with torch.no_grad():
    model.eval()
    sample = model.decode(torch.rand(2, options["latentDim"]))
    print(f"sample: [{' x '.join(map(str, sample.shape))}], mean {sample.mean().item():.4f}")
