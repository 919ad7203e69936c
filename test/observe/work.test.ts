import assert from "node:assert/strict";
import { autograd, data, nn, noGrad, optim, randn, tensor, type Tensor } from "../../src/engine/index.ts";
import { summarize, type ModuleWork } from "../../src/run/work.ts";
import { watch, type Watched } from "./watch.ts";

/** Milliseconds of work that no operation is asked for. */
function think(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

class NetSlow extends nn.Module {
  inner: nn.Linear;
  /** What its own part of each call took, on a machine that may be busy with other things. */
  readonly taken: number[] = [];
  constructor(readonly milliseconds: number) {
    super();
    this.inner = new nn.Linear(8, 8);
  }
  override forward(x: Tensor): Tensor {
    const begin = performance.now();
    think(this.milliseconds);
    this.taken.push(performance.now() - begin);
    return this.inner(x);
  }
}

class NetWhole extends nn.Module {
  slow = new NetSlow(6);
  quick = new NetSlow(2);
  spare = new nn.Linear(8, 8);
  override forward(x: Tensor): Tensor {
    return this.quick(this.slow(x).relu());
  }
}

/** Two layers with one weight, and a layer that is called three times. */
class NetTied extends nn.Module {
  first = new nn.Linear(8, 8);
  second = new nn.Linear(8, 8);
  act = new nn.ReLU();
  constructor() {
    super();
    this.second.weight = this.first.weight;
  }
  override forward(x: Tensor): Tensor {
    return this.act(this.second(this.act(this.first(this.act(x)))));
  }
}

function train(net: nn.Module, steps = 3, input = randn(16, 8)): void {
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
  for (let step = 0; step < steps; step++) {
    optimizer.zeroGrad();
    (net(input) as Tensor).square().mean().backward();
    optimizer.step();
  }
}

/** What each module did in the newest sampled step, by path. */
function workOf({ models, works }: Watched): (path: string) => ModuleWork {
  const model = models.find(({ id }) => id === works.at(-1)!.model)!;
  const { modules } = summarize(new Map([[model.id, works.filter(({ model: id }) => id === model.id)]]), model)!;
  return (path) => modules[model.modules.find((module) => module.path === path)!.id]!;
}

/** The median of what the program timed in those steps that it is told of, too: one time a step. */
function medianOfSampled({ works }: Watched, times: readonly number[]): number {
  const sampled = works.slice(-9).map(({ step }) => times[step]!);
  const sorted = sampled.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

describe("what modules do in a step", () => {
  it("is as many calls as there were, and none where a module wasn't called", () => {
    const of = workOf(watch(() => train(new NetTied())));
    assert.deepEqual(
      ["", "first", "second", "act"].map((path) => of(path).calls),
      [1, 1, 1, 3],
    );
    assert.equal(workOf(watch(() => train(new NetWhole())))("spare").calls, 0);
  });

  it("doesn't count evaluation between steps, but does count what a training step looks up without gradients", () => {
    class NetTeacher extends nn.Module {
      teacher = new nn.Linear(8, 8);
      student = new nn.Linear(8, 8);
      override forward(x: Tensor): Tensor {
        return this.student(x).sub(noGrad(() => this.teacher(x)));
      }
    }
    const of = workOf(
      watch(() => {
        const net = new NetTeacher();
        const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
        for (let step = 0; step < 2; step++) {
          net(randn(4, 8)).square().mean().backward();
          noGrad(() => net(randn(100, 8)));
          optimizer.step();
        }
      }),
    );
    assert.deepEqual([of("").calls, of("teacher").calls, of("student").calls], [1, 1, 1]);
    assert.deepEqual([of("teacher").own.multiplyAdds, of("").whole.multiplyAdds], [4 * 8 * 8, 2 * 4 * 8 * 8]);
  });

  it("takes the time that the program takes for it: its own, and with everything below it", () => {
    let net: NetWhole | undefined;
    const watched = watch(() => train((net = new NetWhole()), 9));
    const of = workOf(watched);
    for (const name of ["slow", "quick"] as const) {
      const taken = medianOfSampled(watched, net![name].taken);
      const told = of(name).own.forward;
      assert.ok(told >= taken && told < 1.2 * taken + 1, `${told} ms, in truth ${taken} ms`);
    }
    const sum = of("").own.forward + of("slow").whole.forward + of("quick").whole.forward;
    assert.ok(Math.abs(sum - of("").whole.forward) < 1e-6);
    assert.equal(of("slow").whole.forward, of("slow").own.forward + of("slow.inner").own.forward);
    for (const { forward, backward, total } of watched.works) {
      const passes = [...forward, ...backward].reduce((a, b) => a + b, 0);
      if (total.step !== undefined) assert.ok(passes + total.optimizer! <= total.step, `${passes} of ${total.step}`);
      assert.ok(backward.reduce((a, b) => a + b, 0) <= total.backward + 1e-3);
    }
  });

  it("is timed as hooks in the program's own text time it", () => {
    const own: number[] = [];
    const watched = watch(() => {
      const net = new nn.Sequential(new nn.Linear(256, 512), new nn.ReLU(), new nn.Linear(512, 256));
      let begin = 0;
      net.at(0).registerForwardPreHook(() => void (begin = performance.now()));
      net.at(0).registerForwardHook(() => void own.push(performance.now() - begin));
      train(net, 19, randn(128, 256));
    });
    const told = workOf(watched)("0").own.forward;
    const byHooks = medianOfSampled(watched, own);
    const ratio = told / byHooks;
    assert.ok(ratio > 0.67 && ratio < 1.5, `${told} ms, by hooks ${byHooks} ms`);
  });

  it("gives the time of gradients to the module whose forward they are of", () => {
    class NetUneven extends nn.Module {
      large = new nn.Linear(512, 512);
      small = new nn.Linear(8, 8);
      override forward(x: Tensor): Tensor {
        return this.large(x)
          .mean()
          .add(this.small(x.narrow(1, 0, 8)).mean());
      }
    }
    const of = workOf(watch(() => train(new NetUneven(), 9, randn(64, 512))));
    assert.ok(of("large").own.backward > 10 * of("small").own.backward, `${of("large").own.backward} and ${of("small").own.backward} ms`);
    assert.ok(of("small").own.backward > 0);
  });

  it("gives it the time of gradients that the program computes by itself", () => {
    class Slow extends autograd.Function {
      static override forward(_ctx: autograd.FunctionCtx, x: Tensor): Tensor {
        return x.mul(2);
      }
      static override backward(_ctx: autograd.FunctionCtx, gradient: Tensor): Tensor {
        think(5);
        return gradient.mul(2);
      }
    }
    class NetOwn extends nn.Module {
      layer = new nn.Linear(8, 8);
      override forward(x: Tensor): Tensor {
        return Slow.apply(this.layer(x)) as Tensor;
      }
    }
    const of = workOf(watch(() => train(new NetOwn())));
    assert.ok(of("").own.backward >= 5 && of("layer").own.backward < 5, `${of("").own.backward} ms`);
  });

  it("is none of the time that the watch takes, nor of a pause", () => {
    const { works } = watch(() => train(new NetWhole(), 4), {
      gate: {
        pass() {
          think(300);
          return 300;
        },
        look() {},
        hold() {},
        release() {},
      },
    });
    for (const { total } of works) assert.ok((total.step ?? 0) < 250 && total.optimizer! < 250, JSON.stringify(total));
  });

  it("counts the memory of an output once, whoever returns it", () => {
    const of = workOf(watch(() => train(new nn.Sequential(new nn.Flatten(), new nn.Linear(8, 4), new nn.ReLU({ inplace: true }), new nn.Identity()))));
    assert.deepEqual(
      ["0", "1", "2", "3"].map((path) => of(path).own.outputBytes),
      [0, 16 * 4 * 4, 0, 0],
    );
    assert.equal(of("").whole.outputBytes, 16 * 4 * 4);
  });

  it("says what is in training and what is not in the very step", () => {
    const of = workOf(
      watch(() => {
        const net = new nn.Sequential(new nn.Linear(8, 8), new nn.BatchNorm1d(8));
        net.at(1).eval();
        train(net);
        net.eval();
      }),
    );
    assert.deepEqual([of("0").training, of("1").training], [true, false]);
  });

  it("is told with the samples of the batch, and of each model in its own steps", () => {
    const { works, models } = watch(() => {
      const generator = new nn.Linear(2, 8);
      const judge = new nn.Linear(8, 1);
      const [first, second] = [new optim.SGD(generator.parameters(), { lr: 0.1 }), new optim.SGD(judge.parameters(), { lr: 0.1 })];
      for (const [x] of new data.DataLoader(new data.TensorDataset(randn(20, 8)), { batchSize: 10 })) {
        second.zeroGrad();
        judge(x!)
          .mean()
          .sub(judge(generator(randn(10, 2)).detach()).mean())
          .backward();
        second.step();
        first.zeroGrad();
        judge(generator(randn(10, 2)))
          .mean()
          .backward();
        first.step();
      }
    });
    const judge = models.findIndex(({ modules }) => modules[0]!.extra.startsWith("in_features=8"));
    const own = works.filter(({ model }) => model === judge);
    // Once for the generator's step, which comes between its own.
    assert.deepEqual(
      own.map(({ calls }) => calls[0]),
      [2, 3],
    );
    assert.ok(works.every(({ total }) => total.samples === 10));
  });

  it("is measured where a step is taken by hand, or the run ends before its first", () => {
    const { works } = watch((observer) => {
      const net = new nn.Linear(2, 1);
      for (let step = 0; step < 2; step++) {
        observer.trainingTurn(0, false, step, 2);
        net(tensor([[1, 2]]))
          .sum()
          .backward();
        noGrad(() => net.weight.sub_(net.weight.grad!));
        net.zeroGrad();
      }
    });
    assert.deepEqual(
      works.map(({ step, calls }) => [step, calls[0]]),
      [
        [0, 1],
        [1, 1],
      ],
    );
    const ended = watch(() => (new nn.Linear(2, 1)(randn(3, 2)) as Tensor).sum().backward());
    assert.deepEqual(
      ended.works.map(({ multiplyAdds }) => multiplyAdds),
      [[6]],
    );
  });

  it("names the shapes that a module was given", () => {
    const { models } = watch(() => train(new NetWhole()));
    assert.deepEqual(models[0]!.modules.find(({ path }) => path === "slow.inner")!.inputShapes, [[16, 8]]);
  });
});
