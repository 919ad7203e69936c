import assert from "node:assert/strict";
import { manualSeed, nn, optim, randint, randn } from "../../src/engine/index.ts";
import { setInstrument, watchOperations, type Instrument, type OperationWatch } from "../../src/engine/instrument.ts";
import { Alarm } from "../../src/observe/badNumbers/alarm.ts";
import { Search } from "../../src/observe/badNumbers/search.ts";
import type { ProgramSource } from "../../src/observe/program/programSource.ts";
import { brokenNetwork } from "./brokenNetworks.ts";
import { markedLine, searched } from "./searched.ts";

/** A network whose `forward` ends with what is under test, and one that trains it. */
const training = (forward: string, { before = "", optimizer = "new optim.SGD(net.parameters(), 0.01)", steps = 3, loss = "net(x).mean()" } = {}): string => `
class Head extends nn.Module {
  constructor() {
    super();
    this.fc = new nn.Linear(4, 4);
  }
  forward(x) {
    const h = this.fc(x);
    ${forward}
  }
}
class Net extends nn.Module {
  constructor() {
    super();
    this.body = new nn.Linear(8, 4);
    this.head = new Head();
  }
  forward(x) {
    return this.head(this.body(x).tanh());
  }
}
const net = new Net();
const x = randn(8, 8);
const optimizer = ${optimizer};
${before}
for (let i = 0; i < ${steps}; i++) {
  optimizer.zeroGrad();
  const loss = ${loss};
  loss.backward();
  optimizer.step();
}`;

interface Case {
  readonly what: string;
  readonly text: string;
  readonly says: RegExp;
  readonly tries?: RegExp;
  readonly module?: string;
}

const head = "head (Head) of Net";

