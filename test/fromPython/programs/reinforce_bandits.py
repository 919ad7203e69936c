import argparse
import random
from collections import deque, namedtuple, defaultdict
from itertools import count

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.distributions import Categorical, Normal

Transition = namedtuple("Transition", ("state", "action", "reward", "next_state", "done"))


class Corridor:
    """A corridor: walk right to the end. Each step costs a little."""

    actions = ("left", "right")
    metadata = {"name": "corridor", "version": 1}

    def __init__(self, length=6, slip=0.1):
        self.length = length
        self.slip = slip
        self._position = 0
        self.rng = np.random.RandomState(0)

    @property
    def n_states(self):
        return self.length

    @property
    def position(self):
        return self._position

    @position.setter
    def position(self, value):
        self._position = max(0, min(self.length - 1, value))

    @classmethod
    def short(cls, **kwargs):
        return cls(length=4, **kwargs)

    def reset(self):
        self.position = 0
        return self.observe()

    def observe(self):
        state = torch.zeros(self.length)
        state[self.position] = 1.0
        return state

    def step(self, action):
        move = 1 if self.actions[action] == "right" else -1
        if self.rng.rand() < self.slip:
            move = -move
        self.position += move
        done = self.position == self.length - 1
        reward = 1.0 if done else -0.05
        return self.observe(), reward, done, {"position": self.position}

    def __repr__(self):
        return f"{self.__class__.__name__}(length={self.length}, slip={self.slip})"


class ReplayMemory(object):
    def __init__(self, capacity):
        self.memory = deque([], maxlen=capacity)

    def push(self, *args):
        """Save a transition"""
        self.memory.append(Transition(*args))

    def latest(self, n):
        return list(self.memory)[-n:]

    def __len__(self):
        return len(self.memory)

    def __iter__(self):
        return iter(self.memory)


class Policy(nn.Module):
    def __init__(self, n_states, n_actions=2, hidden=16):
        super(Policy, self).__init__()
        self.affine1 = nn.Linear(n_states, hidden)
        self.action_head = nn.Linear(hidden, n_actions)
        self.value_head = nn.Linear(hidden, 1)
        self.saved_log_probs = []
        self.rewards = []

    def forward(self, x):
        x = F.relu(self.affine1(x))
        return F.softmax(self.action_head(x), dim=-1), self.value_head(x)

    def act(self, state):
        probs, value = self(state)
        m = Categorical(probs)
        action = m.sample()
        self.saved_log_probs.append(m.log_prob(action))
        return action.item(), value.squeeze(), m.entropy()


def discount(rewards, gamma):
    returns = deque()
    R = 0
    for r in rewards[::-1]:
        R = r + gamma * R
        returns.appendleft(R)
    return torch.tensor(returns)


def finish_episode(policy, values, entropies, optimizer, gamma, eps=np.finfo(np.float32).eps.item()):
    returns = discount(policy.rewards, gamma)
    if len(returns) > 1:
        returns = (returns - returns.mean()) / (returns.std() + eps)
    policy_loss = []
    for log_prob, value, R in zip(policy.saved_log_probs, values, returns):
        policy_loss.append(-log_prob * (R - value.detach()))
    loss = torch.stack(policy_loss).sum() + F.smooth_l1_loss(torch.stack(values), returns) - 0.01 * sum(entropies)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    del policy.rewards[:]
    del policy.saved_log_probs[:]
    return loss.item()


def main():
    parser = argparse.ArgumentParser(description="REINFORCE with a baseline")
    parser.add_argument("--gamma", type=float, default=0.99, metavar="G", help="discount factor (default: 0.99)")
    parser.add_argument("--seed", type=int, default=543)
    parser.add_argument("--episodes", "-n", type=int, default=30)
    parser.add_argument("--render", action="store_true")
    parser.add_argument("--no-baseline", dest="baseline", action="store_false")
    parser.add_argument("--env", choices=["short", "long"], default="short")
    args = parser.parse_args()

    random.seed(args.seed)
    torch.manual_seed(args.seed)
    env = Corridor.short(slip=0.2) if args.env == "short" else Corridor()
    print(env, env.metadata["name"], Corridor.actions, args.baseline)
    policy = Policy(env.n_states)
    optimizer = optim.Adam(policy.parameters(), lr=2e-2)
    memory = ReplayMemory(50)
    running_reward = None
    visits = defaultdict(int)
    for i_episode in range(args.episodes):
        state, ep_reward = env.reset(), 0
        values, entropies = [], []
        for t in range(1, 50):
            action, value, entropy = policy.act(state)
            next_state, reward, done, info = env.step(action)
            if args.render:
                print(info)
            policy.rewards.append(reward)
            values.append(value)
            entropies.append(entropy)
            visits[info["position"]] += 1
            memory.push(state, action, reward, next_state, done)
            state = next_state
            ep_reward += reward
            if done:
                break
        running_reward = ep_reward if running_reward is None else 0.05 * ep_reward + (1 - 0.05) * running_reward
        loss = finish_episode(policy, values, entropies, optimizer, args.gamma)
        if i_episode % 10 == 9:
            print("Episode {}\tLast reward: {:.2f}\tAverage reward: {:.2f}\tsteps {}".format(i_episode, ep_reward, running_reward, t))
        if running_reward > 0.95:
            print("Solved! Running reward is now {}".format(running_reward))
            break
    else:
        print("not solved")
    batch = Transition(*zip(*memory.latest(8)))
    states = torch.stack(batch.state)
    actions = torch.tensor(batch.action).unsqueeze(-1)
    rewards = torch.tensor(batch.reward)
    mask = torch.tensor([not d for d in batch.done], dtype=torch.bool)
    with torch.no_grad():
        probs, values = policy(states)
    print(states.shape, f"{rewards.sum():.2f}", mask.sum().item())
    print([round(p, 2) for p in probs.gather(1, actions).squeeze(1).tolist()][:3])
    print(dict(sorted(visits.items())), len(memory), sum(1 for tr in memory if tr.done))
    dist = Normal(torch.zeros(2), torch.tensor([1.0, 2.0]))
    print(dist.log_prob(torch.ones(2)))
    for step in count(start=3, step=2):
        if step > 8:
            print("counted to", step)
            break


if __name__ == "__main__":
    main()
