"""Three small things: a selective scan (Mamba), a planar normalizing flow, a modern Hopfield retrieval."""
import math
from functools import reduce
from itertools import accumulate, chain, groupby, islice, product

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SelectiveSSM(nn.Module):
    def __init__(self, d_model, d_state=4, expand=2, d_conv=3, dt_rank='auto'):
        super().__init__()
        self.d_inner = int(expand * d_model)
        self.d_state = d_state
        self.dt_rank = math.ceil(d_model / 16) if dt_rank == 'auto' else dt_rank
        self.in_proj = nn.Linear(d_model, self.d_inner * 2, bias=False)
        self.conv1d = nn.Conv1d(self.d_inner, self.d_inner, kernel_size=d_conv, groups=self.d_inner, padding=d_conv - 1)
        self.x_proj = nn.Linear(self.d_inner, self.dt_rank + d_state * 2, bias=False)
        self.dt_proj = nn.Linear(self.dt_rank, self.d_inner)
        A = torch.arange(1, d_state + 1, dtype=torch.float32).repeat(self.d_inner, 1)
        self.A_log = nn.Parameter(torch.log(A))
        self.A_log._no_weight_decay = True
        self.D = nn.Parameter(torch.ones(self.d_inner))
        self.out_proj = nn.Linear(self.d_inner, d_model, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        (b, l, d) = x.shape
        (x, res) = self.in_proj(x).split(split_size=[self.d_inner, self.d_inner], dim=-1)
        x = self.conv1d(x.transpose(1, 2))[:, :, :l].transpose(1, 2)
        x = F.silu(x)
        y = self.ssm(x)
        return self.out_proj(y * F.silu(res))

    def ssm(self, x):
        (d_in, n) = self.A_log.shape
        A = -torch.exp(self.A_log.float())
        delta, B, C = self.x_proj(x).split([self.dt_rank, n, n], dim=-1)
        delta = F.softplus(self.dt_proj(delta))
        return self.selective_scan(x, delta, A, B, C, self.D.float())

    @staticmethod
    def selective_scan(u, delta, A, B, C, D):
        b, l, d_in = u.shape
        n = A.shape[1]
        deltaA = torch.exp(torch.einsum('bld,dn->bldn', delta, A))
        deltaB_u = torch.einsum('bld,bln,bld->bldn', delta, B, u)
        x = torch.zeros((b, d_in, n), device=deltaA.device)
        ys = []
        for i in range(l):
            x = deltaA[:, i] * x + deltaB_u[:, i]
            y = torch.einsum('bdn,bn->bd', x, C[:, i, :])
            ys.append(y)
        return torch.stack(ys, dim=1) + u * D


class PlanarFlow(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.u = nn.Parameter(torch.randn(1, dim) * 0.1)
        self.w = nn.Parameter(torch.randn(1, dim) * 0.1)
        self.b = nn.Parameter(torch.zeros(1))

    @property
    def u_hat(self):
        wtu = (self.w @ self.u.t()).squeeze()
        m = -1 + F.softplus(wtu)
        return self.u + (m - wtu) * self.w / self.w.norm() ** 2

    def forward(self, z):
        a = torch.tanh(z @ self.w.t() + self.b)
        psi = (1 - a ** 2) * self.w
        log_det = (1 + psi @ self.u_hat.t()).abs().clamp_min(1e-7).log()
        return z + self.u_hat * a, log_det


class Flow(nn.Sequential):
    def forward(self, z):
        logs = []
        for layer in self:
            z, log_det = layer(z)
            logs.append(log_det)
        return z, sum(logs)


def ring_energy(z):
    z1, z2 = torch.chunk(z, chunks=2, dim=1)
    norm = torch.sqrt(z1 ** 2 + z2 ** 2)
    return 0.5 * ((norm - 2) / 0.4) ** 2 - torch.log(torch.exp(-0.5 * ((z1 - 2) / 0.6) ** 2) + torch.exp(-0.5 * ((z1 + 2) / 0.6) ** 2))


class Hopfield:
    def __init__(self, patterns: Tensor, beta=4.0):
        self.patterns, self.beta = F.normalize(patterns, dim=-1), beta

    def energy(self, state):
        lse = torch.logsumexp(self.beta * state @ self.patterns.T, dim=-1) / self.beta
        return -lse + 0.5 * state.pow(2).sum(-1)

    def __call__(self, state, steps=1):
        for _ in range(steps):
            state = torch.softmax(self.beta * state @ self.patterns.T, -1) @ self.patterns
        return state

    def __len__(self):
        return len(self.patterns)

    def __getitem__(self, item):
        return self.patterns[item]


def batches(n, size):
    it = iter(range(n))
    while chunk := list(islice(it, size)):
        yield chunk


torch.manual_seed(11)
ssm = SelectiveSSM(8)
head = nn.Linear(8, 5)
emb = nn.Embedding(5, 8)
skip = [n for n, p in ssm.named_parameters() if hasattr(p, '_no_weight_decay')]
print('not decayed:', skip)
params = list(chain(emb.parameters(), ssm.parameters(), head.parameters()))
opt = torch.optim.AdamW(params, lr=1e-2)
for step in range(25):
    seq = torch.randint(0, 5, (16, 10))
    target = torch.cumsum(seq, dim=1) % 5
    logits = head(ssm(emb(seq)))
    loss = F.cross_entropy(logits.reshape(-1, 5), target.flatten())
    opt.zero_grad(); loss.backward(); opt.step()
    if step % 8 == 0:
        print(f'ssm {step}: {loss.item():.4f}')

# causal: what comes later doesn't change what came before
a = torch.randn(1, 6, 8); c = a.clone(); c[:, 4:] += 1
with torch.no_grad():
    same = (ssm(a) - ssm(c)).abs().amax(dim=(0, 2)) < 1e-6
print(same.tolist())

flow = Flow(*[PlanarFlow(2) for _ in range(4)])
opt = torch.optim.Adam(flow.parameters(), lr=2e-2)
for it in range(1, 31):
    z0 = torch.randn(128, 2)
    zk, log_det = flow(z0)
    log_q = -0.5 * (z0 ** 2).sum(1, keepdim=True) - math.log(2 * math.pi) - log_det
    loss = (log_q + ring_energy(zk)).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if it % 10 == 0:
        print(f'flow {it:2d}: kl {loss:.3f}, log det {log_det.mean():+.3f}')

patterns = torch.tensor(list(product([-1., 1.], repeat=4)))[::3]
net = Hopfield(patterns)
noisy = F.normalize(net.patterns[:3] + 0.3 * torch.randn(3, 4), dim=1)
found = net(noisy, steps=3)
print(len(net), (found @ net.patterns.T).argmax(1).tolist(), net.energy(noisy).gt(net.energy(found)).all().item())

print([list(g) for _, g in groupby([1, 1, 2, 3, 3, 3])], list(accumulate([1, 2, 3, 4])), list(accumulate([3, 1, 4], max)))
print(reduce(lambda a, b: a * b, found.shape), [len(c) for c in batches(10, 4)])
