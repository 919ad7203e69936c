/** Optimizers that hold other parameters than those that are trained. */
import assert from "node:assert/strict";
import { holds } from "./programs.ts";

const classifier = `
class Net extends nn.Module {
  body = new nn.Linear(4, 8);
  head = new nn.Linear(8, 3);
  override forward(x: Tensor): Tensor {
    return this.head(this.body(x).relu());
  }
}
const [x, y] = [randn(32, 4), randint(0, 3, [32])];
const lossFn = new nn.CrossEntropyLoss();
`;

const training = `
for (let step = 0; step < 5; step++) {
  optimizer.zeroGrad();
  lossFn(model(x), y).backward();
  optimizer.step();
}
`;

describe("A parameter that no optimizer holds", () => {
  const forgotten = `${classifier}
const model = new Net();
const optimizer = new optim.Adam(model.body.parameters()); // expect: parameter-not-in-optimizer
${training}`;

  it("is told where the optimizer is made", async () => {
    const [said] = await holds(forgotten);
    assert.match(said!.message, /`head\.weight` and `head\.bias` of `model` get gradients, but they never change: `optimizer` doesn't hold them/);
    assert.match(said!.message, /Give it `model\.parameters\(\)`, or freeze them with `requiresGrad_\(false\)`\.$/);
  });
  it("is told by an inspection as well", () => holds(forgotten, "inspect"));

  const encoded = (before: string, after = "", mark = ""): string => `
const encoder = new nn.Linear(4, 2);
const decoder = new nn.Linear(2, 4);
const optimizer = new optim.SGD(decoder.parameters(), { lr: 0.1 });${mark}
${before}
for (let i = 0; i < 4; i++) {
  const x = randn(8, 4);
  optimizer.zeroGrad();
  nn.functional.mseLoss(decoder(encoder(x)), x).backward();
  optimizer.step();${after}
}`;
  it("is told of a whole model before the one that is trained", async () => {
    const [said] = await holds(encoded("", "", " // expect: parameter-not-in-optimizer"));
    assert.equal(said!.severity, "information");
    assert.match(said!.message, /^`encoder` gets gradients, but it never changes/);
  });
  it("isn't said of a whole model that is frozen, in evaluation mode, or changed by hand", async () => {
    await holds(encoded("encoder.requiresGrad_(false);"));
    await holds(encoded("encoder.eval();"));
    await holds(encoded("", " noGrad(() => { for (const p of encoder.parameters()) p.sub_(p.grad!.mul(0.1)); });"));
  });
  it("is told where it is unfrozen later", () =>
    holds(`${classifier}
const model = new Net();
model.body.requiresGrad_(false);
const optimizer = new optim.SGD(model.parameters().filter((one) => one.requiresGrad), { lr: 0.1 }); // expect: parameter-not-in-optimizer
for (let step = 0; step < 120; step++) {
  if (step === 10) model.body.requiresGrad_(true);
  optimizer.zeroGrad();
  lossFn(model(x), y).backward();
  optimizer.step();
}`));
  it("isn't said of all parameters, of frozen ones, or of those of a second optimizer", async () => {
    await holds(`${classifier}const model = new Net();\nconst optimizer = new optim.Adam(model.parameters());${training}`);
    await holds(
      `${classifier}const model = new Net();\nmodel.body.requiresGrad_(false);\nconst optimizer = new optim.Adam(model.head.parameters());${training}`,
    );
    await holds(`${classifier}
const model = new Net();
const optimizer = new optim.Adam(model.head.parameters());
const other = new optim.SGD(model.body.parameters(), { lr: 0.1 });
for (let step = 0; step < 5; step++) {
  optimizer.zeroGrad();
  other.zeroGrad();
  lossFn(model(x), y).backward();
  optimizer.step();
  other.step();
}`);
  });
  it("isn't said of a network that an image is changed by", () =>
    holds(`${classifier}
const model = new Net().eval();
const image = randn(1, 4).requiresGrad_(true);
const optimizer = new optim.Adam([image], { lr: 0.1 });
for (let step = 0; step < 5; step++) {
  optimizer.zeroGrad();
  model(image).select(1, 0).neg().sum().backward();
  optimizer.step();
}`));
});

describe("An optimizer made before a part of the model was replaced", () => {
  const surgery = `${classifier}
const model = new Net();
const optimizer = new optim.Adam(model.parameters()); // expect: optimizer-before-surgery
model.head = new nn.Linear(8, 3);
${training}`;

  it("is told, and what was put there", async () => {
    const said = await holds(surgery);
    assert.match(said[0]!.message, /`optimizer` was made before `head\.weight` and `head\.bias` were replaced/);
    assert.equal(said[0]!.related![0]!.position.line, surgery.slice(0, surgery.indexOf("model.head =")).split("\n").length);
  });
  it("is told by an inspection as well", () => holds(surgery, "inspect"));
  it("isn't said of one that is made afterwards", () =>
    holds(`${classifier}const model = new Net();\nmodel.head = new nn.Linear(8, 3);\nconst optimizer = new optim.Adam(model.parameters());${training}`));
  it("isn't said of one that is given the new part", () =>
    holds(`${classifier}
const model = new Net();
const optimizer = new optim.Adam(model.body.parameters());
model.head = new nn.Linear(8, 3);
optimizer.addParamGroup({ params: model.head.parameters() });
${training}`));
});

describe("A frozen parameter in an optimizer", () => {
  it("is told where some were picked by hand, and it is one of them", async () => {
    const [said] = await holds(`${classifier}
const model = new Net();
model.body.requiresGrad_(false);
const optimizer = new optim.Adam([...model.body.parameters(), model.head.weight]); // expect: frozen-in-optimizer
model.head.bias.requiresGrad_(false);
${training}`);
    assert.equal(said!.severity, "information");
    assert.match(said!.message, /`optimizer` holds `body\.weight` and `body\.bias` of `model`, which are frozen: nothing of them will be trained/);
  });
  it("is told with more weight where it moves all the same", async () => {
    const [said] = await holds(`${classifier}
const model = new Net();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 }); // expect: frozen-in-optimizer
lossFn(model(x), y).backward();
model.body.requiresGrad_(false);
for (let step = 0; step < 5; step++) {
  model.head.zeroGrad();
  lossFn(model(x), y).backward();
  optimizer.step();
}`);
    assert.equal(said!.severity, "warning");
    assert.match(said!.message, /are frozen, and `optimizer` changes them all the same, by the gradient from before/);
  });
  it("isn't said where all of a model's were handed over", () =>
    holds(`${classifier}const model = new Net();\nmodel.body.requiresGrad_(false);\nconst optimizer = new optim.Adam(model.parameters());${training}`));
});

describe("What is never trained", () => {
  const unused = `${classifier.replace("head =", "spare = new nn.Linear(8, 8); // expect: module-never-called\n  head =")}
const model = new Net();
const optimizer = new optim.Adam(model.parameters());
${training}`;

  it("is a module that is never called", async () => {
    const [said] = await holds(unused);
    assert.equal(said!.message, "`spare` is never called, so its parameters don't learn. Call it in `forward`, or take it out.");
  });
  it("is told by an inspection as well", () => holds(unused, "inspect"));
  it("is a block that is never called, which is told once", () =>
    holds(`
class Block extends nn.Module {
  one = new nn.Linear(8, 8);
  two = new nn.Linear(8, 8);
  override forward(x: Tensor): Tensor {
    return this.two(this.one(x));
  }
}
class Net extends nn.Module {
  body = new nn.Linear(4, 8);
  spare = new Block(); // expect: module-never-called
  head = new nn.Linear(8, 3);
  override forward(x: Tensor): Tensor {
    return this.head(this.body(x));
  }
}
const model = new Net();
const optimizer = new optim.Adam(model.parameters());
const [x, y, lossFn] = [randn(8, 4), randint(0, 3, [8]), new nn.CrossEntropyLoss()];
${training}`));
  it("is a module that no gradient reaches", async () => {
    const cut = classifier
      .replace("this.body(x).relu()", "this.body(x).relu().detach()")
      .replace("new nn.Linear(4, 8);", "new nn.Linear(4, 8); // expect: parameter-without-gradient");
    const text = `${cut}\nconst model = new Net();\nconst optimizer = new optim.Adam(model.parameters());${training}`;
    const [said] = await holds(text);
    assert.match(said!.message, /^No gradient reaches `weight` and `bias` of `body`, so they don't learn/);
    await holds(text, "inspect");
  });
  it("is a parameter of one's own that is used nowhere, told where the class declares it", () =>
    holds(
      `${classifier.replace("head =", "scale = new nn.Parameter(zeros(3)); // expect: parameter-without-gradient\n  head =")}
const model = new Net();
const optimizer = new optim.Adam(model.parameters());
${training}`,
      "inspect",
    ));
  it("isn't an expert whose turn has not come, tied weights, or a layer whose weight is used as it is", async () => {
    const experts = `
class Mixture extends nn.Module {
  experts = new nn.ModuleList([new nn.Linear(4, 3), new nn.Linear(4, 3)]);
  calls = 0;
  override forward(x: Tensor): Tensor {
    return this.experts[this.calls++ % 2]!(x);
  }
}
const model = new Mixture();
const optimizer = new optim.Adam(model.parameters());
const [x, y, lossFn] = [randn(8, 4), randint(0, 3, [8]), new nn.CrossEntropyLoss()];
${training}`;
    await holds(experts);
    await holds(experts, "inspect");
    await holds(
      `
class Tied extends nn.Module {
  embedding = new nn.Embedding(3, 4);
  output = new nn.Linear(4, 3, { bias: false });
  own = new nn.Linear(4, 4);
  constructor() {
    super();
    this.output.weight = this.embedding.weight;
  }
  override forward(x: Tensor): Tensor {
    return nn.functional.linear(this.embedding(x).matmul(this.own.weight).add(this.own.bias), this.output.weight);
  }
}
const model = new Tied();
const optimizer = new optim.Adam(model.parameters());
const [x, y, lossFn] = [randint(0, 3, [8]), randint(0, 3, [8]), new nn.CrossEntropyLoss()];
${training}`,
      "inspect",
    );
  });
  it("isn't, of one step, a head that another task is for", () =>
    holds(
      `
class Heads extends nn.Module {
  body = new nn.Linear(4, 8);
  first = new nn.Linear(8, 3);
  second = new nn.Linear(8, 1);
  override forward(x: Tensor, isFirst: boolean): Tensor {
    return isFirst ? this.first(this.body(x)) : this.second(this.body(x));
  }
}
const model = new Heads();
const optimizer = new optim.Adam(model.parameters());
for (let step = 0; step < 4; step++) {
  optimizer.zeroGrad();
  model(randn(8, 4), step % 2 === 0).square().mean().backward();
  optimizer.step();
}`,
      "inspect",
    ));
  it("isn't an actor's head while the critic takes its step", () =>
    holds(
      `
class ActorCritic extends nn.Module {
  trunk = new nn.Linear(4, 8);
  actor = new nn.Linear(8, 2);
  critic = new nn.Linear(8, 1);
  override forward(x: Tensor): [Tensor, Tensor] {
    const h = this.trunk(x).relu();
    return [this.actor(h), this.critic(h)];
  }
}
const model = new ActorCritic();
const critic = new optim.Adam([...model.trunk.parameters(), ...model.critic.parameters()]);
const actor = new optim.Adam(model.actor.parameters());
for (let step = 0; step < 3; step++) {
  const [, value] = model(randn(8, 4));
  critic.zeroGrad();
  value.square().mean().backward();
  critic.step();
  const [logits] = model(randn(8, 4));
  actor.zeroGrad();
  logits.logSoftmax(1).mean().neg().backward();
  actor.step();
}`,
      "inspect",
    ));
});
