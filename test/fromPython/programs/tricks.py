"""Training tricks in one place: EMA, SWA, checkpointing, autocast, spectral norm, parametrizations, custom functions."""
import argparse
import copy
import math
from collections import OrderedDict
from contextlib import nullcontext
from itertools import chain, islice, zip_longest
from typing import Any, Callable, Dict, List, Literal, Optional, Sequence

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.nn.utils.parametrize as parametrize
from torch.nn.utils import parameters_to_vector, spectral_norm, vector_to_parameters
from torch.optim.swa_utils import AveragedModel, SWALR
from torch.utils.checkpoint import checkpoint


def get_args(argv: Optional[Sequence[str]] = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    group = parser.add_argument_group('training')
    group.add_argument('-lr', '--learning-rate', type=float, default=0.05)
    group.add_argument('--steps', type=int, default=30)
    parser.add_argument('--optimizer', default='lbfgs', choices=('sgd', 'adam', 'lbfgs'))
    parser.add_argument('--no-amp', action='store_true')
    parser.add_argument('--widths', type=int, nargs='+', default=[16, 16])
    return parser.parse_args(argv)


class Symmetric(nn.Module):
    def forward(self, X):
        return X.triu() + X.triu(1).transpose(-1, -2)


class ClampSTE(torch.autograd.Function):
    """Clamps forwards, lets the gradient through backwards."""

    @staticmethod
    def forward(ctx, x, low, high):
        ctx.save_for_backward(x)
        ctx.bounds = (low, high)
        return x.clamp(low, high)

    @staticmethod
    def backward(ctx, grad_output):
        x, = ctx.saved_tensors
        low, high = ctx.bounds
        inside = ((x >= low) & (x <= high)).float()
        return grad_output * (0.9 * inside + 0.1), None, None


class EMA:
    def __init__(self, model: nn.Module, decay: float = 0.99):
        self.module = copy.deepcopy(model).eval()
        self.decay = decay
        for p in self.module.parameters():
            p.requires_grad_(False)

    @torch.no_grad()
    def update(self, model):
        for ema_p, p in zip(self.module.parameters(), model.parameters()):
            ema_p.mul_(self.decay).add_(p, alpha=1 - self.decay)
        for ema_b, b in zip(self.module.buffers(), model.buffers()):
            ema_b.copy_(b)


class Block(nn.Module):
    expansion: int = 2

    def __init__(self, dim: int, use_checkpoint: bool = False):
        super().__init__()
        inner = dim * self.expansion
        self.use_checkpoint = use_checkpoint
        self.net = nn.Sequential(OrderedDict(
            norm=nn.LayerNorm(dim),
            up=nn.Linear(dim, inner),
            act=nn.GELU(),
            down=nn.Linear(inner, dim),
        ))
        self.gate = nn.Parameter(torch.zeros(1))

    def _inner(self, x):
        return x + torch.tanh(self.gate + 0.5) * self.net(x)

    def forward(self, x):
        if self.use_checkpoint and self.training:
            return checkpoint(self._inner, x, use_reentrant=False)
        return self._inner(x)


class Net(nn.Module):
    def __init__(self, d_in: int, widths: List[int], d_out: int):
        super().__init__()
        first, *rest = widths
        self.stem = nn.Linear(d_in, first)
        self.blocks = nn.ModuleList(Block(w, use_checkpoint=i % 2 == 0) for i, w in enumerate(rest))
        self.head = nn.Linear(widths[-1], d_out)
        self.register_buffer('calls', torch.zeros(1))

    def forward(self, x):
        self.calls += 1
        x = F.silu(self.stem(x))
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def build_optimizer(name: str, params, lr: float):
    match name:
        case 'sgd':
            return torch.optim.SGD(params, lr=lr, momentum=0.9, nesterov=True)
        case 'adam' | 'adamw':
            return torch.optim.AdamW(params, lr=lr)
        case 'lbfgs':
            return torch.optim.LBFGS(params, lr=1.0, max_iter=5, line_search_fn='strong_wolfe')
        case _:
            raise ValueError(f'unknown optimizer {name}')


def objective(model, x, y):
    return F.mse_loss(model(x), y)


def jacobian(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    x = x.detach().requires_grad_()
    y = f(x)
    rows = [torch.autograd.grad(yi, x, retain_graph=True)[0] for yi in y.flatten()]
    return torch.stack(rows)


def main() -> None:
    args = get_args([])
    print(vars(args))
    torch.manual_seed(0)
    x = torch.linspace(-2, 2, 64)[:, None]
    y = torch.sin(2 * x) + 0.1 * x ** 2

    model = Net(1, args.widths, 1)
    print(f'{sum(p.numel() for p in model.parameters()):,} parameters in {len(list(model.modules()))} modules')
    print([name for name, _ in model.named_parameters()][:4])
    ema = EMA(model, decay=0.9)
    swa = AveragedModel(model)
    opt = build_optimizer('adam', model.parameters(), args.learning_rate)
    sched = torch.optim.lr_scheduler.LambdaLR(opt, lambda step: min(1.0, (step + 1) / 5))
    swa_sched = SWALR(opt, swa_lr=0.01, anneal_epochs=5)
    ctx = nullcontext() if args.no_amp else nullcontext()
    for step in range(args.steps):
        with ctx:
            loss = objective(model, x, y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        ema.update(model)
        if step >= args.steps // 2:
            swa.update_parameters(model)
            swa_sched.step()
        else:
            sched.step()
        if (step + 1) % 10 == 0:
            print(f'step {step + 1:03d} | loss {loss:.4f} | lr {opt.param_groups[0]["lr"]:.2e}')
    model.eval()
    with torch.inference_mode():
        scores: Dict[str, float] = {
            'model': F.mse_loss(model(x), y).item(),
            'ema': F.mse_loss(ema.module(x), y).item(),
            'swa': F.mse_loss(swa.module(x), y).item(),
        }
    print(' '.join(f'{name}={score:.4f}' for name, score in scores.items()))

    fresh = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))
    lbfgs = build_optimizer(args.optimizer, fresh.parameters(), 1.0)
    evaluations = 0

    def closure():
        nonlocal evaluations
        evaluations += 1
        lbfgs.zero_grad()
        loss = F.mse_loss(fresh(x), y)
        loss.backward()
        return loss

    losses = [lbfgs.step(closure).item() for _ in range(3)]
    print([f'{l:.3f}' for l in losses], evaluations > 3)

    sym = nn.Linear(3, 3, bias=False)
    parametrize.register_parametrization(sym, 'weight', Symmetric())
    print(torch.equal(sym.weight, sym.weight.T), parametrize.is_parametrized(sym))
    sn = spectral_norm(nn.Linear(4, 6), n_power_iterations=5)
    for _ in range(5):
        sn(torch.randn(2, 4))
    print(f'{torch.linalg.matrix_norm(sn.weight, 2).item():.2f}')

    v = torch.tensor([-2.0, -0.5, 0.5, 3.0], requires_grad=True)
    ClampSTE.apply(v, -1.0, 1.0).sum().backward()
    print(v.grad.tolist())
    J = jacobian(lambda t: torch.stack([t[0] * t[1], t[1].sin(), t.pow(2).sum()]), torch.tensor([1.0, 2.0]))
    print(J)
    J2 = torch.autograd.functional.jacobian(lambda t: torch.stack([t[0] * t[1], t[1].sin(), t.pow(2).sum()]), torch.tensor([1.0, 2.0]))
    print(torch.allclose(J, J2))

    flat = parameters_to_vector(fresh.parameters())
    vector_to_parameters(torch.zeros_like(flat), fresh.parameters())
    print(flat.shape[0], fresh(x).abs().max().item())
    patches = torch.arange(16.).view(1, 1, 4, 4).unfold(2, 2, 2).unfold(3, 2, 2)
    print(patches.shape, patches.contiguous().view(4, -1)[1].tolist())
    a, b = torch.randn(2, 3, 4), torch.randn(2, 5, 4)
    print(torch.allclose(torch.einsum('bid,bjd->bij', a, b), a @ b.mT), torch.einsum('bid->d', a).shape)
    idx = torch.tensor([[0, 2], [1, 0]])
    src = torch.zeros(2, 3).scatter_(1, idx, 1.0)
    print(src.tolist(), src.gather(1, idx).sum().item(), torch.index_select(src, 1, torch.tensor([2, 0])).tolist())
    vals, ids = torch.topk(torch.tensor([0.1, 0.9, 0.4, 0.7]), k=2)
    print(vals, ids, *[f'{i}:{v:.1f}' for i, v in zip(ids.tolist(), vals.tolist())], sep=' | ')
    print(list(islice(chain([1, 2], (3, 4)), 3)), list(zip_longest('ab', [1], fillvalue='-')))
    square = lambda n: n ** 2
    print(list(map(square, range(4)))[::-1], 'abc'[::-1], [1, 2, 3, 4, 5][-3:-1], math.prod([2, 3, 4]))
    print('{:>8}|{:<8}|{:^8}|{:08.3f}|{:+d}|{:e}'.format('r', 'l', 'c', 3.14159, 5, 12345.678))
    print('%-10s|%5.1f|%03d|%s|%r' % ('name', 2.345, 7, [1, 2], 'q'))
    width, value = 10, 3.14159
    print(f'{value:{width}.2f}|{value!s:>10}|{1234567:,}|{0.256:.1%}|{255:#x}|{True!r:>6}|{"":-<5}')


if __name__ == '__main__':
    main()
