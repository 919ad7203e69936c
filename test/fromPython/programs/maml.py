"""Model-agnostic meta-learning on sine waves."""
import numpy as np
import torch
import torch.nn.functional as F

torch.manual_seed(0)
np.random.seed(0)


class Task:
    def __init__(self, amplitude, phase):
        self.amplitude = amplitude
        self.phase = phase

    def sample(self, k):
        x = torch.rand(k, 1) * 10 - 5
        return x, self.amplitude * torch.sin(x + self.phase)


def sample_task():
    return Task(np.random.uniform(0.1, 5.0), np.random.uniform(0, np.pi))


def init_params(sizes):
    params = []
    for n_in, n_out in zip(sizes[:-1], sizes[1:]):
        w = torch.empty(n_out, n_in)
        torch.nn.init.xavier_uniform_(w)
        params.extend([w.requires_grad_(), torch.zeros(n_out, requires_grad=True)])
    return params


def net(x, params):
    n = len(params) // 2
    for i in range(n):
        x = F.linear(x, params[2 * i], params[2 * i + 1])
        if i < n - 1:
            x = F.relu(x)
    return x


def inner_loop(params, x, y, inner_lr=0.01, steps=2):
    fast = list(params)
    for _ in range(steps):
        loss = F.mse_loss(net(x, fast), y)
        grads = torch.autograd.grad(loss, fast, create_graph=True)
        fast = [p - inner_lr * g for p, g in zip(fast, grads)]
    return fast


params = init_params([1, 20, 20, 1])
meta_optimizer = torch.optim.Adam(params, lr=1e-2)
history = []
for it in range(8):
    meta_loss = 0
    for _ in range(3):
        task = sample_task()
        fast = inner_loop(params, *task.sample(5))
        x_q, y_q = task.sample(10)
        meta_loss += F.mse_loss(net(x_q, fast), y_q)
    meta_loss /= 3
    meta_optimizer.zero_grad()
    meta_loss.backward()
    meta_optimizer.step()
    history.append(meta_loss.item())
    if (it + 1) % 2 == 0:
        print(f"iteration {it + 1:3d} | meta loss {meta_loss.item():8.4f}")
print(f"mean {np.mean(history):.4f}, best {min(history):.4f} at {int(np.argmin(history))}")
print([tuple(p.shape) for p in params])
