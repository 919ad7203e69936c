import assert from "node:assert/strict";
import { data, log, manualSeed, nn, noGrad, optim, randint, randn, rand, type Tensor } from "../../src/engine/index.ts";
import { watch } from "./watch.ts";

/** A module used twice, dropout, batch statistics, in-place changes of an output, and a branch that is taken at times. */
class Tricky extends nn.Module {
  shared = new nn.Linear(6, 6);
  norm = new nn.BatchNorm1d(6);
  drop = new nn.Dropout(0.4);
  act = new nn.ReLU();
  head = new nn.Linear(6, 3);
  spare = new nn.Linear(6, 6);
  calls = 0;
  override forward(x: Tensor): Tensor {
    let y = this.drop(this.act(this.norm(this.shared(x))));
    y.mul_(0.5);
    if (this.calls++ % 2 === 1) y = this.spare(y);
    y = this.act(this.shared(y).add_(1));
    return this.head(y);
  }
}

/** Everything the program computes, as bits. */
function trainTricky(): Uint8Array[] {
  manualSeed(3);
  const model = new Tricky();
  const loader = new data.DataLoader(new data.TensorDataset(randn(40, 6), randint(0, 3, [40])), { batchSize: 8, shuffle: true });
  const lossFn = new nn.CrossEntropyLoss();
  const optimizer = new optim.AdamW(model.parameters(), { lr: 0.01 });
  const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, 3);
  const bits: Uint8Array[] = [];
  const keep = (tensor: Tensor): void => void bits.push(new Uint8Array(tensor.toTypedArray().buffer.slice(0)));
  for (let epoch = 0; epoch < 3; epoch++) {
    model.train();
    for (const [x, y] of loader) {
      const loss = lossFn(model(x!), y!);
      optimizer.zeroGrad();
      loss.backward();
      for (const parameter of model.parameters()) if (parameter.grad) keep(parameter.grad);
      optimizer.step();
      keep(loss.detach());
      // Time goes by, so that every other step is measured.
      const until = performance.now() + 60;
      while (isSlow && performance.now() < until);
    }
    scheduler.step();
    model.eval();
    noGrad(() => keep(model(randn(5, 6))));
  }
  for (const tensor of model.stateDict().values()) keep(tensor);
  keep(rand(4));
  return bits;
}

let isSlow = false;

