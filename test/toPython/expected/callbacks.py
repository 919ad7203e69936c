"""A trainer with callbacks and events, template methods, and a configuration that is merged deeply."""

import functools
import json
import math

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset


def call_if_there(of, name, *given):
    """Calls what a dictionary, or any other object, has by that name, if it has it."""
    if isinstance(of, dict):
        return None if of.get(name) is None else of[name](*given)
    return getattr(of, name)(*given) if hasattr(of, name) else None


def number(text):
    """The number that is meant, or that a text says: whole where it has no fraction."""
    base = {"0x": 16, "0o": 8, "0b": 2}.get(str(text)[:2])
    if base:
        return int(text[2:], base)
    try:
        value = float(text or 0)
    except ValueError:
        return math.nan
    return int(value) if value % 1 == 0 else value


defaults = {"optim": {"name": "sgd", "lr": 0.1, "momentum": 0}, "epochs": 3, "seed": 0}


def configure(over=None):
    if over is None:
        over = {}
    return {**defaults, **over, "optim": {**defaults["optim"], **(over.get("optim") or {})}}


class Emitter:
    def __init__(self):
        self.listeners = {}

    def on(self, name, listener):
        self.listeners.setdefault(name, []).append(listener)
        def function():
            self.listeners[name] = [l for l in value if l != listener] if (value := self.listeners[name]) is not None else None
        return function

    def emit(self, name, event):
        for listener in self.listeners.get(name, []):
            listener(event)


class Trainer:
    def __init__(self, model, config):
        self.model = model
        self.config = config
        self.callbacks = []
        self.events = Emitter()

    def with_(self, *callbacks):
        self.callbacks.extend(callbacks)
        return self

    def setup(self):
        parts = self.config["optim"]
        name, lr, momentum = parts["name"], parts["lr"], parts["momentum"]
        makers = {
            "sgd": (lambda: optim.SGD(self.model.parameters(), lr=lr, momentum=momentum)),
            "adam": (lambda: optim.Adam(self.model.parameters(), lr=lr)),
        }
        self.optimizer = makers[name]()

    def fit(self, loader):
        self.setup()
        for c in self.callbacks:
            call_if_there(c, "onStart", self)
        last = math.inf
        for epoch in range(1, self.config["epochs"] + 1):
            losses = []
            for batch in loader:
                loss = self.loss(batch)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
                losses.append(loss.item())
                self.events.emit("batch", {"loss": loss.item()})
            last = functools.reduce(lambda a, b: a + b, losses) / len(losses)
            stop = any(r == False for r in [call_if_there(c, "onEpoch", epoch, {"loss": last, "batches": len(losses)}) for c in self.callbacks])
            if stop:
                break
        for c in self.callbacks:
            call_if_there(c, "onEnd")
        self.events.emit("done", type(self).__name__)
        return last

    def loss(self, *args):
        raise NotImplementedError


class Regression(Trainer):
    def loss(self, item):
        x, y = item
        return F.mse_loss(self.model(x), y)


class Printer:
    def __init__(self, prefix=""):
        self.prefix = prefix

    def onStart(self, trainer):
        print(f"{self.prefix}start", str(isinstance(trainer.model, nn.Sequential)).lower(), type(trainer).__name__)

    def onEpoch(self, epoch, options):
        loss = options["loss"]
        more = {key: value for key, value in options.items() if key not in ("loss",)}
        print(
            f"{self.prefix}{epoch}: {loss:.4f}",
            " ".join(f"{k}={v}" for k, v in more.items()),
        )


def stopper(below):
    def function(_, options):
        loss = options["loss"]
        return loss >= below
    return {"onEpoch": function}


def run(over, *callbacks):
    config = configure(over)
    torch.manual_seed(config["seed"])
    model = nn.Sequential(nn.Linear(3, 8), nn.Softplus(), nn.Linear(8, 1))
    x = torch.randn(16, 3)
    y = x.square().sum(1, True)
    loader = DataLoader(TensorDataset(x, y), batch_size=8)
    trainer = Regression(model, config).with_(*callbacks)
    batches = 0
    def function(_1):
        nonlocal batches
        return (batches := batches + 1) - 1
    off = trainer.events.on("batch", function)
    trainer.events.on("done", lambda name: print("done", name, batches))
    last = trainer.fit(loader)
    off()
    trainer.events.emit("batch", {"loss": 0})
    with torch.no_grad():
        mean = model(x).mean().item()
    print(json.dumps({"last": float(f"{last:.3f}"), "mean": number(f"{mean:.2f}"), "batches": batches}, separators=(",", ":"), ensure_ascii=False))
    return last


results = [run({"optim": {"lr": 0.01}}, Printer("a ")), run({"optim": {"name": "adam"}, "epochs": 6, "seed": 3}, Printer("b "), stopper(5))]
print(len(results), "second" if results[0] > results[1] else "first", configure()["optim"]["lr"], defaults["epochs"])
