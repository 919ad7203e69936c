"""Random search stops early: labelled loops, a queue, the best of all."""

import math

import torch
import torch.nn.functional as F
from torch import nn, optim

torch.manual_seed(2)
x = torch.randn(24, 2)
y = (x.select(1, 0) - x.select(1, 1)).unsqueeze(1)
trials = []
queue = [value for lr in [0.001, 0.01, 0.1] for value in [{"lr": lr, "width": width} for width in [4, 8]]]
budget = 70

while len(queue) > 0:
    parts = queue.pop(0)
    lr, width = parts["lr"], parts["width"]
    model = nn.Sequential(nn.Linear(2, width), nn.Tanh(), nn.Linear(width, 1))
    optimizer = optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    previous = math.inf
    break_search = False
    continue_search = False
    for step in range(15):
        if (budget := budget - 1) + 1 <= 0:
            break_search = True
            break
        loss = F.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step > 3 and loss.item() > previous * 0.999:
            print(f"lr {lr} width {width}: slow at step {step}")
            continue_search = True
            break
        previous = loss.item()
    if break_search:
        break
    if continue_search:
        continue
    @torch.no_grad()
    def without_gradients(*, model=model):
        return F.mse_loss(model(x), y)
    trials.append({"lr": lr, "width": width, "score": without_gradients().item()})
    print(f"lr {lr} width {width}: {trials[-1]['score']:.4f}")
for row in [
    (1, 2, 3),
    (4, -1, 6),
    (7, 8, 9),
]:
    continue_rows = False
    for value in row:
        if value < 0:
            continue_rows = True
            break
    if continue_rows:
        continue
    print(" ".join(map(str, row)))
trials.sort(key=lambda a: a["score"])
best, *others = trials
print(best.get("lr") if best is not None else None, len(others), len(queue), budget)
