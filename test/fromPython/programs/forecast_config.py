"""Time series forecasting with config files and checkpoints."""
import csv
import json
import logging
import math
import os
import pickle
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import torch
import torch.nn as nn
from torch.optim import SGD, Adam
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts, ExponentialLR, LinearLR, MultiStepLR, OneCycleLR, SequentialLR, StepLR
from torch.utils.data import DataLoader, Dataset

log = logging.getLogger("forecast")
handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(logging.Formatter("[%(levelname)s] %(message)s"))
log.addHandler(handler)
log.setLevel(logging.INFO)


@dataclass
class Config:
    window: int = 8
    horizon: int = 2
    hidden: int = 12
    lr: float = 0.01
    epochs: int = 2
    sched: str = "step"
    tags: List[str] = field(default_factory=lambda: ["demo"])
    clip: Optional[float] = 1.0

    def __post_init__(self):
        if self.window < self.horizon:
            raise ValueError(f"window ({self.window}) must be >= horizon ({self.horizon})")

    @classmethod
    def from_json(cls, path: Path) -> "Config":
        raw = json.loads(path.read_text())
        known = {f.name for f in fields(cls)}
        unknown = set(raw) - known
        if unknown:
            log.warning("ignoring %s", sorted(unknown))
        return cls(**{k: v for k, v in raw.items() if k in known})

    def save(self, path: Path) -> None:
        with open(path, "w") as f:
            json.dump(asdict(self), f, indent=2)


class WindowDataset(Dataset):
    def __init__(self, series: torch.Tensor, cfg: Config):
        self.series, self.cfg = series, cfg

    def __len__(self):
        return max(0, len(self.series) - self.cfg.window - self.cfg.horizon + 1)

    def __getitem__(self, i: int) -> Tuple[torch.Tensor, torch.Tensor]:
        if i < 0:
            i += len(self)
        if not 0 <= i < len(self):
            raise IndexError(i)
        w, h = self.cfg.window, self.cfg.horizon
        return self.series[i:i + w].unsqueeze(-1), self.series[i + w:i + w + h]


class LSTMForecaster(nn.Module):
    def __init__(self, cfg: Config):
        super().__init__()
        self.lstm = nn.LSTM(1, cfg.hidden, num_layers=2, batch_first=True, dropout=0.0)
        self.head = nn.Linear(cfg.hidden, cfg.horizon)
        self._init_weights()

    def _init_weights(self):
        for name, param in self.named_parameters():
            if "bias" in name:
                nn.init.zeros_(param)
            elif "weight_hh" in name:
                nn.init.orthogonal_(param)
            elif "weight_ih" in name:
                nn.init.xavier_uniform_(param)

    def forward(self, x):
        out, (h, c) = self.lstm(x)
        return self.head(out[:, -1])


def build_scheduler(name, opt, total):
    table = {
        "step": lambda: StepLR(opt, step_size=1, gamma=0.5),
        "multi": lambda: MultiStepLR(opt, milestones=[1, 2], gamma=0.1),
        "exp": lambda: ExponentialLR(opt, gamma=0.9),
        "onecycle": lambda: OneCycleLR(opt, max_lr=0.05, total_steps=total),
        "warm": lambda: SequentialLR(opt, [LinearLR(opt, start_factor=0.1, total_iters=2), CosineAnnealingWarmRestarts(opt, T_0=3)], milestones=[2]),
    }
    try:
        return table[name]()
    except KeyError:
        raise ValueError(f"unknown scheduler '{name}', choose from {', '.join(sorted(table))}")


