import assert from "node:assert/strict";
import { manualSeed, nn, noGrad, optim, rand, randint, randn, tensor, type Tensor } from "../../src/engine/index.ts";
import type { Observer } from "../../src/observe/observer.ts";
import type { LookRequest, RunEvent } from "../../src/protocol/index.ts";
import { reduceSnapshot, type RunSnapshot } from "../../src/run/snapshot.ts";
import { watch } from "../observe/watch.ts";
import { emptySnapshot } from "./fakeRun.ts";
import type { Panel } from "./page.ts";
import { withPages } from "./withPages.ts";

class NetPictures extends nn.Module {
  conv = new nn.Conv2d(1, 6, 3, { padding: 1 });
  act = new nn.ReLU();
  head = new nn.Linear(6 * 64, 4);
  override forward(x: Tensor): Tensor {
    return this.head(this.act(this.conv(x)).flatten(1));
  }
}

interface Real {
  readonly run: RunSnapshot;
  readonly model: nn.AnyModule;
  /** Answers a question as the run would have. */
  ask(look: LookRequest): readonly RunEvent[];
}

/** A run that really trains a model; it is left as it was in the last step, as if it were paused there. */
function trained(build: () => nn.AnyModule, x: Tensor, y: Tensor): Real {
  let observer: Observer | undefined;
  let model: nn.Module | undefined;
  const { events } = watch((watching) => {
    observer = watching;
    model = build() as nn.Module;
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    for (let step = 0; step < 3; step++) {
      optimizer.zeroGrad();
      nn.functional.crossEntropy(model(x), y).backward();
      optimizer.step();
    }
  });
  const run: RunSnapshot = { ...events.reduce((snapshot, event) => reduceSnapshot(snapshot, event), emptySnapshot()), state: "paused" };
  return {
    run,
    model: model!,
    ask(look) {
      const from = events.length;
      observer!.steer({ type: "look", look });
      return events.slice(from);
    },
  };
}

/** What the page asked last. */
async function asked(panel: Panel): Promise<LookRequest> {
  const posted = await panel.posted();
  const looks = posted.flatMap((message) =>
    message.type === "steer" && message.steering.type === "look" && message.steering.look ? [message.steering.look] : [],
  );
  assert.ok(looks.length > 0, "the page asked for nothing");
  return looks.at(-1)!;
}

/** Lets the run answer all that the page asks, until it asks no more. */
async function answer(panel: Panel, real: Real): Promise<void> {
  for (let last = -1, look = await asked(panel); look.id !== last; look = await asked(panel)) {
    last = look.id;
    await panel.sendEvents(real.run.runId, real.ask(look));
  }
}

