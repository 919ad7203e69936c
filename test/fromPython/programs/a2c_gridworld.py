"""Advantage actor-critic and tabular Q-learning on a small grid world written by hand."""
import random
from collections import defaultdict, deque, namedtuple
from enum import IntEnum
from typing import NamedTuple, Optional, Tuple

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Categorical

Transition = namedtuple('Transition', ('state', 'action', 'reward', 'next_state', 'done'))
Position = Tuple[int, int]


class Action(IntEnum):
    UP = 0
    RIGHT = 1
    DOWN = 2
    LEFT = 3


MOVES = {Action.UP: (-1, 0), Action.RIGHT: (0, 1), Action.DOWN: (1, 0), Action.LEFT: (0, -1)}

LAYOUT = """
S.#.
..#.
...G
#..X
""".strip().splitlines()


class Step(NamedTuple):
    state: Position
    reward: float
    done: bool


class GridWorld:
    """S start, G goal, X pit, # wall"""

    metadata = {'render.modes': ['ansi']}

    def __init__(self, layout, max_steps=30):
        self.grid = [list(row) for row in layout]
        self.height, self.width = len(self.grid), len(self.grid[0])
        self.max_steps = max_steps
        self.walls = {(r, c) for r, row in enumerate(self.grid) for c, ch in enumerate(row) if ch == '#'}
        self.start = self._find('S')
        self.goal = self._find('G')
        self.pit = self._find('X')
        self.pos = self.start
        self.t = 0

    def _find(self, ch):
        for r, row in enumerate(self.grid):
            for c, cell in enumerate(row):
                if cell == ch:
                    return r, c
        raise KeyError(ch)

    @property
    def n_states(self):
        return self.height * self.width

    def encode(self, pos):
        r, c = pos
        return r * self.width + c

    def reset(self):
        self.pos, self.t = self.start, 0
        return self.pos

    def step(self, action):
        self.t += 1
        dr, dc = MOVES[Action(action)]
        r, c = self.pos[0] + dr, self.pos[1] + dc
        if 0 <= r < self.height and 0 <= c < self.width and (r, c) not in self.walls:
            self.pos = (r, c)
        if self.pos == self.goal:
            return Step(self.pos, 1.0, True)
        if self.pos == self.pit:
            return Step(self.pos, -1.0, True)
        return Step(self.pos, -0.04, self.t >= self.max_steps)

    def render(self):
        rows = []
        for r in range(self.height):
            rows.append(''.join('@' if (r, c) == self.pos else self.grid[r][c] for c in range(self.width)))
        return '\n'.join(rows)


def q_learning(env, episodes=150, alpha=0.5, gamma=0.95, epsilon=0.2):
    Q = defaultdict(lambda: [0.0] * len(Action))
    visits = defaultdict(int)
    for _ in range(episodes):
        s, done = env.reset(), False
        while not done:
            visits[s] += 1
            if random.random() < epsilon:
                a = random.randrange(len(Action))
            else:
                a = max(range(len(Action)), key=lambda i: Q[s][i])
            s2, reward, done = env.step(a)
            target = reward if done else reward + gamma * max(Q[s2])
            Q[s][a] += alpha * (target - Q[s][a])
            s = s2
    return Q, visits


class ActorCritic(nn.Module):
    def __init__(self, n_states, n_actions, hidden=32):
        super().__init__()
        self.body = nn.Embedding(n_states, hidden)
        self.actor = nn.Linear(hidden, n_actions)
        self.critic = nn.Linear(hidden, 1)

    def forward(self, s):
        h = torch.tanh(self.body(s))
        return F.softmax(self.actor(h), dim=-1), self.critic(h).squeeze(-1)

    @torch.no_grad()
    def greedy(self, s):
        probs, _ = self(torch.as_tensor([s]))
        return probs.argmax(dim=-1).item()


def discounted(rewards, last_value, gamma):
    R = last_value
    out = []
    for r in rewards[::-1]:
        R = r + gamma * R
        out.insert(0, R)
    return torch.tensor(out)


def train_a2c(env, model, optimizer, episodes=60, gamma=0.95, entropy_coef=0.01):
    window = deque(maxlen=20)
    for episode in range(1, episodes + 1):
        state = env.reset()
        trajectory = []
        log_probs, values, entropies = [], [], []
        done = False
        while not done:
            s = torch.tensor([env.encode(state)])
            probs, value = model(s)
            dist = Categorical(probs)
            action = dist.sample()
            next_state, reward, done = env.step(action.item())
            trajectory.append(Transition(state, action.item(), reward, next_state, done))
            log_probs.append(dist.log_prob(action))
            entropies.append(dist.entropy())
            values.append(value)
            state = next_state
        batch = Transition(*zip(*trajectory))
        returns = discounted(list(batch.reward), 0.0, gamma)
        values = torch.cat(values)
        advantage = returns - values.detach()
        policy_loss = -(torch.cat(log_probs) * advantage).mean()
        value_loss = F.smooth_l1_loss(values, returns)
        loss = policy_loss + 0.5 * value_loss - entropy_coef * torch.cat(entropies).mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        window.append(sum(batch.reward))
        if episode % 20 == 0:
            print('Episode {}\tLength: {:2d}\tAverage reward: {:.2f}'.format(episode, len(trajectory), np.mean(window)))


def rollout(env, policy):
    state, total, path = env.reset(), 0.0, []
    for _ in range(env.max_steps):
        action = policy(state)
        path.append(Action(action).name[0])
        state, reward, done = env.step(action)
        total += reward
        if done:
            break
    return ''.join(path), total


if __name__ == '__main__':
    random.seed(3)
    torch.manual_seed(3)
    env = GridWorld(LAYOUT)
    print(env.render(), env.start, env.goal, sorted(env.walls))
    Q, visits = q_learning(env)
    path, total = rollout(env, lambda s: max(range(4), key=lambda i: Q[s][i]))
    print('Q-learning path %s return %.2f, %d states visited, start %d times' % (path, total, len(visits), visits[0, 0]))
    most = sorted(visits.items(), key=lambda kv: kv[1], reverse=True)[:3]
    print([pos for pos, _ in most], (2, 3) in Q, (9, 9) in Q)

    model = ActorCritic(env.n_states, len(Action))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    train_a2c(env, model, optimizer)
    path, total = rollout(env, lambda s: model.greedy(env.encode(s)))
    print(f'A2C path {path!r:>12} {"reached" if env.pos == env.goal else "missed"}')
