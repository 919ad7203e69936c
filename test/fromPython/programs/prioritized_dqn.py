"""Dueling double DQN with prioritized replay on a hand-written cart-pole."""
import math
import random
from abc import ABC, abstractmethod
from collections import deque, namedtuple
from enum import Enum, IntEnum

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

Transition = namedtuple("Transition", ("state", "action", "reward", "next_state", "done"))


class Action(IntEnum):
    LEFT = 0
    RIGHT = 1


class Phase(Enum):
    EXPLORE = "explore"
    LEARN = "learn"
    DONE = "done"


class Env(ABC):
    @abstractmethod
    def reset(self):
        raise NotImplementedError

    @abstractmethod
    def step(self, action):
        ...

    @property
    @abstractmethod
    def num_actions(self):
        pass


class CartPole(Env):
    GRAVITY = 9.8
    MASS_CART = 1.0
    MASS_POLE = 0.1
    LENGTH = 0.5
    FORCE = 10.0
    TAU = 0.02

    def __init__(self, seed: int, max_steps: int = 60) -> None:
        self.rng = np.random.RandomState(seed)
        self.max_steps = max_steps
        self.state = None
        self.steps = 0

    @property
    def num_actions(self):
        return len(Action)

    def reset(self):
        self.state = self.rng.uniform(-0.05, 0.05, size=(4,))
        self.steps = 0
        return np.array(self.state, dtype=np.float32)

    def step(self, action):
        x, x_dot, theta, theta_dot = self.state
        force = self.FORCE if action == Action.RIGHT else -self.FORCE
        costheta, sintheta = math.cos(theta), math.sin(theta)
        total_mass = self.MASS_CART + self.MASS_POLE
        polemass_length = self.MASS_POLE * self.LENGTH
        temp = (force + polemass_length * theta_dot ** 2 * sintheta) / total_mass
        thetaacc = (self.GRAVITY * sintheta - costheta * temp) / (self.LENGTH * (4.0 / 3.0 - self.MASS_POLE * costheta ** 2 / total_mass))
        xacc = temp - polemass_length * thetaacc * costheta / total_mass
        x += self.TAU * x_dot
        x_dot += self.TAU * xacc
        theta += self.TAU * theta_dot
        theta_dot += self.TAU * thetaacc
        self.state = (x, x_dot, theta, theta_dot)
        self.steps += 1
        fell = bool(x < -2.4 or x > 2.4 or theta < -12 * 2 * math.pi / 360 or theta > 12 * 2 * math.pi / 360)
        done = fell or self.steps >= self.max_steps
        reward = 0.0 if fell else 1.0
        return np.array(self.state, dtype=np.float32), reward, done, {"fell": fell}


class SumTree:
    def __init__(self, capacity):
        self.capacity = capacity
        self.tree = np.zeros(2 * capacity - 1)
        self.data = [None] * capacity
        self.write = 0
        self.n_entries = 0

    def _propagate(self, idx, change):
        parent = (idx - 1) // 2
        self.tree[parent] += change
        if parent != 0:
            self._propagate(parent, change)

    def _retrieve(self, idx, s):
        left = 2 * idx + 1
        right = left + 1
        if left >= len(self.tree):
            return idx
        if s <= self.tree[left]:
            return self._retrieve(left, s)
        return self._retrieve(right, s - self.tree[left])

    def total(self):
        return self.tree[0]

    def add(self, p, data):
        idx = self.write + self.capacity - 1
        self.data[self.write] = data
        self.update(idx, p)
        self.write += 1
        if self.write >= self.capacity:
            self.write = 0
        if self.n_entries < self.capacity:
            self.n_entries += 1

    def update(self, idx, p):
        change = p - self.tree[idx]
        self.tree[idx] = p
        self._propagate(idx, change)

    def get(self, s):
        idx = self._retrieve(0, s)
        return idx, self.tree[idx], self.data[idx - self.capacity + 1]


class PrioritizedReplay:
    e = 0.01
    a = 0.6

    def __init__(self, capacity):
        self.tree = SumTree(capacity)
        self.beta = 0.4

    def _priority(self, error):
        return (abs(error) + self.e) ** self.a

    def push(self, error, *args):
        self.tree.add(self._priority(error), Transition(*args))

    def sample(self, n):
        batch, idxs, priorities = [], [], []
        segment = self.tree.total() / n
        self.beta = min(1.0, self.beta + 0.001)
        for i in range(n):
            s = random.uniform(segment * i, segment * (i + 1))
            idx, p, data = self.tree.get(s)
            priorities.append(p)
            batch.append(data)
            idxs.append(idx)
        probabilities = np.array(priorities) / self.tree.total()
        weights = np.power(self.tree.n_entries * probabilities, -self.beta)
        weights /= weights.max()
        return batch, idxs, torch.tensor(weights, dtype=torch.float32)

    def __len__(self):
        return self.tree.n_entries


