import assert from "node:assert/strict";
import { cat, data, Generator, manualSeed, nn, noGrad, optim, rand, randint, randn, tensor, zeros, zerosLike, type Tensor } from "../../src/engine/index.ts";
import { instrument, setInstrument } from "../../src/engine/instrument.ts";
import type { Observer } from "../../src/observe/observer.ts";
import type { Batch, FollowedNews, Look, LookFailure, LookRequest, Piece, RunEvent, Tally } from "../../src/protocol/index.ts";
import { watch, type Watched } from "./watch.ts";

/** @param gate called wherever the program could be held up */
function watched(body: () => void, gate: (observer: Observer) => void): Watched {
  let observer: Observer | undefined;
  const pass = (): number => {
    gate(observer!);
    return 0;
  };
  const run = (own: Observer): void => {
    observer = own;
    body();
  };
  return watch(run, { gate: { pass, look() {}, hold() {}, release() {} } });
}

let questions = 0;

function question(asked: Partial<LookRequest> = {}): LookRequest {
  const usual = { model: 0, sample: 0, hold: false, follow: false, training: false, wanted: [], ablations: [], boundary: false };
  return { ...usual, ...asked, id: ++questions };
}

const newsOf = (events: readonly RunEvent[]): FollowedNews[] => events.flatMap((event) => (event.type === "followed" ? [event.news] : []));
const batches = (events: readonly RunEvent[]): Batch[] => newsOf(events).flatMap((news) => (news.kind === "batch" ? [news.batch] : []));
const looks = (events: readonly RunEvent[]): Look[] => newsOf(events).flatMap((news) => (news.kind === "look" ? [news.look] : []));
const failures = (events: readonly RunEvent[]): LookFailure[] => newsOf(events).flatMap((news) => (news.kind === "failure" ? [news.failure] : []));
const tallies = (events: readonly RunEvent[]): Tally[] => newsOf(events).flatMap((news) => (news.kind === "tally" ? [news.tally] : []));

function answerTo(events: readonly RunEvent[], { id }: LookRequest): Look {
  const answer = looks(events).find((look) => look.id === id);
  assert.ok(answer, failureOf(events, id) ?? "no answer came");
  return answer;
}

const failureOf = (events: readonly RunEvent[], id: number): string | undefined => failures(events).find((failure) => failure.id === id)?.message;

const valuesOf = (x: Tensor): number[] => Array.from(x.toTypedArray());

function sameValues(piece: Piece | undefined, expected: Tensor): void {
  assert.ok(piece, "nothing was told");
  assert.deepEqual(piece.shape, [...expected.shape]);
  assert.deepEqual(Array.from(piece.values), valuesOf(expected));
}

function close(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  assert.equal(actual.length, expected.length);
  Array.from(expected).forEach((value, i) => assert.ok(Math.abs(actual[i]! - value) <= tolerance, `${actual[i]} is not ${value}, at ${i}`));
}

type LossFunction = (input: Tensor, target: Tensor) => Tensor;

interface Subject<M extends nn.AnyModule> {
  readonly model: () => M;
  readonly inputs: readonly Tensor[];
  readonly target: Tensor;
  readonly loss?: LossFunction;
  /** What the loss is given of what the model returns. */
  readonly read?: (output: never) => Tensor;
}

/** Trains two steps, and looks before the second; `apart` computes what is expected there, in `eval()`. */
function lookAt<M extends nn.AnyModule, T>(
  subject: Subject<M>,
  look: LookRequest | readonly LookRequest[],
  apart: (model: M) => T,
): { events: readonly RunEvent[]; expected: T } {
  const { inputs, target, loss = nn.functional.crossEntropy as LossFunction, read = (output: Tensor) => output } = subject;
  let [model, expected, gates]: [M | undefined, T | undefined, number] = [undefined, undefined, 0];
  const { events } = watched(
    () => {
      model = subject.model();
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      for (let step = 0; step < 2; step++) {
        optimizer.zeroGrad();
        loss((read as (output: Tensor) => Tensor)((model as (...args: readonly Tensor[]) => Tensor)(...inputs)), target).backward();
        optimizer.step();
      }
    },
    (observer) => {
      if (gates++ !== 1) return;
      for (const one of [look].flat()) observer.steer({ type: "look", look: one });
      expected = unseen(() => evaluated(model!, () => apart(model!)));
    },
  );
  return { events, expected: expected! };
}

