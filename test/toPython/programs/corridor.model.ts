/** Q-learning with a replay memory in a corridor; random numbers of its own by bit operations. */
import { manualSeed, nn, noGrad, optim, stack, tensor } from "kindling";

enum Action {
  Left,
  Right,
  Stay,
}
type Transition = readonly [state: number[], action: Action, reward: number, next: number[], done: boolean];

function mulberry32(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const random = mulberry32(42);
const choice = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;

class Corridor {
  static readonly LENGTH = 5;
  private position = 0;
  steps = 0;
  reset(): number[] {
    this.position = 2;
    this.steps = 0;
    return this.observe();
  }
  observe(): number[] {
    return Array.from({ length: Corridor.LENGTH }, (_, i) => Number(i === this.position));
  }
  step(action: Action): { state: number[]; reward: number; done: boolean } {
    const move = { [Action.Left]: -1, [Action.Right]: 1, [Action.Stay]: 0 }[action];
    this.position = Math.max(0, Math.min(Corridor.LENGTH - 1, this.position + move));
    this.steps += 1;
    const atEnd = this.position === Corridor.LENGTH - 1;
    return { state: this.observe(), reward: atEnd ? 1 : -0.05, done: atEnd || this.steps >= 12 };
  }
}
manualSeed(9);
const makeNet = (): nn.Sequential => new nn.Sequential(new nn.Linear(Corridor.LENGTH, 16), new nn.ReLU(), new nn.Linear(16, 3));
const [online, target] = [makeNet(), makeNet()];
target.loadStateDict(online.stateDict());
const optimizer = new optim.Adam(online.parameters(), { lr: 0.01 });
const memory: Transition[] = [];
const env = new Corridor();
const returns: number[] = [];
let updates = 0;
episodes: for (let episode = 1; ; episode++) {
  let state = env.reset();
  let total = 0;
  const epsilon = Math.max(0.1, 1 - episode / 20);
  while (true) {
    const action: Action =
      random() < epsilon ? choice([Action.Left, Action.Right, Action.Stay]) : noGrad(() => online(tensor(state)).argmax().item() as Action);
    const { state: next, reward, done } = env.step(action);
    memory.push([state, action, reward, next, done]);
    if (memory.length > 200) memory.shift();
    total += reward;
    state = next;
    if (memory.length >= 16) {
      const batch = Array.from({ length: 16 }, () => choice(memory));
      const states = stack(batch.map(([s]) => tensor(s)));
      const nexts = tensor(batch.map((t) => t[3]));
      const actions = tensor(
        batch.map(([, a]) => a),
        { dtype: "int64" },
      );
      const rewards = tensor(batch.map((t) => t[2]));
      const open = tensor(batch.map(([, , , , d]) => (d ? 0 : 1)));
      const wanted = noGrad(() => rewards.add(target(nexts).max(1).values.mul(open).mul(0.9)));
      const q = online(states).gather(1, actions.unsqueeze(1)).squeeze(1);
      const loss = nn.functional.huberLoss(q, wanted);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      if (++updates % 20 === 0) target.loadStateDict(online.stateDict());
    }
    if (done) break;
    if (updates > 150) break episodes;
  }
  returns.push(total);
  if (episode % 5 === 0) console.log(`episode ${episode} mean ${(returns.slice(-5).reduce((a, b) => a + b) / 5).toFixed(3)} ε=${epsilon.toFixed(2)}`);
}
const policy = Array.from({ length: Corridor.LENGTH }, (_, i) => {
  const state = new Array<number>(Corridor.LENGTH).fill(0);
  state[i] = 1;
  return Action[noGrad(() => online(tensor(state)).argmax().item())];
});
console.log(policy.join(" "), returns.length, updates);
