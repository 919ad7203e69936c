"""Soft actor-critic on a point mass: replay buffer, twin critics, target networks, tuned temperature."""
import argparse
import random
from collections import deque, namedtuple
from copy import deepcopy
from typing import Tuple

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Normal

LOG_STD_MIN, LOG_STD_MAX = -5, 2
Transition = namedtuple('Transition', ('state', 'action', 'reward', 'next_state', 'done'))


class PointMass:
    """Push a mass on a line to the origin."""
    observation_dim, action_dim = 2, 1

    def __init__(self, seed: int = 0, horizon=25):
        self.rng = np.random.RandomState(seed)
        self.horizon = horizon
        self.t = 0

    def reset(self):
        self.t = 0
        self.pos, self.vel = self.rng.uniform(-1, 1), 0.0
        return self._obs()

    def _obs(self):
        return np.array([self.pos, self.vel], dtype=np.float32)

    def step(self, action):
        force = float(np.clip(action, -1.0, 1.0)[0])
        self.vel = 0.9 * self.vel + 0.2 * force
        self.pos += 0.2 * self.vel
        self.t += 1
        reward = -(self.pos ** 2) - 0.01 * force ** 2
        return self._obs(), reward, self.t >= self.horizon, {}


class ReplayBuffer:
    def __init__(self, capacity):
        self.buffer = deque(maxlen=capacity)

    def push(self, *args):
        self.buffer.append(Transition(*args))

    def sample(self, batch_size):
        batch = random.sample(self.buffer, batch_size)
        state, action, reward, next_state, done = map(np.stack, zip(*batch))
        to = lambda x: torch.as_tensor(x, dtype=torch.float32)
        return to(state), to(action), to(reward).unsqueeze(1), to(next_state), to(done).unsqueeze(1)

    def __len__(self):
        return len(self.buffer)


def mlp(sizes, activation=nn.ReLU, output_activation=nn.Identity):
    layers = []
    for j in range(len(sizes) - 1):
        act = activation if j < len(sizes) - 2 else output_activation
        layers += [nn.Linear(sizes[j], sizes[j + 1]), act()]
    return nn.Sequential(*layers)


class Critic(nn.Module):
    def __init__(self, obs_dim, act_dim, hidden_sizes=(32, 32)):
        super().__init__()
        self.q1 = mlp([obs_dim + act_dim] + list(hidden_sizes) + [1])
        self.q2 = mlp([obs_dim + act_dim, *hidden_sizes, 1])

    def forward(self, obs, act) -> Tuple[torch.Tensor, torch.Tensor]:
        x = torch.cat([obs, act], dim=-1)
        return self.q1(x), self.q2(x)


class Actor(nn.Module):
    def __init__(self, obs_dim, act_dim, hidden=32):
        super().__init__()
        self.trunk = mlp([obs_dim, hidden, hidden], output_activation=nn.ReLU)
        self.mu = nn.Linear(hidden, act_dim)
        self.log_std = nn.Linear(hidden, act_dim)

    def forward(self, obs, deterministic=False, with_logprob=True):
        h = self.trunk(obs)
        mu = self.mu(h)
        log_std = torch.clamp(self.log_std(h), LOG_STD_MIN, LOG_STD_MAX)
        dist = Normal(mu, log_std.exp())
        u = mu if deterministic else dist.rsample()
        logp = None
        if with_logprob:
            logp = dist.log_prob(u).sum(axis=-1, keepdim=True)
            logp -= (2 * (np.log(2) - u - F.softplus(-2 * u))).sum(axis=1, keepdim=True)
        return torch.tanh(u), logp


