"""A mixture density network."""
import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class MDN(nn.Module):
    def __init__(self, n_hidden, n_gaussians):
        super(MDN, self).__init__()
        self.z_h = nn.Sequential(nn.Linear(1, n_hidden), nn.Tanh())
        self.z_pi = nn.Linear(n_hidden, n_gaussians)
        self.z_mu = nn.Linear(n_hidden, n_gaussians)
        self.z_sigma = nn.Linear(n_hidden, n_gaussians)

    def forward(self, x):
        z_h = self.z_h(x)
        pi = F.softmax(self.z_pi(z_h), -1)
        mu = self.z_mu(z_h)
        sigma = torch.exp(self.z_sigma(z_h))
        return pi, mu, sigma


oneDivSqrtTwoPI = 1.0 / math.sqrt(2.0 * math.pi)  # normalization factor for Gaussians


def gaussian_distribution(y, mu, sigma):
    # make |mu|=K copies of y, subtract mu, divide by sigma
    result = (y.expand_as(mu) - mu) * torch.reciprocal(sigma)
    result = -0.5 * (result * result)
    return (torch.exp(result) * torch.reciprocal(sigma)) * oneDivSqrtTwoPI


def mdn_loss_fn(pi, sigma, mu, y):
    result = gaussian_distribution(y, mu, sigma) * pi
    result = torch.sum(result, dim=1)
    result = -torch.log(result)
    return torch.mean(result)


def sample(pi, mu, sigma):
    k = torch.multinomial(pi, 1).view(-1)
    rows = torch.arange(len(k))
    return torch.normal(mu[rows, k], sigma[rows, k])


torch.manual_seed(8)
n_samples = 100
epsilon = torch.randn(n_samples)
x_data = torch.linspace(-10, 10, n_samples)
y_data = 7 * torch.sin(0.75 * x_data) + 0.5 * x_data + epsilon
y_data, x_data = x_data.view(-1, 1) / 10, y_data.view(-1, 1) / 10

network = MDN(n_hidden=12, n_gaussians=3)
optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
for epoch in range(41):
    pi_variable, mu_variable, sigma_variable = network(x_data)
    loss = mdn_loss_fn(pi_variable, sigma_variable, mu_variable, y_data)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 20 == 0:
        print(epoch, "%.4f" % loss.item())
pi, mu, sigma = network(x_data[:4])
torch.manual_seed(0)
draws = sample(pi, mu, sigma)
print(draws.shape, pi.sum(dim=1).detach().mean().item() > 0.999)
