/** What a module's tensors look like in a browser; numbers are held against values that are counted here. */
import assert from "node:assert/strict";
import { arange, cat, full, manualSeed, randn, tensor, zeros, type Tensor } from "../../src/engine/index.ts";
import { statistics } from "../../src/engine/ops/statistics.ts";
import type { Intervention, ModuleStatistics, StepStatistics, TensorStatistics } from "../../src/protocol/index.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { digitsModel, emptySnapshot, samplesOf, sampleStep } from "./fakeRun.ts";
import type { Panel } from "./page.ts";
import { withPages } from "./withPages.ts";

const model = { ...digitsModel, modules: digitsModel.modules.slice(0, 4) };
const relu = 3;

function measured(of: Tensor): TensorStatistics {
  return { shape: [...of.shape], ...statistics(of, 40) };
}

/** A step in which the ReLU put out `output`. */
function stepOf(step: number, output: Tensor, more: Partial<ModuleStatistics> = {}): StepStatistics {
  return { model: model.id, step, epoch: Math.floor(step / 10), modules: [{ module: relu, output: measured(output), parameters: [], ...more }] };
}

function runOf(samples: readonly StepStatistics[], more: Partial<RunSnapshot> = {}): RunSnapshot {
  return { ...emptySnapshot(), state: "finished", models: [model], samples: samplesOf(...samples), ...more };
}

