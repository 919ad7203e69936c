/** Actor-critic on a corridor: the agent walks to its end, returns are discounted, the baseline is learned. */
import { distributions, manualSeed, nn, optim, stack, tensor, type Tensor } from "kindling";

manualSeed(543);
const { Categorical } = distributions;

enum Action {
  Left,
  Right,
}

type SavedAction = { logProb: Tensor; value: Tensor };

class Corridor {
  static readonly cells = 6;
  #position = 0;
  steps = 0;

  reset(): number[] {
    this.#position = 2;
    this.steps = 0;
    return this.observe();
  }

  private observe(): number[] {
    return Array.from({ length: Corridor.cells }, (_, i) => (i === this.#position ? 1 : 0));
  }

  step(action: Action): { state: number[]; reward: number; done: boolean } {
    this.#position += action === Action.Right ? 1 : -1;
    this.steps++;
    const atEnd = this.#position >= Corridor.cells - 1;
    const fell = this.#position < 0;
    if (fell) this.#position = 0;
    return { state: this.observe(), reward: atEnd ? 1 : fell ? -1 : -0.05, done: atEnd || fell || this.steps >= 20 };
  }
}

class Policy extends nn.Module<[x: Tensor], [Tensor, Tensor]> {
  affine1 = new nn.Linear(Corridor.cells, 16);
  actionHead = new nn.Linear(16, 2);
  valueHead = new nn.Linear(16, 1);
  savedActions: SavedAction[] = [];
  rewards: number[] = [];

  override forward(x: Tensor): [Tensor, Tensor] {
    const h = nn.functional.relu(this.affine1(x));
    const actionProb = nn.functional.softmax(this.actionHead(h), { dim: -1 });
    return [actionProb, this.valueHead(h)];
  }
}

const model = new Policy();
const optimizer = new optim.Adam(model.parameters(), { lr: 3e-2 });
const eps = 1e-8;
const env = new Corridor();

function selectAction(state: number[]): number {
  const [probs, stateValue] = model(tensor(state));
  const m = new Categorical(probs);
  const action = m.sample();
  model.savedActions.push({ logProb: m.logProb(action), value: stateValue });
  return action.item();
}

function finishEpisode(gamma = 0.99): number {
  let R = 0;
  const policyLosses: Tensor[] = [];
  const valueLosses: Tensor[] = [];
  const returns: number[] = [];
  for (const r of [...model.rewards].reverse()) {
    R = r + gamma * R;
    returns.unshift(R);
  }
  let target = tensor(returns);
  if (returns.length > 1) target = target.sub(target.mean()).div(target.std().add(eps));
  model.savedActions.forEach(({ logProb, value }, i) => {
    const advantage = target.at(i).item() - value.item();
    policyLosses.push(logProb.neg().mul(advantage));
    valueLosses.push(nn.functional.smoothL1Loss(value, target.at([i, i + 1])));
  });
  optimizer.zeroGrad();
  const loss = stack(policyLosses).sum().add(stack(valueLosses).sum());
  loss.backward();
  optimizer.step();
  model.rewards = [];
  model.savedActions.length = 0;
  return loss.item();
}

let runningReward = 0;
for (let episode = 1; episode <= 30; episode++) {
  let state = env.reset();
  let epReward = 0;
  while (true) {
    const action = selectAction(state);
    const { state: next, reward, done } = env.step(action);
    state = next;
    model.rewards.push(reward);
    epReward += reward;
    if (done) break;
  }
  runningReward = 0.05 * epReward + (1 - 0.05) * runningReward;
  const loss = finishEpisode();
  if (episode % 5 === 0) {
    console.log(`Episode ${episode}\tLast reward: ${epReward.toFixed(2)}\tAverage: ${runningReward.toFixed(3)}\tloss ${loss.toFixed(4)}\tsteps ${env.steps}`);
  }
}
