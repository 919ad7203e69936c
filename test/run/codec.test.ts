import assert from "node:assert/strict";
import fc from "fast-check";
import { Malformed } from "../../src/run/codec.ts";
import { fromPanel, toPanel } from "../../src/run/panelMessages.ts";
import { runEvent, runSnapshot, storedSnapshot } from "../../src/run/records.ts";
import { packedSample } from "../../src/run/records/statistics.ts";
import { reduceSnapshot, shrink, memoryBounds, type RunSnapshot } from "../../src/run/snapshot.ts";
import { elapsedSeconds, lossTrouble, progressShare, standing } from "../../src/run/standing.ts";
import { plainSamples } from "../fixtures/plainSamples.ts";
import { followedNews } from "../fixtures/followedNews.ts";
import { digitsModel, measure, sampleStep, snapshotAfter, training } from "../webview/fakeRun.ts";

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const sample = sampleStep({ ...digitsModel, modules: digitsModel.modules.slice(0, 3) }, 4, 0, 0);
const broken = { ...sample.modules[2]!, outputGradient: measure([1, NaN, -Infinity, Infinity, 3], [5]) };
const measured = { ...sample, modules: sample.modules.with(2, broken), afterwards: true as const };
const full = snapshotAfter(
  [
    ...training({ epochs: 1, batches: 4, sampleEvery: 100 }),
    [{ type: "note", name: "device", step: 1, text: "cpu" }],
    [
      {
        type: "optimizers",
        optimizers: [
          {
            id: 0,
            type: "Adam",
            groups: [{ name: "a", parameters: ["a.weight"], count: 1, options: { lr: 0.1, betas: [0.9, 0.999], amsgrad: false } }],
            constructedAt: { file: "/a", line: 1, column: 2 },
          },
        ],
      },
      {
        type: "intervention",
        intervention: {
          id: 0,
          step: 1,
          epoch: 0,
          backwards: 2,
          change: { kind: "option", optimizer: 0, group: 0, name: "lr", value: 0.2 },
          target: "lr",
          from: 0.1,
          to: null,
          note: "no",
          undoes: 0,
        },
      },
      { type: "watch", watch: { what: "chosen", modules: [{ model: 0, path: "a" }], budget: 0.1, everyStep: true } },
      { type: "refused", message: "no" },
      {
        type: "place",
        place: { step: 1, epoch: 0, waiting: 1, module: { path: "a", type: "Linear", model: 0, position: { file: "/a", line: 1, column: 2 } } },
      },
    ],
    [{ type: "statistics", statistics: measured }],
    followedNews.map((news) => ({ type: "followed" as const, news })),
    [
      {
        type: "problem",
        problem: {
          severity: "error",
          code: "x",
          message: "no",
          position: { file: "/a", line: 1, column: 2 },
          end: { line: 1, column: 3 },
          stack: [{ function: "f", position: { file: "/a", line: 1, column: 2 } }],
        },
      },
    ],
  ],
  { edited: true },
);

/** All places in a JSON value, each with a way to put something else there. */
function* places(value: unknown, replace: (other: unknown) => unknown = (other) => other): Generator<(other: unknown) => unknown> {
  yield replace;
  if (Array.isArray(value)) {
    for (const [i, item] of value.slice(0, 3).entries()) yield* places(item, (other) => replace(value.with(i, other)));
  } else if (typeof value === "object" && value !== null) {
    for (const [name, item] of Object.entries(value)) yield* places(item, (other) => replace({ ...value, [name]: other }));
  }
}

describe("what goes as JSON", () => {
  it("comes back as it was, NaN and infinities too", () => {
    const anything = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, Number.MAX_VALUE, 5e-324));
    // JSON has one zero.
    const value = anything.map((one) => (one === 0 ? 0 : one));
    fc.assert(
      fc.property(fc.array(fc.record({ name: fc.string(), step: fc.nat(), epoch: fc.nat(), value }, { noNullPrototype: true })), value, (points, loss) => {
        const progress = { epoch: 0, step: 1, loss, stepsPerSecond: loss, elapsed: 1 };
        const message = {
          type: "events" as const,
          runId: "1",
          events: [
            { type: "metrics" as const, points },
            { type: "progress" as const, progress },
          ],
        };
        assert.deepEqual(toPanel.decode(json(toPanel.encode(message))), message);
      }),
    );
  });

  const ways = {
    "as a message": (run: RunSnapshot) => runSnapshot.decode(structuredClone(runSnapshot.encode(run))),
    "to disk": (run: RunSnapshot) => storedSnapshot.decode(json(storedSnapshot.encode(run))),
  };
  for (const [way, pass] of Object.entries(ways)) {
    it(`is a whole run, ${way}`, () => {
      // What was read goes on as what was measured does.
      for (const back of [pass(full), pass(pass(full))]) {
        const { curves, samples, ...others } = back;
        const { curves: expected, samples: measuredSamples, ...same } = full;
        assert.deepEqual(others, same);
        assert.deepEqual(
          [...curves].map(([name, series]) => [name, [...series]]),
          [...expected].map(([name, series]) => [name, [...series]]),
        );
        assert.deepEqual(plainSamples(samples), plainSamples(measuredSamples));
      }
    });
  }

  it("isn't copied where JSON can take it as it is", () => {
    const message = { type: "events" as const, runId: "1", events: [{ type: "metrics" as const, points: [{ name: "loss", step: 1, epoch: 0, value: 2 }] }] };
    assert.equal(toPanel.encode(message), message);
  });
});

