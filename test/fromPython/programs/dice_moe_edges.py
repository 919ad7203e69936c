"""U-Net with Dice loss on drawn circles, MoE with top-k routing, and a GNN by edges, each trained a little."""
from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, IterableDataset


class Reduction(str, Enum):
    MEAN = "mean"
    SUM = "sum"


class AverageMeter(object):
    """Computes and stores the average and current value"""

    def __init__(self, name, fmt=':f'):
        self.name = name
        self.fmt = fmt
        self.reset()

    def reset(self):
        self.val = 0
        self.avg = 0
        self.sum = 0
        self.count = 0

    def update(self, val, n=1):
        self.val = val
        self.sum += val * n
        self.count += n
        self.avg = self.sum / self.count

    def __str__(self):
        fmtstr = '{name} {val' + self.fmt + '} ({avg' + self.fmt + '})'
        return fmtstr.format(**self.__dict__)


class ProgressMeter(object):
    def __init__(self, num_batches, meters, prefix=""):
        self.batch_fmtstr = self._get_batch_fmtstr(num_batches)
        self.meters = meters
        self.prefix = prefix

    def display(self, batch):
        entries = [self.prefix + self.batch_fmtstr.format(batch)]
        entries += [str(meter) for meter in self.meters]
        print('\t'.join(entries))

    def _get_batch_fmtstr(self, num_batches):
        num_digits = len(str(num_batches // 1))
        fmt = '{:' + str(num_digits) + 'd}'
        return '[' + fmt + '/' + fmt.format(num_batches) + ']'


class Circles(IterableDataset):
    def __init__(self, n: int, size: int = 16, seed: int = 0):
        self.n, self.size, self.seed = n, size, seed

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        rng = np.random.RandomState(self.seed)
        yy, xx = np.mgrid[:self.size, :self.size]
        for _ in range(self.n):
            cy, cx = rng.randint(4, self.size - 4, size=2)
            r = rng.uniform(2, 4)
            mask = ((yy - cy) ** 2 + (xx - cx) ** 2 <= r ** 2).astype(np.float32)
            image = mask + 0.3 * rng.randn(self.size, self.size).astype(np.float32)
            yield torch.from_numpy(image)[None], torch.from_numpy(mask)[None]


def double_conv(in_c, out_c):
    return nn.Sequential(
        nn.Conv2d(in_c, out_c, 3, padding=1, bias=False), nn.BatchNorm2d(out_c), nn.ReLU(inplace=True),
        nn.Conv2d(out_c, out_c, 3, padding=1, bias=False), nn.BatchNorm2d(out_c), nn.ReLU(inplace=True),
    )


class UNet(nn.Module):
    def __init__(self, channels=(1, 8, 16)):
        super().__init__()
        self.downs = nn.ModuleList([double_conv(i, o) for i, o in zip(channels, channels[1:])])
        self.pool = nn.MaxPool2d(2)
        self.bottom = double_conv(channels[-1], 2 * channels[-1])
        self.ups, self.merges = nn.ModuleList(), nn.ModuleList()
        for c in reversed(channels[1:]):
            self.ups.append(nn.ConvTranspose2d(2 * c, c, 2, stride=2))
            self.merges.append(double_conv(2 * c, c))
        self.out = nn.Conv2d(channels[1], 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        skips: list[Tensor] = []
        for down in self.downs:
            x = down(x)
            skips.append(x)
            x = self.pool(x)
        x = self.bottom(x)
        for up, merge, skip in zip(self.ups, self.merges, skips[::-1]):
            x = up(x)
            x = merge(torch.cat((skip, x), dim=1))
        return self.out(x)


class DiceLoss(nn.Module):
    def __init__(self, smooth=1.0, reduction: Reduction = Reduction.MEAN):
        super().__init__()
        self.smooth = smooth
        self.reduction = reduction

    def forward(self, logits, target):
        probs = logits.sigmoid().flatten(1)
        target = target.flatten(1)
        intersection = (probs * target).sum(1)
        dice = (2 * intersection + self.smooth) / (probs.sum(1) + target.sum(1) + self.smooth)
        loss = 1 - dice
        return loss.mean() if self.reduction is Reduction.MEAN else loss.sum()


@dataclass(frozen=True)
class MoEConfig:
    dim: int = 8
    experts: int = 4
    top_k: int = 2
    hidden: int = field(default=16)
    kinds: ClassVar[tuple[str, ...]] = ("mlp",)


class MoE(nn.Module):
    def __init__(self, cfg: MoEConfig):
        super().__init__()
        self.cfg = cfg
        self.router = nn.Linear(cfg.dim, cfg.experts, bias=False)
        self.experts = nn.ModuleList(
            nn.Sequential(nn.Linear(cfg.dim, cfg.hidden), nn.SiLU(), nn.Linear(cfg.hidden, cfg.dim)) for _ in range(cfg.experts)
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        probs = self.router(x).softmax(-1)
        weights, chosen = probs.topk(self.cfg.top_k, dim=-1)
        weights = weights / weights.sum(-1, keepdim=True)
        out = torch.zeros_like(x)
        for e, expert in enumerate(self.experts):
            rows, slot = torch.where(chosen == e)
            if rows.numel() == 0:
                continue
            out.index_add_(0, rows, weights[rows, slot, None] * expert(x[rows]))
        load = F.one_hot(chosen, self.cfg.experts).float().sum(dim=(0, 1)) / chosen.numel()
        balance = self.cfg.experts * (load * probs.mean(0)).sum()
        return out, balance


class EdgeConv(nn.Module):
    def __init__(self, d_in, d_out):
        super().__init__()
        self.message = nn.Linear(2 * d_in, d_out)

    def forward(self, x, edges):
        src, dst = edges
        m = F.relu(self.message(torch.cat([x[dst], x[src] - x[dst]], dim=-1)))
        agg = torch.zeros(x.size(0), m.size(1)).index_add(0, dst, m)
        degree = torch.bincount(dst, minlength=len(x)).clamp(min=1)
        return agg / degree.unsqueeze(1)


def train_unet():
    losses, scores = AverageMeter('Loss', ':.4f'), AverageMeter('Dice', ':6.3f')
    loader = DataLoader(Circles(24), batch_size=8)
    model = UNet()
    criterion = DiceLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    progress = ProgressMeter(3, [losses, scores], prefix='Epoch: [{}]'.format(0))
    for epoch in range(2):
        end = time.time()
        for i, (images, masks) in enumerate(loader):
            logits = model(images)
            loss = F.binary_cross_entropy_with_logits(logits, masks) + criterion(logits, masks)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.update(loss.item(), images.size(0))
            with torch.no_grad():
                pred = (logits > 0).float()
                dice = (2 * (pred * masks).sum() / (pred.sum() + masks.sum())).item()
            scores.update(dice, images.size(0))
            if i % 2 == 0:
                progress.display(i + 1)
        assert time.time() >= end
    print(criterion.reduction.value, Reduction("sum") is Reduction.SUM, Reduction.MEAN == "mean")


def train_moe():
    cfg = MoEConfig()
    print(cfg, cfg.kinds)
    moe = MoE(cfg)
    x = torch.randn(32, cfg.dim)
    target = x.flip(-1) * torch.where(x[:, :1] > 0, 1.0, -1.0)
    opt = torch.optim.Adam(moe.parameters(), lr=0.02)
    for step in range(1, 31):
        out, balance = moe(x)
        loss = F.mse_loss(out, target) + 0.01 * balance
        opt.zero_grad(); loss.backward(); opt.step()
        if step % 10 == 0:
            print(f"{step=} loss={loss.item():.4f} balance={balance.item():.3f}")


def train_gnn():
    torch.manual_seed(5)
    n = 20
    pos = torch.rand(n, 2)
    d = torch.cdist(pos, pos) + torch.eye(n) * 10
    nearest = d.topk(3, largest=False).indices
    dst = torch.arange(n).repeat_interleave(3)
    edges = torch.stack([nearest.reshape(-1), dst])
    label = (pos[:, 0] > pos[:, 1]).long()
    conv1, conv2, head = EdgeConv(2, 16), EdgeConv(16, 16), nn.Linear(16, 2)
    params = [*conv1.parameters(), *conv2.parameters(), *head.parameters()]
    opt = torch.optim.Adam(params, lr=0.05)
    for epoch in range(20):
        logits = head(conv2(conv1(pos, edges), edges))
        loss = F.cross_entropy(logits, label)
        opt.zero_grad()
        loss.backward()
        opt.step()
    confusion = torch.zeros(2, 2, dtype=torch.long)
    for t, p in zip(label, logits.argmax(-1)):
        confusion[t, p] += 1
    print(f"gnn loss {loss.item():.3f} accuracy {confusion.diag().sum() / confusion.sum():.3f}", edges.shape)
    isolated = np.where(torch.bincount(edges[0], minlength=n).numpy() == 0)[0]
    print(confusion.sum().item(), len(isolated) < n, math.isclose(float(confusion.sum()), 20.0))


if __name__ == "__main__":
    torch.manual_seed(1)
    train_unet()
    train_moe()
    train_gnn()