describe("watching", function () {
  this.timeout(20_000);

  it("changes no bit of losses, gradients, parameters, buffers and random numbers", () => {
    isSlow = false;
    const alone = trainTricky();
    let watched: Uint8Array[] = [];
    isSlow = true;
    const { statistics, points } = watch(() => (watched = trainTricky()));
    isSlow = false;
    assert.ok(statistics.length >= 7, `${statistics.length} steps were sampled`);
    assert.equal(points.filter(({ name }) => name === "loss").length, 15);
    assert.equal(watched.length, alone.length);
    for (const [index, bits] of alone.entries()) assert.deepEqual(watched[index], bits, `value ${index}`);
  });

  it("measures what the module returned, and the gradient with respect to it", () => {
    const x = randn(7, 5);
    let expected: { output: number[]; gradient: number[]; weight: number[]; weightGradient: number[] } | undefined;
    const { statistics, models } = watch(() => {
      const net = new nn.Sequential(new nn.Linear(5, 4), new nn.ReLU(), new nn.Linear(4, 1));
      const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
      const hidden = net.at(0)(x) as Tensor;
      hidden.retainGrad();
      const loss = net.at(2)(net.at(1)(hidden) as Tensor) as Tensor;
      loss.square().sum().backward();
      const first = net.at(0) as nn.Linear;
      const values = (tensor: Tensor): number[] => [...(tensor.toTypedArray() as Float32Array)];
      expected = { output: values(hidden), gradient: values(hidden.grad!), weight: values(first.weight), weightGradient: values(first.weight.grad!) };
      optimizer.step();
    });
    const module = models[0]!.modules.find(({ path }) => path === "0")!;
    const measured = statistics[0]!.modules.find((candidate) => candidate.module === module.id)!;
    const pairs = [
      [measured.output!, expected!.output],
      [measured.outputGradient!, expected!.gradient],
      [measured.parameters[0]!.value, expected!.weight],
      [measured.parameters[0]!.gradient!, expected!.weightGradient],
    ] as const;
    for (const [statistic, values] of pairs) {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
      assert.equal(statistic.count, values.length);
      assert.equal(statistic.min, Math.min(...values));
      assert.equal(statistic.max, Math.max(...values));
      assert.ok(Math.abs(statistic.mean - mean) < 1e-5 && Math.abs(statistic.std - std) < 1e-5, `${statistic.mean} ${mean} ${statistic.std} ${std}`);
      assert.equal(statistic.zeroFraction, values.filter((value) => value === 0).length / values.length);
      assert.equal(
        Array.from(statistic.histogram.counts).reduce((sum, count) => sum + count, 0),
        values.filter((value) => value !== 0).length,
      );
      assert.equal(statistic.histogram.counts.length, 16);
    }
  });

  it("looks at the training step, not at the validation before it", () => {
    const { statistics } = watch(() => {
      const net = new nn.Linear(3, 2);
      const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
      net(randn(4, 3)).sum().backward();
      noGrad(() => net(randn(100, 3)));
      optimizer.step();
    });
    assert.deepEqual(statistics[0]!.modules[0]!.output!.shape, [4, 2]);
  });

  it("measures every tensor that a module returns, whole numbers too", () => {
    class Picking extends nn.Module<[Tensor], [Tensor, Tensor]> {
      lstm = new nn.LSTM(3, 4);
      override forward(x: Tensor): [Tensor, Tensor] {
        const [output] = this.lstm(x);
        return [output.argmax(-1), output];
      }
    }
    const { statistics, models } = watch(() => {
      const net = new Picking();
      const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
      const [, output] = net(randn(5, 2, 3));
      output.sum().backward();
      optimizer.step();
    });
    const of = (path: string) => statistics[0]!.modules.find(({ module }) => module === models[0]!.modules.find((one) => one.path === path)!.id)!;
    const [root, lstm] = [of(""), of("lstm")];
    assert.deepEqual(root.output!.shape, [5, 2]);
    assert.deepEqual([root.gradientless, root.outputGradient], ["untrained", undefined]);
    assert.ok(root.output!.max <= 3 && root.output!.min >= 0);
    assert.deepEqual(
      root.furtherOutputs!.map(({ output, gradient }) => [output.shape, gradient?.mean]),
      [[[5, 2, 4], 1]],
    );
    assert.deepEqual([lstm.output!.shape, lstm.gradientless], [[5, 2, 4], undefined]);
    assert.deepEqual(
      lstm.furtherOutputs!.map(({ output, gradient }) => [output.shape, gradient]),
      [
        [[1, 2, 4], undefined],
        [[1, 2, 4], undefined],
      ],
    );
  });

  it("tells a module under noGrad from one that wasn't called", () => {
    class Net extends nn.Module {
      backbone = new nn.Linear(3, 4);
      frozen = new nn.Linear(4, 4).requiresGrad_(false);
      head = new nn.Linear(4, 1);
      spare = new nn.Linear(4, 1);
      override forward(x: Tensor): Tensor {
        const features = noGrad(() => this.backbone(x));
        return this.head(this.frozen(features));
      }
    }
    const { statistics, models } = watch(() => {
      const net = new Net();
      const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
      net(randn(5, 3)).sum().backward();
      optimizer.step();
    });
    const told = models[0]!.modules.slice(1).map(({ id, name }) => {
      const { output, outputGradient, gradientless } = statistics[0]!.modules.find(({ module }) => module === id)!;
      return [name, output !== undefined, outputGradient !== undefined, gradientless];
    });
    assert.deepEqual(told, [
      ["backbone", false, false, "noGrad"],
      ["frozen", true, false, "untrained"],
      ["head", true, true, undefined],
      ["spare", false, false, undefined],
    ]);
  });

  it("counts values that are not finite", () => {
    const { statistics } = watch(() => {
      const net = new nn.Linear(1, 3);
      const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
      noGrad(() => net.weight.fill_(Infinity));
      net(randn(2, 1)).sum().backward();
      optimizer.step();
    });
    assert.equal(statistics[0]!.modules[0]!.parameters[0]!.value.nonFinite, 3);
  });

  it("tells the models again when their tree or their frozen state changed", () => {
    const { events } = watch(() => {
      const net = new nn.Sequential({ body: new nn.Linear(2, 2), head: new nn.Linear(2, 1) });
      const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
      const step = (): void => {
        net(randn(2, 2)).sum().backward();
        optimizer.step();
        const until = performance.now() + 60;
        while (performance.now() < until);
      };
      step();
      step();
      net.getSubmodule("body").requiresGrad_(false);
      step();
      (net as unknown as Record<string, unknown>)["head"] = new nn.Linear(2, 5);
      step();
    });
    const told = events.flatMap((event) =>
      event.type === "models" ? [event.models.find(({ modules }) => modules[0]!.type === "Sequential")!.modules[0]!.counts] : [],
    );
    assert.deepEqual(told, [
      { total: 9, trainable: 9, frozen: 0 },
      { total: 9, trainable: 3, frozen: 6 },
      { total: 21, trainable: 15, frozen: 6 },
    ]);
  });

  it("tells of what is frozen long before the next measured step", () => {
    const { events, statistics } = watch(
      () => {
        const net = new nn.Linear(2, 2);
        const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
        const step = (): void => {
          net(randn(2, 2)).sum().backward();
          optimizer.step();
        };
        for (let i = 0; i < 400; i++) step();
        net.weight.requiresGrad_(false);
        const until = performance.now() + 300;
        while (performance.now() < until);
        step();
        log({ end: "here" });
      },
      { sampling: { enabled: true, bins: 16, budget: 0.001 } },
    );
    assert.ok(statistics.every(({ step, afterwards }) => step < 400 || afterwards));
    const frozen = events.findIndex((event) => event.type === "models" && event.models[0]!.modules[0]!.counts.frozen === 4);
    const end = events.findIndex(({ type }) => type === "note");
    assert.ok(frozen >= 0 && frozen < end, `${frozen} of ${end}`);
  });

  it("looks at no model step by step where nothing is measured", () => {
    let looks = 0;
    class NetLookedAt extends nn.Linear {
      override namedParameters(...options: Parameters<nn.Linear["namedParameters"]>): ReturnType<nn.Linear["namedParameters"]> {
        looks++;
        return super.namedParameters(...options);
      }
    }
    const unmeasured = { sampling: { enabled: false, bins: 16, budget: 0.03 } };
    watch(() => {
      const net = new NetLookedAt(2, 2);
      const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
      const step = (): void => {
        net(randn(2, 2)).sum().backward();
        optimizer.step();
      };
      step();
      looks = 0;
      for (let i = 0; i < 400; i++) step();
    }, unmeasured);
    // Whether something was frozen is asked a few times a second.
    assert.ok(looks < 100, `${looks} looks in 400 steps`);
  });
});
