/**
 * Takes pictures of the panel in each theme and state, for people to look at:
 * `npx tsx test/webview/look.ts FOLDER`
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { emptySnapshot, file, largeModel, samplesOf, sampleStep, snapshotAfter, training, digitsModel } from "./fakeRun.ts";
import { PanelPages, type Panel } from "./page.ts";
import { installedThemes, themes } from "./themes.ts";

const folder = process.argv[2] ?? "pictures";
await mkdir(folder, { recursive: true });
const events = [...training()];
const halfway = snapshotAfter(events.slice(0, 560));
const pages = await PanelPages.start();

async function picture(name: string, options: Parameters<PanelPages["open"]>[0], act: (panel: Panel) => Promise<void>) {
  const panel = await pages.open(options);
  await act(panel);
  await panel.page.waitForTimeout(300);
  await panel.page.screenshot({ path: join(folder, `${name}.png`) });
  if (panel.errors.length > 0) console.log(name, panel.errors);
  await panel.page.close();
}

for (const theme of [...themes, ...installedThemes()]) {
  await picture(`running-${theme.name}`, { theme }, async (panel) => {
    await panel.send({ type: "snapshot", run: halfway });
    await panel.byTestId("module-tree").focus();
  });
}

await picture("empty", {}, (panel) => panel.send({ type: "snapshot", run: null }));
await picture("starting", {}, (panel) => panel.send({ type: "snapshot", run: emptySnapshot() }));

await picture("tables", {}, async (panel) => {
  await panel.send({ type: "snapshot", run: halfway });
  await panel.page.getByLabel("Show curves as tables").click();
  await panel.turnTo("layer");
  await panel.page.getByLabel("Show histograms as tables").click();
});

await picture("wide", { width: 1600, height: 900 }, (panel) => panel.send({ type: "snapshot", run: halfway }));
await picture("narrow", { width: 520, height: 900 }, (panel) => panel.send({ type: "snapshot", run: halfway }));
await picture("beside-code", { width: 780, height: 820 }, (panel) => panel.send({ type: "snapshot", run: halfway }));

await picture("problems", {}, async (panel) => {
  await panel.send({
    type: "snapshot",
    run: {
      ...snapshotAfter(training({ epochs: 4, broken: [60, 61, 62, 63, 120, 150] }), { state: "failed" }),
      problems: [
        {
          severity: "error",
          code: "shape",
          message: "mat1 and mat2 shapes cannot be multiplied (64x256 and 128x10)",
          module: "classifier.4 (Linear) of DigitsNet",
          position: { file, line: 24, column: 12 },
        },
        { severity: "warning", code: "nan", message: "The loss is NaN since step 150.", position: { file, line: 41, column: 5 } },
      ],
    },
  });
  await panel.page.locator("[data-name=loss] .plot").hover();
});

await picture("failed-early", {}, (panel) =>
  panel.send({
    type: "snapshot",
    run: {
      ...emptySnapshot(),
      state: "failed",
      problems: [{ severity: "error", code: "syntax", message: 'Expected ";" but found "const"', position: { file, line: 3, column: 7 } }],
    },
  }),
);

await picture("inspection", {}, async (panel) => {
  await panel.send({
    type: "snapshot",
    run: {
      ...emptySnapshot(),
      mode: "inspect",
      state: "finished",
      models: [digitsModel],
      samples: samplesOf(sampleStep(digitsModel, 0, 0, 0)),
    },
  });
});

await picture("past-step", { scale: 2 }, async (panel) => {
  await panel.send({ type: "snapshot", run: halfway });
  await panel.page.locator('[data-path="features.1"]').click();
  await panel.byTestId("step-slider").fill("120");
  await panel.page.getByRole("button", { name: "log" }).last().click();
  await panel.page.locator(".bars").first().hover();
});

await picture("large", {}, async (panel) => {
  const model = largeModel(10_000);
  await panel.send({ type: "snapshot", run: { ...halfway, models: [model], samples: new Map() } });
});

await pages.stop();