const cases: readonly Case[] = [
  {
    what: "log of 0",
    text: training("return h.relu().log(); // here"),
    says: /began with `log` of 0 in `head`: \d+ of 32 values are 0\./,
    tries: /`x\.clamp\(1e-8\)\.log\(\)`/,
    module: head,
  },
  {
    what: "log of a negative number",
    text: training("return h.log(); // here"),
    says: /`log` of a negative number in `head`: its input goes down to −/,
    module: head,
  },
  {
    what: "0 divided by 0",
    text: training("const z = h.mul(0);\n    return z.div(z); // here"),
    says: /`div` of 0 by 0 in `head`: 32 of 32 values of the divisor are 0/,
    module: head,
  },
  { what: "a division by 0", text: training("const n = h.abs().add(1);\n    return n.div(n.sub(n)); // here"), says: /`div` by 0 in `head`/ },
  {
    what: "a division by a deviation of 0",
    text: training("const c = h.mul(0).add(2);\n    return c.sub(c.mean()).div(c.std()); // here"),
    says: /`div` of 0 by 0 in `head`: 1 of 1 value of the divisor is 0/,
    tries: /x\.div\(y\.add\(1e-8\)\)/,
  },
  { what: "std of a single value", text: training("return h.mul(h.select(0, 0).select(0, 0).reshape(1).std()); // here"), says: /`std` of too few values/ },
  {
    what: "the slope of sqrt at 0",
    text: training("return h.mul(0).sqrt(); // here"),
    says: /in the backward pass, with the derivative of `sqrt` at 0 in `head`: 32 of 32 values are 0/,
    tries: /`x\.add\(1e-8\)\.sqrt\(\)`/,
    module: head,
  },
  { what: "sqrt of a negative number", text: training("return h.sqrt(); // here"), says: /`sqrt` of a negative number in `head`/ },
  {
    what: "a negative number to a broken power",
    text: training("return h.pow(0.5); // here"),
    says: /`pow` of a negative number to a power that is no whole number/,
  },
  { what: "the slope of a broken power at 0", text: training("return h.mul(0).pow(0.5); // here"), says: /derivative of `pow` at 0/ },
  { what: "an overflow of exp", text: training("return h.mul(1000).exp(); // here"), says: /overflow of `exp` in `head`: its input goes up to/ },
  {
    what: "exp divided by its sum, as one writes softmax",
    text: training("const e = h.mul(1000).exp(); // here\n    return e.div(e.sum(-1, true));"),
    says: /overflow of `exp`/,
  },
  {
    what: "attention that masks a whole row",
    text: training("const mask = zeros(4).eq(0);\n    const scores = h.maskedFill(mask, -Infinity);\n    return scores.softmax(-1); // here"),
    says: /`softmax` of a row in which every value is −∞ in `head`: 32 of 32 values are −∞/,
  },
  {
    what: "a mask that is added",
    text: training("const mask = full([4], -Infinity);\n    return h.add(mask).softmax(-1); // here"),
    says: /`softmax` of a row in which every value is −∞/,
  },
  { what: "acos outside", text: training("return h.mul(100).acos(); // here"), says: /`acos` outside of −1 to 1/ },
  { what: "the slope of acos at its ends", text: training("return h.mul(0).add(1).acos(); // here"), says: /derivative of `acos` at the ends of −1 to 1/ },
  { what: "the slope of asin at its ends", text: training("return h.mul(0).sub(1).asin(); // here"), says: /derivative of `asin` at the ends/ },
  {
    what: "a logarithm that `where` hides",
    text: training("const r = h.mul(0);\n    const l = r.log(); // here\n    return where(r.gt(0), l, 0);"),
    says: /with the derivative of `log` of 0 in `head`: 32 of 32 values are 0/,
  },
  {
    what: "a quotient that `where` hides",
    text: training("const r = h.relu();\n    const q = h.div(r); // here\n    return where(r.gt(0), q, h);"),
    says: /the derivative of `div` by 0 in `head`/,
  },
  { what: "0 times ∞ of a logarithm", text: training("const r = h.relu();\n    const l = r.log(); // here\n    return r.mul(l);"), says: /`log` of 0/ },
  {
    what: "a value that is written in place",
    text: training("const copy = h.clone();\n    copy.div_(h.sub(h)); // here\n    return copy;"),
    says: /`div_?` (of 0 )?by 0/,
  },
  {
    what: "NaN that is filled in",
    text: training("const mask = h.gt(0);\n    return h.maskedFill(mask, NaN); // here"),
    says: /`maskedFill` in `head`, which puts NaN there/,
  },
  {
    what: "a parameter that is set by hand",
    text: training("return h;", { before: "noGrad(() => net.body.weight.fill_(NaN)); // here" }),
    says: /`fill_`, which puts NaN there/,
  },
  {
    what: "a parameter that is divided in place",
    text: training("return h;", { before: "noGrad(() => net.body.weight.div_(0)); // here" }),
    says: /`div_?` (of 0 )?by 0/,
  },
  {
    what: "NaN in the data",
    text: training("return h;", { before: "x.set([0, 1], NaN); x.set([2, 3], NaN);", loss: "net(x).mean(); // here" })
      .replace("x.set([0, 1], NaN); x.set([2, 3], NaN);", "const raw = x.toTypedArray(); raw[1] = raw[9] = NaN; const bad = fromTypedArray(raw, [8, 8]);")
      .replace("net(x).mean(); // here", "net(bad).mean(); // here"),
    says: /began with the data: 2 of 64 values are NaN/,
    tries: /isfinite/,
  },
  {
    what: "NaN in the targets",
    text: training("return h;", { before: "const target = full([8, 4], NaN);", loss: "nn.functional.mseLoss(net(x), target); // here" }),
    says: /began with the data: 32 of 32 values are NaN before `(mseLoss|sub)`/,
  },
  {
    what: "a learning rate that is too high",
    text: training("return h;", { optimizer: "new optim.SGD(net.parameters(), 1e6)", steps: 60, loss: "net(x).square().mean(); // here" }),
    says: /The loss had grown from .* to .*: the learning rate 1\.00e6 is likely too high\. Try a tenth of it\./,
  },
  {
    what: "Adam without eps",
    text: training("return h.mul(0);", { optimizer: "new optim.Adam(net.parameters(), { eps: 0 })" }).replace("optimizer.step();", "optimizer.step(); // here"),
    says: /began with `Adam\.step\(\)`: it made .* NaN, as it divides 0 by 0 where a gradient is 0 and `eps` is 0\./,
  },
  {
    what: "a function of one's own that is wrong backward",
    text: `class Wrong extends autograd.Function {
  static forward(ctx, x) { ctx.saveForBackward(x); return x.clone(); }
  static backward(ctx, g) {
    return g.div(g.sub(g)); // here
  }
}
const w = randn(3).requiresGrad_();
const sgd = new optim.SGD([w], { lr: 0.1 });
Wrong.apply(w).sum().backward();
sgd.step();`,
    says: /`div_?` (of 0 )?by 0/,
  },
  {
    what: "a function of one's own that is wrong forward",
    text: `class Wrong extends autograd.Function {
  static forward(ctx, x) {
    return x.sub(x).log(); // here
  }
  static backward(ctx, g) { return g; }
}
const w = randn(3).requiresGrad_();
Wrong.apply(w).sum().backward();`,
    says: /`log` of 0/,
  },
  {
    what: "a loss that is logged and never goes backward",
    text: `const w = zeros(3);\nconst loss = w.log().mean(); // here\nlog({ loss: loss.item() });`,
    says: /`log` of 0/,
  },
  {
    what: "a derivative of a derivative",
    text: `const x = tensor(0.4, { requiresGrad: true }), y = tensor(0, { requiresGrad: true });
const z = x.add(1).mul(y.sqrt()); // here
const [gy] = autograd.grad(z, [x], { createGraph: true });
const sgd = new optim.SGD([x, y], { lr: 0.1 });
gy.square().backward();
sgd.step();`,
    says: /derivative of `sqrt` at 0/,
  },
  {
    what: "a gradient that is clipped first",
    text: `const layer = new nn.Linear(4, 4), sgd = new optim.SGD(layer.parameters(), { lr: 0.1 });
const h = layer(randn(4, 4)).mul(0);
h.sqrt().sum().backward(); // here
nn.utils.clipGradNorm_(layer.parameters(), 1);
sgd.step();`,
    says: /derivative of `sqrt` at 0: 16 of 16 values are 0/,
  },
  {
    what: "gradients of several losses",
    text: `const w = zeros(3).requiresGrad_(), sgd = new optim.SGD([w], { lr: 0.1 });
w.mul(2).sum().backward();
w.sqrt().sum().backward(); // here
sgd.step();`,
    says: /derivative of `sqrt` at 0/,
  },
  {
    what: "autograd.grad and an update by hand",
    text: `const w = zeros(3).requiresGrad_();
const loss = w.sqrt().sum(); // here
const [g] = autograd.grad(loss, [w]);
noGrad(() => w.sub_(g.mul(0.1)));
w.square().sum().backward();`,
    says: /derivative of `sqrt` at 0/,
  },
  {
    what: "a gradient penalty",
    text: `const critic = new nn.Linear(3, 1), sgd = new optim.SGD(critic.parameters(), { lr: 0.1 });
const x = zeros(2, 3).requiresGrad_();
const [g] = autograd.grad(critic(x).mul(0).sum(), [x], { createGraph: true });
const length = g.square().sum(1).sqrt(); // here
length.sub(1).square().mean().backward();
sgd.step();`,
    says: /derivative of `sqrt` at 0: 2 of 2 values are 0/,
  },
  {
    what: "a hook",
    text: `const w = ones(4).requiresGrad_(), sgd = new optim.SGD([w], { lr: 0.1 });
w.registerHook((g) => g.div(0)); // here
w.sum().backward();
sgd.step();`,
    says: /`div` by 0/,
  },
  {
    what: "a variational autoencoder's deviation",
    text: `const layer = new nn.Linear(4, 4), adam = new optim.Adam(layer.parameters(), { lr: 0.1 });
const mu = layer(randn(8, 4)), logvar = mu.mul(1000);
const sigma = logvar.mul(0.5).exp(); // here
const kl = logvar.add(1).sub(mu.square()).sub(logvar.exp()).sum().mul(-0.5);
mu.add(sigma.mul(randn(8, 4))).square().mean().add(kl).backward();
adam.step();`,
    says: /overflow of `exp`/,
  },
  {
    what: "attention of the engine's own",
    text: `const layer = new nn.MultiheadAttention(8, 2, { batchFirst: true }), sgd = new optim.SGD(layer.parameters(), { lr: 0.1 });
const x = randn(2, 5, 8), attnMask = full([5, 5], -Infinity);
const [out] = layer(x, x, x, { attnMask }); // here
out.mean().backward();
sgd.step();`,
    says: /`scaledDotProductAttention` of a row in which every value is −∞ in MultiheadAttention: 25 of 25 values are −∞/,
  },
  {
    what: "attention where nothing may be looked at",
    text: `const w = randn(1, 4, 8).requiresGrad_();
const out = nn.functional.scaledDotProductAttention(w, w, w, zeros(4, 4).eq(1)); // here
out.mean().backward();`,
    says: /`scaledDotProductAttention` of a row in which every value is −∞/,
  },
  {
    what: "a class that is masked and yet the target",
    text: `const logits = randn(2, 3).requiresGrad_().maskedFill(tensor([[true, false, false]]), -Infinity); // here
nn.functional.crossEntropy(logits, tensor([0, 1], { dtype: "int64" })).backward();`,
    says: /`maskedFill`, which puts −∞ there/,
  },
  {
    what: "a row that is rarely looked up",
    text: `const table = new nn.Embedding(5, 3);
noGrad(() => table.weight.select(0, 2).fill_(Infinity)); // here
const sgd = new optim.SGD(table.parameters(), { lr: 0.1 });
for (let i = 0; i < 5; i++) {
  sgd.zeroGrad();
  table(tensor([i])).mean().backward();
  sgd.step();
}`,
    says: /`fill_`, which puts ∞ there/,
  },
  {
    what: "parameters that are exchanged",
    text: `const layer = new nn.Linear(4, 4);
layer.weight.data = full([4, 4], NaN);
layer(randn(2, 4)).mean().backward(); // here`,
    says: /the parameter `weight`: 16 of 16 values are NaN before any operation computed with it/,
  },
  {
    what: "the closure of LBFGS",
    text: `const w = randn(3).requiresGrad_(), lbfgs = new optim.LBFGS([w], { lr: 1 });
lbfgs.step(() => {
  lbfgs.zeroGrad();
  const loss = w.abs().neg().sub(1).log().sum(); // here
  loss.backward();
  return loss;
});`,
    says: /`log` of a negative number/,
  },
  {
    what: "a logarithm inside of something",
    text: `const w = randn(3).requiresGrad_();
w.maskedFill(w.eq(w), -Infinity).logsumexp(0).backward(); // here`,
    says: /`log` of 0 within `logsumexp`: 1 of 1 value is 0\.$/,
  },
  // The two programs of PyTorch's issue 160016, whose own `detect_anomaly` blames another line in the one and nothing in the other.
  {
    what: "the root of a root of a negative number",
    text: `const x = tensor([1.0], { requiresGrad: true });
let y = sqrt(x.sub(2)); // here
y = sqrt(y);
y.backward();`,
    says: /`sqrt` of a negative number: its input goes down to −1/,
  },
  {
    what: "a loss that is NaN with gradients that aren't",
    text: `const inp = tensor([1.0], { requiresGrad: true });
const loss = neg(inp).log(); // here
loss.backward();`,
    says: /`log` of a negative number: its input goes down to −1/,
  },
];

