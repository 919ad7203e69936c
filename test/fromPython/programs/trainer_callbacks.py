"""A small Trainer in the manner of Lightning, with callbacks, hooks, dataclass configs and an enum for the stage."""
from __future__ import annotations

import abc
import json
import logging
import sys
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Any, Callable, Dict, Generic, Iterable, List, Optional, Tuple, TypeVar, Union

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset, random_split

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format='%(levelname)s:%(name)s:%(message)s')
logger = logging.getLogger(__name__)


class Stage(Enum):
    TRAIN = auto()
    VALIDATE = auto()
    TEST = auto()

    def __str__(self):
        return self.name.lower()


class MisconfigurationException(Exception):
    """Raised where a trainer can't run what it is given."""


@dataclass
class OptimConfig:
    name: str = "adamw"
    lr: float = 3e-3
    weight_decay: float = 0.01
    betas: Tuple[float, float] = (0.9, 0.95)


@dataclass
class Config:
    in_features: int
    hidden: List[int] = field(default_factory=lambda: [32, 16])
    n_classes: int = 3
    dropout: float = 0.0
    max_epochs: int = 6
    patience: Optional[int] = 2
    optim: OptimConfig = field(default_factory=OptimConfig)

    def __post_init__(self):
        if self.in_features <= 0:
            raise ValueError(f"in_features must be positive, got {self.in_features}")

    @property
    def depth(self) -> int:
        return len(self.hidden) + 1

    @classmethod
    def from_dict(cls, raw: Dict[str, Any]) -> "Config":
        raw = dict(raw)
        optim = OptimConfig(**raw.pop("optim", {}))
        return cls(optim=optim, **raw)


class Callback(abc.ABC):
    def on_fit_start(self, trainer: Trainer) -> None: ...

    def on_epoch_end(self, trainer: Trainer, metrics: Dict[str, float]) -> None:
        pass

    def on_fit_end(self, trainer: Trainer) -> None:
        pass


class EarlyStopping(Callback):
    def __init__(self, monitor: str = "val_loss", patience: int = 2, mode: str = "min"):
        self.monitor = monitor
        self.patience = patience
        self.sign = 1 if mode == "min" else -1
        self.best: Optional[float] = None
        self.wait = 0

    def on_epoch_end(self, trainer, metrics):
        if (value := metrics.get(self.monitor)) is None:
            return
        if self.best is None or self.sign * value < self.sign * self.best:
            self.best, self.wait = value, 0
        else:
            self.wait += 1
            if self.wait >= self.patience:
                trainer.should_stop = True
                logger.info("early stop at epoch %d (best %s=%.4f)", trainer.epoch, self.monitor, self.best)


class History(Callback):
    def __init__(self):
        self.rows: List[Dict[str, float]] = []

    def on_epoch_end(self, trainer, metrics):
        self.rows.append({"epoch": trainer.epoch, **metrics})

    def on_fit_end(self, trainer):
        keys = list(self.rows[0].keys())
        print(" | ".join(f"{key:^10}" for key in keys))
        print("-+-".join("-" * 10 for _ in keys))
        for row in self.rows:
            print(" | ".join(f"{row[key]:>10.4f}" if key != "epoch" else f"{row[key]:>10}" for key in keys))


class LambdaCallback(Callback):
    def __init__(self, on_start: Optional[Callable[[Trainer], None]] = None):
        self._on_start = on_start

    def on_fit_start(self, trainer):
        if self._on_start:
            self._on_start(trainer)


class LitModule(nn.Module):
    def __init__(self):
        super().__init__()
        self._logged: Dict[str, List[float]] = {}

    def log(self, name: str, value: Union[Tensor, float]) -> None:
        self._logged.setdefault(name, []).append(float(value))

    def flush(self) -> Dict[str, float]:
        out = {name: sum(values) / len(values) for name, values in self._logged.items()}
        self._logged.clear()
        return out

    def training_step(self, batch, batch_idx: int) -> Tensor:
        raise NotImplementedError

    def configure_optimizers(self):
        raise NotImplementedError