class DuelingDQN(nn.Module):
    def __init__(self, n_obs, n_actions, hidden=24):
        super().__init__()
        self.feature = nn.Sequential(nn.Linear(n_obs, hidden), nn.ReLU())
        self.advantage = nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, n_actions))
        self.value = nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 1))

    def forward(self, x):
        x = self.feature(x)
        advantage = self.advantage(x)
        value = self.value(x)
        return value + advantage - advantage.mean(dim=-1, keepdim=True)

    def act(self, state, epsilon):
        if random.random() > epsilon:
            with torch.no_grad():
                q = self(torch.as_tensor(state).unsqueeze(0))
            return int(q.max(1)[1].item())
        return random.randrange(2)


def optimize(policy, target, optimizer, memory, batch_size, gamma=0.99):
    batch, idxs, weights = memory.sample(batch_size)
    batch = Transition(*zip(*batch))
    states = torch.from_numpy(np.stack(batch.state))
    next_states = torch.from_numpy(np.stack(batch.next_state))
    actions = torch.tensor(batch.action).unsqueeze(1)
    rewards = torch.tensor(batch.reward)
    dones = torch.tensor(batch.done, dtype=torch.float)
    q = policy(states).gather(1, actions).squeeze(1)
    with torch.no_grad():
        best = policy(next_states).argmax(dim=1, keepdim=True)
        q_next = target(next_states).gather(1, best).squeeze(1)
        expected = rewards + gamma * q_next * (1 - dones)
    errors = (expected - q).detach()
    for idx, error in zip(idxs, errors.tolist()):
        memory.tree.update(idx, memory._priority(error))
    loss = (weights * F.smooth_l1_loss(q, expected, reduction="none")).mean()
    optimizer.zero_grad()
    loss.backward()
    for param in policy.parameters():
        param.grad.data.clamp_(-1, 1)
    optimizer.step()
    return loss.item()


def soft_update(local, target, tau):
    for target_param, local_param in zip(target.parameters(), local.parameters()):
        target_param.data.copy_(tau * local_param.data + (1.0 - tau) * target_param.data)


if __name__ == "__main__":
    random.seed(0)
    torch.manual_seed(0)
    env = CartPole(seed=1)
    policy_net = DuelingDQN(4, env.num_actions)
    target_net = DuelingDQN(4, env.num_actions)
    target_net.load_state_dict(policy_net.state_dict())
    target_net.eval()
    optimizer = optim.Adam(policy_net.parameters(), lr=1e-3)
    memory = PrioritizedReplay(64)
    epsilon_by_step = lambda step: 0.05 + 0.95 * math.exp(-1.0 * step / 100)
    scores = deque(maxlen=4)
    phase = Phase.EXPLORE
    step = 0
    losses = []
    for episode in range(1, 9):
        state = env.reset()
        score = 0
        while True:
            action = policy_net.act(state, epsilon_by_step(step))
            next_state, reward, done, info = env.step(action)
            memory.push(1.0 if info["fell"] else 0.5, state, action, reward, next_state, done)
            state = next_state
            score += reward
            step += 1
            if len(memory) >= 32:
                if phase is Phase.EXPLORE:
                    phase = Phase.LEARN
                    print("now", phase.name, phase.value, "at", step)
                losses.append(optimize(policy_net, target_net, optimizer, memory, 16))
                soft_update(policy_net, target_net, 0.05)
            if done:
                break
        scores.append(score)
        print(f"episode {episode:2d} score {score:5.1f} mean {np.mean(scores):6.2f} eps {epsilon_by_step(step):.3f}")
    phase = Phase.DONE
    print(phase == Phase.DONE, Phase("learn").name, Phase["DONE"], Action.RIGHT.name, Action(0).name, [a.name for a in Action])
    print(f"{len(losses)} updates, {np.mean(losses[-10:]):.4f}, {memory.tree.n_entries}, {memory.beta:.3f}")
    print(max(scores), Transition._fields)
