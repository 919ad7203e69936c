/** What is done to a run from the panel, in headless Chromium. */
import assert from "node:assert/strict";
import type { RunEvent, Steering } from "../../src/protocol/index.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { digitsModel, snapshotAfter, training } from "./fakeRun.ts";
import type { Panel } from "./page.ts";
import { withPages } from "./withPages.ts";

const optimizers: RunEvent = {
  type: "optimizers",
  optimizers: [
    {
      id: 0,
      type: "AdamW",
      groups: [
        { name: "body", parameters: ["features.0.weight"], count: 4, options: { lr: 0.001, betas: [0.9, 0.999], weightDecay: 0.01, amsgrad: false } },
        { name: "head", parameters: ["fc2.weight"], count: 2, options: { lr: 0.01, betas: [0.9, 0.999], weightDecay: 0.01, amsgrad: false } },
      ],
    },
  ],
};
const watch: RunEvent = { type: "watch", watch: { what: "all", modules: [], budget: 0.03, everyStep: false } };
const first = [...training({ epochs: 1, batches: 8, sampleEvery: 4 })].slice(0, -1);
const events: RunEvent[][] = [...first, [{ type: "models", models: [digitsModel] }, optimizers, watch]];
const running: RunSnapshot = { ...snapshotAfter(events), state: "running" };
const place = {
  step: 120,
  epoch: 1,
  module: { path: "features.0", type: "Conv2d", model: 0, position: { file: "/a.model.ts", line: 12, column: 3 } },
  waiting: 1,
};