/** What the model says in `eval()`; nothing of that is left. */
function evaluated<T>(model: nn.AnyModule, compute: () => T): T {
  model.eval();
  const result = noGrad(compute);
  model.train();
  return result;
}

/** Runs without whoever watches. */
function unseen<T>(body: () => T): T {
  const watcher = instrument();
  setInstrument(null);
  const result = body();
  setInstrument(watcher);
  return result;
}

/** The lone piece that was asked for of a module. */
const pieceOf = ({ pieces }: Look, module: number, what = "output"): Piece | undefined =>
  pieces.find((one) => one.module === module && one.what === what)?.piece;

class Net extends nn.Module {
  conv = new nn.Conv2d(1, 6, 3, { padding: 1 });
  norm = new nn.BatchNorm2d(6);
  act = new nn.ReLU();
  drop = new nn.Dropout(0.5);
  head = new nn.Linear(6 * 64, 4);
  override forward(x: Tensor): Tensor {
    return this.head(this.drop(this.act(this.norm(this.conv(x)))).flatten(1));
  }
}

/** All that stands in the way of the unwary: state in properties, changes in place, random numbers of its own, a table that shortens its rows. */
class Tricky extends nn.Module {
  table = new nn.Embedding(7, 6, { maxNorm: 0.7 });
  shared = new nn.Linear(6, 6);
  norm = new nn.BatchNorm1d(6);
  drop = new nn.Dropout(0.4);
  act = new nn.ReLU();
  head = new nn.Linear(6, 3);
  own = new Generator();
  calls = 0;
  seen: number[] = [];
  cache = new Map<string, number>();
  mean: Tensor = zeros(6);
  override forward(tokens: Tensor): Tensor {
    let y = this.drop(this.act(this.norm(this.shared(this.table(tokens)))));
    y.mul_(0.5);
    if (this.calls++ % 2 === 1) y = y.add(randn([6], { generator: this.own }).mul(0.01));
    this.seen.push(this.calls);
    this.cache.set("calls", this.calls + this.seen.length);
    noGrad(() => this.mean.mul_(0.9).add_(y.mean(0).detach()));
    y = this.act(this.shared(y).add_(1))
      .add(this.mean.mul(0.01))
      .mul(1 + this.cache.get("calls")! * 1e-3);
    return this.head(y);
  }
}

/** Everything that a program with it computes, as bits. */
function trainTricky(): Uint8Array[] {
  manualSeed(3);
  const model = new Tricky();
  model.own.manualSeed(5);
  const loader = new data.DataLoader(new data.TensorDataset(randint(0, 7, [40]), randint(0, 3, [40])), { batchSize: 8, shuffle: true });
  const lossFn = new nn.CrossEntropyLoss();
  const optimizer = new optim.AdamW(model.parameters(), { lr: 0.01 });
  const bits: Uint8Array[] = [];
  const keep = (x: Tensor): void => void bits.push(new Uint8Array(x.toTypedArray().buffer.slice(0)));
  for (let epoch = 0; epoch < 3; epoch++) {
    model.train();
    for (const [x, y] of loader) {
      const loss = lossFn(model(x!), y!);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      keep(loss.detach());
    }
    model.eval();
    noGrad(() => keep(model(randint(0, 7, [5]))));
  }
  for (const x of model.stateDict().values()) keep(x);
  for (const x of [model.mean, rand(4), tensor([...model.seen, model.calls])]) keep(x);
  return bits;
}

