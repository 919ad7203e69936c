import assert from "node:assert/strict";
import { getNumThreads, manualSeed, nn, noGrad, ones, optim, randint, randn, setNumThreads, zeros, type Tensor } from "kindling";
import { cuts } from "../../../src/engine/kernels/cuts.ts";
import { kernels } from "../../../src/engine/memory/linear.ts";
import { shareFrom, whenHelpersAreUp } from "../../../src/engine/memory/threads.ts";

/** Every bit of what a program computes. */
function bitsOf(compute: Program): string[] {
  manualSeed(3);
  return compute().map((tensor) => Buffer.from(tensor.toTypedArray().slice().buffer).toString("base64"));
}

type Program = () => Tensor[];

interface Layer {
  (x: Tensor): Tensor;
  parameters(): Iterable<Tensor>;
}

const gradients = (model: Layer, x: Tensor): Tensor[] => {
  const output = model(x.requiresGrad_());
  output.mul(randn(output.shape)).sum().backward();
  return [output.detach(), x.grad!, ...[...model.parameters()].map((parameter) => parameter.grad!)];
};

/** Sizes around the pieces into which products are cut. */
const edges = [1, 2, 3, 4, 5, 17, 18, 19, 47, 48, 49, 95, 96, 97, 98, 99, 143, 145, 191, 193];

const programs: Readonly<Record<string, Program>> = {
  "products of all shapes and transpositions": () => {
    const laid = (turned: number, rows: number, columns: number): Tensor => (turned === 0 ? randn(rows, columns) : randn(columns, rows).t());
    return edges.flatMap((m, i) =>
      [edges.at(-1 - i)!, edges[(i * 7) % edges.length]!, 200 + i].map((n, j) => {
        const [k, layout] = [1 + ((i * 37 + n) % 300), i + j];
        return laid(layout & 1, m, k).matmul(laid(layout & 2, k, n));
      }),
    );
  },
  "batches of products": () => [randn(5, 20, 30).matmul(randn(5, 30, 10)), randn(7, 3, 4).matmul(randn(4, 5))],
  "values one by one, and rows with one row or column": () => {
    const x = randn(33, 70),
      y = randn(33, 70);
    return [
      x.exp(),
      x.add(y),
      x.mul(2),
      x.mul(randn(70)),
      x.sub(randn(33, 1)),
      x.t().add(y.t()),
      x.softmax(1),
      x.logSoftmax(0),
      x.softmax(0),
      x.mul(3).add_(y, { alpha: 0.3 }),
    ];
  },
  "sums of all kinds": () => {
    const x = randn(37, 130),
      places = randint(0, 9, [37]);
    const sums = [x.sum(), x.sum(0), x.mean(1), x.var(0), x.std(), x.norm(), x.cumsum(1), x.logsumexp(0), x.prod(1), x.square().sum([0, 1])];
    return [...sums, zeros(9, 130).indexAdd(0, places, x), zeros(9, 130).scatterAdd(0, places.unsqueeze(1).expand([37, 130]), x)];
  },
  "a perceptron's gradients": () =>
    gradients(new nn.Sequential(new nn.Linear(40, 120), new nn.GELU(), new nn.LayerNorm(120), new nn.Linear(120, 30), new nn.Softmax(1)), randn(90, 40)),
  "a convolutional network's gradients": () =>
    gradients(
      new nn.Sequential(
        new nn.Conv2d(3, 40, 3, { padding: 1 }),
        new nn.BatchNorm2d(40),
        new nn.ReLU(),
        new nn.MaxPool2d(2),
        new nn.Conv2d(40, 34, 3),
        new nn.GroupNorm(2, 34),
        new nn.AvgPool2d(2),
        new nn.Flatten(),
      ),
      randn(19, 3, 12, 14),
    ),
  "gradients of every shape of convolution": () => [
    ...[{ padding: 1 }, { groups: 2, stride: 2 }, { groups: 8 }, { dilation: 2 }].flatMap((options) =>
      gradients(new nn.Conv2d(8, 24, 3, options), randn(5, 8, 13, 11)),
    ),
    // One channel to few, and to many; a single element as the window; an image whose positions are more than a block is deep.
    ...gradients(new nn.Conv2d(1, 3, 7), randn(6, 1, 15, 20)),
    ...gradients(new nn.Conv2d(1, 70, 3, { bias: false }), randn(6, 1, 9, 9)),
    ...gradients(new nn.Conv2d(50, 20, 1), randn(6, 50, 4, 4)),
    ...gradients(new nn.Conv2d(2, 9, 5, { padding: 2 }), randn(2, 2, 40, 30)),
    ...gradients(new nn.Conv1d(9, 20, 4), randn(6, 9, 30)),
    ...gradients(new nn.ConvTranspose2d(20, 9, 3, { stride: 2 }), randn(4, 20, 6, 5)),
    ...gradients(new nn.Conv3d(3, 18, 2), randn(3, 3, 5, 6, 7)),
  ],
  "a recurrent network's gradients": () =>
    [nn.LSTM, nn.GRU].flatMap((Recurrent) => {
      const layer = new Recurrent(20, 50, { batchFirst: true });
      const x = randn(60, 7, 20).requiresGrad_();
      const [output] = layer(x);
      output.square().sum().backward();
      return [output.detach(), x.grad!, ...[...layer.parameters()].map((parameter) => parameter.grad!)];
    }),
  "a transformer's gradients, with its dropout": () =>
    gradients(new nn.Sequential(new nn.TransformerEncoderLayer(24, 4, { dimFeedforward: 50, batchFirst: true })), randn(5, 9, 24)),
  "attention with a mask for each batch": () => {
    const [q, k, v] = [randn(3, 2, 7, 8), randn(3, 2, 9, 8), randn(3, 2, 9, 8)].map((x) => x.requiresGrad_()) as [Tensor, Tensor, Tensor];
    const attnMask = randn(3, 1, 1, 9).requiresGrad_();
    const output = nn.functional.scaledDotProductAttention(q, k, v, { attnMask });
    output.square().sum().backward();
    return [output.detach(), ...[q, k, v, attnMask].map((x) => x.grad!)];
  },
  "embeddings, dropout and clipped gradients": () => {
    const model = new nn.Sequential(new nn.Embedding(12, 64), new nn.Dropout(0.3), new nn.Linear(64, 70), new nn.LogSoftmax(-1));
    model(randint(0, 12, [30, 5]))
      .square()
      .sum()
      .backward();
    const norm = nn.utils.clipGradNorm_(model.parameters(), 0.1);
    return [norm, ...[...model.parameters()].map((parameter) => parameter.grad!)];
  },
  "training a convolutional network with Adam": () => {
    const model = new nn.Sequential(
      new nn.Conv2d(1, 16, 3),
      new nn.BatchNorm2d(16),
      new nn.ReLU(),
      new nn.Dropout(0.2),
      new nn.MaxPool2d(2),
      new nn.Flatten(),
      new nn.Linear(144, 5),
    );
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
    const [x, y] = [randn(33, 1, 8, 8), randint(0, 5, [33])];
    for (let step = 0; step < 10; step++) {
      optimizer.zeroGrad();
      nn.functional.crossEntropy(model(x), y).backward();
      optimizer.step();
    }
    return [...model.parameters()].map((parameter) => parameter.detach());
  },
};

