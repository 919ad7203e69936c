import assert from "node:assert/strict";
import type { FollowedNews } from "../../src/protocol/index.ts";
import { follow, type AllFollowed } from "../../src/run/followed.ts";
import { fromPanel } from "../../src/run/panelMessages.ts";
import { followedNews } from "../fixtures/followedNews.ts";

const [batch, look, failure, tally] = followedNews as [FollowedNews, FollowedNews, FollowedNews, Extract<FollowedNews, { kind: "tally" }>];
const after = (...news: readonly FollowedNews[]): AllFollowed => news.reduce<AllFollowed>(follow, new Map());

describe("what is kept of samples that are followed", () => {
  it("is the newest of each kind, and a failure only until the next look", () => {
    assert.equal(after(batch, look, failure).get(0)!.failure!.message, "no");
    const { failure: none, look: seen, batch: own } = after(batch, failure, look).get(0)!;
    assert.deepEqual([none, seen!.id, own!.step], [undefined, 5, 3]);
  });

  it("is one tally of training and one of evaluation", () => {
    const evaluation = { ...tally, tally: { ...tally.tally, pass: "evaluation" as const } };
    const later = { ...tally, tally: { ...tally.tally, epoch: 1 } };
    assert.deepEqual(
      after(tally, evaluation, later)
        .get(0)!
        .tallies.map(({ pass, epoch }) => [pass, epoch]),
      [
        ["evaluation", 0],
        ["training", 1],
      ],
    );
  });

  it("is of eight models at most, those that were looked at last", () => {
    const all = after(...Array.from({ length: 12 }, (_, model) => ({ ...tally, tally: { ...tally.tally, model } })));
    assert.deepEqual([...all.keys()], [4, 5, 6, 7, 8, 9, 10, 11]);
  });
});

describe("what a page may ask of a run", () => {
  const wanted = { module: 0, call: 0, what: "output" };
  const ask = (change: object): unknown => ({
    type: "steer",
    steering: {
      type: "look",
      look: { id: 1, model: 0, sample: 0, hold: false, follow: true, training: false, wanted: [wanted], ablations: [], boundary: true, ...change },
    },
  });

  it("is bounded, and of the agreed form", () => {
    assert.deepEqual(fromPanel.decode(ask({})), ask({}));
    assert.throws(() => fromPanel.decode(ask({ wanted: new Array(65).fill(wanted) })), /steering.look.wanted: too much at once/);
    assert.throws(() => fromPanel.decode(ask({ ablations: [{ module: 0, part: "all", index: 0 }] })), /ablations.0.part: not one of unit, head/);
    assert.throws(() => fromPanel.decode(ask({ sample: -1 })), /sample: not a whole number/);
  });
});
