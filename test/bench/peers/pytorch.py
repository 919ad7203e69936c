"""PyTorch as a peer, see peer.ts; as many threads as OMP_NUM_THREADS says."""
import json
import math
import os
import sys
import time

import numpy as np
import torch
from torch import nn

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))


def lcg(seed, size):
    """The same float32 values as lcg.ts, as float64."""
    state = seed
    values = np.empty(size, np.float64)
    for i in range(size):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        values[i] = np.float32(state / 2147483648 - 1)
    return values


def fill(seed, size, scale=1.0):
    return torch.from_numpy((lcg(seed, size) * scale).astype(np.float32))


def labels(seed, size, classes):
    return torch.from_numpy(np.minimum(classes - 1, np.floor((lcg(seed, size) + 1) / 2 * classes)).astype(np.int64))


class ResidualBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = nn.Sequential(nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 64), nn.BatchNorm1d(64))

    def forward(self, x):
        return torch.relu(self.block(x) + x)


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_layer = nn.Linear(20, 64)
        self.blocks = nn.Sequential(ResidualBlock(), ResidualBlock(), ResidualBlock())
        self.output_layer = nn.Linear(64, 10)

    def forward(self, x):
        return self.output_layer(self.blocks(torch.relu(self.input_layer(x))))


def perceptron(dims):
    layers = []
    for inputs, outputs in zip(dims, dims[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def convolutional():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(), nn.Linear(128, 10),
    )


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(32, 64, num_layers=2, batch_first=True)
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        output, _ = self.lstm(x)
        return self.head(output[:, -1])


class Transformer(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(64, 4, dropout=dropout, batch_first=True)
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        return self.head(self.layer(x).mean(1))


NETWORKS = {
    "perceptron": lambda program: perceptron(program["dims"]),
    "cnn": lambda program: convolutional(),
    "resnet": lambda program: ResNet(),
    "lstm": lambda program: Recurrent(),
    "transformer": lambda program: Transformer(program["dropout"]),
}


def build(program):
    model = NETWORKS[program["network"]](program)
    with torch.no_grad():
        for parameter, values in zip(model.parameters(), program["parameters"]):
            if values is not None:
                seed, size, fan_in = values
                parameter.copy_(fill(seed, size, 1 / math.sqrt(fan_in)).reshape(parameter.shape))
    return model


def optimizer_for(name, model):
    if name == "SGD":
        return torch.optim.SGD(model.parameters(), lr=0.01)
    if name == "Adam":
        return torch.optim.Adam(model.parameters(), lr=1e-3)
    return torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)


def resident_bytes(field):
    """VmRSS: resident now; VmHWM: at most so far."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(field))


def measure(run, duration):
    """Milliseconds of each run after a warm-up."""
    warm = time.perf_counter() + duration / 4000
    while time.perf_counter() < warm:
        run()
    times = []
    end = time.perf_counter() + duration / 1000
    while time.perf_counter() < end or len(times) < 5:
        begin = time.perf_counter()
        run()
        times.append((time.perf_counter() - begin) * 1000)
    return times


def train(program, optimizer_name, duration):
    # From here on the process's high-water mark is the network's own.
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    before = resident_bytes("VmRSS")
    shape = program["input"]
    x = fill(1, math.prod(shape)).reshape(shape)
    y = labels(2, shape[0], program["classes"])
    model = build(program)
    optimizer = optimizer_for(optimizer_name, model)
    loss_fn = nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    # The masks of dropout begin here, as Kindling's do.
    torch.manual_seed(0)
    losses = [step() for _ in range(5)]
    times = measure(step, duration)
    return {"losses": losses, "times": times, "memory": resident_bytes("VmHWM") - before}


def multiply(size, layout, duration):
    a, b = (fill(seed, size * size).reshape(size, size) for seed in (1, 2))
    left = a.t() if layout[0] == "T" else a
    right = b.t() if layout[1] == "T" else b
    begin = time.perf_counter()
    for _ in range(20):
        left @ right
    # One product may be shorter than the clock is exact.
    batch = math.ceil(0.02 / (time.perf_counter() - begin))

    def run():
        for _ in range(batch):
            left @ right

    with torch.no_grad():
        times = measure(run, duration)
    return {"values": (left @ right)[0, :4].tolist(), "times": [milliseconds / batch for milliseconds in times]}


verb, *rest = sys.argv[1:]
if verb == "--version":
    print(f"PyTorch {torch.__version__}")
elif verb == "train":
    print(json.dumps(train(json.loads(rest[0]), rest[1], float(rest[2]))))
else:
    print(json.dumps(multiply(int(rest[0]), rest[1], float(rest[2]))))
