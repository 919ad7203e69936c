#!/usr/bin/env python3
"""Train a small classifier from a dataclass config, with early stopping."""
from __future__ import annotations

import logging
from dataclasses import dataclass, field, asdict, replace
from enum import Enum
from typing import Any, Callable, Iterator, NamedTuple, Optional, Sequence, Union

import numpy as np
import torch
from torch import nn, Tensor
from torch.optim import Optimizer
from torch.utils.data import DataLoader, Dataset, Subset, random_split


class Activation(Enum):
    RELU = "relu"
    TANH = "tanh"


@dataclass
class ModelConfig:
    in_features: int = 6
    hidden: list[int] = field(default_factory=lambda: [24, 12])
    num_classes: int = 3
    activation: Activation = Activation.RELU
    dropout: float = 0.1


@dataclass(frozen=True)
class TrainConfig:
    epochs: int = 12
    batch_size: int = 32
    lr: float = 1e-2
    weight_decay: float = 1e-3
    grad_clip: Optional[float] = 1.0
    patience: int = 3
    model: ModelConfig = field(default_factory=ModelConfig)


class Metrics(NamedTuple):
    loss: float
    accuracy: float


class Blobs(Dataset[tuple[Tensor, Tensor]]):
    def __init__(self, n: int, n_features: int, n_classes: int, *, seed: int = 0) -> None:
        generator = torch.Generator().manual_seed(seed)
        centers = torch.randn(n_classes, n_features, generator=generator) * 1.2
        self.y = torch.randint(n_classes, (n,), generator=generator)
        self.x = centers[self.y] + torch.randn(n, n_features, generator=generator)

    def __len__(self) -> int:
        return self.x.shape[0]

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor]:
        return self.x[i], self.y[i]


class EarlyStopping:
    """Stops when the metric hasn't improved for `patience` epochs."""

    def __init__(self, patience: int = 5, min_delta: float = 0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.best: Optional[float] = None
        self.counter = 0
        self.state: dict[str, Tensor] | None = None

    def step(self, value: float, model: nn.Module) -> bool:
        if self.best is None or value < self.best - self.min_delta:
            self.best = value
            self.counter = 0
            self.state = {k: v.detach().clone() for k, v in model.state_dict().items()}
        else:
            self.counter += 1
        return self.counter >= self.patience

    @property
    def improved(self) -> bool:
        return self.counter == 0


ACTIVATIONS: dict[Activation, Callable[[], nn.Module]] = {Activation.RELU: nn.ReLU, Activation.TANH: nn.Tanh}


def build_model(cfg: ModelConfig) -> nn.Sequential:
    sizes = [cfg.in_features, *cfg.hidden]
    layers: list[nn.Module] = []
    for n_in, n_out in zip(sizes, sizes[1:]):
        layers += [nn.Linear(n_in, n_out), ACTIVATIONS[cfg.activation](), nn.Dropout(p=cfg.dropout)]
    layers.append(nn.Linear(sizes[-1], cfg.num_classes))
    return nn.Sequential(*layers)


def infinite(loader: DataLoader) -> Iterator[tuple[Tensor, Tensor]]:
    while True:
        yield from loader


@torch.no_grad()
def evaluate(model: nn.Module, loader: DataLoader, criterion: nn.Module) -> Metrics:
    model.eval()
    total, correct, seen = 0.0, 0, 0
    for x, y in loader:
        out = model(x)
        total += criterion(out, y).item() * x.size(0)
        correct += (out.argmax(1) == y).sum().item()
        seen += x.size(0)
    return Metrics(loss=total / seen, accuracy=correct / seen)


def train_epoch(model: nn.Module, loader: DataLoader, criterion: nn.Module, optimizer: Optimizer, clip: Optional[float] = None) -> tuple[float, float]:
    model.train()
    losses, norms = [], []
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        if clip is not None:
            norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm=clip)
            norms.append(float(norm))
        optimizer.step()
        losses.append(loss.item())
    return float(np.mean(losses)), max(norms, default=0.0)


def run(cfg: TrainConfig) -> Metrics:
    torch.manual_seed(0)
    dataset = Blobs(240, cfg.model.in_features, cfg.model.num_classes, seed=1)
    n_val = int(0.25 * len(dataset))
    train_set, val_set = random_split(dataset, [len(dataset) - n_val, n_val], generator=torch.Generator().manual_seed(42))
    loaders = {
        "train": DataLoader(train_set, batch_size=cfg.batch_size, shuffle=True),
        "val": DataLoader(val_set, batch_size=cfg.batch_size),
    }
    model = build_model(cfg.model)
    decay, no_decay = [], []
    for name, param in model.named_parameters():
        (no_decay if name.endswith("bias") else decay).append(param)
    optimizer = torch.optim.AdamW(
        [{"params": decay, "weight_decay": cfg.weight_decay}, {"params": no_decay, "weight_decay": 0.0}], lr=cfg.lr
    )
    warmup = 3
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda e: (e + 1) / warmup if e < warmup else 0.9 ** (e - warmup))
    criterion = nn.CrossEntropyLoss()
    stopper = EarlyStopping(cfg.patience, min_delta=1e-4)
    metrics = Metrics(float("inf"), 0.0)
    for epoch in range(1, cfg.epochs + 1):
        train_loss, worst = train_epoch(model, loaders["train"], criterion, optimizer, clip=cfg.grad_clip)
        metrics = evaluate(model, loaders["val"], criterion)
        lr = scheduler.get_last_lr()[0]
        scheduler.step()
        stop = stopper.step(metrics.loss, model)
        mark = "*" if stopper.improved else " "
        print(f"{epoch:02d}{mark} | train {train_loss:8.4f} | val {metrics.loss:8.4f} | acc {metrics.accuracy:6.1%} | lr {lr:.3e} | norm {worst:5.2f}")
        if stop:
            print("stopped early at epoch", epoch)
            break
    if stopper.state is not None:
        model.load_state_dict(stopper.state)
    return evaluate(model, loaders["val"], criterion)


def main(argv: Optional[Sequence[str]] = None) -> int:
    logging.basicConfig(level=logging.INFO)
    base = TrainConfig()
    print({k: v for k, v in asdict(base).items() if k != "model"})
    for activation in Activation:
        cfg = replace(base, model=ModelConfig(activation=activation, hidden=[16] * 2))
        loss, accuracy = run(cfg)
        print(f"{activation.value:>5s}: loss={loss:.4f}, accuracy={accuracy:.3f}")
    x, y = next(infinite(DataLoader(Subset(Blobs(10, 6, 3), range(4)), batch_size=2)))
    print(tuple(x.shape), y.tolist())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
