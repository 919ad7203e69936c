"""A beta-VAE with a planar flow, Gumbel softmax, annealing and a Lightning-like module."""
from __future__ import annotations
from typing import NamedTuple, Union
import math
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import kl_divergence, MultivariateNormal, Bernoulli
import torch.distributions as dist


class VAEOutput(NamedTuple):
    recon: torch.Tensor
    mu: torch.Tensor
    logvar: torch.Tensor
    log_det: torch.Tensor


class PlanarFlow(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.u = nn.Parameter(torch.randn(1, dim) * 0.1)
        self.w = nn.Parameter(torch.randn(1, dim) * 0.1)
        self.b = nn.Parameter(torch.zeros(1))

    def constrained_u(self):
        wu = (self.w * self.u).sum(1, keepdim=True)
        m_wu = -1 + F.softplus(wu)
        return self.u + (m_wu - wu) * self.w / torch.norm(self.w, keepdim=True, dim=1) ** 2

    def forward(self, z):
        u = self.constrained_u()
        hidden = torch.tanh(F.linear(z, self.w, self.b))
        z_new = z + u * hidden
        psi = (1 - hidden ** 2) * self.w
        det = (1 + psi.mm(u.T)).abs().clamp_min(1e-6)
        return z_new, torch.log(det).squeeze(-1)


class LitModule(nn.Module):
    """What a training loop asks of a model."""
    current_epoch: int = 0

    def training_step(self, batch, batch_idx):
        raise NotImplementedError

    def configure_optimizers(self):
        raise NotImplementedError

    def log_dict(self, values: dict[str, float | torch.Tensor]):
        if not hasattr(self, "logged"):
            self.logged = {}
        for key, value in values.items():
            value = value.item() if isinstance(value, torch.Tensor) else value
            self.logged.setdefault(key, []).append(value)


class Trainer:
    def __init__(self, max_epochs=1, gradient_clip_val: Union[int, float, None] = None):
        self.max_epochs = max_epochs
        self.clip = gradient_clip_val

    def fit(self, module: LitModule, batches):
        optimizers, schedulers = module.configure_optimizers()
        for module.current_epoch in range(self.max_epochs):
            for i, batch in enumerate(batches):
                loss = module.training_step(batch, i)
                [opt.zero_grad() for opt in optimizers]
                loss.backward()
                if self.clip:
                    nn.utils.clip_grad_norm_(module.parameters(), self.clip)
                for opt in optimizers:
                    opt.step()
            for sched in schedulers:
                sched.step()


class FlowVAE(LitModule):
    def __init__(self, n_in=16, hidden=24, latent=2, flows=2, beta=lambda epoch: min(1.0, 0.2 * epoch)):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(n_in, hidden), nn.Softplus())
        self.to_mu, self.to_logvar = (nn.Linear(hidden, latent) for _ in range(2))
        self.flows = nn.ModuleList([PlanarFlow(latent) for k in range(flows)])
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.Softplus(), nn.Linear(hidden, n_in))
        self.beta = beta

    def reparameterize(self, mu, logvar):
        std = (0.5 * logvar).exp()
        eps = torch.randn_like(std)
        return eps.mul(std).add_(mu)

    def forward(self, x) -> VAEOutput:
        h = self.encoder(x)
        mu, logvar = self.to_mu(h), self.to_logvar(h)
        z = self.reparameterize(mu, logvar)
        log_det = torch.zeros(z.size(0))
        for flow in self.flows:
            z, ld = flow(z)
            log_det = log_det + ld
        return VAEOutput(self.decoder(z), mu, logvar, log_det)

    def loss(self, x, out: VAEOutput, beta):
        bce = F.binary_cross_entropy_with_logits(out.recon, x, reduction="sum")
        kld = -0.5 * torch.sum(1 + out.logvar - out.mu.pow(2) - out.logvar.exp())
        return (bce + beta * (kld - out.log_det.sum())) / x.size(0), bce / len(x), kld / len(x)

    def training_step(self, batch, batch_idx):
        out = self(batch)
        loss, bce, kld = self.loss(batch, out, self.beta(self.current_epoch))
        self.log_dict({"loss": loss, "bce": bce, "kld": kld, "beta": self.beta(self.current_epoch)})
        return loss

    def configure_optimizers(self):
        opt = torch.optim.Adam(self.parameters(), lr=1e-2)
        sched = torch.optim.lr_scheduler.MultiStepLR(opt, milestones=[3, 5], gamma=0.3)
        return [opt], [sched]

    @torch.no_grad()
    def sample(self, n, temperature=1.):
        z = torch.randn(n, self.to_mu.out_features) * temperature
        return torch.sigmoid(self.decoder(z))

    def __len__(self):
        return len(self.flows)


torch.manual_seed(8)
codes = torch.eye(4).repeat_interleave(4, dim=1)
data = codes[torch.randint(0, 4, (64,))]
data = torch.where(torch.rand_like(data) < 0.05, 1 - data, data)
batches = data.split(16)

vae = FlowVAE()
trainer = Trainer(max_epochs=6, gradient_clip_val=5)
trainer.fit(vae, batches)
for name, values in vae.logged.items():
    per_epoch = [sum(values[i:i + len(batches)]) / len(batches) for i in range(0, len(values), len(batches))]
    print(f"{name:<5}", " ".join(f"{v:7.3f}" for v in per_epoch))
print(len(vae), vae.sample(3, temperature=0.5).shape, f"{vae.sample(100).mean():.2f}")

p, q = dist.Normal(0.0, 1.0), dist.Normal(torch.tensor(0.5), torch.tensor(2.0))
print(f"kl {kl_divergence(p, q).item():.4f} {kl_divergence(q, p):.4f}")
mvn = MultivariateNormal(torch.zeros(2), torch.tensor([[1.0, 0.3], [0.3, 2.0]]))
print(f"{mvn.log_prob(torch.ones(2)).item():.4f}", mvn.sample((3,)).shape)
bern = Bernoulli(logits=torch.tensor([0.0, 2.0, -1.0]))
print(bern.entropy(), bern.mean.tolist()[0])

logits = torch.randn(4, 3, requires_grad=True)
hard = F.gumbel_softmax(logits, tau=0.7, hard=True)
assert hard.sum(-1).allclose(torch.ones(4)), "one of each"
(hard * torch.arange(3.)).sum().backward()
print(hard.shape, logits.grad.abs().sum() > 0)
print(f"{math.log(2):.3f} {1e-5:.0e} {1234567.891:,.2f} {255:#x} {5:+d} {0.5:>+8.2f}|{'ab':^6}|{'ab':*<5}|{True!s:>6}")