describe("what comes as JSON", () => {
  const others = [null, true, 0, -1, 1.5, 1e300, "", "NaN", "text", [], {}, [null], { type: "state" }];

  it("is read or refused, whatever stands in any place, and nothing that was read breaks what shows it", () => {
    const written = json(storedSnapshot.encode(full));
    let refused = 0;
    for (const replace of places(written)) {
      for (const other of others) {
        try {
          const run = storedSnapshot.decode(json(replace(other)));
          const next = reduceSnapshot(shrink(run, { ...memoryBounds, points: 3, steps: 2 }), { type: "statistics", statistics: measured });
          plainSamples(next.samples);
          for (const look of [standing, lossTrouble, elapsedSeconds]) look(next);
          progressShare(next.progress);
        } catch (error) {
          assert.ok(error instanceof Malformed, String((error as Error).stack));
          refused++;
        }
      }
    }
    assert.ok(refused > 500, `${refused} refused`);
  });

  it("is refused with the place where it is wrong", () => {
    const written = json(storedSnapshot.encode(full)) as { progress: { epoch: unknown } };
    const refused = (value: unknown) => {
      try {
        storedSnapshot.decode(value);
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    };
    assert.equal(refused({ ...written, progress: { ...written.progress, epoch: "one" } }), "progress.epoch: not a number");
    assert.equal(refused({ ...written, notes: [{ name: "a", step: 1 }] }), "notes.0.text: is missing");
    assert.equal(refused({ ...written, state: "dancing" }), "state: not one of starting, running, paused, stopping, finished, stopped, failed, interrupted");
    assert.equal(refused(7), "not an object");
  });

  it("is refused where blocks of numbers are not what they should be", () => {
    interface Sent {
      type: "statistics";
      statistics: { tensors: { count: number; numbers: Float64Array; wholes: Uint32Array } };
    }
    const send = () => structuredClone(runEvent.encode({ type: "statistics", statistics: measured })) as Sent;
    const refused = (change: (tensors: Sent["statistics"]["tensors"]) => void): void => {
      const event = send();
      change(event.statistics.tensors);
      assert.throws(() => runEvent.decode(event), Malformed);
    };
    runEvent.decode(send());
    refused((tensors) => (tensors.numbers = new Float64Array(3)));
    refused((tensors) => (tensors.numbers = [1, 2] as unknown as Float64Array));
    refused((tensors) => (tensors.wholes = tensors.wholes.slice(0, -1)));
    refused((tensors) => (tensors.count = 2 ** 40));
    refused((tensors) => tensors.count--);
    // Any number in the place of any other: it is refused, or all that can be asked for lies within.
    const { length } = send().statistics.tensors.wholes;
    for (let place = 0; place < length; place++) {
      for (const other of [0, 1, 65, 1025, 0xffff_ffff]) {
        const event = send();
        event.statistics.tensors.wholes[place] = other;
        try {
          const read = runEvent.decode(event);
          if (read.type === "statistics") plainSamples(new Map([[0, [read.statistics]]]));
        } catch (error) {
          assert.ok(error instanceof Malformed, String(error));
        }
      }
    }
  });

  it("takes no more memory than its own numbers, whatever message it lay in", () => {
    const { tensors } = packedSample.encode(measured) as { tensors: { count: number; numbers: Float64Array; wholes: Uint32Array } };
    const message = new Float64Array(10_000);
    message.set(tensors.numbers, 7);
    const numbers = message.subarray(7, 7 + tensors.numbers.length);
    const read = packedSample.decode({ ...(packedSample.encode(measured) as object), tensors: { ...tensors, numbers } });
    const { values } = read.modules[0]!.output!.percentiles as unknown as { values: Float64Array };
    assert.equal(values.buffer.byteLength, tensors.numbers.byteLength);
  });

  it("is left with the agreed parts alone", () => {
    assert.deepEqual(fromPanel.decode({ type: "command", command: "stop", more: 1 }), { type: "command", command: "stop" });
    for (const wrong of [
      undefined,
      null,
      3,
      [],
      {},
      { type: "comand" },
      { type: "command", command: "format" },
      { type: "constructor" },
      { type: "reveal", position: { file: "/a", line: 0, column: 1 } },
    ]) {
      assert.throws(() => fromPanel.decode(wrong), Malformed);
    }
  });
});
