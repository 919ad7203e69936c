/** Actor-critic in the style of PyTorch's example: an episode, then one step. */
import { distributions, manualSeed, nn, optim, randn, stack, tensor, type Tensor } from "kindling";

manualSeed(8);

class Environment {
  position = 0;
  steps = 0;
  reset(): Tensor {
    [this.position, this.steps] = [0, 0];
    return this.observe();
  }
  step(action: number): { observation: Tensor; reward: number; done: boolean } {
    this.position += action === 1 ? 1 : -1;
    this.steps++;
    return { observation: this.observe(), reward: this.position > 0 ? 1 : 0, done: this.steps >= 12 };
  }
  observe(): Tensor {
    return tensor([this.position, this.steps, 1, 0]).div(10);
  }
}

class Policy extends nn.Module<[x: Tensor], [probabilities: Tensor, value: Tensor]> {
  affine1 = new nn.Linear(4, 32);
  actionHead = new nn.Linear(32, 2);
  valueHead = new nn.Linear(32, 1);
  savedActions: { logProb: Tensor; value: Tensor }[] = [];
  rewards: number[] = [];

  override forward(x: Tensor): [Tensor, Tensor] {
    x = this.affine1(x).relu();
    return [this.actionHead(x).softmax(-1), this.valueHead(x)];
  }
}

const model = new Policy();
const optimizer = new optim.Adam(model.parameters(), { lr: 3e-2 });
const env = new Environment();

function selectAction(state: Tensor): number {
  const [probabilities, value] = model(state);
  const m = new distributions.Categorical(probabilities);
  const action = m.sample();
  model.savedActions.push({ logProb: m.logProb(action), value });
  return action.item();
}

function finishEpisode(): void {
  let R = 0;
  const returns: number[] = [];
  for (const r of model.rewards.toReversed()) {
    R = r + 0.99 * R;
    returns.unshift(R);
  }
  const scaled = tensor(returns);
  const normalized = scaled.sub(scaled.mean()).div(scaled.std().add(1e-6));
  const policyLosses: Tensor[] = [];
  const valueLosses: Tensor[] = [];
  for (const [i, { logProb, value }] of model.savedActions.entries()) {
    const advantage = normalized.select(0, i).item() - value.item();
    policyLosses.push(logProb.neg().mul(advantage));
    valueLosses.push(nn.functional.smoothL1Loss(value, normalized.narrow(0, i, 1)));
  }
  optimizer.zeroGrad();
  const loss = stack(policyLosses).sum().add(stack(valueLosses).sum());
  loss.backward();
  optimizer.step();
  model.rewards = [];
  model.savedActions = [];
}

for (let episode = 0; episode < 5; episode++) {
  let state = env.reset();
  for (let t = 0; t < 100; t++) {
    const { observation, reward, done } = env.step(selectAction(state));
    state = observation.add(randn(4).mul(0.01));
    model.rewards.push(reward);
    if (done) break;
  }
  finishEpisode();
}