describe("controls in the panel", function () {
  this.timeout(120_000);
  const pages = withPages();
  let panel: Panel;
  afterEach(async () => {
    assert.deepEqual(panel.errors, []);
    await panel.page.close();
  });

  const open = async (run: RunSnapshot, size = {}): Promise<void> => {
    panel = await pages.open(size);
    await panel.send({ type: "snapshot", run });
    await panel.turnTo("control");
  };
  const steered = async (): Promise<Steering[]> => (await panel.posted()).flatMap((message) => (message.type === "steer" ? [message.steering] : []));

  it("change an option with Enter, restore it with Escape, and refuse what is none", async () => {
    await open(running);
    const lr = panel.byTestId("option-lr").nth(1);
    await lr.fill("0.05");
    await lr.press("Enter");
    await lr.fill("7");
    await lr.press("Escape");
    assert.equal(await lr.inputValue(), "0.01");
    for (const [wrong, words] of [
      ["-1", "lr can't be -1."],
      ["fast", "This isn't a value of this kind."],
      ["", "This isn't a value of this kind."],
    ] as const) {
      await lr.fill(wrong);
      assert.equal(await panel.page.locator(".refused").innerText(), words);
      assert.equal(await lr.getAttribute("aria-invalid"), "true", wrong);
      await lr.press("Enter");
    }
    const betas = panel.byTestId("option-betas").first();
    await betas.fill("0.5, 0.9");
    await betas.press("Enter");
    await panel.byTestId("option-amsgrad").first().check();
    assert.deepEqual(
      (await steered()).map((one) => one.type === "change" && one.change),
      [
        { kind: "option", optimizer: 0, group: 1, name: "lr", value: 0.05 },
        { kind: "option", optimizer: 0, group: 0, name: "betas", value: [0.5, 0.9] },
        { kind: "option", optimizer: 0, group: 0, name: "amsgrad", value: true },
      ],
    );
  });

  it("list what was changed, and undo it once", async () => {
    await open(running);
    const change = { kind: "freeze", model: 0, path: "features.0", frozen: true } as const;
    const frozen = { id: 0, step: 40, epoch: 0, change, target: "features.0", from: false, to: true };
    const rate = {
      id: 1,
      step: 50,
      epoch: 0,
      change: { kind: "option", optimizer: 0, group: 0, name: "lr", value: 0.1 },
      target: "lr of body",
      from: 0.001,
      to: 0.1,
    } as const;
    await panel.sendEvents(
      running.runId,
      [frozen, rate].map((intervention) => ({ type: "intervention", intervention })),
    );
    const rows = panel.byTestId("intervention");
    assert.deepEqual(await rows.locator("td:nth-child(2)").allInnerTexts(), ["lr of body 0.001 → 0.1", "Froze features.0"]);
    await rows.nth(1).getByRole("button", { name: "Undo: Froze features.0" }).click();
    assert.deepEqual(await steered(), [{ type: "undo", intervention: 0 }]);
    await panel.sendEvents(running.runId, [{ type: "intervention", intervention: { ...frozen, id: 2, step: 60, from: true, to: false, undoes: 0 } }]);
    assert.match(await rows.first().innerText(), /Undid: froze features.0/);
    assert.equal(await rows.nth(2).getByTestId("undo").isDisabled(), true);
    await panel.sendEvents(running.runId, [{ type: "refused", message: "lr can't be -1." }]);
    assert.match(await panel.byTestId("refusal").innerText(), /lr can't be -1/);
  });

  it("lead on by batch, module, step and epoch, and say where it stands", async () => {
    await open({ ...running, state: "paused", place });
    assert.match(await panel.byTestId("place").innerText(), /Paused in step 120, before features\.0 \(Conv2d\) · line 12 · 1 change waits/);
    for (const id of ["step-batch", "step-module", "step-out", "measure-now"]) await panel.byTestId(id).click();
    await panel.byTestId("run-to-number").fill("120");
    assert.equal(await panel.byTestId("run-to-hint").innerText(), "That step is over.");
    assert.equal(await panel.byTestId("run-to-go").isDisabled(), true);
    await panel.byTestId("run-to-number").fill("500");
    await panel.byTestId("run-to-number").press("Enter");
    await panel.byTestId("run-to-kind").selectOption("epoch");
    await panel.byTestId("run-to-number").fill("3");
    await panel.byTestId("run-to-go").click();
    await panel.byTestId("run-to-number").fill("0");
    assert.equal(await panel.byTestId("run-to-go").isDisabled(), true);
    assert.deepEqual(await steered(), [
      { type: "advance", to: { kind: "batch" } },
      { type: "advance", to: { kind: "module" } },
      { type: "advance", to: { kind: "out" } },
      { type: "measure" },
      { type: "advance", to: { kind: "step", step: 500 } },
      { type: "advance", to: { kind: "epoch", epoch: 2 } },
    ]);
    await panel.sendEvents(running.runId, [{ type: "state", state: "running", at: 0 }]);
    assert.equal(await panel.byTestId("place").count(), 0);
    assert.equal(await panel.byTestId("step-out").isDisabled(), true);
  });

  it("freeze the chosen module in the table, and its parameters beside its histograms", async () => {
    await open(running);
    await panel.page.locator('[data-testid="module-row"][data-path="features.0"]').click();
    await panel.byTestId("module-tree").getByTestId("freeze").click();
    await panel.turnTo("layer");
    await panel.byTestId("freeze-bias").click();
    await panel.byTestId("freeze-others").click();
    assert.deepEqual(
      (await steered()).map((one) => one.type === "change" && one.change),
      [
        { kind: "freeze", model: 0, path: "features.0", frozen: true },
        { kind: "freeze", model: 0, path: "features.0.bias", frozen: true },
        { kind: "freezeOthers", model: 0, path: "features.0" },
      ],
    );
  });

  it("choose what is watched, and show what that takes", async () => {
    await open({ ...running, progress: { ...running.progress!, watchShare: 0.0234 } });
    assert.match(await panel.byTestId("watch-share").innerText(), /2\.3 % of the time/);
    await panel.byTestId("watch-every").check();
    await panel.byTestId("watch-budget").fill("10");
    await panel.byTestId("watch-what").selectOption("off");
    const told = (await steered()).flatMap((one) => (one.type === "watch" ? [one.watch] : []));
    assert.deepEqual(
      told.map(({ what, budget, everyStep }) => [what, budget, everyStep]),
      [
        ["all", 0.03, true],
        ["all", 0.1, false],
        ["off", 0.03, false],
      ],
    );
  });

  it("say in words that a run that is over can't be changed", async () => {
    await open({ ...running, state: "finished" });
    assert.match(await panel.byTestId("not-steerable").innerText(), /The run is over/);
    assert.equal(await panel.byTestId("option-lr").first().isDisabled(), true);
    assert.equal(await panel.byTestId("step-batch").count(), 0);
  });

  it("fit at every width", async () => {
    for (const width of [320, 480, 700, 1200, 2200]) {
      await open({ ...running, state: "paused", place }, { width, height: 760 });
      const overflow = await panel.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(overflow <= 0, `${width}: ${overflow} pixels too wide`);
      if (process.env["PICTURES"]) await panel.page.screenshot({ path: `${process.env["PICTURES"]}/control-${width}.png` });
      if (width !== 2200) await panel.page.close();
    }
  });
});
