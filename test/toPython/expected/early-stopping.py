"""A regressor with an options object, defaults and spread; early stopping keeps the best weights."""

import math

import torch
import torch.nn.functional as F
from torch import nn, optim

DEFAULTS = {"lr": 1e-2, "epochs": 40, "patience": 3}
Mode = {"Train": "train", "Eval": "eval"}


class EarlyStopping:
    instances = 0

    def __init__(self, *, patience=3):
        self._best = math.inf
        self._bad = 0
        self._patience = patience
        EarlyStopping.instances += 1

    @property
    def best(self):
        return self._best

    @property
    def stopped(self):
        return self._bad >= self._patience

    def update(self, loss):
        if loss < self._best - 1e-4:
            self._best = loss
            self._bad = 0
            return True
        self._bad += 1
        return False


class Net(nn.Module):
    def __init__(self, *, hidden=None, dropout=0, activation=None):
        if hidden is None:
            hidden = [16, 16]
        if activation is None:
            activation = lambda: nn.Tanh()
        super().__init__()
        sizes = [1, *hidden, 1]
        def convert(size, i):
            last = i == len(sizes) - 2
            linear = nn.Linear(size, sizes[i + 1])
            return [linear] if last else [linear, activation(), *([nn.Dropout(dropout)] if dropout > 0 else [])]
        layers = [value for i, item in enumerate(sizes[:-1]) for value in convert(item, i)]
        self.body = nn.Sequential(*layers)

    def forward(self, x):
        return self.body(x)


def describe(options):
    lr, epochs = options["lr"], options["epochs"]
    rest = {key: value for key, value in options.items() if key not in ("lr", "epochs",)}
    clip = value2 if (value2 := value.get("maxNorm") if (value := options.get("clip")) is not None else None) is not None else "none"
    return f"lr {lr:.3f}, epochs {epochs:.>4}, clip {clip}, others {len(list(rest))}, tags {'|'.join(options.get('tags', [])) or '-'}"


def setMode(model, mode):
    if mode == Mode["Train"]:
        model.train()
    elif mode == Mode["Eval"]:
        model.eval()
    else:
        raise RuntimeError(f"unknown mode {mode}")


def fit(model, x, y, overrides=None):
    if overrides is None:
        overrides = {}
    options = {**DEFAULTS, **overrides}
    print(describe(options))
    optimizer = optim.Adam(model.parameters(), lr=options["lr"])
    stopping = EarlyStopping(patience=options.get("patience"))
    history = []
    for epoch in range(1, options["epochs"] + 1):
        setMode(model, Mode["Train"])
        loss = F.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        if options.get("clip") is not None:
            nn.utils.clip_grad_norm_(model.parameters(), options["clip"]["maxNorm"])
        optimizer.step()
        history.append(loss.item())
        if not stopping.update(history[-1]) and stopping.stopped:
            print(f"stopped at {epoch}: best {stopping.best:.5f}")
            break
    setMode(model, Mode["Eval"])
    return history


torch.manual_seed(11)
x = torch.randn(64, 1)
y = torch.sin(x * 2) + torch.randn(64, 1) * 0.05
runs = {
    "small": {"hidden": [8]},
    "deep": {"hidden": [12, 12, 12], "dropout": 0.1, "activation": (lambda: nn.ReLU())},
    "default": None,
}
results = {}
for name, config in runs.items():
    results[name] = fit(Net(**(config or {})), x, y, {"clip": {"maxNorm": 1}, "tags": ["a", "b"]} if name == "deep" else {"lr": 0.05})
ranking = sorted([{"name": name, "last": losses[-1], "steps": len(losses)} for name, losses in list(results.items())], key=lambda a: a["last"])
for item in enumerate(ranking):
    place = item[0]
    parts = item[1]
    name, last, steps = parts["name"], parts["last"], parts["steps"]
    print(f"{place + 1}. {name:<8} {last:>8.4f} after {steps} steps")
lowest = min(item for part in list(results.values()) for item in part)
finished = [name for name, _ in [item for item in list(results.items()) if len(item[1]) == DEFAULTS["epochs"]]]
print(f"{lowest:.4f}", ", ".join(finished) if len(finished) else "nobody finished", EarlyStopping.instances)
