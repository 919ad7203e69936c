/**
 * Takes pictures of the panel for people to look at, of real runs in the themes and at the widths that it must look right in,
 * and of each state: `npx tsx test/webview/look.ts FOLDER [PART-OF-A-NAME]`. Needs `npm run build` for the runs.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Problem, RunState } from "../../src/protocol/index.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import type { ComparedRun } from "../../src/run/comparison.ts";
import { adder, trained } from "./comparedRuns.ts";
import { repository } from "../harness/temporary.ts";
import { emptySnapshot, familyAround, file, largeModel, snapshotAfter, training } from "./fakeRun.ts";
import { PanelPages, type Panel } from "./page.ts";
import { eventsAskedOf, eventsOf, snapshotOf } from "./realRun.ts";
import { installedThemes, themes, type Theme } from "./themes.ts";

const [folder = "pictures", wanted = ""] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const pages = await PanelPages.start();

interface Window {
  readonly width: number;
  readonly height: number;
}

const windows: readonly Window[] = [
  { width: 320, height: 700 },
  { width: 480, height: 900 },
  { width: 700, height: 500 },
  { width: 1200, height: 760 },
  { width: 2200, height: 1100 },
];

/** Each pair of light and dark that VS Code brings for new and for older users, and both high contrasts. */
const worn = ["Dark 2026", "Light 2026", "Dark Modern", "High Contrast", "High Contrast Light"];
const installed = installedThemes();
const chosenThemes = installed.length > 0 ? worn.map((name) => installed.find((theme) => theme.name === name)!) : themes;
const usual = { width: 1200, height: 760, theme: chosenThemes[0]! };

async function picture(name: string, look: Window & { theme: Theme; scale?: number }, run: RunSnapshot | null, act?: (panel: Panel) => Promise<void>) {
  if (!name.includes(wanted)) return;
  const panel = await pages.open(look);
  await panel.send({ type: "snapshot", run });
  await act?.(panel);
  await panel.settle();
  await panel.page.screenshot({ path: join(folder, `${name}.png`) });
  if (panel.errors.length > 0) console.log(name, panel.errors);
  await panel.page.close();
}

/** Every tab of a run in one window, and all windows and themes of its first. */
async function pictures(name: string, run: RunSnapshot) {
  const panel = await pages.open(usual);
  await panel.send({ type: "snapshot", run });
  const tabs = await panel.offeredTabs();
  await panel.page.close();
  for (const window of windows) {
    await picture(`${name}-${window.width}`, { ...usual, ...window }, run);
    for (const tab of window.width < 640 ? ["modules" as const, ...tabs] : tabs) {
      await picture(`${name}-${window.width}-${tab}`, { ...usual, ...window }, run, (open) => open.turnTo(tab));
    }
  }
  for (const theme of chosenThemes) await picture(`${name}-${theme.name}`, { ...usual, theme }, run, (open) => open.byTestId("module-tree").focus());
}

const examples = join(repository, "examples");
const networks = join(repository, "test/webview/networks");
const runs = {
  digits: join(examples, "digits.model.ts"),
  resnet: join(examples, "tutorial/17-deep-resnet.model.ts"),
  transformer: join(networks, "transformer.model.ts"),
  lstm: join(networks, "lstm.model.ts"),
  nan: join(networks, "nan.model.ts"),
  "dead-relu": join(networks, "dead-relu.model.ts"),
  "wrong-shape": join(networks, "wrong-shape.model.ts"),
};

for (const [name, path] of Object.entries(runs)) {
  if (!`${name}-`.includes(wanted) && !wanted.startsWith(`${name}-`)) continue;
  const events = await eventsOf(path);
  await pictures(name, snapshotOf(path, events, name === "digits" ? 0.6 : 1));
}

if ("trace".startsWith(wanted) || wanted.startsWith("trace")) {
  const path = join(networks, "log-of-zero.model.ts");
  const run = { ...snapshotOf(path, await eventsAskedOf(path)), state: "paused" } as const;
  const ask =
    (title: string, module: number) =>
    async (panel: Panel): Promise<void> => {
      await panel.send({ type: "select", model: 0, module });
      await panel.turnTo("layer");
      await panel.page.getByRole("region", { name: title, exact: true }).getByTestId("what-wrote-this").click();
    };
  for (const theme of chosenThemes) await picture(`trace-${theme.name}`, { ...usual, theme }, run, ask("weight gradient", 5));
  for (const window of windows) await picture(`trace-${window.width}`, { ...usual, ...window }, run, ask("weight", 5));
  await picture("trace-output", usual, run, ask("output", 0));
}

