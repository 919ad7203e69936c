import assert from "node:assert/strict";
import { isGradEnabled, nn, ones, optim, tensor, type Tensor } from "../../../src/engine/index.ts";
import { setInstrument } from "../../../src/engine/instrument.ts";

const parameter = (...values: number[]) => new nn.Parameter(tensor(values));

describe("an optimizer", () => {
  it("takes parameters, or groups with options of their own", () => {
    const net = new nn.Sequential(new nn.Linear(2, 3), new nn.Linear(3, 1));
    const optimizer = new optim.AdamW(
      [
        { params: net.at(0).parameters(), lr: 1e-4 },
        { params: net.at(1).parameters(), lr: 1e-3, weightDecay: 0 },
      ],
      { weightDecay: 0.1 },
    );
    const options = optimizer.paramGroups.map(({ lr, weightDecay, params }) => [lr, weightDecay, params.length]);
    assert.deepEqual(options, [
      [1e-4, 0.1, 2],
      [1e-3, 0, 2],
    ]);
    optimizer.addParamGroup({ params: parameter(1), lr: 5 });
    assert.equal(optimizer.paramGroups[2]!.lr, 5);
  });

  it("refuses what PyTorch refuses, in its words", () => {
    const p = parameter(1);
    const cases: [() => unknown, RegExp][] = [
      [() => new optim.SGD([], { lr: 0.1 }), /^optimizer got an empty parameter list$/],
      [() => new optim.SGD([p.mul(2)], { lr: 0.1 }), /^can't optimize a non-leaf Tensor$/],
      [() => new optim.SGD([{ params: [p] }, { params: [p] }], { lr: 0.1 }), /^some parameters appear in more than one parameter group$/],
      [() => new optim.SGD(p as unknown as Tensor[], { lr: 0.1 }), /should be an iterable of Tensors or dicts, but got torch.FloatTensor/],
      [() => new optim.SGD([1] as unknown as Tensor[], { lr: 0.1 }), /can only optimize Tensors, but one of the params is number/],
      [() => new optim.SGD([p], { lr: -1 }), /^Invalid learning rate: -1$/],
      [() => new optim.SGD([p], { lr: 1, momentum: -1 }), /^Invalid momentum value: -1$/],
      [() => new optim.SGD([p], { lr: 1, nesterov: true }), /^Nesterov momentum requires a momentum and zero dampening$/],
      [() => new optim.Adam([p], { betas: [0.9, 1] }), /^Invalid beta parameter at index 1: 1$/],
      [() => new optim.Adam([p], { eps: -1 }), /^Invalid epsilon value: -1$/],
      [() => new optim.AdamW([p], { weightDecay: -1 }), /^Invalid weight_decay value: -1$/],
    ];
    for (const [make, message] of cases) assert.throws(make, { message });
  });

  it("leaves parameters without a gradient alone", () => {
    const [a, b] = [parameter(1), parameter(2)];
    const optimizer = new optim.Adam([a, b], { lr: 0.1, weightDecay: 0.5 });
    a.sum().backward();
    optimizer.step();
    assert.notEqual(a.item(), 1);
    assert.equal(b.item(), 2);
    assert.equal(optimizer.state.has(b), false);
  });

  it("counts the steps of each parameter on its own", () => {
    const [together, alone] = [
      [parameter(1, 2), parameter(3)],
      [parameter(1, 2), parameter(3)],
    ];
    const optimizers = [new optim.Adam(together, { lr: 0.1 }), ...alone.map((p) => new optim.Adam([p], { lr: 0.1 }))];
    for (const step of [1, 2, 3]) {
      for (const [a, b] of [together, alone]) {
        a!.grad = tensor([step, -1]);
        b!.grad = step === 2 ? null : tensor([step]);
      }
      for (const optimizer of optimizers) optimizer.step();
    }
    assert.deepEqual(
      together.map((p) => p.tolist()),
      alone.map((p) => p.tolist()),
    );
    assert.deepEqual(
      together.map((p) => optimizers[0]!.state.get(p)!.step),
      [3, 2],
    );
  });

  it("zeroGrad forgets gradients, or sets them to zero", () => {
    const p = parameter(1, 2);
    const optimizer = new optim.SGD([p], { lr: 0.1 });
    p.sum().backward();
    optimizer.zeroGrad(false);
    assert.deepEqual(p.grad!.tolist(), [0, 0]);
    optimizer.zeroGrad();
    assert.equal(p.grad, null);
  });

  it("step runs a closure with gradients on and returns its loss", () => {
    const p = parameter(3);
    const optimizer = new optim.SGD([p], { lr: 0.1 });
    const loss = optimizer.step(() => {
      assert.ok(isGradEnabled());
      optimizer.zeroGrad();
      const value = p.mul(p).sum();
      value.backward();
      return value;
    });
    assert.equal(loss.item(), 9);
    assert.ok(Math.abs(p.item() - 2.4) < 1e-6);
  });

  it("a change of the learning rate counts at the next step", () => {
    const p = parameter(1);
    const optimizer = new optim.SGD([p], { lr: 0 });
    p.grad = ones(1);
    optimizer.step();
    assert.equal(p.item(), 1);
    for (const group of optimizer.paramGroups) group.lr = 0.5;
    optimizer.step();
    assert.equal(p.item(), 0.5);
  });

  it("an option that is turned off counts from the next step, whatever was remembered for it", () => {
    // What PyTorch 1.13 makes of the same gradients.
    const cases = [
      {
        make: (p: Tensor) => new optim.Adam([p], { lr: 0.1, amsgrad: true }),
        at: 4,
        off: { amsgrad: false },
        expected: [0.4952138364315033, -1.5838309526443481],
      },
      {
        make: (p: Tensor) => new optim.RMSprop([p], { lr: 0.1, momentum: 0.9 }),
        at: 3,
        off: { momentum: 0 },
        expected: [-3.228999376296997, 1.307682991027832],
      },
      {
        make: (p: Tensor) => new optim.RMSprop([p], { lr: 0.1, centered: true }),
        at: 3,
        off: { centered: false },
        expected: [-0.9935369491577148, -0.8893516659736633],
      },
    ];
    for (const { make, at, off, expected } of cases) {
      const p = parameter(1, -2);
      const optimizer = make(p);
      for (let i = 0; i < 6; i++) {
        if (i === at) Object.assign(optimizer.paramGroups[0]!, off);
        p.grad = tensor([4 - i, 0.5 * (i - 3)]);
        optimizer.step();
      }
      for (const [i, value] of p.tolist().entries()) assert.ok(Math.abs((value as number) - expected[i]!) < 1e-5, `${JSON.stringify(off)}: ${value}`);
    }
  });

  it("changes parameters that aren't contiguous, too", () => {
    const p = new nn.Parameter(
      tensor([
        [1, 2],
        [3, 4],
      ]).t(),
    );
    p.grad = tensor([
      [1, 0],
      [0, 2],
    ]);
    new optim.SGD([p], { lr: 1 }).step();
    assert.deepEqual(p.tolist(), [
      [0, 3],
      [2, 2],
    ]);
  });

  it("a step after forward but before backward is noticed", () => {
    const p = parameter(1, 2);
    p.grad = ones(2);
    const y = p.mul(p).sum();
    new optim.SGD([p], { lr: 0.1 }).step();
    assert.throws(() => y.backward(), /modified by an inplace operation/);
  });

  it("lets an instrument stop before anything changes", () => {
    const p = parameter(1);
    p.grad = ones(1);
    const optimizer = new optim.SGD([p], { lr: 1 });
    const seen: string[] = [];
    setInstrument({
      beforeStep: (which) => {
        seen.push(`before ${which === optimizer} ${p.item()}`);
        if (seen.length > 2) throw new Error("stopped");
      },
      afterStep: () => seen.push(`after ${p.item()}`),
    });
    try {
      optimizer.step();
      assert.throws(() => optimizer.step(), /stopped/);
    } finally {
      setInstrument(null);
    }
    assert.deepEqual(seen, ["before true 1", "after 0", "before true 0"]);
    assert.equal(p.item(), 0);
  });

  it("prints its groups", () => {
    const text = String(new optim.SGD([parameter(1)], { lr: 0.1, weightDecay: 1e-5 }));
    assert.equal(
      text,
      "SGD (\nParameter Group 0\n    dampening: 0\n    lr: 0.1\n    maximize: False\n    momentum: 0\n    nesterov: False\n    weight_decay: 1e-05\n)",
    );
  });
});
