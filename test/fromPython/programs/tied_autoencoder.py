"""Autoencoders whose decoder has the encoder's weights, turned around."""
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn import init


class TiedAutoEncoder(nn.Module):
    def __init__(self, inp, out):
        super().__init__()
        self.weight = nn.parameter.Parameter(torch.empty(out, inp))
        self.encode_bias = nn.parameter.Parameter(torch.zeros(out))
        self.decode_bias = nn.parameter.Parameter(torch.zeros(inp))
        init.xavier_uniform_(self.weight, gain=init.calculate_gain("tanh"))

    def forward(self, input):
        encoded_feats = F.linear(input, self.weight, self.encode_bias).tanh()
        reconstructed_output = F.linear(encoded_feats, self.weight.t(), self.decode_bias)
        return encoded_feats, reconstructed_output


class DeepTied(nn.Module):
    """A stack of linear layers, gone through backwards."""

    def __init__(self, *sizes, activation=torch.relu):
        super().__init__()
        self.encoder = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])])
        self.biases = nn.ParameterList([nn.Parameter(torch.zeros(a)) for a in sizes[:-1]])
        self.activation = activation

    def encode(self, x):
        for layer in self.encoder[:-1]:
            x = self.activation(layer(x))
        return self.encoder[-1](x)

    def decode(self, z):
        for i, layer in reversed(list(enumerate(self.encoder))):
            z = F.linear(z, layer.weight.t(), self.biases[i])
            if i > 0:
                z = self.activation(z)
        return z

    def forward(self, x):
        return self.decode(self.encode(x))


class TiedConv(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, kernel_size=3, stride=2, padding=1)

    def forward(self, x):
        h = torch.sigmoid(self.conv(x))
        return F.conv_transpose2d(h, self.conv.weight, stride=2, padding=1, output_padding=1)


class Transposed(nn.Module):
    def __init__(self, linear):
        super().__init__()
        self.weight = linear.weight
        self.bias = nn.Parameter(torch.zeros(linear.in_features))

    def forward(self, x):
        return x @ self.weight + self.bias


def count(model):
    return sum(p.numel() for p in model.parameters())


def fit(model, data, epochs=30, lr=1e-2, output=lambda result: result):
    opt = torch.optim.Adam(model.parameters(), lr)
    first = None
    for epoch in range(epochs):
        opt.zero_grad()
        loss = F.mse_loss(output(model(data)), data)
        loss.backward()
        opt.step()
        if first is None:
            first = loss.item()
    print(f"{type(model).__name__:<16}{count(model):>6d} parameters: {first:.4f} -> {loss.item():.4f}")
    return model


if __name__ == "__main__":
    torch.manual_seed(7)
    basis = torch.randn(4, 16)
    data = torch.randn(64, 4) @ basis + 0.05 * torch.randn(64, 16)
    data = (data - data.mean(0)) / data.std(0)

    fit(TiedAutoEncoder(16, 4), data, output=lambda result: result[1])
    deep = fit(DeepTied(16, 12, 6, activation=torch.tanh), data)
    fit(TiedConv(), data.view(64, 1, 4, 4))

    encoder = nn.Linear(16, 4)
    tied = nn.Sequential(encoder, nn.Tanh(), Transposed(encoder))
    fit(tied, data)
    # one and the same tensor
    assert tied[2].weight is encoder.weight
    print(len(list(tied.parameters())), [name for name, _ in tied.named_parameters()])

    # the gradient of both uses adds up
    w = torch.ones(2, 3, requires_grad=True)
    x = torch.arange(3.0)
    y = F.linear(F.linear(x, w), w.t())
    y.sum().backward()
    print(w.grad)
    print(list(deep.state_dict().keys()))
