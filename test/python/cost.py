"""What watching costs: prints how much longer a training computes that is watched, by the processor's clock, in one process."""
import sys
import time

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

WIDTH, STEPS, TIMES = int(sys.argv[1]), int(sys.argv[2]), 5


def train():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(64, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 10))
    data = TensorDataset(torch.randn(1_280, 64), torch.randint(0, 10, (1_280,)))
    loader = DataLoader(data, batch_size=64, shuffle=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_fn = nn.CrossEntropyLoss()
    begin = time.process_time()
    for epoch in range(STEPS // 20):
        for x, y in loader:
            loss = loss_fn(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return time.process_time() - begin


train()
plain = min(train() for _ in range(TIMES))

import kindling_watch

kindling_watch.watch()
train()
watched = min(train() for _ in range(TIMES))
print(watched / plain)
