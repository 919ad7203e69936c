"""WGAN with gradient penalty on points of a ring; the critic learns several times for each step of the generator."""

import math

import torch
from torch import nn, optim

torch.manual_seed(9)
latentDim, nCritic, lambdaGp, batchSize = 4, 3, 10, 32


def block(inFeat, outFeat, normalize=True):
    layers = [nn.Linear(inFeat, outFeat)]
    if normalize:
        layers.append(nn.LayerNorm(outFeat))
    layers.append(nn.LeakyReLU(0.2, inplace=True))
    return layers


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(*block(latentDim, 16, False), *block(16, 16), nn.Linear(16, 2), nn.Tanh())

    def forward(self, z):
        return self.model(z)


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))

    def forward(self, points):
        return self.model(points)


generator = Generator()
critic = Critic()
optimizerG = optim.Adam(generator.parameters(), lr=1e-3, betas=(0, 0.9))
optimizerD = optim.Adam(critic.parameters(), lr=1e-3, betas=(0, 0.9))


def gradientPenalty(D, real, fake):
    """The penalty on the critic's slope between real and made points."""
    alpha = torch.rand(real.size(0), 1)
    interpolates = (alpha * real + (-alpha + 1) * fake).requires_grad_(True)
    dInterpolates = D(interpolates)
    gradients, *_ = torch.autograd.grad(dInterpolates, interpolates, grad_outputs=torch.ones_like(dInterpolates), create_graph=True, retain_graph=True)
    return ((gradients.view(gradients.size(0), -1).norm(2, dim=1) - 1) ** 2).mean()


def realBatch():
    angle = torch.rand(batchSize) * (2 * math.pi)
    return torch.stack([torch.cos(angle), torch.sin(angle)], 1) * 0.8


batchesDone = 0
for i in range(18):
    real = realBatch()
    optimizerD.zero_grad()
    z = torch.randn(batchSize, latentDim)
    fake = generator(z).detach()
    penalty = gradientPenalty(critic, real, fake)
    lossD = critic(fake).mean() - critic(real).mean() + penalty * lambdaGp
    lossD.backward()
    optimizerD.step()
    optimizerG.zero_grad()
    if i % nCritic != 0:
        continue
    lossG = -critic(generator(z)).mean()
    lossG.backward()
    optimizerG.step()
    print(f"[Batch {i}/{18}] [D loss: {lossD.item():.5f}] [G loss: {lossG.item():.5f}] [penalty {penalty.item():#.4g}]")
    batchesDone += nCritic
print(batchesDone, len(generator.model), f"{' '.join('×'.join(map(str, p.shape)) for p in critic.parameters())}")