const halfway = snapshotAfter([...training()].slice(0, 560));
const problems: readonly Problem[] = [
  {
    severity: "error",
    code: "shape",
    message: "mat1 and mat2 shapes cannot be multiplied (64x256 and 128x10)",
    module: "classifier.4 (Linear) of DigitsNet",
    position: { file, line: 24, column: 12 },
  },
  { severity: "warning", code: "nonFiniteLoss", message: "loss is NaN since step 150.", position: { file, line: 41, column: 5 } },
];
const stateRuns: Readonly<Record<string, RunSnapshot | null>> = {
  empty: null,
  starting: emptySnapshot(),
  waiting: { ...emptySnapshot(), state: "running", models: halfway.models },
  failed: { ...halfway, state: "failed", problems },
  "failed-early": { ...emptySnapshot(), state: "failed", problems: [{ ...problems[0]!, message: 'Expected ";" but found "const"' }] },
  edited: { ...halfway, edited: true },
  inspection: { ...halfway, mode: "inspect", state: "finished", curves: new Map() },
  large: { ...halfway, models: [largeModel(10_000)], samples: new Map() },
  ...Object.fromEntries((["paused", "stopping", "finished", "stopped", "interrupted"] satisfies RunState[]).map((state) => [state, { ...halfway, state }])),
};
for (const [name, run] of Object.entries(stateRuns)) for (const window of windows) await picture(`${name}-${window.width}`, { ...usual, ...window }, run);

await picture("tables-curves", usual, halfway, (panel) => panel.page.getByLabel("Show curves as tables").click());
await picture("tables-layer", usual, halfway, async (panel) => {
  await panel.turnTo("layer");
  await panel.page.getByLabel("Show histograms as tables").click();
});

async function compared(
  name: string,
  look: Window & { theme: Theme },
  runs: readonly ComparedRun[],
  sentences: readonly string[] = [],
  act?: (panel: Panel) => Promise<void>,
) {
  const panel = await pages.open({ ...look, script: "comparison" });
  await panel.compare({ type: "compared", runs, sentences });
  await act?.(panel);
  await panel.settle();
  await panel.page.screenshot({ path: join(folder, `${name}.png`) });
  if (panel.errors.length > 0) console.log(name, panel.errors);
  await panel.page.close();
}

const branch = snapshotAfter([...training()].slice(0, 720), { state: "stopped" });
const branched =
  (shown: string, until: number, curves: RunSnapshot["curves"] = new Map()) =>
  (panel: Panel) =>
    panel.send({ type: "family", runId: branch.runId, family: familyAround(shown, { until, curves }) });
for (const theme of chosenThemes) await picture(`branches-${theme.name}`, { ...usual, theme }, branch, branched("early", 300));
for (const window of windows) await picture(`branches-${window.width}`, { ...usual, ...window }, branch, branched("early", 300));
const before = new Map([...halfway.curves].map(([name, series]) => [name, series.until(499).shifted(-500)]));
await picture("branches-other-code", usual, branch, branched("code", 0, before));
await picture("branches-closed", usual, branch, async (panel) => {
  await branched("code", 0, before)(panel);
  await panel.byTestId("branches-toggle").click();
});

if ("compare".startsWith(wanted)) {
  const three = await trained([adder(0.01), adder(0.03, 16), adder(0.003, 8, 300)]);
  for (const theme of chosenThemes) await compared(`compare-${theme.name}`, { ...usual, theme }, three);
  for (const window of windows) await compared(`compare-${window.width}`, { ...usual, ...window }, three);
  for (const by of ["epochs", "seconds"])
    await compared(`compare-${by}`, usual, three, [], async ({ page }) => void (await page.getByLabel("Align by").selectOption(by)));
  await compared("compare-equal", usual, three, [], ({ page }) => page.getByText("equal too").click());
  await compared("compare-histograms", usual, three, [], ({ page }) => page.getByRole("tab", { name: "Histograms" }).click());
  const twenty = Array.from({ length: 20 }, (_, place) => ({ ...three[place % 3]!, id: String(place), title: `net, run ${place}` }));
  await compared("compare-twenty", usual, twenty);
  const groups = await trained(
    Array.from({ length: 10 }, (_, place) => adder(place < 5 ? 0.01 : 0.03)),
    (place) => ({ seed: 1 + (place % 5), keep: { folder: "", limit: 0, group: place < 5 ? "seeds-1" : "seeds-2" } }),
  );
  for (const theme of chosenThemes.slice(0, 2))
    await compared(`compare-groups-${theme.name}`, { ...usual, theme }, groups, [
      "val/loss: B is 12 % better than A, 95 % interval 3 … 21 %: more than noise (5 seeds, paired).",
    ]);
}

await pages.stop();