/** Where ∞ or NaN comes up and comes to nothing. */
const healthy: readonly { readonly what: string; readonly text: string }[] = [
  { what: "a mask in a softmax", text: training("const mask = triu(ones(8, 4), 1).eq(1);\n    return h.maskedFill(mask, -Infinity).softmax(-1);") },
  { what: "a mask that is added", text: training("const mask = full([4, 4], -Infinity).triu(1);\n    return h.slice(0, 0, 4).add(mask).softmax(-1);") },
  { what: "logarithms of probabilities that may be 0", text: training("const p = tensor([0, 0.5, 0.25, 0.25]).log();\n    return h.add(p).logsumexp(-1);") },
  { what: "the largest of what is masked", text: training("return h.maskedFill(h.lt(h.mean()), -Infinity).max(-1).values;") },
  // PyTorch's slopes there are 0, too.
  { what: "the slope of a norm at 0", text: training("return h.mul(0).norm(2, -1);") },
  { what: "the slope of a deviation of 0", text: training("return h.mul(0).std(-1);") },
  { what: "NaN that is replaced", text: training("return h.detach().div(0).nanToNum(0, 1, -1).add(h);") },
  { what: "the slope of sqrt at 0 where relu lets nothing through", text: training("return h.relu().sqrt();") },
];

