"""WGAN with a gradient penalty, on points of a ring."""
import math
import torch
import torch.autograd as autograd
import torch.nn as nn
from torch.autograd import Variable

torch.manual_seed(7)
LAMBDA = 0.1
CRITIC_ITERS = 2
BATCH_SIZE = 16


class Generator(nn.Module):
    def __init__(self):
        super(Generator, self).__init__()

        def block(in_feat, out_feat, normalize=True):
            layers = [nn.Linear(in_feat, out_feat)]
            if normalize:
                layers.append(nn.BatchNorm1d(out_feat, 0.8))
            layers.append(nn.LeakyReLU(0.2, inplace=True))
            return layers

        self.model = nn.Sequential(
            *block(4, 16, normalize=False),
            *block(16, 16),
            nn.Linear(16, 2),
        )

    def forward(self, z):
        return self.model(z)


class Discriminator(nn.Module):
    def __init__(self):
        super(Discriminator, self).__init__()
        self.model = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2, inplace=True), nn.Linear(16, 1))

    def forward(self, img):
        validity = self.model(img)
        return validity


def compute_gradient_penalty(D, real_samples, fake_samples):
    """Calculates the gradient penalty loss for WGAN GP"""
    # Random weight term for interpolation between real and fake samples
    alpha = torch.rand(real_samples.size(0), 1)
    # Get random interpolation between real and fake samples
    interpolates = (alpha * real_samples + ((1 - alpha) * fake_samples)).requires_grad_(True)
    d_interpolates = D(interpolates)
    fake = torch.ones(real_samples.shape[0], 1)
    # Get gradient w.r.t. interpolates
    gradients = autograd.grad(
        outputs=d_interpolates,
        inputs=interpolates,
        grad_outputs=fake,
        create_graph=True,
        retain_graph=True,
        only_inputs=True,
    )[0]
    gradients = gradients.view(gradients.size(0), -1)
    gradient_penalty = ((gradients.norm(2, dim=1) - 1) ** 2).mean()
    return gradient_penalty


def real_data():
    angle = torch.rand(BATCH_SIZE) * 2 * math.pi
    return torch.stack([angle.cos(), angle.sin()], 1)


generator = Generator()
discriminator = Discriminator()
optimizer_G = torch.optim.Adam(generator.parameters(), lr=2e-3, betas=(0.5, 0.9))
optimizer_D = torch.optim.Adam(discriminator.parameters(), lr=2e-3, betas=(0.5, 0.9))

for iteration in range(5):
    for p in discriminator.parameters():  # reset requires_grad
        p.requires_grad = True
    for _ in range(CRITIC_ITERS):
        real_imgs = Variable(real_data())
        z = torch.randn(BATCH_SIZE, 4)
        fake_imgs = generator(z).detach()
        real_validity = discriminator(real_imgs)
        fake_validity = discriminator(fake_imgs)
        gradient_penalty = compute_gradient_penalty(discriminator, real_imgs.data, fake_imgs.data)
        d_loss = -torch.mean(real_validity) + torch.mean(fake_validity) + LAMBDA * gradient_penalty
        optimizer_D.zero_grad()
        d_loss.backward()
        optimizer_D.step()

    for p in discriminator.parameters():
        p.requires_grad = False  # to avoid computation
    optimizer_G.zero_grad()
    g_loss = -discriminator(generator(torch.randn(BATCH_SIZE, 4))).mean()
    g_loss.backward()
    optimizer_G.step()
    print(
        "[Iteration %d/%d] [D loss: %f] [G loss: %f] [GP: %.5f]"
        % (iteration, 5, d_loss.item(), g_loss.item(), gradient_penalty.item())
    )
