/** Fifty charts of a run of a million steps: scrolling through them, and going through the measured steps, must not stall. */
import type { Locator } from "playwright-core";
import { Series } from "../../src/run/series.ts";
import { emptySnapshot, memoryBounds, type RunSnapshot } from "../../src/run/snapshot.ts";
import { digitsModel, sampleStep } from "../webview/fakeRun.ts";
import { PanelPages, type Panel } from "../webview/page.ts";
import { median, milliseconds } from "./numbers.ts";
import { held, type Row } from "./report.ts";
import type { Subject } from "./subject.ts";

const charts = 50;
const steps = 1_000_000;
const samples = 200;
const frames = 120;
/** Milliseconds of one frame at 60 a second. */
const bar = 16;

/** What the bounds of the panel's memory leave of such a run. */
function longRun(): RunSnapshot {
  const kept = Math.floor(memoryBounds.allPoints / charts);
  const curve = (number: number): Series =>
    Series.of(
      Array.from({ length: kept }, (_, i) => {
        const step = Math.round((i * (steps - 1)) / (kept - 1));
        return { step, epoch: Math.floor(step / 10_000), value: Math.exp(-step / steps) + 0.1 * Math.sin(step * number) };
      }),
    );
  const names = ["loss", ...Array.from({ length: charts - 1 }, (_, i) => `metric ${String.fromCharCode(97 + (i % 26))}${Math.floor(i / 26)}`)];
  const measured = Array.from({ length: samples }, (_, i) => sampleStep(digitsModel, Math.round((i * (steps - 1)) / (samples - 1)), 0, i / samples));
  return {
    ...emptySnapshot({ runId: "1", file: "/long.model.ts", mode: "train", startedAt: 0 }),
    state: "finished",
    models: [digitsModel],
    curves: new Map(names.map((name, i) => [name, curve(i + 1)])),
    epochs: Array.from({ length: 100 }, (_, epoch) => ({ step: 10_000 * epoch, epoch })),
    samples: new Map([[digitsModel.id, measured]]),
  };
}

/** Milliseconds from each of so many frames to the next, `act` done in each. */
function framesOf(place: Locator, act: "scroll" | "slide"): Promise<number[]> {
  return place.evaluate(
    (element, [kind, count]) =>
      new Promise<number[]>((done) => {
        const times: number[] = [];
        let [last, down] = [performance.now(), true];
        const next = (now: number): void => {
          times.push(now - last);
          last = now;
          if (times.length > count) return done(times.slice(1));
          if (kind === "scroll") {
            if (element.scrollTop + element.clientHeight >= element.scrollHeight - 1) down = false;
            if (element.scrollTop <= 0) down = true;
            element.scrollTop += down ? 60 : -60;
          } else {
            element.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true, cancelable: true }));
          }
          requestAnimationFrame(next);
        };
        requestAnimationFrame(next);
      }),
    [act, frames] as const,
  );
}

async function measureFrames(panel: Panel, act: "scroll" | "slide", rounds: number): Promise<Row> {
  const place = act === "scroll" ? panel.page.locator(".charts") : panel.byTestId("step-slider");
  const times: number[][] = [];
  for (let round = 0; round < rounds; round++) times.push(await framesOf(place, act));
  const [middle, late] = [Math.min(...times.map(median)), Math.min(...times.map((one) => one.toSorted((a, b) => a - b)[Math.floor(0.95 * one.length)]!))];
  return {
    what: `${charts} charts of ${steps.toLocaleString("en-US")} steps: ${act === "scroll" ? "scrolling" : "going through the measured steps"}`,
    measured: `${milliseconds(middle)} a frame, 95 of 100 within ${milliseconds(late)}`,
    against: `${bar} ms`,
    verdict: held(middle, { atMost: bar + 1 }),
  };
}

export const manyCurves: Subject = {
  title: "fifty charts of a million steps",
  method:
    "The panel's page by itself, in headless Chromium without a graphics card, with 50 curves of a run of 1,000,000 steps within the bounds of memory, and 200 measured steps; 1,800 × 900 pixels, so that charts and the slider are in sight together. In each of 120 frames the charts are scrolled by 60 pixels, or the slider goes to the measured step before; time from frame to frame, of the best round.",
  async measure({ calm, rounds }) {
    const run = longRun();
    const pages = await PanelPages.start();
    try {
      const panel = await pages.open({ width: 1_800, height: 900 });
      await panel.send({ type: "snapshot", run });
      await calm.wait();
      return [await measureFrames(panel, "scroll", rounds), await measureFrames(panel, "slide", rounds)];
    } finally {
      await pages.stop();
    }
  },
};
