"""Finds a learning rate by a range test, prints the curve as text, and trains with what it found."""
import contextlib
import copy
import json
import math
from collections import defaultdict
from functools import partial

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR, OneCycleLR, _LRScheduler


class ExponentialLR(_LRScheduler):
    """Increases the learning rate exponentially between two boundaries."""

    def __init__(self, optimizer, end_lr, num_iter, last_epoch=-1):
        self.end_lr = end_lr
        self.num_iter = num_iter
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        r = self.last_epoch / (self.num_iter - 1)
        return [base_lr * (self.end_lr / base_lr) ** r for base_lr in self.base_lrs]


class LRFinder:
    def __init__(self, model, optimizer, criterion, smooth_f=0.3, diverge_th=4):
        self.model, self.optimizer, self.criterion = model, optimizer, criterion
        self.smooth_f, self.diverge_th = smooth_f, diverge_th
        self.history = defaultdict(list)
        self.best_loss = None
        self._state = copy.deepcopy(model.state_dict())

    def reset(self):
        self.model.load_state_dict(self._state)

    def range_test(self, batches, end_lr=10.0, num_iter=20):
        lr_schedule = ExponentialLR(self.optimizer, end_lr, num_iter)
        for iteration in range(num_iter):
            x, y = batches[iteration % len(batches)]
            loss = self._train_batch(x, y)
            lr = self.optimizer.param_groups[0]["lr"]
            if iteration > 0:
                loss = self.smooth_f * loss + (1 - self.smooth_f) * self.history["loss"][-1]
            if self.best_loss is None or loss < self.best_loss:
                self.best_loss = loss
            self.history["lr"].append(lr)
            self.history["loss"].append(loss)
            lr_schedule.step()
            if loss > self.diverge_th * self.best_loss:
                print(f"Stopping early at {iteration}, the loss has diverged")
                break

    def _train_batch(self, x, y):
        self.model.train()
        self.optimizer.zero_grad()
        loss = self.criterion(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def suggestion(self, skip_start=2, skip_end=2):
        lrs, losses = self.history["lr"][skip_start:-skip_end], self.history["loss"][skip_start:-skip_end]
        slopes = [(b - a) / (math.log10(q) - math.log10(p)) for a, b, p, q in zip(losses, losses[1:], lrs, lrs[1:])]
        steepest = min(range(len(slopes)), key=slopes.__getitem__)
        return lrs[steepest], slopes[steepest]

    def plot(self, width=20):
        top = max(self.history["loss"])
        for lr, loss in list(zip(self.history["lr"], self.history["loss"]))[::4]:
            print(f"{lr:9.2e} | {'#' * int(width * loss / top):<{width}} | {loss:.2f}")


@contextlib.contextmanager
def evaluating(model):
    was_training = model.training
    model.eval()
    try:
        yield model
    finally:
        model.train(was_training)


def warmup_cosine(step, warmup, total):
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, total - warmup)))


def make_batches(n, size, generator):
    w = torch.tensor([[1.5], [-2.0], [0.5]])
    batches = []
    for _ in range(n):
        x = torch.randn(size, 3, generator=generator)
        batches.append((x, (x @ w).tanh() + 0.1 * torch.randn(size, 1, generator=generator)))
    return batches


def main():
    g = torch.Generator().manual_seed(0)
    torch.manual_seed(0)
    batches = make_batches(8, 16, g)
    model = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 1))
    finder = LRFinder(model, torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9), nn.MSELoss())
    finder.range_test(batches, end_lr=1.0, num_iter=24)
    finder.plot()
    lr, slope = finder.suggestion()
    print(f"suggested lr: {lr:.1e}, falling: {slope < 0}")
    print(dict(list({k: len(v) for k, v in finder.history.items()}.items())))
    finder.reset()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-2)
    total = 3 * len(batches)
    scheduler = LambdaLR(optimizer, lr_lambda=partial(warmup_cosine, warmup=4, total=total))
    recent = []
    stats = []
    for epoch in range(3):
        for x, y in batches:
            loss = nn.functional.smooth_l1_loss(model(x), y, beta=0.5)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
            recent = [*recent[-4:], loss.item()]
        with evaluating(model), torch.no_grad():
            val = sum(nn.functional.mse_loss(model(x), y).item() for x, y in batches) / len(batches)
        stats.append({"epoch": epoch, "lr": round(scheduler.get_last_lr()[0], 4), "recent": round(sum(recent) / len(recent), 2), "val": (epoch, round(val, 2))})
        print(stats[-1])
    print(json.dumps(stats[0]), model.training, len(recent))
    cycle = OneCycleLR(torch.optim.SGD(model.parameters(), lr=0.1), max_lr=0.1, total_steps=5)
    lrs = []
    for _ in range(4):
        lrs.append(cycle.get_last_lr()[0])
        cycle.optimizer.step()
        cycle.step()
    print(["%.4f" % v for v in lrs], torch.tensor(lrs).max() <= 0.1 + 1e-6)


if __name__ == "__main__":
    main()