/** When the engine's thread lets the others help: always, never, or as it finds worth it. */
const sharing = { always: 0, never: Infinity, "as measured": null } as const;

/** What each program gives on one thread. */
const alone = new Map<string, string[]>();

describe("threads", () => {
  before(() => setNumThreads(1));
  afterEach(() => shareFrom(null));

  describe("give the same bits as one alone, whatever they share", () => {
    before(() => {
      for (const [name, compute] of Object.entries(programs)) alone.set(name, bitsOf(compute));
    });

    for (const count of [2, 3, 4, 8]) {
      describe(`${count} threads`, () => {
        before(async () => {
          setNumThreads(count);
          await whenHelpersAreUp();
        });
        after(() => setNumThreads(1));
        for (const [name, compute] of Object.entries(programs)) {
          it(name, () => {
            for (const [when, from] of Object.entries(sharing)) {
              shareFrom(from);
              assert.deepEqual(bitsOf(compute), alone.get(name), `sharing ${when}`);
            }
          });
        }
      });
    }

    it("and every kernel whose work can be cut is among these", () => {
      const called = new Set<string>();
      const plain = { ...kernels };
      for (const name of Object.keys(cuts) as (keyof typeof cuts)[]) {
        const kernel = plain[name] as (...args: number[]) => number;
        Object.assign(kernels, { [name]: (...args: number[]) => (called.add(name), kernel(...args)) });
      }
      try {
        for (const compute of Object.values(programs)) bitsOf(compute);
      } finally {
        Object.assign(kernels, plain);
      }
      assert.deepEqual(
        Object.keys(cuts).filter((name) => !called.has(name)),
        [],
      );
    });
  });

  it("puts every kernel that can be cut in the place of the plain one, and takes it back", async () => {
    const plain = { ...kernels };
    setNumThreads(2);
    await whenHelpersAreUp();
    for (const name of Object.keys(cuts) as (keyof typeof cuts)[]) assert.notEqual(kernels[name], plain[name], name);
    setNumThreads(1);
    assert.deepEqual(kernels, plain);
  });

  it("computes rightly while its helpers are still coming up, and when their number changes", () => {
    const [a, b] = [randn(120, 80), randn(80, 90)];
    const alone = noGrad(() => a.matmul(b).tolist());
    for (const count of [2, 4, 3, 1]) {
      setNumThreads(count);
      assert.equal(getNumThreads(), count);
      assert.deepEqual(a.matmul(b).tolist(), alone);
    }
  });

  it("gives each job to its own helpers only, though a helper that had no part in the last comes late", async () => {
    setNumThreads(8);
    await whenHelpersAreUp();
    shareFrom(0);
    // Cut into pieces of sixteen values: two parts, then eight.
    const [few, many] = [ones(32), ones(128)];
    noGrad(() => {
      for (let round = 1; round <= 4000; round++) {
        for (const x of [few, many]) x.add_(1);
        for (const x of [few, many]) assert.deepEqual([x.min().item(), x.max().item()], [round + 1, round + 1], `in round ${round}`);
      }
    });
    setNumThreads(1);
  });

  it("says what a number of threads has to be", () => {
    for (const count of [0, -1, 65]) {
      assert.throws(() => setNumThreads(count), { message: `setNumThreads expects a whole number from 1 to 64, but got ${count}` });
    }
    for (const count of [1.5, Number.NaN]) assert.throws(() => setNumThreads(count), /argument 'num' must be a whole number/);
  });
});
