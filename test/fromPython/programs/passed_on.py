"""Classes that are passed on with the arguments by name that they take, each in its own order."""
from typing import Any, Callable, List, Optional, Type

import torch
import torch.nn as nn


class Block(nn.Module):
    def __init__(self, size: int, scale: float = 1.5, bias: bool = True, label: str = "block"):
        super().__init__()
        self.fc = nn.Linear(size, size, bias=bias)
        self.scale = scale
        self.label = label

    def forward(self, x):
        return self.fc(x) * self.scale


class Wide(nn.Module):
    def __init__(self, label: str, size: int = 4, scale: float = 2.5):
        super().__init__()
        self.fc = nn.Linear(size, 2 * size)
        self.label, self.scale = label, scale

    def forward(self, x):
        return self.fc(x) * self.scale


class ConvBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, **kwargs: Any) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, bias=False, **kwargs)

    def forward(self, x):
        return self.conv(x)


class Head(nn.Module):
    def __init__(self, inputs: int, classes: int, block: Optional[Type[ConvBlock]] = None, dropout: float = 0.7) -> None:
        super().__init__()
        block = block or ConvBlock
        self.conv = block(inputs, 2, kernel_size=1)
        self.fc = nn.Linear(2, classes)
        self.dropout = nn.Dropout(p=dropout)

    def forward(self, x):
        return self.fc(self.dropout(self.conv(x).mean(dim=(2, 3))))


class Net(nn.Module):
    def __init__(self, blocks: Optional[List[Callable[..., nn.Module]]] = None, dropout: float = 0.25) -> None:
        super().__init__()
        if blocks is None:
            blocks = [ConvBlock, Head]
        conv, head = blocks[0], blocks[1]
        self.conv = conv(1, 3, kernel_size=3, padding=1)
        self.head = head(3, 5, dropout=dropout)

    def forward(self, x):
        return self.head(self.conv(x))


def make(block: Type[nn.Module], size: int, **kwargs) -> nn.Module:
    return block(size, **kwargs)


def build(kind: str, **kwargs):
    registry = {"block": Block, "linear": nn.Linear}
    return registry[kind](4, **kwargs)


torch.manual_seed(0)
made = make(Block, 4, label="first", bias=False)
print(made.label, made.scale, made.fc.bias is None)
print(build("block", scale=0.5, label="second")(torch.ones(1, 4)).detach())
print(build("linear", out_features=3, bias=False)(torch.ones(1, 4)).detach())
for cls in (Block, Wide):
    one = cls(4, scale=0.5)
    print(type(one).__name__, one.scale, one.label)
net = Net()
print(net.head.dropout.p, net.conv.conv.padding, net.conv.conv.kernel_size)
net.eval()
print(net(torch.ones(1, 1, 4, 4)).detach())