describe("a module's tensors in a browser", () => {
  const pages = withPages();
  let panel: Panel;
  before(() => manualSeed(1));
  beforeEach(async () => (panel = await pages.open()));
  afterEach(async () => {
    assert.deepEqual(panel.errors, []);
    await panel.page.close();
  });

  async function show(run: RunSnapshot, module = relu): Promise<void> {
    await panel.send({ type: "snapshot", run }, { type: "select", model: model.id, module });
    await panel.turnTo("layer");
  }
  const row = (kind: string) => panel.page.locator(`[data-testid=histogram][data-kind="${kind}"]`);
  const value = async (kind: string, id: string) => Number(await row(kind).getByTestId(id).getAttribute("data-value"));
  const shownStep = async () => Number(await panel.byTestId("shown-step").getAttribute("data-step"));

  it("show what a ReLU made zero beside the bars, which hold the rest", async () => {
    const output = randn(40, 50).relu();
    const values = Array.from(output.toTypedArray());
    const zero = values.filter((one) => one === 0).length;
    await show(runOf([stepOf(0, output), stepOf(1, output)]));
    assert.equal(await value("output", "zeros"), zero);
    assert.equal(await row("output").getByTestId("histogram-total").getAttribute("data-total"), String(2000 - zero));
    assert.equal(await panel.byTestId("zero-strip").count(), 1);
    // The bars' tops are the counts of the values that aren't zero: the fullest bin reaches the top.
    await panel.byTestId("histogram-tables").click();
    await panel.settle();
    const counts = await row("output")
      .getByTestId("bin-count")
      .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute("data-value"))));
    const high = Math.max(...values);
    const bin = (one: number) => Math.min(39, Math.floor((one / high) * 40));
    assert.deepEqual(
      counts,
      Array.from({ length: 40 }, (_, i) => values.filter((one) => one !== 0 && bin(one) === i).length),
    );
    assert.deepEqual(
      await row("output")
        .getByTestId("count-apart")
        .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute("data-value")))),
      [zero],
    );
  });

  it("aren't squeezed by an outlier, which is marked, and shown on demand", async () => {
    const output = cat([randn(500), tensor([1e6, -3e5])]);
    await show(runOf([stepOf(0, output)]));
    assert.equal(await value("output", "values-above"), 1);
    assert.equal(await value("output", "values-below"), 1);
    const ends = async () => (await row("output").locator(".axis").innerText()).replaceAll("\n", " ");
    assert.match(await ends(), /^◂ 1 −\d\.\d+ 500 values \d\.\d+ 1 ▸$/);
    await panel.byTestId("full-range").click();
    assert.match(await ends(), /^−300,000 502 values 1\.00e6$/);
  });

  it("have percentiles of the values, and say whether they are exact", async () => {
    const few = arange(0, 101);
    await show(runOf([stepOf(0, few), stepOf(1, randn(5000))]));
    await panel.byTestId("history-percentiles").click();
    await panel.byTestId("step-slider").focus();
    await panel.page.keyboard.press("Home");
    const percentiles = () => panel.byTestId("percentile").evaluateAll((all) => all.map((one) => one.textContent));
    assert.deepEqual(await percentiles(), ["1.00", "5.00", "25.0", "50.0", "75.0", "95.0", "99.0"]);
    await panel.page.keyboard.press("End");
    for (const text of await percentiles()) assert.match(text!, /^≈ /);
    assert.equal(await panel.byTestId("percentiles").getAttribute("data-exact"), "false");
  });

  it("are drawn over the run in the colours of their counts", async () => {
    const low = tensor([...new Array<number>(30).fill(1), 5]);
    const high = tensor([1, ...new Array<number>(30).fill(5)]);
    await show(runOf([stepOf(0, low), stepOf(1, high)]));
    const shades = await panel.page.locator("[data-testid=heatmap] canvas").evaluate((canvas: HTMLCanvasElement) => {
      const at = (x: number, y: number) => [
        ...canvas.getContext("2d")!.getImageData(Math.round(x * canvas.width), Math.round(y * (canvas.height - 1)), 1, 1).data,
      ];
      return [at(0.25, 0.02), at(0.25, 0.98), at(0.75, 0.02), at(0.75, 0.98), at(0.25, 0.5)];
    });
    const [ink, paper] = [shades[1]!, shades[4]!];
    assert.deepEqual(shades[2], ink, "30 values of 5 in step 1");
    assert.deepEqual(shades[3], shades[0]);
    // One value of 31 is as dark as √(1/30) between nothing and the fullest bin.
    const expected = paper.map((from, i) => Math.round(from + (ink[i]! - from) * Math.sqrt(1 / 30)));
    for (const [i, channel] of shades[0]!.entries()) assert.ok(Math.abs(channel - expected[i]!) <= 2, `${shades[0]} and not ${expected}`);
  });

  it("have room for every number, one tensor below the other, at any width", async () => {
    const output = randn(40, 50).mul(1e-4);
    for (const width of [320, 480, 700, 1200]) {
      await panel.page.setViewportSize({ width, height: 800 });
      await show(runOf([stepOf(0, output, { outputGradient: measured(output) }), stepOf(1, output, { outputGradient: measured(output) })]));
      for (const id of ["history-heatmap", "history-percentiles"]) {
        await panel.byTestId(id).click();
        await panel.settle();
        const cut = await panel.page
          .locator(".statistics > div")
          .evaluateAll((all) => all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).map(({ textContent }) => textContent));
        assert.deepEqual(cut, [], `${id} at ${width} px`);
        const [above, below] = await panel.page
          .locator(".tensor-row")
          .evaluateAll((rows) => [
            Math.max(...[...rows[0]!.querySelectorAll("*")].map((part) => part.getBoundingClientRect().bottom)),
            rows[1]!.getBoundingClientRect().top,
          ]);
        assert.ok(above! <= below! + 0.5, `${id} at ${width} px: ${above} is below ${below}`);
      }
    }
  });

  it("are shown as ridges and percentiles, too, where a click chooses the step", async () => {
    await show(runOf(Array.from({ length: 9 }, (_, i) => stepOf(10 * i, randn(300).mul(1 + i)))));
    await panel.byTestId("history-ridgeline").click();
    const ridges = (await panel.byTestId("ridgeline").boundingBox())!;
    await panel.page.mouse.click(ridges.x + ridges.width / 2, ridges.y + ridges.height - 3);
    assert.equal(await shownStep(), 80);
    await panel.page.mouse.click(ridges.x + ridges.width / 2, ridges.y + 0.4 * ridges.height);
    assert.equal(await shownStep(), 0);
    await panel.byTestId("history-percentiles").click();
    const fan = (await panel.byTestId("percentile-chart").boundingBox())!;
    await panel.page.mouse.click(fan.x + fan.width / 2, fan.y + fan.height / 2);
    assert.equal(await shownStep(), 40);
  });

  it("end with the last measured step while the run is paused", async () => {
    const samples = Array.from({ length: 70 }, (_, step) => stepOf(step, randn(10)));
    const axis = () => panel.page.locator(".history .axis").innerText();
    await show(runOf(samples, { state: "running" }));
    assert.match(await axis(), /step 0\s+70$/);
    await panel.sendEvents("run-1", [{ type: "state", state: "paused", at: 1 }]);
    assert.match(await axis(), /step 0\s+69$/);
  });

  it("are shown whatever they hold", async () => {
    const odd: Readonly<Record<string, Tensor>> = {
      "no dimension": tensor(3.5),
      "one value": tensor([-2]),
      constant: full([50], 0.25),
      "only zeros": zeros(20),
      "only NaN": full([8], NaN),
      huge: randn(100).mul(1e30),
      tiny: randn(100).mul(1e-38),
      "whole numbers": arange(0, 300),
      "one huge value": tensor([1e30]),
    };
    const samples = Object.values(odd).map((one, step) => stepOf(step, one));
    await show(runOf(samples));
    await panel.byTestId("step-slider").focus();
    for (const view of ["heatmap", "ridgeline", "percentiles"]) {
      await panel.byTestId(`history-${view}`).click();
      await panel.byTestId("step-slider").focus();
      await panel.page.keyboard.press("Home");
      for (const name of Object.keys(odd)) {
        const text = await panel.page.locator(".tensor-row.activation").innerText();
        assert.doesNotMatch(text, /undefined|Infinity/, name);
        const drawn = await panel.page.locator(".tensor-row.activation svg").evaluateAll((all) => all.map((one) => one.outerHTML).join());
        assert.doesNotMatch(drawn, /NaN|Infinity/, name);
        await panel.page.keyboard.press("ArrowRight");
      }
    }
  });

  it("say why one isn't there", async () => {
    const whole = sampleStep(model, 0, 0, 0);
    const without = whole.modules.map(({ module, output, parameters }): ModuleStatistics => {
      const values = parameters.map(({ name, value: measuredValue }) => ({ name, value: measuredValue }));
      if (module === 2) return { module, output: output!, gradientless: "untrained", parameters: values };
      return module === relu ? { module, gradientless: "noGrad", parameters: [] } : { module, parameters: values };
    });
    const frozen = {
      ...model,
      modules: model.modules.map((one) => ({ ...one, parameters: one.parameters.map((own) => ({ ...own, trainable: own.name !== "bias" })) })),
    };
    const hints = () => panel.page.locator(".tensor-numbers .hint").allInnerTexts();
    await show(runOf([{ ...whole, modules: without }], { models: [frozen] }), 2);
    assert.deepEqual(await hints(), ["Nothing before it is trained, so it gets no gradient.", "No gradient arrived in this step.", "Frozen, so no gradient."]);
    await panel.send({ type: "select", model: 0, module: relu });
    assert.deepEqual(await hints(), ["Computed under noGrad, where nothing is measured.", "Computed under noGrad, where nothing is measured."]);
    await panel.send({ type: "select", model: 0, module: 0 });
    assert.deepEqual(await panel.page.locator(".tensor-rows .hint").allInnerTexts(), ["This module was not called in any measured step."]);
  });

  it("are all that a module returned", async () => {
    const output = randn(5, 2);
    const furtherOutputs = [{ output: measured(randn(3)), gradient: measured(randn(3)) }];
    await show(runOf([stepOf(0, output, { furtherOutputs })]));
    assert.deepEqual(await panel.page.locator(".tensor-title").allInnerTexts(), ["output 1", "∂loss/∂output 1", "output 2", "∂loss/∂output 2"]);
    assert.equal(await row("output:1").getAttribute("data-count"), "3");
    assert.equal(await row("outputGradient:1").getAttribute("data-count"), "3");
  });

  describe("and the slider over measured steps", () => {
    const samples = [0, 10, 20, 30, 40, 50].map((step) => sampleStep(model, step, Math.floor(step / 20), step / 50));

    it("moves the table and every chart together", async () => {
      await show(runOf(samples), 2);
      const gradients = () => panel.page.locator(".flow-bar").evaluateAll((bars) => bars.map((bar) => (bar as HTMLElement).style.transform));
      const newest = await gradients();
      await panel.byTestId("step-slider").focus();
      await panel.page.keyboard.press("Home");
      assert.notDeepEqual(await gradients(), newest);
      assert.equal(await panel.page.getByTestId("tensor-mean").first().getAttribute("data-value"), String(samples[0]!.modules[2]!.output!.mean));
      assert.match(await panel.byTestId("step-slider").getAttribute("aria-valuetext").then(String), /^step 0, epoch 1, 1 of 6 measured$/);
      assert.ok((await panel.page.locator(".chosen-step").count()) > 0);
      await panel.page.keyboard.press("End");
      assert.deepEqual(await gradients(), newest);
    });

    it("plays a stretch again and again, at most ten steps a second, until it is stopped", async () => {
      await show(runOf(samples));
      const slider = panel.byTestId("step-slider");
      await slider.focus();
      for (const key of ["Home", "ArrowRight", "[", "ArrowRight", "ArrowRight", "]", " "]) await panel.page.keyboard.press(key);
      assert.equal(await panel.byTestId("play-steps").getAttribute("aria-pressed"), "true");
      const seen = await panel.page.evaluate(
        () =>
          new Promise<number[]>((resolve) => {
            const steps: number[] = [];
            const readout = document.querySelector("[data-testid=shown-step]")!;
            const observer = new MutationObserver(() => steps.push(Number(readout.getAttribute("data-step"))));
            observer.observe(readout, { attributes: true, attributeFilter: ["data-step"] });
            setTimeout(() => resolve(steps), 2_000);
          }),
      );
      assert.deepEqual(new Set(seen), new Set([10, 20, 30]));
      assert.ok(seen.length >= 4 && seen.length <= 21, `${seen.length} steps in two seconds`);
      seen.forEach((step, i) => assert.equal(seen[i + 1] ?? (step === 30 ? 10 : step + 10), step === 30 ? 10 : step + 10));
      await panel.byTestId("play-steps").click();
      assert.equal(await panel.byTestId("play-steps").getAttribute("aria-pressed"), "false");
      await panel.byTestId("whole-stretch").click();
      assert.equal(await panel.byTestId("stretch").count(), 0);
    });

    it("stops playing where the page goes out of sight, and goes slowly where motion is to be reduced", async () => {
      await panel.page.emulateMedia({ reducedMotion: "reduce" });
      await show(runOf(samples));
      await panel.byTestId("play-steps").click();
      const first = await shownStep();
      await panel.settle();
      assert.equal(await shownStep(), first, "the next step comes after a second");
      await panel.page.evaluate(() => {
        Object.defineProperty(document, "hidden", { value: true, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      });
      await panel.settle();
      assert.equal(await panel.byTestId("play-steps").getAttribute("aria-pressed"), "false");
    });

    it("shows where the run was changed by hand", async () => {
      const change = { kind: "freeze", model: 0, path: "features.0", frozen: true } as const;
      const intervention: Intervention = { id: 0, step: 25, epoch: 1, change, target: "features.0", from: false, to: true };
      await show(runOf(samples, { interventions: [intervention] }));
      const mark = panel.byTestId("slider-intervention");
      assert.deepEqual([await mark.getAttribute("x1"), await mark.locator("title").textContent()], ["25", "features.0 was changed before step 25"]);
    });
  });
});
