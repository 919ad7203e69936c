"""A restricted Boltzmann machine by contrastive divergence, without an optimizer."""
import os
import sys
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class RBM(nn.Module):
    """Restricted Boltzmann Machine.

    Args:
        n_vis (int): The size of visible layer.
        n_hid (int): The size of the hidden layer.
        k (int): The number of Gibbs sampling steps.
    """

    def __init__(self, n_vis=784, n_hid=128, k=1):
        """Create a RBM."""
        super(RBM, self).__init__()
        self.v = nn.Parameter(torch.zeros(1, n_vis))
        self.h = nn.Parameter(torch.zeros(1, n_hid))
        self.W = nn.Parameter(torch.randn(n_hid, n_vis) * 0.1)
        self.k = k

    def visible_to_hidden(self, v):
        p = torch.sigmoid(F.linear(v, self.W, self.h))
        return p.bernoulli()

    def hidden_to_visible(self, h):
        p = torch.sigmoid(F.linear(h, self.W.t(), self.v))
        return p.bernoulli()

    def free_energy(self, v):
        v_term = torch.matmul(v, self.v.t())
        w_x_h = F.linear(v, self.W, self.h)
        h_term = torch.sum(F.softplus(w_x_h), dim=1)
        return torch.mean(-h_term - v_term)

    def forward(self, v):
        h = self.visible_to_hidden(v)
        for _ in range(self.k):
            v_gibb = self.hidden_to_visible(h)
            h = self.visible_to_hidden(v_gibb)
        return v, v_gibb


class ManualRBM:
    """The same with hand-written updates, momentum and weight decay."""

    def __init__(self, num_visible, num_hidden, k, learning_rate=1e-1, momentum_coefficient=0.5, weight_decay=1e-4, use_cuda=False):
        self.num_visible = num_visible
        self.num_hidden = num_hidden
        self.k = k
        self.learning_rate = learning_rate
        self.momentum_coefficient = momentum_coefficient
        self.weight_decay = weight_decay
        self.use_cuda = use_cuda

        self.weights = torch.randn(num_visible, num_hidden) * 0.1
        self.visible_bias = torch.ones(num_visible) * 0.5
        self.hidden_bias = torch.zeros(num_hidden)

        self.weights_momentum = torch.zeros(num_visible, num_hidden)
        self.visible_bias_momentum = torch.zeros(num_visible)
        self.hidden_bias_momentum = torch.zeros(num_hidden)

        if self.use_cuda:
            self.weights = self.weights.cuda()

    def sample_hidden(self, visible_probabilities):
        hidden_activations = torch.matmul(visible_probabilities, self.weights) + self.hidden_bias
        return self._sigmoid(hidden_activations)

    def sample_visible(self, hidden_probabilities):
        visible_activations = torch.matmul(hidden_probabilities, self.weights.t()) + self.visible_bias
        return self._sigmoid(visible_activations)

    def contrastive_divergence(self, input_data):
        positive_hidden_probabilities = self.sample_hidden(input_data)
        positive_hidden_activations = (positive_hidden_probabilities >= self._random_probabilities(self.num_hidden)).float()
        positive_associations = torch.matmul(input_data.t(), positive_hidden_activations)

        hidden_activations = positive_hidden_activations
        for step in range(self.k):
            visible_probabilities = self.sample_visible(hidden_activations)
            hidden_probabilities = self.sample_hidden(visible_probabilities)
            hidden_activations = (hidden_probabilities >= self._random_probabilities(self.num_hidden)).float()

        negative_visible_probabilities = visible_probabilities
        negative_hidden_probabilities = hidden_probabilities
        negative_associations = torch.matmul(negative_visible_probabilities.t(), negative_hidden_probabilities)

        self.weights_momentum *= self.momentum_coefficient
        self.weights_momentum += positive_associations - negative_associations
        self.visible_bias_momentum *= self.momentum_coefficient
        self.visible_bias_momentum += torch.sum(input_data - negative_visible_probabilities, dim=0)
        self.hidden_bias_momentum *= self.momentum_coefficient
        self.hidden_bias_momentum += torch.sum(positive_hidden_probabilities - negative_hidden_probabilities, dim=0)

        batch_size = input_data.size(0)
        self.weights += self.weights_momentum * self.learning_rate / batch_size
        self.visible_bias += self.visible_bias_momentum * self.learning_rate / batch_size
        self.hidden_bias += self.hidden_bias_momentum * self.learning_rate / batch_size
        self.weights -= self.weights * self.weight_decay

        error = torch.sum((input_data - negative_visible_probabilities) ** 2)
        return error

    @staticmethod
    def _sigmoid(x):
        return 1 / (1 + torch.exp(-x))

    def _random_probabilities(self, num):
        return torch.rand(num)


def bars(n, size, rng):
    """Bars and stripes."""
    data = np.zeros((n, size, size), dtype=np.float32)
    for i in range(n):
        lines = rng.rand(size) > 0.5
        if rng.rand() > 0.5:
            data[i, lines, :] = 1
        else:
            data[i][:, lines] = 1.0
    return data.reshape(n, -1)


def show(image, size, out=sys.stdout):
    for row in image.view(size, size):
        out.write("".join("#" if x > 0.5 else "." for x in row) + "\n")


def main():
    torch.manual_seed(0)
    rng = np.random.RandomState(0)
    size = 4
    data = torch.from_numpy(bars(60, size, rng))
    print(data.shape, data.mean())
    start = time.time()

    rbm = RBM(n_vis=size * size, n_hid=8, k=2)
    optimizer = torch.optim.SGD(rbm.parameters(), lr=0.1)
    rbm.train()
    for epoch in range(4):
        loss_ = []
        for begin in range(0, len(data), 20):
            batch = data[begin : begin + 20]
            v, v_gibbs = rbm(batch)
            loss = rbm.free_energy(v) - rbm.free_energy(v_gibbs.detach())
            loss_.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print("Epoch %d\t Loss=%.4f" % (epoch, np.mean(loss_)))

    manual = ManualRBM(size * size, 8, 1)
    for epoch in range(5):
        epoch_error = 0.0
        for batch in data.split(20):
            epoch_error += manual.contrastive_divergence(batch)
        print("Epoch Error (epoch=%d): %.4f" % (epoch, epoch_error))

    features = np.zeros((len(data), manual.num_hidden))
    for i, batch in enumerate(torch.chunk(data, 3)):
        features[i * len(batch) : i * len(batch) + len(batch)] = manual.sample_hidden(batch).numpy()
    print("features", features.shape, round(float(features.mean()), 3), features.argmax(axis=1)[:5])
    show(data[0], size)
    with torch.no_grad():
        v = data[:1].clone()
        v[0, size * size // 2 :] = 0
        for _ in range(3):
            v = rbm.hidden_to_visible(rbm.visible_to_hidden(v))
        print(v.long().sum().item() >= 0, v.dtype)
    elapsed = time.time() - start
    assert elapsed >= 0
    print(os.path.join("out", "rbm.pt"), os.path.splitext("rbm.pt")[1])


if __name__ == "__main__":
    main()
