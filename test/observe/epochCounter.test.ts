import assert from "node:assert/strict";
import { EpochCounter, type Loader } from "../../src/observe/steps/epochCounter.ts";

describe("the epoch", () => {
  const loader = (length: number, batchSize = 32, samples = length * batchSize): Loader => ({ length, batchSize, dataset: { length: samples } });

  function pass(counter: EpochCounter, over: Loader, trains: boolean, look: () => void = () => {}): void {
    counter.passStarts(over);
    for (let index = 0; index < over.length; index++) {
      counter.batchStarts(over, index);
      if (trains) counter.trains();
      look();
    }
    counter.passEnds(over);
  }

  it("counts passes over the training data, not those of validation", () => {
    const counter = new EpochCounter();
    const [train, validate] = [loader(3), loader(2)];
    const seen: number[] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      pass(counter, validate, false);
      pass(counter, train, true, () => seen.push(counter.epoch));
      pass(counter, validate, false);
    }
    assert.deepEqual(seen, [0, 0, 0, 1, 1, 1, 2, 2, 2]);
  });

  it("counts on where each epoch makes a loader of its own", () => {
    const counter = new EpochCounter();
    const dataset = { length: 10 };
    const seen: number[] = [];
    for (let epoch = 0; epoch < 3; epoch++) pass(counter, { length: 1, batchSize: 10, dataset }, true, () => seen.push(counter.epoch));
    assert.deepEqual(seen, [0, 1, 2]);
  });

  it("begins anew with other data, as in cross-validation", () => {
    const counter = new EpochCounter();
    pass(counter, loader(1), true);
    pass(counter, loader(1), true);
    assert.equal(counter.epoch, 0);
  });

  it("knows the batch and how many samples it has, the last one's too", () => {
    const counter = new EpochCounter();
    const seen: unknown[] = [];
    pass(counter, loader(3, 32, 70), true, () => seen.push(counter.batch));
    assert.deepEqual(seen, [
      { index: 0, count: 3, samples: 32 },
      { index: 1, count: 3, samples: 32 },
      { index: 2, count: 3, samples: 6 },
    ]);
    assert.equal(counter.batch, undefined);
  });

  it("is what the loop says where there is one, with the number that are to come", () => {
    const counter = new EpochCounter();
    counter.loopTurn(3, 1, 11);
    assert.deepEqual([counter.epoch, counter.epochs], [2, 10]);
    counter.loopTurn(1, 0, Infinity);
    assert.equal(counter.epochs, undefined);
  });

  it("says nothing of batches of a stream that doesn't know how many there will be", () => {
    const counter = new EpochCounter();
    const stream: Loader = {
      batchSize: 4,
      dataset: {},
      get length(): number {
        throw new TypeError("object of type 'Stream' has no len()");
      },
    };
    counter.passStarts(stream);
    counter.batchStarts(stream, 0);
    counter.trains();
    assert.equal(counter.batch, undefined);
  });

  it("is forgotten with a loop that is left early", () => {
    const counter = new EpochCounter();
    const train = loader(5);
    counter.passStarts(train);
    counter.batchStarts(train, 0);
    counter.trains();
    // Left after one batch, so that nobody told of the end; the next epoch starts over.
    counter.passStarts(train);
    counter.batchStarts(train, 0);
    counter.trains();
    assert.equal(counter.epoch, 1);
    assert.equal(counter.batch!.index, 0);
  });
});
