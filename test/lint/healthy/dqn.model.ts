/** Deep Q-learning in the style of PyTorch's tutorial: replay memory, a target network, soft updates. */
import { cat, manualSeed, nn, noGrad, optim, rand, stack, tensor, type Tensor } from "kindling";

manualSeed(15);

interface Transition {
  readonly state: Tensor;
  readonly action: number;
  readonly next: Tensor;
  readonly reward: number;
}

class ReplayMemory {
  memory: Transition[] = [];
  push(transition: Transition): void {
    this.memory.push(transition);
  }
  sample(size: number): Transition[] {
    return Array.from({ length: size }, () => this.memory[Math.floor(rand(1).item() * this.memory.length)]!);
  }
}

class DQN extends nn.Module {
  layer1: nn.Linear;
  layer2: nn.Linear;
  layer3: nn.Linear;
  constructor(observations: number, actions: number) {
    super();
    this.layer1 = new nn.Linear(observations, 32);
    this.layer2 = new nn.Linear(32, 32);
    this.layer3 = new nn.Linear(32, actions);
  }
  override forward(x: Tensor): Tensor {
    x = this.layer1(x).relu();
    x = this.layer2(x).relu();
    return this.layer3(x);
  }
}

const [policyNet, targetNet] = [new DQN(4, 2), new DQN(4, 2)];
targetNet.loadStateDict(policyNet.stateDict());
const optimizer = new optim.AdamW(policyNet.parameters(), { lr: 1e-4, amsgrad: true });
const memory = new ReplayMemory();

function selectAction(state: Tensor): number {
  if (rand(1).item() < 0.1) return rand(1).item() < 0.5 ? 0 : 1;
  return noGrad(() => policyNet(state.unsqueeze(0)).argmax(1).item());
}

function optimizeModel(): void {
  if (memory.memory.length < 16) return;
  const batch = memory.sample(16);
  const states = stack(batch.map(({ state }) => state));
  const actions = tensor(
    batch.map(({ action }) => [action]),
    { dtype: "int32" },
  );
  const values = policyNet(states).gather(1, actions);
  const nextValues = noGrad(() => targetNet(stack(batch.map(({ next }) => next))).max(1).values);
  const expected = nextValues.mul(0.99).add(tensor(batch.map(({ reward }) => reward)));
  const criterion = new nn.SmoothL1Loss();
  const loss = criterion(values, expected.unsqueeze(1));
  optimizer.zeroGrad();
  loss.backward();
  nn.utils.clipGradValue_(policyNet.parameters(), 100);
  optimizer.step();
}

for (let episode = 0; episode < 3; episode++) {
  let state = rand(4);
  for (let t = 0; t < 20; t++) {
    const action = selectAction(state);
    const next = cat([state.narrow(0, 1, 3), rand(1)]);
    memory.push({ state, action, next, reward: action });
    state = next;
    optimizeModel();
    const [source, target] = [policyNet.stateDict(), targetNet.stateDict()];
    for (const [key, value] of source) target.set(key, (value as Tensor).mul(0.005).add((target.get(key) as Tensor).mul(0.995)));
    targetNet.loadStateDict(target);
  }
}
