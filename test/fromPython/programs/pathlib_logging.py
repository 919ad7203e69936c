"""A training script with paths, a logger, checkpoints as JSON and a resume."""
import json
import logging
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass, asdict
from pathlib import Path
from typing import Iterator, Optional, Union

import torch
import torch.nn as nn

PathLike = Union[str, Path]


def setup_logger(name: str, level: int = logging.INFO, log_file: Optional[PathLike] = None) -> logging.Logger:
    logger = logging.getLogger(name)
    logger.setLevel(level)
    logger.propagate = False
    formatter = logging.Formatter(fmt='[%(levelname)-7s] %(name)s | %(message)s')
    console = logging.StreamHandler(sys.stdout)
    console.setFormatter(formatter)
    logger.addHandler(console)
    if log_file is not None:
        handler = logging.FileHandler(log_file, mode='w')
        handler.setLevel(logging.WARNING)
        handler.setFormatter(logging.Formatter('%(levelname)s %(message)s'))
        logger.addHandler(handler)
    return logger


@dataclass
class Checkpoint:
    epoch: int
    loss: float
    path: str

    def __lt__(self, other: 'Checkpoint') -> bool:
        return self.loss < other.loss


class CheckpointManager:
    def __init__(self, root: PathLike, keep: int = 2):
        self.root = Path(root)
        self.root.mkdir(parents=True, exist_ok=True)
        self.keep = keep
        self.items = []

    @property
    def index(self) -> Path:
        return self.root / 'index.json'

    def save(self, model: nn.Module, epoch: int, loss: float) -> Path:
        path = self.root / f'epoch_{epoch:02d}.pt'
        torch.save(model.state_dict(), path)
        self.items.append(Checkpoint(epoch, round(loss, 4), path.name))
        while len(self.items) > self.keep:
            worst = max(self.items, key=lambda c: c.loss)
            self.items.remove(worst)
            (self.root / worst.path).unlink()
        self.index.write_text(json.dumps([asdict(c) for c in self.items], indent=2))
        return path

    def best(self) -> Checkpoint:
        best = self.items[0]
        for item in self.items[1:]:
            if item < best:
                best = item
        return best


class Batches:
    """Goes through the rows, so many at a time."""

    def __init__(self, *tensors: torch.Tensor, size: int):
        self.tensors = tensors
        self.size = size

    def __len__(self):
        return -(-len(self.tensors[0]) // self.size)

    def __iter__(self):
        self.at = 0
        return self

    def __next__(self):
        if self.at >= len(self.tensors[0]):
            raise StopIteration
        start, self.at = self.at, self.at + self.size
        return tuple(t[start:self.at] for t in self.tensors)


def cycle(iterable) -> Iterator:
    it = iter(iterable)
    while True:
        try:
            yield next(it)
        except StopIteration:
            it = iter(iterable)


def main():
    workdir = Path(tempfile.mkdtemp()) / 'runs' / 'exp-1'
    workdir.mkdir(parents=True)
    log = setup_logger('train', log_file=workdir / 'warnings.log')
    log.info('working in %s', workdir.name)
    log.debug('never seen')
    torch.manual_seed(0)
    x = torch.randn(50, 4)
    y = x @ torch.tensor([[1.0], [-1.0], [2.0], [0.5]]) + 0.1
    model = nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    manager = CheckpointManager(workdir / 'checkpoints')
    batches = Batches(x, y, size=16)
    print(len(batches), [len(b[0]) for b in batches])
    for epoch in range(4):
        total = 0.0
        for xb, yb in batches:
            loss = nn.functional.mse_loss(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(xb)
        saved = manager.save(model, epoch, total / len(x))
        log.info('epoch %d: loss %.4f -> %s', epoch, total / len(x), saved.name)
        if epoch == 2:
            log.warning(f'learning rate {optimizer.param_groups[0]["lr"]} is high')
    stream = cycle(batches)
    print('cycled', [len(next(stream)[0]) for _ in range(6)])

    best = manager.best()
    print(best, manager.index.exists(), manager.index.suffix, manager.index.stem, manager.index.parent.name)
    restored = nn.Linear(4, 1)
    restored.load_state_dict(torch.load(manager.root / best.path))
    print(torch.equal(restored.weight, model.weight), restored.bias.item() == model.bias.item())
    print(sorted(p.name for p in manager.root.iterdir()))
    print(sorted(p.stem for p in manager.root.glob('*.pt')))
    print(json.loads(manager.index.read_text())[0]['epoch'])
    print((workdir / 'warnings.log').read_text().strip())
    missing = workdir / 'nothing' / 'here.txt'
    print(missing.exists(), missing.is_file(), workdir.is_dir(), missing.with_suffix('.json').name)
    try:
        if not missing.exists():
            raise FileNotFoundError(f'no {missing.name}')
    except (OSError, FileNotFoundError) as error:
        log.error('%s: %s', type(error).__name__, error)
    print(Path('a') / 'b' / 'c.txt', os.path.join('x', 'y'), Path('./data//raw'))
    shutil.rmtree(workdir.parent)
    print(workdir.exists())


if __name__ == '__main__':
    main()
