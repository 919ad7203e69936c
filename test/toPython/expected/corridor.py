"""Q-learning with a replay memory in a corridor; random numbers of its own by bit operations."""

import functools
import math

import torch
import torch.nn.functional as F
from torch import nn, optim


def name_of(enumeration, value):
    """What a number is called there."""
    return next((name for name, each in vars(enumeration).items() if each == value), None)


def int32(x):
    """The number as a signed integer of 32 bits."""
    return int(x) - (int(x) + 2147483648) // 4294967296 * 4294967296


def uint32(x):
    """The number as an unsigned integer of 32 bits."""
    return int(x) - int(x) // 4294967296 * 4294967296


def imul(a, b):
    """The product of two integers of 32 bits, as one of them."""
    low, high = int32(a) & 65535, int32(a) >> 16 & 65535
    return int32(high * (int32(b) & 65535) % 65536 * 65536 + low * int32(b))


class Action:
    Left = 0
    Right = 1
    Stay = 2


def mulberry32(seed):
    a = uint32(seed)
    def function():
        nonlocal a
        a = int32(a + 0x6d2b79f5)
        t = imul(int32(a) ^ int32(uint32(a) // 32768), 1 | int32(a))
        t = int32(t + imul(int32(t) ^ int32(uint32(t) // 128), 61 | int32(t))) ^ int32(t)
        return uint32(int32(t) ^ int32(uint32(t) // 16384)) / 4294967296
    return function


random_ = mulberry32(42)


def choice(items):
    return items[math.floor(random_() * len(items))]


class Corridor:
    LENGTH = 5

    def __init__(self):
        self.position = 0
        self.steps = 0

    def reset(self):
        self.position = 2
        self.steps = 0
        return self.observe()

    def observe(self):
        return [int(i == self.position) for i in range(Corridor.LENGTH)]

    def step(self, action):
        move = {str(Action.Left): -1, str(Action.Right): 1, str(Action.Stay): 0}[str(action)]
        self.position = max(0, min(Corridor.LENGTH - 1, self.position + move))
        self.steps += 1
        atEnd = self.position == Corridor.LENGTH - 1
        return {"state": self.observe(), "reward": 1 if atEnd else -0.05, "done": atEnd or self.steps >= 12}


torch.manual_seed(9)


def makeNet():
    return nn.Sequential(nn.Linear(Corridor.LENGTH, 16), nn.ReLU(), nn.Linear(16, 3))


online, target = makeNet(), makeNet()
target.load_state_dict(online.state_dict())
optimizer = optim.Adam(online.parameters(), lr=0.01)
memory = []
env = Corridor()
returns = []
updates = 0
episode = 1
while True:
    state = env.reset()
    total = 0
    epsilon = max(0.1, 1 - episode / 20)
    break_episodes = False
    while True:
        @torch.no_grad()
        def without_gradients():
            return online(torch.tensor(state, dtype=torch.float32)).argmax().item()
        action = choice([Action.Left, Action.Right, Action.Stay]) if random_() < epsilon else without_gradients()
        parts = env.step(action)
        next_, reward, done = parts["state"], parts["reward"], parts["done"]
        memory.append([state, action, reward, next_, done])
        if len(memory) > 200:
            memory.pop(0)
        total += reward
        state = next_
        if len(memory) >= 16:
            batch = [choice(memory) for _ in range(16)]
            states = torch.stack([torch.tensor(item[0], dtype=torch.float32) for item in batch])
            nexts = torch.tensor([t[3] for t in batch], dtype=torch.float32)
            actions = torch.tensor(
                [item[1] for item in batch],
                dtype=torch.int64,
            )
            rewards = torch.tensor([t[2] for t in batch], dtype=torch.float32)
            open_ = torch.tensor([0 if item[4] else 1 for item in batch], dtype=torch.float32)
            with torch.no_grad():
                wanted = rewards + target(nexts).max(1).values * open_ * 0.9
            q = online(states).gather(1, actions.unsqueeze(1)).squeeze(1)
            loss = F.huber_loss(q, wanted)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if (updates := updates + 1) % 20 == 0:
                target.load_state_dict(online.state_dict())
        if done:
            break
        if updates > 150:
            break_episodes = True
            break
    if break_episodes:
        break
    returns.append(total)
    if episode % 5 == 0:
        print(f"episode {episode} mean {(functools.reduce(lambda a, b: a + b, returns[-5:]) / 5):.3f} ε={epsilon:.2f}")
    episode += 1
def convert(_, i):
    state = [0] * Corridor.LENGTH
    state[i] = 1
    @torch.no_grad()
    def without_gradients():
        return online(torch.tensor(state, dtype=torch.float32)).argmax().item()
    return name_of(Action, without_gradients())


policy = [convert(None, i) for i in range(Corridor.LENGTH)]
print(" ".join(policy), len(returns), updates)