describe("the Data tab", function () {
  this.timeout(60_000);
  const pages = withPages();

  async function opened(real: Real): Promise<Panel> {
    const panel = await pages.open({ width: 900, height: 1_000 });
    await panel.send({ type: "snapshot", run: real.run });
    await panel.turnTo("data");
    await answer(panel, real);
    return panel;
  }

  it("shows a channel's values as pixels of just that strength, and by the arrows in words", async () => {
    manualSeed(1);
    const [x, y] = [rand(6, 1, 8, 8), randint(0, 4, [6])];
    const real = trained(() => new NetPictures(), x, y);
    const panel = await opened(real);
    await panel.byTestId("sample").nth(3).click();
    await answer(panel, real);
    const channels = noGrad(() => (real.model as unknown as NetPictures).conv(x).select(0, 3));
    const values = Array.from(channels.toTypedArray());
    const most = values.reduce((high, value) => Math.max(high, Math.abs(value)), 0);
    const drawn = await panel.page
      .locator('[data-path="conv"] canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => Array.from(canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height).data));
    const width = await panel.page
      .locator('[data-path="conv"] canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => canvas.width);
    const colours = await panel.page.evaluate(() => {
      const style = getComputedStyle(document.body);
      return ["--curve-2", "--background", "--curve-1"].map((name) => {
        const hex = style.getPropertyValue(name).trim();
        return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
      });
    });
    const columns = width / 9;
    for (let channel = 0; channel < 6; channel++) {
      for (let i = 0; i < 64; i++) {
        const left = (channel % columns) * 9 + (i % 8);
        const top = Math.floor(channel / columns) * 9 + Math.floor(i / 8);
        const share = values[channel * 64 + i]! / most;
        for (let k = 0; k < 3; k++) {
          const towards = colours[share < 0 ? 0 : 2]![k]!;
          const expected = colours[1]![k]! + Math.abs(share) * (towards - colours[1]![k]!);
          assert.ok(
            Math.abs(drawn[4 * (top * width + left) + k]! - expected) <= 1,
            `channel ${channel}, value ${i}: ${drawn[4 * (top * width + left) + k]} is not ${expected}`,
          );
        }
      }
    }
    await panel.page.locator('[data-path="conv"] [data-testid="units"]').first().focus();
    await panel.page.keyboard.press("ArrowRight");
    assert.match((await panel.page.locator('[data-path="conv"] [data-testid="unit-text"]').first().textContent())!, /^channel 1: mean/);
    assert.deepEqual(panel.errors, []);
    await panel.page.close();
  });

  it("switches a channel off by a key, says what becomes of it, and switches it on again", async () => {
    manualSeed(2);
    const [x, y] = [rand(6, 1, 8, 8), randint(0, 4, [6])];
    const real = trained(() => new NetPictures(), x, y);
    const panel = await opened(real);
    await panel.page.locator('[data-path="conv"] [data-testid="units"]').first().focus();
    await panel.page.keyboard.press("ArrowRight");
    await panel.page.keyboard.press("ArrowRight");
    await panel.page.keyboard.press("Enter");
    await answer(panel, real);
    assert.deepEqual((await asked(panel)).ablations, [{ module: 1, part: "unit", index: 2 }]);
    const { conv, act, head } = real.model as unknown as NetPictures;
    const [before, without] = noGrad(() => {
      const channels = conv(x);
      const whole = head(act(channels).flatten(1));
      channels.select(1, 2).fill_(0);
      return [whole, head(act(channels).flatten(1))].map((logits) => Array.from(logits.softmax(1).select(0, 0).toTypedArray()));
    });
    const scores = await panel.byTestId("score").evaluateAll((rows) => rows.map(({ dataset }) => [Number(dataset["value"]), Number(dataset["without"])]));
    scores.forEach(([value, other], i) => {
      assert.ok(Math.abs(value! - before![i]!) < 1e-5 && Math.abs(other! - without![i]!) < 1e-5, `class ${i}`);
    });
    assert.match((await panel.byTestId("effect").textContent())!, /This sample's loss .+ → .+; the batch's .+ → .+, right .+ → .+/);
    await panel.page.getByRole("button", { name: "Switch channel 2 of conv on again" }).click();
    await answer(panel, real);
    assert.deepEqual((await asked(panel)).ablations, []);
    await panel.page.close();
  });

  it("marks wrong samples by a shape, and shows the counts of the confusion matrix", async () => {
    manualSeed(3);
    const [x, y] = [rand(6, 1, 8, 8), randint(0, 4, [6])];
    const real = trained(() => new NetPictures(), x, y);
    const panel = await opened(real);
    const { outcome } = real.run.followed.get(0)!.look!;
    const wrong = Array.from(outcome!.labels.values, (label, i) => label !== outcome!.predictions.values[i]);
    assert.deepEqual(await panel.byTestId("sample").evaluateAll((all) => all.map(({ dataset }) => dataset["right"] === "false")), wrong);
    assert.deepEqual(await panel.byTestId("sample").evaluateAll((all) => all.map((one) => one.querySelector('[aria-label="wrong"]') !== null)), wrong);
    await panel.byTestId("view-confusion").click();
    const { confusion } = real.run.followed.get(0)!.tallies[0]!;
    assert.deepEqual(await panel.byTestId("cell").evaluateAll((cells) => cells.map(({ dataset }) => Number(dataset["count"]))), confusion!.counts);
    await panel.byTestId("view-worst").click();
    assert.equal(await panel.byTestId("worst").count(), real.run.followed.get(0)!.tallies[0]!.worst.length);
    assert.deepEqual(panel.errors, []);
    await panel.page.close();
  });

  it("draws the plane of two features with the batch's points, each chosen by a click", async () => {
    manualSeed(4);
    const [x, y] = [randn(12, 2), tensor([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2])];
    const real = trained(() => new nn.Sequential(new nn.Linear(2, 8), new nn.Tanh(), new nn.Linear(8, 3)), x, y);
    const panel = await opened(real);
    assert.equal(await panel.byTestId("point").count(), 12);
    await panel.byTestId("point").nth(7).click();
    await answer(panel, real);
    assert.equal(await panel.byTestId("chosen").getAttribute("data-sample"), "7");
    assert.deepEqual(panel.errors, []);
    await panel.page.close();
  });

  it("asks for what is in sight only, and says when nobody looks any more", async () => {
    manualSeed(5);
    const deep = (): nn.Sequential => new nn.Sequential(...Array.from({ length: 60 }, () => new nn.Linear(16, 16)));
    const real = trained(deep, randn(4, 16), randint(0, 16, [4]));
    const panel = await opened(real);
    const { wanted } = await asked(panel);
    assert.ok(wanted.length >= 2 && wanted.length < 20, `${wanted.length} pieces of 60`);
    await panel.turnTo("curves");
    const last = (await panel.posted()).at(-1);
    assert.deepEqual(last, { type: "steer", steering: { type: "look", look: null } });
    await panel.page.close();
  });

  it("says in words why there is nothing to see", async () => {
    const panel = await pages.open({ width: 900, height: 900 });
    manualSeed(6);
    const { run } = trained(() => new nn.Sequential(new nn.Linear(2, 2)), randn(4, 2), randint(0, 2, [4]));
    await panel.send({ type: "snapshot", run: { ...run, state: "running", followed: new Map() } });
    await panel.turnTo("data");
    assert.match((await panel.byTestId("data-empty").textContent())!, /^Waiting for the next batch/);
    const { id } = await asked(panel);
    await panel.sendEvents(run.runId, [
      { type: "followed", news: { kind: "failure", failure: { id, model: 0, message: "The model could not be called once more with this batch: no" } } },
    ]);
    assert.match((await panel.byTestId("data-empty").textContent())!, /once more with this batch: no/);
    await panel.send({ type: "snapshot", run: { ...run, state: "finished", followed: new Map() } });
    assert.match((await panel.byTestId("data-empty").textContent())!, /Train again with this tab open/);
    await panel.page.close();
  });
});