class SAC:
    def __init__(self, obs_dim, act_dim, args):
        self.gamma, self.tau = args.gamma, args.tau
        self.actor = Actor(obs_dim, act_dim)
        self.critic = Critic(obs_dim, act_dim)
        self.critic_target = deepcopy(self.critic)
        for p in self.critic_target.parameters():
            p.requires_grad = False
        self.target_entropy = -act_dim
        self.log_alpha = torch.zeros(1, requires_grad=True)
        self.actor_opt = torch.optim.Adam(self.actor.parameters(), lr=args.lr)
        self.critic_opt = torch.optim.Adam(self.critic.parameters(), lr=args.lr)
        self.alpha_opt = torch.optim.Adam([self.log_alpha], lr=args.lr)

    @property
    def alpha(self):
        return self.log_alpha.exp()

    @torch.no_grad()
    def select_action(self, state, evaluate=False):
        state = torch.FloatTensor(state).unsqueeze(0)
        action, _ = self.actor(state, deterministic=evaluate, with_logprob=False)
        return action.squeeze(0).numpy()

    def update(self, memory, batch_size):
        state, action, reward, next_state, done = memory.sample(batch_size)
        with torch.no_grad():
            next_action, next_logp = self.actor(next_state)
            target_q = torch.min(*self.critic_target(next_state, next_action)) - self.alpha * next_logp
            backup = reward + self.gamma * (1 - done) * target_q
        q1, q2 = self.critic(state, action)
        critic_loss = F.mse_loss(q1, backup) + F.mse_loss(q2, backup)
        self.critic_opt.zero_grad()
        critic_loss.backward()
        self.critic_opt.step()

        pi, logp = self.actor(state)
        q_pi = torch.min(*self.critic(state, pi))
        actor_loss = (self.alpha.detach() * logp - q_pi).mean()
        self.actor_opt.zero_grad()
        actor_loss.backward()
        self.actor_opt.step()

        alpha_loss = -(self.log_alpha * (logp + self.target_entropy).detach()).mean()
        self.alpha_opt.zero_grad()
        alpha_loss.backward()
        self.alpha_opt.step()
        soft_update(self.critic_target, self.critic, self.tau)
        return dict(critic=critic_loss.item(), actor=actor_loss.item(), alpha=self.alpha.item())


def soft_update(target, source, tau):
    for target_param, param in zip(target.parameters(), source.parameters()):
        target_param.data.copy_(target_param.data * (1.0 - tau) + param.data * tau)


def parse_args():
    parser = argparse.ArgumentParser()
    parser.add_argument('--gamma', type=float, default=0.95)
    parser.add_argument('--tau', type=float, default=0.02)
    parser.add_argument('--lr', type=float, default=3e-3)
    parser.add_argument('--seed', type=int, default=3)
    parser.add_argument('--episodes', type=int, default=6)
    parser.add_argument('--start_steps', type=int, default=50)
    parser.add_argument('--batch_size', type=int, default=32)
    return parser.parse_args()


if __name__ == "__main__":
    args = parse_args()
    random.seed(args.seed)
    np.random.seed(args.seed)
    torch.manual_seed(args.seed)
    env = PointMass(args.seed)
    agent = SAC(env.observation_dim, env.action_dim, args)
    memory = ReplayBuffer(1000)
    total_steps, logs = 0, {}
    for episode in range(args.episodes):
        state, done, episode_reward = env.reset(), False, 0
        while not done:
            if total_steps < args.start_steps:
                action = np.random.uniform(-1, 1, size=1).astype(np.float32)
            else:
                action = agent.select_action(state)
            next_state, reward, done, _ = env.step(action)
            memory.push(state, action, reward, next_state, float(done))
            state = next_state
            episode_reward += reward
            total_steps += 1
            if len(memory) > args.batch_size:
                logs = agent.update(memory, args.batch_size)
        summary = ' '.join(f'{k}={v:.3f}' for k, v in logs.items())
        print(f'episode {episode + 1}: reward {episode_reward:.2f} after {total_steps} steps {summary}')
    print(len(memory), memory.buffer[0].action.tolist() != [], f'{agent.alpha.item():.3f}')
