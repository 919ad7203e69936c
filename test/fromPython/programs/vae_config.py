"""A variational autoencoder with a configuration, early stopping and a log of JSON lines."""
import json
import math
import random
from dataclasses import dataclass, field, asdict
from typing import Dict, List, Optional, Tuple

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


@dataclass
class Config:
    input_dim: int = 16
    hidden_dims: List[int] = field(default_factory=lambda: [24, 12])
    latent_dim: int = 3
    lr: float = 1e-2
    beta: float = 1.0
    epochs: int = 4
    batch_size: int = 32
    betas: Tuple[float, float] = (0.9, 0.999)
    device: str = "cuda" if torch.cuda.is_available() else "cpu"
    resume: Optional[str] = None


def set_seed(seed: int = 42) -> None:
    random.seed(seed)
    torch.manual_seed(seed)
    if torch.cuda.is_available():
        torch.cuda.manual_seed_all(seed)


class Encoder(nn.Module):
    def __init__(self, cfg: Config):
        super().__init__()
        dims = [cfg.input_dim, *cfg.hidden_dims]
        layers: List[nn.Module] = []
        for d_in, d_out in zip(dims[:-1], dims[1:]):
            layers += [nn.Linear(d_in, d_out), nn.LeakyReLU(0.2)]
        self.net = nn.Sequential(*layers)
        self.mu = nn.Linear(dims[-1], cfg.latent_dim)
        self.logvar = nn.Linear(dims[-1], cfg.latent_dim)

    def forward(self, x):
        h = self.net(x)
        return self.mu(h), self.logvar(h)


class VAE(nn.Module):
    def __init__(self, cfg: Config):
        super().__init__()
        self.cfg = cfg
        self.encoder = Encoder(cfg)
        dims = [cfg.latent_dim] + cfg.hidden_dims[::-1]
        blocks = [nn.Sequential(nn.Linear(a, b), nn.ReLU()) for a, b in zip(dims, dims[1:])]
        self.decoder = nn.Sequential(*blocks, nn.Linear(dims[-1], cfg.input_dim))

    def reparameterize(self, mu, logvar):
        if not self.training:
            return mu
        std = (0.5 * logvar).exp()
        return mu + std * torch.randn_like(std)

    def forward(self, x):
        mu, logvar = self.encoder(x)
        z = self.reparameterize(mu, logvar)
        return torch.sigmoid(self.decoder(z)), mu, logvar


def loss_function(recon, x, mu, logvar, beta=1.0) -> Dict[str, torch.Tensor]:
    bce = F.binary_cross_entropy(recon, x, reduction="sum") / x.size(0)
    kld = -0.5 * torch.mean(torch.sum(1 + logvar - mu ** 2 - logvar.exp(), dim=1))
    return {"loss": bce + beta * kld, "bce": bce.detach(), "kld": kld.detach()}


class AverageMeter:
    """Keeps track of the latest value and the average."""

    def __init__(self, name: str, fmt: str = ":.4f"):
        self.name = name
        self.fmt = fmt
        self.reset()

    def reset(self):
        self.sum = 0.0
        self.count = 0

    def update(self, val: float, n: int = 1):
        self.sum += val * n
        self.count += n

    @property
    def avg(self) -> float:
        return self.sum / max(self.count, 1)

    def __str__(self):
        fmtstr = "{name} {avg" + self.fmt + "}"
        return fmtstr.format(name=self.name, avg=self.avg)


class EarlyStopping:
    def __init__(self, patience: int = 3, min_delta: float = 0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best = math.inf
        self.counter = 0

    def __call__(self, value: float) -> bool:
        if value < self.best - self.min_delta:
            self.best, self.counter = value, 0
        else:
            self.counter += 1
        return self.counter >= self.patience


def train_one_epoch(model, loader, optimizer, cfg, epoch, log: List[dict]) -> float:
    model.train()
    meters = {k: AverageMeter(k) for k in ("loss", "bce", "kld")}
    for step, (x,) in enumerate(loader, 1):
        x = x.to(cfg.device)
        optimizer.zero_grad(set_to_none=True)
        recon, mu, logvar = model(x)
        losses = loss_function(recon, x, mu, logvar, beta=cfg.beta)
        losses["loss"].backward()
        grad_norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm=5.0)
        optimizer.step()
        for name, meter in meters.items():
            meter.update(losses[name].item(), x.size(0))
    log.append({"epoch": epoch, "step": step, **{k: round(m.avg, 3) for k, m in meters.items()}, "grad_norm": round(grad_norm.item(), 2)})
    print(f"Epoch {epoch:>2}/{cfg.epochs}: " + ", ".join(str(m) for m in meters.values()))
    return meters["loss"].avg


def main():
    cfg = Config(epochs=5)
    print(cfg)
    print(json.dumps(asdict(cfg), indent=2))
    set_seed(0)
    centers = torch.rand(4, cfg.input_dim)
    data = (centers[torch.randint(0, 4, (256,))] + 0.05 * torch.randn(256, cfg.input_dim)).clamp(0, 1)
    loader = DataLoader(TensorDataset(data), batch_size=cfg.batch_size, shuffle=False)
    model = VAE(cfg).to(cfg.device)
    n_params = sum(p.numel() for p in model.parameters() if p.requires_grad)
    print(f"{n_params:,} trainable parameters")
    optimizer = torch.optim.Adam(model.parameters(), lr=cfg.lr, betas=cfg.betas)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
    stopper = EarlyStopping(patience=2)
    log: List[dict] = []
    for epoch in range(1, cfg.epochs + 1):
        loss = train_one_epoch(model, loader, optimizer, cfg, epoch, log)
        scheduler.step()
        if stopper(loss):
            print("early stop at", epoch)
            break
    for entry in log[:2]:
        print(json.dumps(entry))
    print(f"best {stopper.best:.3f}; lr {scheduler.get_last_lr()}")
    model.eval()
    with torch.no_grad():
        recon, mu, logvar = model(data[:2])
    print({"recon": tuple(recon.shape), "mu": tuple(mu.shape), "mse": round(F.mse_loss(recon, data[:2]).item(), 2)})


if __name__ == "__main__":
    main()
