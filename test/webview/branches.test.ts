/** The shown run among those that it parts from and those that part from it. */
import assert from "node:assert/strict";
import type { FromPanel } from "../../src/run/panelMessages.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { Series } from "../../src/run/series.ts";
import { lanesOf } from "../../webview/branches/lanes.ts";
import { withTrunk } from "../../webview/branches/trunk.ts";
import { familyAround, snapshotAfter, training } from "./fakeRun.ts";
import type { Panel } from "./page.ts";
import { withPages } from "./withPages.ts";

const points = (from: number, values: readonly number[]) => values.map((value, i) => ({ step: from + i, epoch: 0, value }));

describe("the tree of branches", () => {
  it("has a line for each run, from where it parts, below the run that it parts from", () => {
    const lanes = lanesOf(familyAround("code").runs);
    assert.deepEqual(
      lanes.map(({ run, from, to, up }) => [run.id, Math.round(1100 * from), Math.round(1100 * to), up]),
      [
        ["trunk", 0, 900, 0],
        ["late", 600, 900, 1],
        ["early", 300, 720, 2],
        ["code", 500, 1100, 1],
      ],
    );
  });

  it("has the curves of the trunk before those of a run in other code, as far as that has them, too", () => {
    const own = new Map([["loss", Series.of(points(0, [3, 2]))]]);
    const curves = new Map([
      ["loss", Series.of(points(-2, [5, 4]))],
      ["gone", Series.of(points(-2, [1, 1]))],
    ]);
    const merged = withTrunk(own, familyAround("code", { until: 0, curves }));
    assert.deepEqual([[...merged.keys()], [...merged.get("loss")!]], [["loss"], points(-2, [5, 4, 3, 2])]);
    assert.equal(withTrunk(own, null), own);
  });
});

describe("the panel of a run that has branches", function () {
  this.timeout(60_000);
  const pages = withPages();
  let panel: Panel;
  const run = snapshotAfter([...training()].slice(0, 720));

  beforeEach(async () => {
    panel = await pages.open({ width: 1200 });
    await show(run);
  });
  afterEach(async () => {
    assert.deepEqual(panel.errors, []);
    await panel.page.close();
  });

  const show = (shown: RunSnapshot) => panel.send({ type: "snapshot", run: shown });
  const tell = (shown: string, until: number, curves: RunSnapshot["curves"] = new Map()) =>
    panel.send({ type: "family", runId: run.runId, family: familyAround(shown, { until, curves }) });
  const row = (id: string) => panel.page.locator(`[data-testid="branch"][data-run="${id}"]`);
  const asked = async () => (await panel.posted()).filter((message): message is Extract<FromPanel, { type: "showRun" }> => message.type === "showRun");

  it("says of each where it parts, what differs and where it ended, and marks the shown one", async () => {
    assert.equal(await panel.byTestId("branches").count(), 0);
    await tell("early", 300);
    assert.equal((await row("early").innerText()).replaceAll(/\s+/g, " "), "09:52:40 step 300 Froze features.0, lr 0.1 → 0.05 loss 0.2314");
    assert.deepEqual(await panel.page.locator("[aria-current]").evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset["run"])), ["early"]);
    await panel.byTestId("branches-toggle").click();
    assert.deepEqual([await panel.byTestId("branch").count(), await row("early").count()], [1, 1]);
    // Another run has another family, or none.
    await show({ ...run, runId: "another" });
    assert.equal(await panel.byTestId("branches").count(), 0);
  });

  it("shows another one at a click, or by the keys", async () => {
    await tell("early", 300);
    await row("early").click();
    assert.deepEqual(await asked(), []);
    await row("trunk").click();
    await panel.page.keyboard.press("End");
    await panel.page.keyboard.press("ArrowUp");
    await panel.page.keyboard.press("ArrowUp");
    await panel.page.keyboard.press("Enter");
    assert.deepEqual(
      (await asked()).map((message) => message.run),
      ["trunk", "late"],
    );
  });

  /** How strong the strongest pixel is of the left and the right half of each chart, 0 to 255. */
  const strengths = () =>
    panel.page.locator(".chart canvas").evaluateAll((all) =>
      (all as HTMLCanvasElement[]).map((canvas) => {
        const half = (from: number) => {
          // Without the axes' words and the ticks at the head.
          const { data } = canvas.getContext("2d")!.getImageData(canvas.width * from, 20, canvas.width * 0.25, canvas.height - 60);
          return data.reduce((most, value, i) => (i % 4 === 3 ? Math.max(most, value) : most), 0);
        };
        return [half(0.2), half(0.7)] as const;
      }),
    );

  it("draws pale what the run shares with the one that it parts from", async () => {
    const isStrong = (strength: number) => strength > 0.6 * 255;
    const before = await strengths();
    assert.ok(before.length >= 3 && before.flat().every(isStrong), before.join(" "));
    await tell("early", 400);
    const after = await strengths();
    assert.ok(
      after.every(([left, right]) => left < 0.45 * 255 && isStrong(right)),
      after.join(" "),
    );
  });

  it("draws before a run in other code the curves that it goes on from, where it can't be looked at", async () => {
    await tell(
      "code",
      0,
      new Map([
        [
          "loss",
          Series.of(
            points(
              -500,
              Array.from({ length: 500 }, (_, i) => 5 - i / 200),
            ),
          ),
        ],
      ]),
    );
    const plot = panel.page.locator('[data-testid="curve"][data-name="loss"] .plot');
    await plot.focus();
    await panel.page.keyboard.press("Home");
    assert.equal(await panel.page.locator(".cursor-readout").innerText(), "500 steps before this run · shared trunk");
    await panel.page.keyboard.press("Enter");
    assert.ok(!(await panel.posted()).some((message) => message.type === "shownStep" && message.step !== null));
    assert.equal(JSON.parse((await panel.page.locator(".charts").getAttribute("data-vscode-context"))!).webviewSection, undefined);
  });
});