describe("following a sample", function () {
  this.timeout(30_000);

  it("changes no bit of what the program computes, wherever and however one looks", () => {
    const alone = trainTricky();
    for (const training of [false, true]) {
      let gates = 0;
      let seen: Uint8Array[] = [];
      const { events } = watched(
        () => (seen = trainTricky()),
        (observer) => {
          const ablations = gates++ % 2 === 0 ? [] : [{ module: 2, part: "unit", index: 1 } as const];
          observer.steer({ type: "look", look: question({ training, ablations, follow: true, hold: gates % 3 === 0 }) });
        },
      );
      assert.ok(looks(events).length >= 15, `${looks(events).length} looks, then ${JSON.stringify(failures(events).at(-1))}`);
      assert.equal(seen.length, alone.length);
      for (const [index, bits] of alone.entries()) assert.deepEqual(seen[index], bits, `value ${index}`);
    }
  });

  it("shows the batch as the images that it is, with its labels", () => {
    manualSeed(1);
    const [x, y] = [rand(10, 1, 8, 8), randint(0, 4, [10])];
    const look = question({ sample: 3 });
    const { events, expected } = lookAt({ model: () => new Net(), inputs: [x], target: y }, look, (net) => net(x));
    const [batch] = batches(events);
    assert.equal(batch!.kind, "images");
    sameValues(batch!.samples, x);
    const { outcome } = answerTo(events, look);
    assert.equal(outcome!.meaning, "classes");
    assert.deepEqual(Array.from(outcome!.labels.values), valuesOf(y));
    assert.deepEqual(Array.from(outcome!.predictions.values), valuesOf(expected.argmax(1)));
    close(outcome!.losses, valuesOf(nn.functional.crossEntropy(expected, y, { reduction: "none" })));
    close(outcome!.scores, valuesOf(expected.softmax(1).select(0, 3)));
  });

  it("shows channels and kernels with exactly the tensors' values", () => {
    manualSeed(2);
    const [x, y] = [rand(5, 1, 8, 8), randint(0, 4, [5])];
    const wanted = [1, 3, 5].map((module) => ({ module, call: 0, what: "output" as const }));
    const look = question({ sample: 2, wanted: [...wanted, { module: 1, call: 0, what: "kernels" }] });
    const { events, expected } = lookAt({ model: () => new Net(), inputs: [x], target: y }, look, ({ conv, norm, act, head }) => {
      const channels = conv(x);
      const rectified = act(norm(channels));
      return { channels, rectified, kernels: conv.weight.clone(), logits: head(rectified.flatten(1)) };
    });
    const answer = answerTo(events, look);
    sameValues(pieceOf(answer, 1), expected.channels.select(0, 2));
    sameValues(pieceOf(answer, 1, "kernels"), expected.kernels.reshape(6, 3, 3));
    sameValues(pieceOf(answer, 3), expected.rectified.select(0, 2));
    sameValues(pieceOf(answer, 5), expected.logits.select(0, 2));
    assert.deepEqual(
      answer.calls.map(({ module, shape, unitDimension }) => [module, shape, unitDimension]),
      [...[1, 2, 3, 4].map((module) => [module, [6, 8, 8], 0]), [5, [4], 0]],
    );
  });

  it("says what becomes of prediction and loss without a channel, as a pass with the channel at zero says it", () => {
    manualSeed(4);
    const [x, y] = [rand(6, 1, 8, 8), randint(0, 4, [6])];
    const wanted = [{ module: 3, call: 0, what: "output" as const }];
    const look = question({
      sample: 1,
      wanted,
      ablations: [
        { module: 1, part: "unit", index: 2 },
        { module: 1, part: "unit", index: 5 },
      ],
    });
    const { events, expected } = lookAt({ model: () => new Net(), inputs: [x], target: y }, look, (net) => {
      const { conv, norm, act, head } = net;
      const channels = conv(x);
      for (const index of [2, 5]) channels.select(1, index).fill_(0);
      const rectified = act(norm(channels));
      return { rectified, logits: head(rectified.flatten(1)), whole: net(x) };
    });
    const { outcome, ablated, ...answer } = answerTo(events, look);
    sameValues(answer.pieces[0]!.piece, expected.rectified.select(0, 1));
    close(ablated!.scores, valuesOf(expected.logits.softmax(1).select(0, 1)));
    close(ablated!.losses, valuesOf(nn.functional.crossEntropy(expected.logits, y, { reduction: "none" })));
    assert.deepEqual(Array.from(ablated!.predictions.values), valuesOf(expected.logits.argmax(1)));
    close(outcome!.scores, valuesOf(expected.whole.softmax(1).select(0, 1)));
  });

  it("takes a feature of a vector, and of each place of a sequence, away", () => {
    manualSeed(5);
    class NetTagger extends nn.Module {
      table = new nn.Embedding(9, 4);
      rnn = new nn.LSTM(4, 5, { batchFirst: true });
      head = new nn.Linear(5, 3);
      override forward(tokens: Tensor): Tensor {
        return this.head(this.rnn(this.table(tokens))[0]);
      }
    }
    const [tokens, tags] = [randint(0, 9, [4, 6]), randint(0, 3, [4, 6])];
    const wanted = [2, 3].map((module) => ({ module, call: 0, what: "output" as const }));
    const look = question({ sample: 3, wanted, ablations: [{ module: 2, part: "unit", index: 4 }] });
    const subject = { model: () => new NetTagger(), inputs: [tokens], target: tags.flatten(), read: (logits: Tensor) => logits.reshape(-1, 3) };
    const { events, expected } = lookAt(subject, look, ({ table, rnn, head }) => {
      const [states] = rnn(table(tokens));
      states.select(2, 4).fill_(0);
      return { states, logits: head(states) };
    });
    const { ablated, ...answer } = answerTo(events, look);
    assert.equal(batches(events)[0]!.kind, "sequences");
    sameValues(answer.pieces[0]!.piece, expected.states.select(0, 3));
    assert.deepEqual(answer.calls.find(({ module }) => module === 2)!.unitDimension, 1);
    const each = nn.functional.crossEntropy(expected.logits.reshape(-1, 3), tags.flatten(), { reduction: "none" }).reshape(4, 6);
    close(ablated!.losses, valuesOf(each.mean(1)));
    assert.deepEqual(ablated!.predictions.shape, [4, 6]);
    assert.deepEqual(Array.from(ablated!.predictions.values), valuesOf(expected.logits.argmax(2)));
  });

  it("shows each head's attention, and takes a head away before the heads are put together", () => {
    for (const batchFirst of [true, false]) {
      manualSeed(6);
      class NetAttentive extends nn.Module {
        attention = new nn.MultiheadAttention(8, 2, { batchFirst });
        head = new nn.Linear(8, 3);
        batchFirst = batchFirst;
        override forward(x: Tensor): Tensor {
          const [y] = this.attention(x, x, x, { needWeights: false });
          return this.head(y.mean(batchFirst ? 1 : 0));
        }
      }
      const [x, y] = [randn(batchFirst ? [4, 5, 8] : [5, 4, 8]), randint(0, 3, [4])];
      const wanted = [{ module: 1, call: 0, what: "attention" as const }];
      const [look, without] = [question({ sample: 2, wanted }), question({ sample: 2, ablations: [{ module: 1, part: "head", index: 1 }] })];
      const { events, expected } = lookAt({ model: () => new NetAttentive(), inputs: [x], target: y }, [look, without], ({ attention, head }) => {
        const [, weights] = attention(x, x, x, { averageAttnWeights: false });
        // Head by head: softmax(q·kᵀ/√d)·v, with zeros in place of the second.
        const sequences = batchFirst ? x : x.transpose(0, 1);
        const values = nn.functional.linear(sequences, attention.inProjWeight!, attention.inProjBias).slice(2, 16, 24);
        const first = weights!.select(1, 0).matmul(values.slice(2, 0, 4));
        const mixed = nn.functional.linear(cat([first, zerosLike(first)], 2), attention.outProj.weight, attention.outProj.bias);
        return { weights: weights!, logits: head(mixed.mean(1)) };
      });
      const answer = answerTo(events, look);
      const maps = pieceOf(answer, 1, "attention");
      assert.deepEqual(maps!.shape, [2, 5, 5]);
      close(maps!.values, valuesOf(expected.weights.select(0, 2)), 1e-6);
      assert.equal(answer.calls.find(({ module }) => module === 1)!.heads, 2);
      close(answerTo(events, without).ablated!.scores, valuesOf(expected.logits.softmax(1).select(0, 2)));
    }
  });

  it("shows the attention that a program computes itself", () => {
    manualSeed(7);
    class NetAttentive extends nn.Module {
      query = new nn.Linear(6, 6);
      key = new nn.Linear(6, 6);
      head = new nn.Linear(6, 3);
      override forward(x: Tensor): Tensor {
        const weights = this.query(x).matmul(this.key(x).transpose(1, 2)).div(Math.sqrt(6)).softmax(2);
        return this.head(weights.matmul(x).mean(1));
      }
    }
    const [x, y] = [randn(3, 4, 6), randint(0, 3, [3])];
    const look = question({ sample: 1, wanted: [{ module: 0, call: 0, what: "attention" }] });
    const { events, expected } = lookAt({ model: () => new NetAttentive(), inputs: [x], target: y }, look, ({ query, key }) =>
      query(x).matmul(key(x).transpose(1, 2)).div(Math.sqrt(6)).softmax(2),
    );
    close(pieceOf(answerTo(events, look), 0, "attention")!.values, valuesOf(expected.select(0, 1)), 1e-6);
  });

  it("draws what the model says all over the plane", () => {
    manualSeed(8);
    const [x, y] = [randn(20, 2), randint(0, 3, [20])];
    const look = question({ boundary: true });
    const model = (): nn.Sequential => new nn.Sequential(new nn.Linear(2, 8), new nn.Tanh(), new nn.Linear(8, 3));
    const middle = (low: number, high: number, place: number, places: number): number => low + ((place + 0.5) / places) * (high - low);
    const places = [
      [0, 0],
      [10, 40],
      [63, 3],
    ] as const;
    // Which area is shown is told by the answer; it is looked at again, with the same parameters, for what is in it.
    const says = (net: nn.Sequential) => {
      const weights = net.stateDict();
      const copy = model();
      copy.loadStateDict(weights);
      return copy;
    };
    const { events, expected: copy } = lookAt({ model, inputs: [x], target: y }, look, says);
    assert.equal(batches(events)[0]!.kind, "points");
    const { boundary } = answerTo(events, look);
    const { left, right, bottom, top, field, certainty } = boundary!;
    const [rows, columns] = field.shape as [number, number];
    assert.ok(left < Math.min(...valuesOf(x.select(1, 0))) && top > Math.max(...valuesOf(x.select(1, 1))));
    const points = places.map(([row, column]) => [middle(left, right, column, columns), middle(top, bottom, row, rows)]);
    const probabilities = noGrad(() => copy(tensor(points)).softmax(1));
    places.forEach(([row, column], i) => {
      const place = row * columns + column;
      assert.equal(field.values[place], valuesOf(probabilities.argmax(1))[i]);
      close([certainty!.values[place]!], [Math.max(...valuesOf(probabilities.select(0, i)))]);
    });
  });

  it("knows yes from no, values, and losses of what was made of the output", () => {
    manualSeed(9);
    const x = randn(6, 3);
    const model = (): nn.Sequential => new nn.Sequential(new nn.Linear(3, 1));
    const f = nn.functional;
    const yes = tensor([0, 1, 1, 0, 1, 0]);
    const cases = [
      {
        name: "logits",
        loss: f.binaryCrossEntropyWithLogits as LossFunction,
        target: yes,
        read: (z: Tensor) => z.squeeze(1),
        score: (z: Tensor) => z.sigmoid(),
      },
      {
        name: "probabilities",
        loss: f.binaryCrossEntropy as LossFunction,
        target: yes,
        read: (z: Tensor) => z.squeeze(1).sigmoid(),
        score: (z: Tensor) => z.sigmoid(),
      },
      { name: "values", loss: f.mseLoss as LossFunction, target: yes, read: (z: Tensor) => z.squeeze(1), score: (z: Tensor) => z },
    ];
    for (const { loss, target, read, score, name } of cases) {
      const look = question({ sample: 4 });
      const { events, expected } = lookAt({ model, inputs: [x], target, loss, read }, look, (net) => net(x).squeeze(1));
      const { outcome } = answerTo(events, look);
      assert.equal(outcome!.meaning, name === "values" ? "values" : "binary");
      close(outcome!.scores, [valuesOf(score(expected))[4]!]);
      const each = loss as (input: Tensor, target: Tensor, options: { reduction: "none" }) => Tensor;
      close(outcome!.losses, valuesOf(each(read(expected.unsqueeze(1)), target, { reduction: "none" })));
      if (name !== "values") assert.deepEqual(Array.from(outcome!.predictions.values), valuesOf(expected.gt(0)));
    }
  });

  it("shows no prediction where the loss is the program's own", () => {
    manualSeed(10);
    const x = randn(6, 3);
    const look = question();
    const subject = { model: () => new nn.Sequential(new nn.Linear(3, 2)), inputs: [x], target: x, loss: (output: Tensor) => output.square().mean() };
    const { events } = lookAt(subject, look, () => null);
    assert.equal(answerTo(events, look).outcome, undefined);
  });

  it("stays with a batch that is held, and takes the newest otherwise", () => {
    manualSeed(11);
    const asked = [question(), question({ hold: true }), question()];
    let gates = 0;
    const { events } = watched(
      () => {
        const model = new nn.Sequential(new nn.Linear(3, 2));
        const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
        // One tensor that every batch is written to.
        const x = zeros(2, 3);
        for (let step = 0; step < 5; step++) {
          x.fill_(step);
          optimizer.zeroGrad();
          nn.functional.crossEntropy(model(x), tensor([0, 1])).backward();
          optimizer.step();
        }
      },
      (observer) => {
        const look = asked[gates++ - 1];
        if (look) observer.steer({ type: "look", look });
      },
    );
    assert.deepEqual(
      asked.map((look) => answerTo(events, look).batch),
      [1, 1, 3],
    );
    // The last is shown when the run has ended.
    assert.deepEqual(
      batches(events).map(({ step, samples }) => [step, samples.values[0]]),
      [
        [1, 1],
        [3, 3],
        [4, 4],
      ],
    );
  });

  it("says in the user's words what keeps the model from being called again", () => {
    manualSeed(12);
    class NetForgetful extends nn.Module {
      layer = new nn.Linear(3, 2);
      override forward(x: Tensor): Tensor {
        if (!this.training) throw new Error("I only work in training");
        return this.layer(x);
      }
    }
    const [x, y] = [randn(4, 3), randint(0, 2, [4])];
    const [look, asTrained] = [question(), question({ training: true })];
    const { events } = lookAt({ model: () => new NetForgetful(), inputs: [x], target: y }, [look, asTrained], () => null);
    assert.match(failureOf(events, look.id)!, /^The model could not be called once more with this batch: I only work in training$/);
    assert.equal(answerTo(events, asTrained).training, true);
  });

  it("counts which class was taken for which over a pass over the data", () => {
    manualSeed(13);
    const [x, y] = [randn(24, 3), randint(0, 3, [24])];
    const counted = { training: new Array<number>(9).fill(0), evaluation: new Array<number>(9).fill(0) };
    const losses: number[] = [];
    // Who looks has every batch counted; else a share of the time decides.
    let isAsked = false;
    const ask = (observer: Observer): void => {
      if (!isAsked) observer.steer({ type: "look", look: question() });
      isAsked = true;
    };
    const { events } = watched(() => {
      const model = new nn.Sequential(new nn.Linear(3, 3));
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.5 });
      const loader = new data.DataLoader(new data.TensorDataset(x, y), { batchSize: 8 });
      const lossFn = new nn.CrossEntropyLoss();
      const count = (logits: Tensor, labels: Tensor, counts: number[]): void => {
        const predictions = valuesOf(logits.argmax(1));
        valuesOf(labels).forEach((label, i) => counts[label * 3 + predictions[i]!]!++);
      };
      for (let epoch = 0; epoch < 2; epoch++) {
        counted.training.fill(0);
        counted.evaluation.fill(0);
        losses.length = 0;
        for (const [input, labels] of loader) {
          const logits = model(input!);
          optimizer.zeroGrad();
          lossFn(logits, labels!).backward();
          optimizer.step();
          count(logits, labels!, counted.training);
          losses.push(...unseen(() => valuesOf(nn.functional.crossEntropy(logits.detach(), labels!, { reduction: "none" }))));
        }
        noGrad(() => {
          for (const [input, labels] of loader) {
            const logits = model(input!);
            lossFn(logits, labels!);
            count(logits, labels!, counted.evaluation);
          }
        });
      }
    }, ask);
    for (const pass of ["training", "evaluation"] as const) {
      const tally = tallies(events).findLast((one) => one.pass === pass)!;
      assert.deepEqual(tally.confusion, { classes: 3, counts: counted[pass] });
      assert.equal(tally.right, counted[pass][0]! + counted[pass][4]! + counted[pass][8]!);
    }
    const { worst } = tallies(events).findLast(({ pass }) => pass === "training")!;
    close(
      worst.map(({ loss }) => loss),
      losses.toSorted((a, b) => b - a).slice(0, worst.length),
    );
    assert.equal(worst.length, 12);
  });
});
