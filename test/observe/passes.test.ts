/** What is recorded of a pass, against edges drawn by hand. */
import assert from "node:assert/strict";
import { data, nn, noGrad, optim, randint, randn, tensor, type Tensor } from "../../src/engine/index.ts";
import { setInstrument } from "../../src/engine/instrument.ts";
import { MetricBuffer } from "../../src/observe/curves/metricBuffer.ts";
import { Observer } from "../../src/observe/observer.ts";
import type { Pass, PassCount, PassNode, RunEvent } from "../../src/protocol/index.ts";

const { functional: F } = nn;
const program = /\(?((?:file:\/\/)?\/\S*passes\.test\.ts)/.exec(new Error().stack!)![1]!;

/** Classes of this file are the user's own. */
const own = new Set<Function>();

interface Watched {
  readonly passes: readonly Pass[];
  readonly counts: readonly PassCount[];
  readonly events: readonly RunEvent[];
}

/** @param budget share of the time; nothing is looked at again with none */
function watch(body: (observer: Observer) => void, budget = 1, enabled = true): Watched {
  const events: RunEvent[] = [];
  const observer = new Observer({
    sampling: { enabled, bins: 4, budget },
    source: {
      program,
      locate: (line, column) => ({ file: "net.model.ts", line, column }),
      variableAt: ({ line }) => ({ name: `line${line}`, assigned: false }),
      loopAt: () => undefined,
      callAt: () => undefined,
      declaredAt: (constructor) => (own.has(constructor) ? { file: "net.model.ts", line: 1, column: 1 } : undefined),
      fieldAt: () => undefined,
      isModuleClass: (name) => [...own].some((constructor) => constructor.name === name),
      nameInProgram: (constructor) => constructor.name,
    },
    metrics: new MetricBuffer(),
    sink: { event: (event) => events.push(event), series: () => {}, points: () => {} },
    gate: { pass: () => 0, look() {}, hold() {}, release() {} },
  });
  setInstrument(observer);
  try {
    body(observer);
  } catch (error) {
    observer.failed(error);
  } finally {
    setInstrument(null);
  }
  observer.finish();
  const counts = events.findLast((event) => event.type === "passCounts");
  return { events, passes: events.flatMap((event) => (event.type === "pass" ? [event.pass] : [])), counts: counts?.counts ?? [] };
}

/** Each node with the calls around it; the same name again gets a number. */
function namesOf({ nodes }: Pass): string[] {
  const names: string[] = [];
  const met = new Map<string, number>();
  for (const { name, parent } of nodes) {
    const whole = parent === null ? name : `${names[parent]}/${name}`;
    const count = (met.get(whole) ?? 0) + 1;
    met.set(whole, count);
    names.push(count === 1 ? whole : `${whole}#${count}`);
  }
  return names;
}

/** `input → Linear/linear 4×10`, one a line, in alphabetical order. */
function edgesOf(pass: Pass): string[] {
  const names = namesOf(pass);
  return pass.edges.map(({ from, to, shape, detached }) => `${names[from]} ${detached ? "⇢" : "→"} ${names[to]} ${shape.join("×") || "scalar"}`).toSorted();
}

function drawn(pass: Pass | undefined, ...edges: string[]): void {
  assert.ok(pass, "no pass was told");
  assert.deepEqual(edgesOf(pass), edges.toSorted());
}

/** One step of a model by SGD. */
function train(model: nn.AnyModule, loss: () => Tensor): void {
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  loss().backward();
  optimizer.step();
}

class Residual extends nn.Module {
  body = new nn.Sequential(new nn.Linear(6, 6), new nn.ReLU(), new nn.Linear(6, 6));
  override forward(x: Tensor): Tensor {
    return this.body(x).add(x).relu();
  }
}
own.add(Residual);

class Branching extends nn.Module {
  left = new nn.Linear(4, 4);
  right = new nn.Linear(4, 4);
  override forward(x: Tensor): Tensor {
    return x.mean().item() > 0 ? this.left(x) : this.right(x);
  }
}
own.add(Branching);

describe("the passes of a run", function () {
  this.timeout(20_000);

  it("are the layers in their order, with the tensors between them and the loss at the end", () => {
    const { passes } = watch(() => {
      const model = new nn.Sequential(new nn.Linear(10, 5), new nn.ReLU(), new nn.Linear(5, 3));
      train(model, () => F.crossEntropy(model(randn(4, 10)), randint(0, 3, [4])));
    });
    assert.equal(passes.length, 1);
    assert.equal(passes[0]!.kind, "training");
    drawn(
      passes[0],
      "input → Sequential/Linear/linear 4×10",
      "Sequential/Linear/linear → Sequential/ReLU/relu 4×5",
      "Sequential/ReLU/relu → Sequential/Linear#2/linear 4×5",
      "Sequential/Linear#2/linear → crossEntropy 4×3",
      "target → crossEntropy 4",
    );
  });

  it("show a skip connection as a second edge into the sum", () => {
    const { passes } = watch(() => {
      const model = new Residual();
      train(model, () => F.mseLoss(model(randn(2, 6)), randn(2, 6)));
    });
    drawn(
      passes[0],
      "input → Residual/Sequential/Linear/linear 2×6",
      "input → Residual/add 2×6",
      "Residual/Sequential/Linear/linear → Residual/Sequential/ReLU/relu 2×6",
      "Residual/Sequential/ReLU/relu → Residual/Sequential/Linear#2/linear 2×6",
      "Residual/Sequential/Linear#2/linear → Residual/add 2×6",
      "Residual/add → Residual/relu 2×6",
      "Residual/relu → mseLoss/sub 2×6",
      "target → mseLoss/sub 2×6",
      "mseLoss/sub → mseLoss/pow 2×6",
      "mseLoss/pow → mseLoss/mean 2×6",
    );
  });

  it("show the same in an evaluation without gradients, where autograd sees nothing", () => {
    const { passes } = watch(() => {
      const model = new Residual();
      model.eval();
      noGrad(() => model(randn(2, 6)));
    });
    assert.equal(passes[0]!.kind, "evaluation");
    assert.ok(edgesOf(passes[0]!).includes("input → Residual/add 2×6"), edgesOf(passes[0]!).join("\n"));
    assert.ok(edgesOf(passes[0]!).includes("Residual/relu → output 2×6"));
  });

  it("tell two calls of one module apart", () => {
    const { passes } = watch(() => {
      const tower = new nn.Linear(4, 3);
      train(tower, () => F.mseLoss(tower(randn(2, 4)), tower(randn(2, 4))));
    });
    const names = namesOf(passes[0]!);
    const calls = passes[0]!.nodes.filter(({ kind }) => kind === "call");
    assert.equal(calls.length, 2);
    assert.deepEqual(calls[0]!.module, calls[1]!.module);
    assert.ok(names.includes("Linear#2"));
    assert.ok(edgesOf(passes[0]!).includes("Linear#2/linear → mseLoss/sub 2×3"));
    assert.equal(passes[0]!.nodes.filter(({ kind }) => kind === "input").length, 2);
  });

  it("that took different branches are both there, and each is counted", () => {
    const { passes, counts } = watch((observer) => {
      const model = new Branching();
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      for (let i = 0; i < 40; i++) {
        observer.trainingTurn(1, false, i, 40);
        const x = randn(3, 4)
          .abs()
          .mul(i % 10 === 7 ? -1 : 1);
        optimizer.zeroGrad();
        model(x).sum().backward();
        optimizer.step();
      }
      observer.trainingLoopLeft(1);
    });
    assert.equal(passes.length, 2);
    assert.deepEqual(
      counts.map(({ times }) => times),
      [36, 4],
    );
    assert.deepEqual(
      passes.map(({ nodes }) => nodes.find(({ kind, parent }) => kind === "call" && parent !== null)?.module?.id),
      [1, 2],
    );
  });

  it("of a program that trains and evaluates are two, counted apart", () => {
    const { passes, counts } = watch(() => {
      const model = new nn.Sequential(new nn.Linear(4, 3), new nn.Dropout(0.5));
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      const loader = new data.DataLoader(new data.TensorDataset(randn(12, 4), randn(12, 3)), { batchSize: 4 });
      for (let epoch = 0; epoch < 5; epoch++) {
        model.train();
        for (const [x, y] of loader) {
          optimizer.zeroGrad();
          F.mseLoss(model(x!), y!).backward();
          optimizer.step();
        }
        model.eval();
        noGrad(() => {
          for (const [x] of loader) model(x!);
        });
      }
    });
    assert.deepEqual(
      passes.map(({ kind }) => kind),
      ["training", "evaluation"],
    );
    assert.deepEqual(
      counts.map(({ times }) => times),
      [15, 15],
    );
    // Dropout does nothing in eval(), and is on the way all the same.
    assert.ok(edgesOf(passes[1]!).includes("Sequential/Linear/linear → Sequential/Dropout/identity 4×3"));
  });

  it("show two networks that train against each other as one, with the detached tensor as such", () => {
    const { passes } = watch((observer) => {
      const generator = new nn.Linear(2, 3);
      const critic = new nn.Linear(3, 1);
      const ofGenerator = new optim.SGD(generator.parameters(), { lr: 0.1 });
      const ofCritic = new optim.SGD(critic.parameters(), { lr: 0.1 });
      for (let i = 0; i < 2; i++) {
        observer.trainingTurn(1, false, i, 2);
        const fake = generator(randn(4, 2));
        critic(fake.detach())
          .mean()
          .sub(critic(randn(4, 3)).mean())
          .backward();
        ofCritic.step();
        critic(fake).mean().neg().backward();
        ofGenerator.step();
      }
    });
    assert.equal(passes.length, 1);
    drawn(
      passes[0],
      "input → Linear/linear 4×2",
      "Linear/linear ⇢ Linear#2/linear 4×3",
      "Linear#2/linear → mean 4×1",
      "input#2 → Linear#3/linear 4×3",
      "Linear#3/linear → mean#2 4×1",
      "mean → sub scalar",
      "mean#2 → sub scalar",
      "sub → loss scalar",
      "Linear/linear → Linear#4/linear 4×3",
      "Linear#4/linear → mean#3 4×1",
      "mean#3 → neg scalar",
      "neg → loss#2 scalar",
    );
  });

  it("go on from what an operation in place wrote, also through views of it", () => {
    const { passes } = watch(() => {
      const model = new nn.Linear(4, 4);
      train(model, () => {
        const y = model(randn(2, 4));
        y.add_(1);
        y.view(8).mul_(2);
        return y.sum();
      });
    });
    drawn(
      passes[0],
      "input → Linear/linear 2×4",
      "Linear/linear → add_ 2×4",
      "add_ → view 2×4",
      "view → mul_ 8",
      "add_ → copy_ 2×4",
      "mul_ → copy_ 8",
      "copy_ → sum 2×4",
      "sum → loss scalar",
    );
  });

  it("show what has no derivative, too: how many were right", () => {
    const { passes } = watch(() => {
      const model = new nn.Linear(4, 3);
      noGrad(() =>
        model(randn(5, 4))
          .argmax(1)
          .eq(tensor([0, 1, 2, 0, 1]))
          .sum(),
      );
    });
    assert.deepEqual(
      edgesOf(passes[0]!).filter((edge) => !edge.startsWith("input")),
      ["Linear/linear → argmax 5×3", "argmax → eq 5", "eq → sum 5"].toSorted(),
    );
  });

  it("know where an embedding's indices go", () => {
    const { passes } = watch(() => {
      const model = new nn.Embedding(10, 3);
      train(model, () => model(randint(0, 10, [2, 5])).sum());
    });
    const edges = edgesOf(passes[0]!);
    assert.ok(
      edges.some((edge) => /^input → Embedding\/\w+ 2×5$/.test(edge)),
      edges.join("\n"),
    );
    assert.ok(
      edges.some((edge) => /^Embedding\/\S+ → sum 2×5×3$/.test(edge)),
      edges.join("\n"),
    );
  });

  it("end where shapes don't fit, with both shapes", () => {
    class Mistaken extends nn.Module {
      features = new nn.Linear(8, 5);
      head = new nn.Linear(6, 2);
      override forward(x: Tensor): Tensor {
        return this.head(this.features(x).relu());
      }
    }
    own.add(Mistaken);
    const { passes } = watch(() => new Mistaken()(randn(3, 8)));
    const [pass] = passes;
    assert.ok(pass?.failure);
    assert.equal(namesOf(pass)[pass.failure.node], "Mistaken/Linear#2");
    assert.deepEqual(pass.failure.shapes, [
      [3, 5],
      [6, 2],
    ]);
    assert.match(pass.failure.message, /3x5 and 6x2/);
    drawn(pass, "input → Mistaken/Linear/linear 3×8", "Mistaken/Linear/linear → Mistaken/relu 3×5", "Mistaken/relu → Mistaken/Linear#2/Linear 3×5");
  });

  it("end at the user's own operation where that failed", () => {
    class Clash extends nn.Module {
      a = new nn.Linear(4, 3);
      b = new nn.Linear(4, 2);
      override forward(x: Tensor): Tensor {
        return this.a(x).add(this.b(x));
      }
    }
    own.add(Clash);
    const { passes } = watch(() => new Clash()(randn(5, 4)));
    const { failure, nodes, edges } = passes[0]!;
    assert.deepEqual(failure?.shapes, [
      [5, 3],
      [5, 2],
    ]);
    const into = edges.filter(({ to }) => to === failure?.node);
    assert.deepEqual(
      into.map(({ from }) => nodes[nodes[from]!.parent!]!.name),
      ["Linear", "Linear"],
    );
  });

  it("end where shapes don't fit in a step that nobody looked at, too: in the calls that were under way", () => {
    class Mistaken extends nn.Module {
      features = new nn.Linear(8, 6);
      head = new nn.Linear(6, 2);
      override forward(x: Tensor): Tensor {
        return this.head(
          this.features(x)
            .relu()
            .slice(1, x.shape[0] === 3 ? 1 : 0),
        );
      }
    }
    own.add(Mistaken);
    const { passes } = watch((observer) => {
      const model = new Mistaken();
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
      for (let step = 0; step < 60; step++) {
        observer.trainingTurn(0, false, step, 60);
        model(randn(step === 57 ? 3 : 4, 8))
          .sum()
          .backward();
        optimizer.step();
      }
    }, 0);
    const pass = passes.at(-1)!;
    assert.ok(pass.failure);
    assert.equal(pass.step, 57);
    assert.equal(namesOf(pass)[pass.failure.node], "Mistaken/Linear#2");
    assert.deepEqual(pass.failure.shapes, [
      [3, 5],
      [6, 2],
    ]);
    drawn(pass, "input → Mistaken/Linear/Linear 3×8", "earlier → Mistaken/Linear#2/Linear 3×5");
  });

  it("end at a loss whose shapes don't fit in such a step, behind what the model gave", () => {
    const { passes } = watch((observer) => {
      const model = new nn.Linear(4, 2);
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
      for (let step = 0; step < 60; step++) {
        observer.trainingTurn(0, false, step, 60);
        F.crossEntropy(model(randn(5, 4)), randint(0, 2, [step === 57 ? 6 : 5])).backward();
        optimizer.step();
      }
    }, 0);
    const { failure, nodes, step } = passes.at(-1)!;
    assert.ok(failure && nodes[failure.node]!.kind === "operation", failure?.message);
    assert.equal(step, 57);
    assert.ok(nodes.some(({ kind, name, shapes }) => kind === "call" && name === "Linear" && String(shapes[0]) === "5,2"));
  });

  it("are not of an error that the program catches", () => {
    const { passes } = watch(() => {
      const model = new nn.Linear(4, 2);
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
      for (let step = 0; step < 60; step++) {
        if (step === 57) assert.throws(() => model(randn(5, 3)));
        model(randn(5, 4)).sum().backward();
        optimizer.step();
      }
    }, 0);
    assert.deepEqual(
      passes.filter(({ failure }) => failure),
      [],
    );
  });

  it("know the user's line of each operation", () => {
    const { passes } = watch(() => {
      const model = new Residual();
      train(model, () => F.mseLoss(model(randn(2, 6)), randn(2, 6)));
    });
    const line = (name: string): number | undefined =>
      passes[0]!.nodes.find((node: PassNode) => node.name === name && node.kind === "operation")?.position?.line;
    const source = Residual.toString();
    assert.ok(source.includes("add"));
    assert.equal(typeof line("add"), "number");
    assert.equal(passes[0]!.nodes.findLast(({ name }) => name === "relu")?.position?.line, line("add"));
    // Inside of the engine's own layers there is no line of the user's.
    assert.equal(line("linear"), undefined);
  });

  it("are looked at from the step on at which watching is switched on", () => {
    const { passes } = watch(
      (observer) => {
        const model = new Residual();
        const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
        for (let step = 0; step < 10; step++) {
          if (step === 5) observer.steer({ type: "watch", watch: { what: "all", modules: [], budget: 1, everyStep: false } });
          optimizer.zeroGrad();
          F.mseLoss(model(randn(2, 6)), randn(2, 6)).backward();
          optimizer.step();
        }
      },
      1,
      false,
    );
    assert.equal(passes.length > 0 && passes[0]!.nodes.some(({ name }) => name === "add"), true);
  });
});
