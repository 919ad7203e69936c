"""Actor-critic on a corridor: the agent walks to its end, returns are discounted, the baseline is learned."""

import torch
import torch.nn.functional as F
from torch import nn, optim

torch.manual_seed(543)

class Action:
    Left = 0
    Right = 1


class Corridor:
    cells = 6

    def __init__(self):
        self._position = 0
        self.steps = 0

    def reset(self):
        self._position = 2
        self.steps = 0
        return self.observe()

    def observe(self):
        return [1 if i == self._position else 0 for i in range(Corridor.cells)]

    def step(self, action):
        self._position += 1 if action == Action.Right else -1
        self.steps += 1
        atEnd = self._position >= Corridor.cells - 1
        fell = self._position < 0
        if fell:
            self._position = 0
        return {"state": self.observe(), "reward": 1 if atEnd else -1 if fell else -0.05, "done": atEnd or fell or self.steps >= 20}


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.affine1 = nn.Linear(Corridor.cells, 16)
        self.actionHead = nn.Linear(16, 2)
        self.valueHead = nn.Linear(16, 1)
        self.savedActions = []
        self.rewards = []

    def forward(self, x):
        h = F.relu(self.affine1(x))
        actionProb = F.softmax(self.actionHead(h), dim=-1)
        return actionProb, self.valueHead(h)


model = Policy()
optimizer = optim.Adam(model.parameters(), lr=3e-2)
eps = 1e-8
env = Corridor()


def selectAction(state):
    probs, stateValue = model(torch.tensor(state, dtype=torch.float32))
    m = torch.distributions.Categorical(probs)
    action = m.sample()
    model.savedActions.append({"logProb": m.log_prob(action), "value": stateValue})
    return action.item()


def finishEpisode(gamma=0.99):
    R = 0
    policyLosses = []
    valueLosses = []
    returns = []
    for r in list(model.rewards)[::-1]:
        R = r + gamma * R
        returns.insert(0, R)
    target = torch.tensor(returns, dtype=torch.float32)
    if len(returns) > 1:
        target = (target - target.mean()) / (target.std() + eps)
    for i, item in enumerate(model.savedActions):
        logProb, value = item["logProb"], item["value"]
        advantage = target[i].item() - value.item()
        policyLosses.append(-logProb * advantage)
        valueLosses.append(F.smooth_l1_loss(value, target[i:i + 1]))
    optimizer.zero_grad()
    loss = torch.stack(policyLosses).sum() + torch.stack(valueLosses).sum()
    loss.backward()
    optimizer.step()
    model.rewards = []
    model.savedActions.clear()
    return loss.item()


runningReward = 0
for episode in range(1, 31):
    state = env.reset()
    epReward = 0
    while True:
        action = selectAction(state)
        parts = env.step(action)
        next_, reward, done = parts["state"], parts["reward"], parts["done"]
        state = next_
        model.rewards.append(reward)
        epReward += reward
        if done:
            break
    runningReward = 0.05 * epReward + (1 - 0.05) * runningReward
    loss = finishEpisode()
    if episode % 5 == 0:
        print(f"Episode {episode}\tLast reward: {epReward:.2f}\tAverage: {runningReward:.3f}\tloss {loss:.4f}\tsteps {env.steps}")
