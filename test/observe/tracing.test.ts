/** What wrote the tensors of a step: operations, derivatives and updates, held against PyTorch's numbers and ones worked out by hand. */
import assert from "node:assert/strict";
import { autograd, manualSeed, nn, noGrad, optim, randn, tensor, type Tensor } from "../../src/engine/index.ts";
import type { Observer, ObserverOptions } from "../../src/observe/observer.ts";
import type { StepTrace, TensorKind, ValueRange, Writing } from "../../src/protocol/index.ts";
import { watch, type Watched } from "./watch.ts";

class NetOfOne extends nn.Module {
  readonly w = new nn.Parameter(tensor([1, 2]));

  override forward(x: Tensor): Tensor {
    return x.mul(this.w).sum();
  }
}

/** Each `step` in a turn of its own of a loop that trains; before the first it is asked what wrote the tensors. */
function run(make: () => () => void, steps = 1, options: Partial<ObserverOptions> = {}): Watched {
  return watch((observer) => {
    const step = make();
    for (let turn = 0; turn < steps; turn++) {
      observer.trainingTurn(0, false, turn, steps);
      if (turn === 0) observer.steer({ type: "trace" });
      step();
    }
  }, options);
}

function tracesOf({ events }: Pick<Watched, "events">): StepTrace[] {
  return events.flatMap((event) => (event.type === "trace" ? [event.trace] : []));
}

/** What is told of a program of one step. */
function traced(make: () => () => void): StepTrace {
  const traces = tracesOf(run(make));
  assert.equal(traces.length, 1);
  return traces[0]!;
}

/** Of a module, by its number; of several models the first, unless another is named. */
function writerOf(trace: StepTrace, kind: TensorKind, module = 0, model = 0): Writing {
  const found = trace.tensors.find((one) => one.kind === kind && one.module === module && one.model === model);
  assert.ok(found, `nothing is known of ${kind}`);
  return trace.writings[found.writing]!;
}

const short = (value: number): number => Number(value.toPrecision(4));

function rangeText({ min, max, zeros, nan, positive, negative }: ValueRange): string {
  const counts = [
    [zeros, "zero"],
    [nan, "NaN"],
    [positive, "∞"],
    [negative, "−∞"],
  ] as const;
  return [`${short(min)} … ${short(max)}`, ...counts.flatMap(([count, name]) => (count > 0 ? [`${count} ${name}`] : []))].join(", ");
}

/** `kind name [shape] min … max`, and what it was made from further in, so many levels deep. */
function drawn({ writings }: StepTrace, { kind, name, shape, range, inputs }: Writing, depth: number, indent = ""): string[] {
  const below = depth === 0 ? [] : inputs.flatMap((input) => drawn({ writings } as StepTrace, writings[input]!, depth - 1, `${indent}  `));
  return [`${indent}${kind} ${name} [${shape.join()}] ${rangeText(range)}`, ...below];
}

const twoLayers = () => {
  const model = new nn.Sequential(new nn.Linear(2, 2), new nn.ReLU(), new nn.Linear(2, 1));
  noGrad(() => {
    const values = [tensor([[0.5, -1], [1.5, 0.25]]), tensor([0.1, -0.2]), tensor([[2, -0.5]]), tensor([0.3])]; // oxfmt-ignore
    [...model.parameters()].forEach((parameter, i) => parameter.copy_(values[i]!));
  });
  return model;
};

