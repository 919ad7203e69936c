import assert from "node:assert/strict";
import fc from "fast-check";
import { Malformed } from "../../src/run/codec.ts";
import { fromPanel, toPanel } from "../../src/run/panelMessages.ts";
import { runSnapshot } from "../../src/run/records.ts";
import { reduceSnapshot, shrink, memoryBounds } from "../../src/run/snapshot.ts";
import { elapsedSeconds, lossTrouble, progressShare, standing } from "../../src/run/standing.ts";
import { digitsModel, sampleStep, snapshotAfter, training } from "../webview/fakeRun.ts";

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const measured = { ...sampleStep({ ...digitsModel, modules: digitsModel.modules.slice(0, 3) }, 4, 0, 0), afterwards: true as const };
const full = snapshotAfter(
  [
    ...training({ epochs: 1, batches: 4, sampleEvery: 100 }),
    [{ type: "note", name: "device", step: 1, text: "cpu" }],
    [{ type: "statistics", statistics: measured }],
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

  it("is a whole run", () => {
    const back = runSnapshot.decode(json(runSnapshot.encode(full)));
    const { curves, ...others } = back;
    const { curves: expected, ...same } = full;
    assert.deepEqual(others, same);
    assert.deepEqual(
      [...curves].map(([name, series]) => [name, [...series]]),
      [...expected].map(([name, series]) => [name, [...series]]),
    );
  });

  it("isn't copied where JSON can take it as it is", () => {
    const message = { type: "events" as const, runId: "1", events: [{ type: "statistics" as const, statistics: measured }] };
    assert.equal(toPanel.encode(message), message);
  });
});

describe("what comes as JSON", () => {
  const others = [null, true, 0, -1, 1.5, 1e300, "", "NaN", "text", [], {}, [null], { type: "state" }];

  it("is read or refused, whatever stands in any place, and nothing that was read breaks what shows it", () => {
    const written = json(runSnapshot.encode(full));
    let refused = 0;
    for (const replace of places(written)) {
      for (const other of others) {
        try {
          const run = runSnapshot.decode(json(replace(other)));
          const next = reduceSnapshot(shrink(run, { ...memoryBounds, points: 3, steps: 2 }), { type: "statistics", statistics: measured });
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
    const written = json(runSnapshot.encode(full)) as { progress: { epoch: unknown } };
    const refused = (value: unknown) => {
      try {
        runSnapshot.decode(value);
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