describe("the first bad number", () => {
  for (const { what, text } of healthy) {
    it(`isn't seen in ${what}`, () => assert.equal(searched(text), undefined));
  }

  for (const { what, text, says, tries, module } of cases) {
    it(`is blamed on its line: ${what}`, () => {
      const found = searched(text);
      assert.ok(found, "nothing was found");
      assert.equal(found.position?.line, markedLine(text), found.message);
      assert.match(found.message, says);
      if (tries) assert.match(found.message, tries);
      if (module) assert.equal(found.module, module);
    });
  }
});

describe("looking for a bad number", () => {
  /** The bits that a training ends with. */
  function bits(instrument: Instrument | null, operations: OperationWatch | null): readonly number[] {
    manualSeed(3);
    const model = new nn.Sequential(new nn.Linear(6, 8), new nn.BatchNorm1d(8), new nn.GELU(), new nn.Dropout(0.3), new nn.Linear(8, 3));
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
    const losses: number[] = [];
    setInstrument(instrument);
    watchOperations(operations);
    try {
      for (let i = 0; i < 30; i++) {
        const loss = nn.functional.crossEntropy(model(randn(16, 6)), randint(0, 3, [16]));
        optimizer.zeroGrad();
        loss.backward();
        nn.utils.clipGradNorm_(model.parameters(), 1);
        optimizer.step();
        losses.push(loss.item());
      }
    } finally {
      setInstrument(null);
      watchOperations(null);
    }
    return [...losses, ...[...model.parameters(), ...model.buffers()].flatMap((tensor) => [...tensor.toTypedArray()])];
  }

  it("changes no bit, neither in the run nor where every operation is watched", () => {
    const source = { program: "", locate: () => undefined } as unknown as ProgramSource;
    const search = new Search({ source, agrees: () => true, found: () => assert.fail("nothing is wrong") });
    const alarm = new Alarm({ source, pathOf: () => undefined, now: () => Infinity, raise: () => assert.fail("nothing is wrong") });
    const eager: Instrument = { beforeStep: (optimizer) => alarm.checkUpdate(optimizer, 0, bits) };
    const plain = bits(null, null);
    assert.deepEqual(bits(search, search), plain);
    assert.deepEqual(bits(eager, null), plain);
  });
});

/** Each way to break has its turn in a network or two. */
const networks = Number(process.env["BROKEN_NETWORKS"] ?? 60);

describe("the first bad number of networks that are made up", () => {
  it("is blamed on its line in each of them", () => {
    const wrong: string[] = [];
    let hidden = 0;
    for (let seed = 0; seed < networks; seed++) {
      const { text, line, breaking } = brokenNetwork(seed);
      const found = searched(text);
      if (!found) hidden++;
      else if (found.position?.line !== line) wrong.push(`${seed}: ${breaking} at ${line}, but ${found.position?.line}: ${found.message}`);
    }
    assert.deepEqual(wrong, []);
    assert.ok(hidden <= networks / 20, `${hidden} came to nothing`);
  });
});