describe("what wrote a tensor", () => {
  // torch 1.13: the same network, `((m(x) - y) ** 2).mean()`, `clip_grad_norm_(m.parameters(), 1)`, SGD(lr=0.1, momentum=0.9).
  const clipped = () => {
    const model = twoLayers();
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
    return () => {
      const [x, y] = [tensor([[1, 2], [3, -4]]), tensor([[1], [0]])]; // oxfmt-ignore
      model(x).sub(y).square().mean().backward();
      nn.utils.clipGradNorm_(model.parameters(), 1);
      optimizer.step();
    };
  };

  it("is told with the ranges that PyTorch has, back to the parameters and the batch", () => {
    const trace = traced(clipped);
    assert.equal(trace.step, 0);
    assert.deepEqual(drawn(trace, writerOf(trace, "output", 3), 3), [
      "computed linear [2,1] -0.6 … 9.85",
      "  computed relu [2,2] 0 … 5.6, 1 zero",
      "    computed linear [2,2] -1.4 … 5.6",
      "      input input [2,2] -4 … 3",
      "      parameter 0.weight [2,2] -1 … 1.5",
      "      parameter 0.bias [2] -0.2 … 0.1",
      "  parameter 2.weight [1,2] -0.5 … 2",
      "  parameter 2.bias [1] 0.3 … 0.3",
    ]);
  });

  it("leads a gradient from derivative to derivative, each with what it read, to the loss", () => {
    const trace = traced(clipped);
    const lines = drawn(trace, writerOf(trace, "outputGradient", 1), 5).filter((line) => !/parameter|input/.test(line));
    assert.deepEqual(lines.slice(0, 6), [
      "differentiated relu [2,2] -4.925 … 19.7, 1 zero",
      "  differentiated linear [2,2] -4.925 … 19.7",
      "    differentiated sub [2,1] -1.6 … 9.85",
      "      differentiated pow [2,1] -1.6 … 9.85",
      "        differentiated mean [2,1] 0.5 … 0.5",
      "          root backward [] 1 … 1",
    ]);
    const root = trace.writings.find(({ kind }) => kind === "root")!;
    assert.deepEqual(drawn(trace, trace.writings[root.inputs[0]!]!, 1), ["computed mean [] 49.79 … 49.79", "  computed pow [2,1] 2.56 … 97.02"]);
  });

  it("is for a weight the optimizer's step: from the weight before, its gradient and what the optimizer remembers, and what it added", () => {
    const trace = traced(clipped);
    const update = writerOf(trace, "parameter:weight", 1);
    assert.deepEqual(drawn(trace, update, 2).slice(0, 5), [
      "updated SGD.step [2,2] -0.9351 … 1.512",
      "  parameter 0.weight [2,2] -1 … 1.5",
      "  computed mul_ [2,2] -0.6489 … 0.4867",
      "    differentiated linear [2,2] -78.8 … 59.1",
      "  state momentumBuffer [2,2] -0.6489 … 0.4867",
    ]);
    assert.equal(rangeText(update.change!), "-0.04867 … 0.06489");
    assert.deepEqual(drawn(trace, writerOf(trace, "gradient:weight", 3), 1).slice(0, 2), [
      "computed mul_ [1,2] 0.244 … 0.4543",
      "  differentiated linear [1,2] 29.63 … 55.16",
    ]);
  });

  it("names the call that an operation was made in", () => {
    const trace = traced(clipped);
    const { module } = writerOf(trace, "output", 3);
    assert.deepEqual(module, { model: 0, id: 3, name: "2" });
    assert.equal(trace.writings.find(({ name }) => name === "mean")!.module, undefined);
  });

  it("tells gradients that came together: of two backward passes, and of one from an earlier step that was never cleared", () => {
    const make = () => {
      const model = new NetOfOne();
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      model(tensor([5, 6])).backward();
      optimizer.step();
      return () => {
        model(tensor([1, 2])).backward();
        model(tensor([30, 40])).backward();
        optimizer.step();
      };
    };
    const trace = traced(make);
    assert.deepEqual(
      drawn(trace, writerOf(trace, "gradient:w"), 2).filter((line) => !/computed|input|parameter|differentiated sum/.test(line)),
      [
        "summed sum [2] 36 … 48",
        "  differentiated mul [2] 30 … 40",
        "  summed sum [2] 6 … 8",
        "    differentiated mul [2] 1 … 2",
        "    earlier gradient [2] 5 … 6",
      ],
    );
  });

  it("tells what a hook made of a gradient", () => {
    const make = () => {
      const model = new NetOfOne();
      model.w.registerHook((gradient) => gradient.mul(-2));
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      return () => {
        model(tensor([1, 2])).backward();
        optimizer.step();
      };
    };
    const trace = traced(make);
    assert.deepEqual(drawn(trace, writerOf(trace, "gradient:w"), 1), ["hooked hook [2] -4 … -2", "  differentiated mul [2] 1 … 2"]);
  });

  it("follows what is written over in place and through views", () => {
    const make = () => {
      const model = new NetOfOne();
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      return () => {
        const x = tensor([[1, 2], [3, 4]]).mul(2); // oxfmt-ignore
        x.select(0, 0).fill_(7);
        x.add_(1);
        model(x).backward();
        optimizer.step();
      };
    };
    const trace = traced(make);
    const product = trace.writings[writerOf(trace, "output").inputs[0]!]!;
    assert.deepEqual(drawn(trace, product, 4), [
      "computed mul [2,2] 7 … 18",
      "  computed add_ [2,2] 7 … 9",
      "    computed fill_ [2,2] 6 … 8",
      "      computed fill_ [2] 7 … 7",
      "      computed mul [2,2] 2 … 8",
      "        input input [2,2] 1 … 4",
      "  parameter w [2] 1 … 2",
    ]);
  });

  it("follows a gradient through a derivative that is differentiated itself", () => {
    const make = () => {
      const model = new NetOfOne();
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      return () => {
        const x = tensor([3, 4], { requiresGrad: true });
        const [slope] = autograd.grad(model(x), [x], { createGraph: true });
        slope.square().sum().backward();
        optimizer.step();
      };
    };
    const trace = traced(make);
    const penalty = trace.writings.find(({ kind, name }) => kind === "computed" && name === "grad")!;
    // The slope is w itself, and the gradient of the sum of its squares is 2 w.
    assert.deepEqual(drawn(trace, penalty, 1).slice(0, 2), ["computed grad [2] 1 … 2", "  differentiated mul [2] 1 … 2"]);
    assert.equal(rangeText(writerOf(trace, "gradient:w").range), "2 … 4");
  });

  it("doesn't take for a constant of the program's what a layer made for itself", () => {
    const make = () => {
      const model = new nn.BatchNorm1d(2);
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      return () => {
        model(tensor([[1, 10], [3, 30]])).sum().backward(); // oxfmt-ignore
        optimizer.step();
      };
    };
    const trace = traced(make);
    // The batch's means.
    assert.deepEqual(
      drawn(trace, writerOf(trace, "output"), 1).filter((line) => !/computed/.test(line)),
      ["  input input [2,2] 1 … 30", "  parameter weight [2] 1 … 1", "  parameter bias [2] 0 … 0, 2 zero", "  inner inner [2] 2 … 20"],
    );
  });

  it("marks where NaN began and says how it came about; a mask of −∞ is none", () => {
    const make = () => {
      const model = new NetOfOne();
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      return () => {
        const masked = tensor([1, 2])
          .maskedFill(tensor([true, false]), -Infinity)
          .softmax(0); // p = 0 and 1
        model(masked.log().mul(masked)).backward();
        optimizer.step();
      };
    };
    const trace = traced(make);
    const output = writerOf(trace, "output");
    const began = trace.writings[output.began!]!;
    assert.equal(began.name, "log");
    assert.match(began.reason!, /^It began with `log` of 0: 1 of 2 values is 0\. Keep its input above 0/);
    assert.equal(writerOf(trace, "parameter:w").began, output.began);
    const softmax = trace.writings.find(({ name }) => name === "softmax")!;
    assert.equal(softmax.began, undefined);
    assert.equal(trace.writings.filter(({ reason }) => reason !== undefined).length, 2); // and the mask, which nothing else is blamed on
  });

  it("finds an infinite slope in the backward pass at the operation that has it", () => {
    const make = () => {
      const model = new NetOfOne();
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      return () => {
        model(tensor([0, 0]))
          .sqrt()
          .backward();
        optimizer.step();
      };
    };
    const trace = traced(make);
    const began = trace.writings[writerOf(trace, "gradient:w").began!]!;
    assert.deepEqual([began.kind, began.name, rangeText(began.range)], ["differentiated", "sqrt", "NaN … NaN, 1 ∞"]);
  });

  it("is told once for one question, of a whole step, and of none that wasn't asked about", () => {
    const watched = run(clipped, 4);
    assert.deepEqual(
      tracesOf(watched).map(({ step }) => step),
      [0],
    );
    // The question comes in the middle of a step: the next one is told.
    const late = watch((observer) => {
      const step = clipped();
      for (let turn = 0; turn < 3; turn++) {
        observer.trainingTurn(0, false, turn, 3);
        const model = new NetOfOne();
        if (turn === 1) model(tensor([1, 2])).backward();
        if (turn === 1) observer.steer({ type: "trace" });
        step();
      }
    });
    assert.deepEqual(
      tracesOf(late).map(({ step }) => step),
      [2],
    );
    assert.deepEqual(tracesOf(watch(() => clipped()())), []);
  });

  it("leaves a validation before the step out", () => {
    const watched = watch((observer) => {
      const step = clipped();
      observer.trainingTurn(0, false, 0, 2);
      observer.steer({ type: "trace" });
      noGrad(() => tensor([1, 2]).exp());
      observer.trainingTurn(0, false, 1, 2);
      step();
    });
    const [trace] = tracesOf(watched);
    assert.equal(
      trace!.writings.some(({ name }) => name === "exp"),
      false,
    );
    assert.equal(rangeText(writerOf(trace!, "output", 3).range), "-0.6 … 9.85");
  });

  it("lets a run that stands go on to the end of the step, and stand again", () => {
    const done: string[] = [];
    let observer: Observer | undefined;
    let passes = 0;
    const gate: ObserverOptions["gate"] = {
      pass(beforeBlocking) {
        if (++passes !== 2) return 0;
        beforeBlocking();
        observer!.steer({ type: "trace" });
        return 1;
      },
      look() {},
      hold: () => done.push("hold"),
      release: () => done.push("release"),
    };
    const options = { gate };
    watch((made) => {
      observer = made;
      const step = clipped();
      for (let turn = 0; turn < 3; turn++) {
        made.trainingTurn(0, false, turn, 3);
        if (turn === 2) assert.deepEqual(done, ["release", "hold"]);
        step();
      }
    }, options);
  });

  describe("in a program without loops, in which two optimizers step in turn", () => {
    // torch 1.13: the same two networks, SGD(lr=0.01) each, `zero_grad()` at the end of a step.
    const adversaries = () => {
      const [generator, critic] = [new nn.Linear(1, 2), new nn.Linear(2, 1)];
      noGrad(() => {
        generator.weight.copy_(tensor([[0.5], [-1]]));
        generator.bias!.copy_(tensor([0.1, 0.2]));
        critic.weight.copy_(tensor([[2, -0.5]]));
        critic.bias!.copy_(tensor([0.3]));
      });
      const [generatorSteps, criticSteps] = [generator, critic].map((model) => new optim.SGD(model.parameters(), { lr: 0.01 }));
      const [real, z] = [tensor([[1, 2], [3, -4]]), tensor([[1], [-2]])]; // oxfmt-ignore
      let fake: Tensor;
      return {
        judge: () => {
          fake = generator(z);
          critic(real).sub(1).square().mean().add(critic(fake.detach()).square().mean()).backward();
          criticSteps!.step();
        },
        forge: () => {
          critic(fake).sub(1).square().mean().backward();
          generatorSteps!.step();
          generatorSteps!.zeroGrad();
          criticSteps!.zeroGrad();
        },
      };
    };
    const numbers = (trace: StepTrace) =>
      [0, 1].map((model) => {
        const update = writerOf(trace, "parameter:weight", 0, model);
        const [before, gradient] = update.inputs.map((input) => rangeText(trace.writings[input]!.range));
        return [update.kind, before, gradient, rangeText(update.range), rangeText(update.change!)];
      });
    const second = [
      ["updated", "-0.9919 … 0.4008", "0.2754 … 5.227", "-0.9947 … 0.3486", "-0.05227 … -0.002754"],
      ["updated", "-0.1416 … 1.743", "-22.44 … 17.28", "0.08275 … 1.57", "-0.1728 … 0.2244"],
    ];

    /** Three steps, and a question right before one of their halves, by its number. */
    const asked = (before: number) =>
      tracesOf(
        watch((observer) => {
          const { judge, forge } = adversaries();
          [judge, forge, judge, forge, judge, forge].forEach((half, i) => {
            if (i === before) observer.steer({ type: "trace" });
            half();
          });
        }),
      );

    it("leads each weight to its own update, with the numbers that PyTorch has", () => {
      const traces = asked(2);
      assert.deepEqual(
        traces.map(({ step }) => step),
        [1],
      );
      assert.deepEqual(numbers(traces[0]!), second);
    });

    it("waits for the next whole step where the question comes between the two", () => {
      const traces = asked(1);
      assert.deepEqual(
        traces.map(({ step }) => step),
        [1],
      );
      assert.deepEqual(numbers(traces[0]!), second);
    });

    it("tells the last step when the program is over", () => {
      const traces = asked(4);
      assert.deepEqual(
        traces.map(({ step }) => step),
        [2],
      );
      assert.equal(rangeText(writerOf(traces[0]!, "parameter:weight", 0, 0).range), "-0.9992 … 0.3197");
    });

    it("lets a run that stands go on to the end of the next whole step, and stand before the update after it", () => {
      const done: string[] = [];
      const doneAt: (readonly string[])[] = [];
      let observer: Observer | undefined;
      const gate: ObserverOptions["gate"] = {
        pass(beforeBlocking) {
          doneAt.push([...done]);
          if (doneAt.length !== 1) return 0;
          beforeBlocking();
          observer!.steer({ type: "trace" });
          return 1;
        },
        look() {},
        hold: () => done.push("hold"),
        release: () => done.push("release"),
      };
      const watched = watch(
        (made) => {
          observer = made;
          const { judge, forge } = adversaries();
          for (const half of [judge, forge, judge, forge, judge, forge]) half();
        },
        { gate },
      );
      assert.deepEqual(doneAt, [[], ["release"], ["release", "hold"]]);
      assert.deepEqual(numbers(tracesOf(watched)[0]!), second);
    });

    it("has of a weight the gradient that its optimizer found, and not what the other's loss added to it afterwards", () => {
      assert.equal(rangeText(writerOf(asked(2)[0]!, "gradient:weight", 0, 1).range), "-22.44 … 17.28");
    });

    it("has what the models returned in that step, and not in the next", () => {
      const [trace] = asked(2);
      assert.equal(rangeText(writerOf(trace!, "output", 0, 0).range), "-0.7951 … 2.181");
    });
  });

  it("has of a step the weights as the program left them, where it cuts them off after the update and there are no loops", () => {
    const [trace] = tracesOf(
      watch((observer) => {
        const model = new NetOfOne();
        const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
        const step = (): void => {
          model(tensor([5, 6])).backward();
          optimizer.step();
          noGrad(() => model.w.clamp_(0.75, 1));
        };
        observer.steer({ type: "trace" });
        step();
        step();
      }),
    );
    assert.deepEqual(drawn(trace!, writerOf(trace!, "parameter:w"), 1), ["computed clamp_ [2] 0.75 … 1", "  updated SGD.step [2] 0.5 … 1.4"]);
  });

  it("changes no bit of the run", () => {
    const end = (asked: boolean): string => {
      let values = "";
      watch((observer) => {
        manualSeed(3);
        const model = new nn.Sequential(new nn.Linear(6, 8), new nn.BatchNorm1d(8), new nn.Dropout(0.3), new nn.Linear(8, 1));
        const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
        for (let turn = 0; turn < 6; turn++) {
          observer.trainingTurn(0, false, turn, 6);
          if (asked) observer.steer({ type: "trace" });
          optimizer.zeroGrad();
          model(randn(5, 6)).square().mean().backward();
          optimizer.step();
        }
        values = JSON.stringify([...model.stateDict().values()].map((one) => one.tolist()));
      });
      return values;
    };
    assert.equal(end(true), end(false));
  });
});