def train(cfg: Config, series) -> Dict[str, Any]:
    torch.manual_seed(0)
    split = int(0.8 * len(series))
    train_ds, val_ds = WindowDataset(series[:split], cfg), WindowDataset(series[split - cfg.window:], cfg)
    loader = DataLoader(train_ds, batch_size=8, shuffle=True, drop_last=False)
    model = LSTMForecaster(cfg)
    opt = Adam(model.parameters(), lr=cfg.lr)
    sched = build_scheduler(cfg.sched, opt, cfg.epochs * len(loader))
    loss_fn = nn.HuberLoss(delta=0.5)
    history, best = {"train": [], "val": [], "lr": []}, (math.inf, None)
    for epoch in range(cfg.epochs):
        model.train()
        running = 0.0
        for xb, yb in loader:
            opt.zero_grad()
            loss = loss_fn(model(xb), yb)
            loss.backward()
            if cfg.clip:
                nn.utils.clip_grad_norm_(model.parameters(), cfg.clip)
            opt.step()
            if cfg.sched == "onecycle":
                sched.step()
            running += loss.item() * xb.size(0)
        if cfg.sched != "onecycle":
            sched.step()
        model.eval()
        with torch.no_grad():
            val = sum(loss_fn(model(x[None]), y[None]).item() for x, y in val_ds) / len(val_ds)
        history["train"].append(running / len(train_ds))
        history["val"].append(val)
        history["lr"].append(opt.param_groups[0]["lr"])
        if val < best[0]:
            best = (val, {k: v.clone() for k, v in model.state_dict().items()})
    model.load_state_dict(best[1])
    return {"model": model, "history": history, "best": best[0], "n": (len(train_ds), len(val_ds))}


t = torch.arange(60, dtype=torch.float32)
series = torch.sin(t / 3) + 0.01 * t
tmp = Path(tempfile.mkdtemp())
cfg_path = tmp / "config.json"
Config(epochs=2).save(cfg_path)
cfg = Config.from_json(cfg_path)
log.info("config %s", cfg)
for name in ("step", "multi", "exp", "onecycle", "warm"):
    run = train(replace(cfg, sched=name), series)
    log.info("%-8s best=%.4f lr=%s n=%s", name, run["best"], [f"{lr:.5f}" for lr in run["history"]["lr"]], run["n"])
for bad in (dict(sched="nope"), dict(window=1)):
    try:
        train(replace(cfg, **bad), series)
    except ValueError as exc:
        log.error("bad config: %s", exc)
ckpt = tmp / "ckpt" / "best.pt"
ckpt.parent.mkdir(parents=True, exist_ok=True)
torch.save({"state": run["model"].state_dict(), "cfg": asdict(cfg), "best": run["best"]}, ckpt)
blob = torch.load(ckpt)
restored = LSTMForecaster(Config(**blob["cfg"]))
restored.load_state_dict(blob["state"])
x, y = WindowDataset(series, cfg)[-1]
with torch.no_grad():
    same = torch.allclose(restored(x[None]), run["model"](x[None]))
print(same, x.shape, y.shape, sorted(p.name for p in tmp.iterdir()), ckpt.suffix, ckpt.stem)
rows = [{"epoch": i, "train": f"{a:.3f}", "val": f"{b:.3f}"} for i, (a, b) in enumerate(zip(run["history"]["train"], run["history"]["val"]))]
print(rows[0].keys(), len(rows), rows[-1]["epoch"])
shutil.rmtree(tmp)
print(tmp.exists())


with tempfile.TemporaryDirectory() as d:
    path = os.path.join(d, "a.txt")
    with open(path, "w", encoding="utf-8") as f:
        f.write("one\ntwo\n")
        print("three", 3, file=f)
        json.dump({"a": [1.5, 2.0]}, f)
    with open(path) as f:
        first = f.readline().strip()
        rest = [line.rstrip("\n") for line in f]
    print(first, rest, json.loads(rest[-1]))
    with open(path, "a") as f:
        f.writelines(["\nx", "y"])
    for i, line in enumerate(open(path)):
        print(i, line.rstrip())
    p = Path(d) / "cfg.json"
    with p.open("w") as f:
        json.dump({"lr": 0.1, "n": 3}, f, indent=2)
    with open(p, "r") as f:
        cfg = json.load(f)
    for k, v in cfg.items():
        print(k, v)
    print("lr" in cfg, len(cfg), cfg["n"] + 1, sorted(cfg))
    text = open(path).read()
    print(len(text), text.count("o"))
    try:
        open(os.path.join(d, "none"))
    except FileNotFoundError:
        print("missing")