class Classifier(LitModule):
    ACTIVATIONS = {"relu": nn.ReLU, "gelu": nn.GELU, "tanh": nn.Tanh}

    def __init__(self, config: Config, activation: str = "gelu"):
        super().__init__()
        self.config = config
        act = self.ACTIVATIONS[activation]
        dims = [config.in_features, *config.hidden]
        layers: List[nn.Module] = []
        for i, (d_in, d_out) in enumerate(zip(dims[:-1], dims[1:])):
            layers.extend([nn.Linear(d_in, d_out), act()])
            if config.dropout > 0:
                layers.append(nn.Dropout(config.dropout))
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(dims[-1], config.n_classes)
        self.loss_fn = nn.CrossEntropyLoss(label_smoothing=0.05)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.body(x))

    def _shared_step(self, batch: Tuple[Tensor, Tensor], prefix: str) -> Tensor:
        x, y = batch
        logits = self(x)
        loss = self.loss_fn(logits, y)
        acc = (logits.argmax(dim=-1) == y).float().mean()
        self.log(f"{prefix}_loss", loss)
        self.log(f"{prefix}_acc", acc)
        return loss

    def training_step(self, batch, batch_idx):
        return self._shared_step(batch, "train")

    def validation_step(self, batch, batch_idx):
        self._shared_step(batch, "val")

    def configure_optimizers(self):
        c = self.config.optim
        decay = [p for n, p in self.named_parameters() if n.endswith("weight")]
        no_decay = [p for n, p in self.named_parameters() if not n.endswith("weight")]
        groups = [{"params": decay, "weight_decay": c.weight_decay}, {"params": no_decay, "weight_decay": 0.0}]
        if c.name == "adamw":
            opt = torch.optim.AdamW(groups, lr=c.lr, betas=c.betas)
        elif c.name == "sgd":
            opt = torch.optim.SGD(groups, lr=c.lr, momentum=c.betas[0])
        else:
            raise MisconfigurationException(f"unknown optimizer {c.name!r}")
        sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=c.lr * 3, total_steps=60)
        return opt, sched


class Trainer:
    def __init__(self, max_epochs: int, callbacks: Optional[List[Callback]] = None):
        self.max_epochs = max_epochs
        self.callbacks = callbacks or []
        self.should_stop = False
        self.epoch = 0
        self.global_step = 0
        self.stage: Optional[Stage] = None

    @contextmanager
    def _in_stage(self, model: nn.Module, stage: Stage):
        previous, self.stage = self.stage, stage
        was_training = model.training
        model.train(stage is Stage.TRAIN)
        try:
            yield
        finally:
            model.train(was_training)
            self.stage = previous

    def _call(self, hook: str, *args) -> None:
        for cb in self.callbacks:
            getattr(cb, hook)(self, *args)

    def fit(self, model: LitModule, train_loader: Iterable, val_loader: Iterable) -> Dict[str, float]:
        optimizer, scheduler = model.configure_optimizers()
        self._call("on_fit_start")
        metrics: Dict[str, float] = {}
        for self.epoch in range(self.max_epochs):
            with self._in_stage(model, Stage.TRAIN):
                for batch_idx, batch in enumerate(train_loader):
                    loss = model.training_step(batch, batch_idx)
                    optimizer.zero_grad(set_to_none=True)
                    loss.backward()
                    optimizer.step()
                    scheduler.step()
                    self.global_step += 1
            with self._in_stage(model, Stage.VALIDATE), torch.no_grad():
                for batch_idx, batch in enumerate(val_loader):
                    model.validation_step(batch, batch_idx)
            metrics = model.flush()
            self._call("on_epoch_end", metrics)
            if self.should_stop:
                break
        self._call("on_fit_end")
        return metrics


def make_data(n: int = 180, d: int = 6) -> TensorDataset:
    centers = torch.randn(3, d) * 1.5
    y = torch.arange(n) % 3
    return TensorDataset(centers[y] + torch.randn(n, d), y)


def main() -> None:
    torch.manual_seed(11)
    cfg = Config.from_dict({"in_features": 6, "hidden": [24, 12], "optim": {"lr": 1e-2}})
    print(json.dumps(asdict(cfg), indent=2, sort_keys=True))
    print(cfg, cfg.depth)
    try:
        Config(in_features=0)
    except ValueError as e:
        print(f"{type(e).__name__}: {e}")

    train_set, val_set = random_split(make_data(), [150, 30], generator=torch.Generator().manual_seed(1))
    train_loader = DataLoader(train_set, batch_size=30, shuffle=True)
    val_loader = DataLoader(val_set, batch_size=30)
    model = Classifier(cfg)
    history = History()
    trainer = Trainer(cfg.max_epochs, [
        history,
        EarlyStopping(patience=cfg.patience or 10),
        LambdaCallback(on_start=lambda t: logger.info(f"fitting for up to {t.max_epochs} epochs")),
    ])
    metrics = trainer.fit(model, train_loader, val_loader)
    print(trainer.global_step, trainer.stage, Stage.TEST, [s.value for s in Stage])
    best = max(history.rows, key=lambda row: row["val_acc"])
    print(f"best epoch {best['epoch']} with {best['val_acc']:.1%}; last {metrics['val_acc']:.1%}")

    bad = Config.from_dict({"in_features": 6, "optim": {"name": "lion"}})
    try:
        Trainer(1).fit(Classifier(bad), train_loader, val_loader)
    except MisconfigurationException as e:
        logger.warning("could not train: %s", e)
    finally:
        logger.info("done")


if __name__ == "__main__":
    main()
