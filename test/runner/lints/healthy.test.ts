/** Programs in the style of PyTorch's public examples, which do on purpose what elsewhere is a mistake: nothing is said of them. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { holds, saidOfFile } from "./programs.ts";

const imports = `const F = nn.functional; `;

const healthy: Readonly<Record<string, string>> = {
  "a GAN with batch normalization, whose pictures are looked at without gradients": `
const G = new nn.Sequential(new nn.Linear(4, 16), new nn.BatchNorm1d(16), new nn.ReLU(), new nn.Linear(16, 2), new nn.Tanh());
const D = new nn.Sequential(new nn.Linear(2, 16), new nn.LeakyReLU(0.2), new nn.Dropout(0.3), new nn.Linear(16, 1), new nn.Sigmoid());
const optimizerG = new optim.Adam(G.parameters(), { lr: 2e-3, betas: [0.5, 0.999] });
const optimizerD = new optim.Adam(D.parameters(), { lr: 2e-3, betas: [0.5, 0.999] });
const [bce, fixed] = [new nn.BCELoss(), randn(16, 4)];
for (let i = 0; i < 12; i++) {
  D.zeroGrad();
  bce(D(randn(16, 2)), zeros(16, 1).add(1)).backward();
  const fake = G(randn(16, 4));
  bce(D(fake.detach()), zeros(16, 1)).backward();
  optimizerD.step();
  G.zeroGrad();
  bce(D(fake), zeros(16, 1).add(1)).backward();
  optimizerG.step();
  if (i % 4 === 3) noGrad(() => G(fixed));
}`,
  "a WGAN with a gradient penalty": `
const G = new nn.Sequential(new nn.Linear(4, 16), new nn.BatchNorm1d(16), new nn.ReLU(), new nn.Linear(16, 2));
const C = new nn.Sequential(new nn.Linear(2, 16), new nn.LeakyReLU(0.2), new nn.Linear(16, 1));
const [optimizerG, optimizerC] = [new optim.Adam(G.parameters()), new optim.Adam(C.parameters())];
for (let i = 0; i < 3; i++) {
  for (let k = 0; k < 5; k++) {
    const real = randn(16, 2);
    const fake = noGrad(() => G(randn(16, 4)));
    const between = real.lerp(fake, rand(16, 1)).requiresGrad_(true);
    const [gradient] = autograd.grad(C(between).sum(), [between], { createGraph: true });
    optimizerC.zeroGrad();
    C(fake).mean().sub(C(real).mean()).add(gradient.norm(2, 1).sub(1).square().mean().mul(10)).backward();
    optimizerC.step();
  }
  optimizerG.zeroGrad();
  C(G(randn(16, 4))).mean().neg().backward();
  optimizerG.step();
}`,
  "a DQN with a target network": `
class Q extends nn.Module {
  layers = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Linear(16, 2));
  override forward(x: Tensor): Tensor {
    return this.layers(x);
  }
}
const [policy, target] = [new Q(), new Q()];
target.loadStateDict(policy.stateDict());
target.eval();
const optimizer = new optim.AdamW(policy.parameters(), { amsgrad: true });
for (let i = 0; i < 30; i++) {
  noGrad(() => policy(randn(1, 4)).argmax(1));
  const [state, action, reward, next] = [randn(16, 4), randint(0, 2, [16, 1]), randn(16), randn(16, 4)];
  const values = policy(state).gather(1, action);
  const expected = target(next).max(1)[0].detach().mul(0.9).add(reward);
  const loss = new nn.SmoothL1Loss()(values, expected.unsqueeze(1));
  optimizer.zeroGrad();
  loss.backward();
  nn.utils.clipGradValue_(policy.parameters(), 100);
  optimizer.step();
}`,
  "an actor and a critic with one body, entropy, and rollouts without gradients": `
class ActorCritic extends nn.Module<[Tensor], [Tensor, Tensor]> {
  body = new nn.Linear(4, 16);
  actor = new nn.Linear(16, 2);
  critic = new nn.Linear(16, 1);
  override forward(x: Tensor): [Tensor, Tensor] {
    const h = this.body(x).tanh();
    return [this.actor(h), this.critic(h).squeeze(-1)];
  }
}
const model = new ActorCritic();
const optimizer = new optim.Adam(model.parameters());
for (let i = 0; i < 6; i++) {
  const states = randn(32, 4);
  const [actions, old] = noGrad(() => {
    const logs = model(states)[0].logSoftmax(1);
    for (let k = 0; k < 4; k++) model(randn(1, 4));
    return [randint(0, 2, [32, 1]), logs];
  });
  const [logits, values] = model(states);
  const [logs, p] = [logits.logSoftmax(1), logits.softmax(1)];
  const ratio = logs.gather(1, actions).sub(old.gather(1, actions)).exp();
  const advantage = randn(32);
  const policyLoss = ratio.squeeze(1).mul(advantage).mean().neg();
  optimizer.zeroGrad();
  policyLoss.add(F.mseLoss(values, randn(32))).add(p.mul(logs).sum(1).mean().mul(0.01)).backward();
  nn.utils.clipGradNorm_(model.parameters(), 0.5);
  optimizer.step();
}`,
  "REINFORCE with dropout, an episode for each step": `
class Policy extends nn.Module {
  affine1 = new nn.Linear(4, 16);
  dropout = new nn.Dropout(0.6);
  affine2 = new nn.Linear(16, 2);
  override forward(x: Tensor): Tensor {
    return this.affine2(this.dropout(this.affine1(x)).relu()).softmax(1);
  }
}
const policy = new Policy();
const optimizer = new optim.Adam(policy.parameters(), { lr: 1e-2 });
for (let episode = 0; episode < 4; episode++) {
  const logs: Tensor[] = [];
  for (let t = 0; t < 5; t++) {
    const m = new distributions.Categorical(policy(randn(1, 4)));
    logs.push(m.logProb(m.sample()));
  }
  optimizer.zeroGrad();
  stack(logs).neg().sum().backward();
  optimizer.step();
}`,
  "a variational autoencoder that draws": `
class VAE extends nn.Module<[Tensor], [Tensor, Tensor, Tensor]> {
  fc1 = new nn.Linear(8, 16);
  mean = new nn.Linear(16, 2);
  variance = new nn.Linear(16, 2);
  fc3 = new nn.Linear(2, 16);
  fc4 = new nn.Linear(16, 8);
  decode(z: Tensor): Tensor {
    return this.fc4(this.fc3(z).relu()).sigmoid();
  }
  override forward(x: Tensor): [Tensor, Tensor, Tensor] {
    const h = this.fc1(x).relu();
    const [mean, variance] = [this.mean(h), this.variance(h)];
    return [this.decode(mean.add(randn(x.shape[0]!, 2).mul(variance.mul(0.5).exp()))), mean, variance];
  }
}
const model = new VAE();
const optimizer = new optim.Adam(model.parameters());
for (let i = 0; i < 6; i++) {
  const x = rand(16, 8);
  const [y, mean, variance] = model(x);
  const kl = variance.add(1).sub(mean.square()).sub(variance.exp()).sum().mul(-0.5);
  optimizer.zeroGrad();
  F.binaryCrossEntropy(y, x, { reduction: "sum" }).add(kl).backward();
  optimizer.step();
  noGrad(() => model.decode(randn(4, 2)));
}`,
  "transfer learning with a frozen backbone, batch normalization and all": `
const backbone = new nn.Sequential(new nn.Linear(8, 16), new nn.BatchNorm1d(16), new nn.ReLU());
class Tuned extends nn.Module {
  backbone = backbone;
  fc = new nn.Linear(16, 2);
  override forward(x: Tensor): Tensor {
    return this.fc(this.backbone(x));
  }
}
const model = new Tuned();
for (const one of model.backbone.parameters()) one.requiresGrad = false;
model.fc = new nn.Linear(16, 3);
const optimizer = new optim.SGD(model.fc.parameters(), { lr: 0.1, momentum: 0.9 });
const scheduler = new optim.lrScheduler.StepLR(optimizer, { stepSize: 2, gamma: 0.1 });
for (let epoch = 0; epoch < 3; epoch++) {
  model.train();
  for (let i = 0; i < 3; i++) {
    optimizer.zeroGrad();
    F.crossEntropy(model(randn(8, 8)), randint(0, 3, [8])).backward();
    optimizer.step();
  }
  scheduler.step();
  model.eval();
  noGrad(() => { for (let i = 0; i < 3; i++) model(randn(8, 8)); });
}`,
  "gradual unfreezing with a group for each part": `
class Tuned extends nn.Module {
  backbone = new nn.Linear(8, 16);
  head = new nn.Linear(16, 3);
  override forward(x: Tensor): Tensor {
    return this.head(this.backbone(x).relu());
  }
}
const model = new Tuned();
model.backbone.requiresGrad_(false);
const optimizer = new optim.AdamW([{ params: model.backbone.parameters(), lr: 1e-5 }, { params: model.head.parameters(), lr: 1e-3 }]);
for (let step = 0; step < 30; step++) {
  if (step === 10) model.backbone.requiresGrad_(true);
  optimizer.zeroGrad();
  F.crossEntropy(model(randn(8, 8)), randint(0, 3, [8])).backward();
  optimizer.step();
}`,
  "BYOL with a target that follows": `
const make = () => new nn.Sequential(new nn.Linear(4, 16), new nn.BatchNorm1d(16), new nn.ReLU(), new nn.Linear(16, 8));
const [online, target] = [make(), make()];
const predictor = new nn.Linear(8, 8);
for (const one of target.parameters()) one.requiresGrad = false;
const optimizer = new optim.Adam([...online.parameters(), ...predictor.parameters()]);
for (let i = 0; i < 25; i++) {
  const x = randn(16, 4);
  const [a, b] = [x.add(randn(16, 4).mul(0.1)), x.add(randn(16, 4).mul(0.1))];
  const [ta, tb] = noGrad(() => [target(a), target(b)]);
  optimizer.zeroGrad();
  F.cosineSimilarity(predictor(online(a)), tb).neg().mean().add(F.cosineSimilarity(predictor(online(b)), ta).neg().mean()).backward();
  optimizer.step();
  noGrad(() => { const own = [...online.parameters()]; [...target.parameters()].forEach((one, k) => one.lerp_(own[k]!, 0.01)); });
}`,
  "a small GPT with tied weights that writes in evaluation mode": `
class Block extends nn.Module {
  ln1 = new nn.LayerNorm(16);
  attention = new nn.MultiheadAttention(16, 2, { dropout: 0.1, batchFirst: true });
  ln2 = new nn.LayerNorm(16);
  mlp = new nn.Sequential(new nn.Linear(16, 32), new nn.GELU(), new nn.Linear(32, 16), new nn.Dropout(0.1));
  override forward(x: Tensor): Tensor {
    const h = this.ln1(x);
    const y = x.add(this.attention(h, h, h)[0]);
    return y.add(this.mlp(this.ln2(y)));
  }
}
class GPT extends nn.Module {
  embedding = new nn.Embedding(12, 16);
  position = new nn.Parameter(zeros(8, 16));
  blocks = new nn.ModuleList([new Block(), new Block()]);
  head = new nn.Linear(16, 12, { bias: false });
  constructor() {
    super();
    this.head.weight = this.embedding.weight;
  }
  override forward(ids: Tensor): Tensor {
    let x = this.embedding(ids).add(this.position.narrow(0, 0, ids.shape[1]!));
    for (const block of this.blocks) x = block(x) as Tensor;
    return this.head(x);
  }
}
const model = new GPT();
const decay = [...model.parameters()].filter((one) => one.dim() > 1);
const others = [...model.parameters()].filter((one) => one.dim() <= 1);
const optimizer = new optim.AdamW([{ params: decay, weightDecay: 0.1 }, { params: others, weightDecay: 0 }]);
for (let step = 0; step < 5; step++) {
  model.train();
  const ids = randint(0, 12, [4, 9]);
  optimizer.zeroGrad();
  F.crossEntropy(model(ids.narrow(1, 0, 8)).reshape(-1, 12), ids.narrow(1, 1, 8).reshape(-1)).backward();
  optimizer.step();
  model.eval();
  noGrad(() => { let text = zeros([1, 1], { dtype: "int64" }); for (let i = 0; i < 4; i++) text = text.add(model(text).select(1, 0).argmax(1).unsqueeze(1)).remainder(12); });
}`,
  "low-rank adapters on frozen layers": `
class LoRA extends nn.Module {
  base: nn.Linear;
  a = new nn.Parameter(randn(2, 8).mul(0.01));
  b = new nn.Parameter(zeros(8, 2));
  constructor(base: nn.Linear) {
    super();
    this.base = base;
    base.requiresGrad_(false);
  }
  override forward(x: Tensor): Tensor {
    return this.base(x).add(x.matmul(this.a.t()).matmul(this.b.t()));
  }
}
const model = new nn.Sequential(new LoRA(new nn.Linear(8, 8)), new nn.ReLU(), new LoRA(new nn.Linear(8, 8)));
const optimizer = new optim.AdamW([...model.parameters()].filter((one) => one.requiresGrad));
for (let i = 0; i < 4; i++) {
  optimizer.zeroGrad();
  model(randn(4, 8)).square().mean().backward();
  optimizer.step();
}`,
  "distillation from a teacher": `
const teacher = new nn.Sequential(new nn.Linear(4, 32), new nn.ReLU(), new nn.Dropout(0.5), new nn.Linear(32, 3));
const student = new nn.Linear(4, 3);
teacher.eval();
const optimizer = new optim.Adam(student.parameters());
for (let i = 0; i < 25; i++) {
  const [x, y] = [randn(16, 4), randint(0, 3, [16])];
  const soft = noGrad(() => teacher(x)).div(2).softmax(1);
  const logits = student(x);
  optimizer.zeroGrad();
  F.klDiv(logits.div(2).logSoftmax(1), soft, { reduction: "batchmean" }).add(F.crossEntropy(logits, y)).backward();
  optimizer.step();
}`,
  "a picture in the style of another": `
const features = new nn.Sequential(new nn.Conv2d(1, 4, 3), new nn.ReLU(), new nn.Conv2d(4, 4, 3)).eval();
const content = features(rand(1, 1, 8, 8)).detach();
const input = rand(1, 1, 8, 8).requiresGrad_(true);
const optimizer = new optim.LBFGS([input]);
for (let i = 0; i < 3; i++) {
  optimizer.step(() => {
    optimizer.zeroGrad();
    const loss = F.mseLoss(features(input), content);
    loss.backward();
    return loss;
  });
}`,
  "a triplet loss of one network, and gradients of several batches": `
const net = new nn.Sequential(new nn.Linear(8, 16), new nn.BatchNorm1d(16), new nn.ReLU(), new nn.Linear(16, 4));
const optimizer = new optim.Adam(net.parameters());
const lossFn = new nn.TripletMarginLoss({ margin: 1 });
optimizer.zeroGrad();
for (let i = 0; i < 8; i++) {
  lossFn(net(randn(8, 8)), net(randn(8, 8)), net(randn(8, 8))).div(2).backward();
  if (i % 2 === 1) {
    optimizer.step();
    optimizer.zeroGrad();
  }
}`,
  "a ranking loss of pairs": `
const net = new nn.Linear(4, 1);
const optimizer = new optim.Adam(net.parameters());
for (let i = 0; i < 3; i++) {
  const scores = net(randn(16, 4)).squeeze(1);
  const relevance = randn(16);
  const better = relevance.unsqueeze(1).gt(relevance).float();
  optimizer.zeroGrad();
  F.softplus(scores.sub(scores.unsqueeze(1))).mul(better).mean().backward();
  optimizer.step();
}`,
  "a differential equation": `
const net = new nn.Sequential(new nn.Linear(1, 16), new nn.Tanh(), new nn.Linear(16, 1));
const optimizer = new optim.Adam(net.parameters());
for (let i = 0; i < 6; i++) {
  const t = rand(16, 1).requiresGrad_(true);
  const u = net(t);
  const [slope] = autograd.grad(u.sum(), [t], { createGraph: true });
  optimizer.zeroGrad();
  slope.add(u).square().mean().add(net(zeros(1, 1)).sub(1).square().mean()).backward();
  optimizer.step();
}
net.eval();
const points = rand(4, 1).requiresGrad_(true);
for (let i = 0; i < 3; i++) autograd.grad(net(points).sum(), [points]);`,
  "experts of which each sample has one": `
class Mixture extends nn.Module {
  router = new nn.Linear(4, 3);
  experts = new nn.ModuleList([new nn.Linear(4, 4), new nn.Linear(4, 4), new nn.Linear(4, 4)]);
  override forward(x: Tensor): Tensor {
    const gates = this.router(x).softmax(1);
    const best = gates.argmax(1);
    let out = x.mul(0);
    for (let k = 0; k < 3; k++) {
      const chosen = best.eq(k);
      if (chosen.any().item()) out = out.add(this.experts[k]!(x).mul(gates.select(1, k).mul(chosen.float()).unsqueeze(1)));
    }
    return out;
  }
}
const model = new Mixture();
const optimizer = new optim.Adam(model.parameters());
for (let i = 0; i < 25; i++) {
  optimizer.zeroGrad();
  model(randn(2, 4)).sub(1).square().mean().backward();
  optimizer.step();
}`,
  "cross-validation, and a test at the end": `
const [x, y] = [randn(60, 4), randint(0, 3, [60])];
const all = new data.TensorDataset(x, y);
const testLoader = new data.DataLoader(new data.TensorDataset(randn(20, 4), randint(0, 3, [20])), { batchSize: 10 });
for (let fold = 0; fold < 3; fold++) {
  const indices = Array.from({ length: 60 }, (_, i) => i);
  const trainLoader = new data.DataLoader(new data.Subset(all, indices.filter((i) => i % 3 !== fold)), { batchSize: 10, shuffle: true });
  const valLoader = new data.DataLoader(new data.Subset(all, indices.filter((i) => i % 3 === fold)), { batchSize: 10 });
  const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Dropout(0.2), new nn.Linear(8, 3));
  const optimizer = new optim.Adam(model.parameters());
  for (let epoch = 0; epoch < 2; epoch++) {
    model.train();
    for (const [bx, by] of trainLoader) {
      optimizer.zeroGrad();
      F.crossEntropy(model(bx), by).backward();
      optimizer.step();
    }
    model.eval();
    noGrad(() => { for (const [bx, by] of valLoader) F.crossEntropy(model(bx), by); });
  }
  noGrad(() => { for (const [bx] of testLoader) model(bx); });
}`,
  "how sure a model is, by dropout": `
const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Dropout(0.5), new nn.Linear(8, 1));
const optimizer = new optim.Adam(model.parameters());
for (let i = 0; i < 10; i++) {
  optimizer.zeroGrad();
  F.mseLoss(model(randn(8, 4)), randn(8, 1)).backward();
  optimizer.step();
}
const points = randn(5, 4);
model.train();
const draws = noGrad(() => stack(Array.from({ length: 30 }, () => model(points))));
draws.std(0);`,
  "averaged weights, and schedules in a row": `
const model = new nn.Sequential(new nn.Linear(4, 8), new nn.BatchNorm1d(8), new nn.ReLU(), new nn.Linear(8, 3));
const averaged = new optim.swaUtils.AveragedModel(model);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
const scheduler = new optim.lrScheduler.OneCycleLR(optimizer, { maxLr: 0.1, totalSteps: 12 });
const batches = Array.from({ length: 3 }, () => randn(8, 4));
for (let epoch = 0; epoch < 4; epoch++) {
  for (const x of batches) {
    optimizer.zeroGrad();
    F.crossEntropy(model(x), randint(0, 3, [8])).backward();
    optimizer.step();
    scheduler.step();
  }
  averaged.updateParameters(model);
}
optim.swaUtils.updateBn(batches, averaged);
averaged.eval();
noGrad(() => batches.map((x) => averaged(x)));`,
  "a recurrent network, step by step, whose memory is cut": `
const [embedding, lstm, head] = [new nn.Embedding(10, 8), new nn.LSTM(8, 16, { batchFirst: true, numLayers: 2, dropout: 0.2 }), new nn.Linear(16, 10)];
const optimizer = new optim.Adam([...embedding.parameters(), ...lstm.parameters(), ...head.parameters()]);
let state: any = null;
for (let i = 0; i < 6; i++) {
  const ids = randint(0, 10, [4, 6]);
  const [out, next] = lstm(embedding(ids), state);
  state = next.map((one: Tensor) => one.detach());
  optimizer.zeroGrad();
  F.crossEntropy(head(out).transpose(1, 2), randint(0, 10, [4, 6])).backward();
  nn.utils.clipGradNorm_(lstm.parameters(), 1);
  optimizer.step();
}`,
  "a denoising diffusion model that draws in training mode's twin": `
const net = new nn.Sequential(new nn.Linear(3, 32), new nn.SiLU(), new nn.Linear(32, 2));
const betas = rand(10).mul(0.02);
const optimizer = new optim.Adam(net.parameters());
for (let i = 0; i < 8; i++) {
  const [x, noise, t] = [randn(16, 2), randn(16, 2), rand(16, 1)];
  optimizer.zeroGrad();
  F.mseLoss(net(cat([x.mul(t.neg().add(1)).add(noise.mul(t)), t], 1)), noise).backward();
  optimizer.step();
}
noGrad(() => { let x = randn(4, 2); for (let k = 9; k >= 0; k--) x = x.sub(net(cat([x, zeros(4, 1).add(k / 10)], 1)).mul(betas.select(0, k))); });`,
  "training data in a time's order": `
const series = Array.from({ length: 80 }, (_, i) => Math.sin(i / 5));
const dataset = new data.TensorDataset(tensor(series.map((value) => [value])), tensor(series.map((value) => [value + 0.1])));
const loader = new data.DataLoader(dataset, { batchSize: 8 });
const model = new nn.Linear(1, 1);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
for (let epoch = 0; epoch < 3; epoch++) {
  for (const [x, y] of loader) {
    optimizer.zeroGrad();
    F.mseLoss(model(x), y).backward();
    optimizer.step();
  }
}`,
};

describe("nothing is said of", function () {
  this.timeout(60_000);
  for (const [name, text] of Object.entries(healthy)) {
    it(name, async () => {
      await holds(imports + text);
      await holds(imports + text, "inspect");
    });
  }

  const programs = new URL("../../lint/healthy/", import.meta.url);
  for (const name of readdirSync(programs).filter((one) => one.endsWith(".model.ts"))) {
    it(`${name}, while it trains`, async () => assert.deepEqual(await saidOfFile(fileURLToPath(new URL(name, programs)), "train"), []));
  }
});
