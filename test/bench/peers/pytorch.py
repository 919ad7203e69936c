"""PyTorch as a peer: pytorch.py PROGRAM OPTIMIZER MILLISECONDS prints {"losses", "times"}; one thread."""
import json
import math
import os
import sys
import time

import numpy as np
import torch
from torch import nn

torch.set_num_threads(1)

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs.json")) as file:
    PROGRAMS = json.load(file)


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


def build(name, program):
    model = perceptron(program["dims"]) if "dims" in program else convolutional() if name == "cnn" else ResNet()
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


def main(name, optimizer_name, duration):
    program = PROGRAMS[name]
    shape = program["input"]
    x = fill(1, math.prod(shape)).reshape(shape)
    y = labels(2, shape[0], program["classes"])
    model = build(name, program)
    optimizer = optimizer_for(optimizer_name, model)
    loss_fn = nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    losses = [step() for _ in range(5)]
    warm = time.perf_counter() + duration / 4000
    while time.perf_counter() < warm:
        step()
    times = []
    end = time.perf_counter() + duration / 1000
    while time.perf_counter() < end or len(times) < 5:
        begin = time.perf_counter()
        step()
        times.append((time.perf_counter() - begin) * 1000)
    print(json.dumps({"losses": losses, "times": times}))


if sys.argv[1] == "--version":
    print(f"PyTorch {torch.__version__}")
else:
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
