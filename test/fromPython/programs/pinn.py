"""A physics-informed network: u'' + u = 0, u(0) = 0, u'(0) = 1."""
import torch
import torch.nn as nn


class PINN(nn.Module):
    def __init__(self, layers=[1, 20, 20, 1]):
        super().__init__()
        self.linears = nn.ModuleList([nn.Linear(layers[i], layers[i + 1]) for i in range(len(layers) - 1)])
        self.activation = nn.Tanh()
        for layer in self.linears:
            nn.init.xavier_normal_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, t):
        a = t
        for i, layer in enumerate(self.linears[:-1]):
            a = self.activation(layer(a))
        return self.linears[-1](a)


def derivative(y, x):
    return torch.autograd.grad(y, x, grad_outputs=torch.ones_like(y), create_graph=True)[0]


def loss_fn(model, t, t0):
    u = model(t)
    u_t = derivative(u, t)
    u_tt = derivative(u_t, t)
    residual = u_tt + u
    pde = (residual ** 2).mean()
    u0 = model(t0)
    ic = (u0 - 0.0) ** 2 + (derivative(u0, t0) - 1.0) ** 2
    return pde + ic.squeeze(), pde


torch.manual_seed(42)
model = PINN()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
t = torch.linspace(0, 3, 20).reshape(-1, 1).requires_grad_(True)
t0 = torch.zeros(1, 1, requires_grad=True)
for epoch in range(41):
    opt.zero_grad()
    loss, pde = loss_fn(model, t, t0)
    loss.backward()
    opt.step()
    if epoch % 20 == 0:
        print(f'epoch {epoch:4d} loss {loss.item():.5f} pde {pde.item():.5f}')
with torch.no_grad():
    test_t = torch.tensor([[0.5], [1.0]])
    print(torch.abs(model(test_t) - torch.sin(test_t)).max() < 1.0)
