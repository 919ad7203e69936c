/** Kept runs beside each other, as the page of compared runs is sent them. Needs `npm run build`. */
import { join } from "node:path";
import { besideEachOther } from "../../src/keep/comparison.ts";
import { listRuns } from "../../src/keep/keptRuns.ts";
import { readRun } from "../../src/keep/readRun.ts";
import { distinctTitles } from "../../src/extension/keptRuns/keptRunRows.ts";
import type { ComparedRun } from "../../src/run/comparison.ts";
import type { RunRequest } from "../../src/protocol/index.ts";
import { Folder, run } from "../runner/job.ts";

/** A net that learns to add, with a validation every 20 steps. */
export const adder = (rate: number, width = 8, steps = 200): string => `import { log, manualSeed, nn, optim, randn, noGrad } from "kindling";
manualSeed(1);
const model = new nn.Sequential(new nn.Linear(4, ${width}), new nn.ReLU(), new nn.Linear(${width}, 1));
const optimizer = new optim.Adam(model.parameters(), { lr: ${rate} });
const error = () => {
  const x = randn(32, 4);
  return model(x).sub(x.sum(1, true)).square().mean();
};
for (let i = 0; i < ${steps}; i++) {
  optimizer.zeroGrad();
  const loss = error();
  loss.backward();
  optimizer.step();
  if (i % 20 === 19) log({ "val/loss": noGrad(() => error().item()), "val/accuracy": 1 / (1 + loss.item()) });
}
`;

/** Trains each of the texts as one file, as it goes on being edited. */
export async function trained(texts: readonly string[], options: (place: number) => Partial<RunRequest> = () => ({})): Promise<ComparedRun[]> {
  const folder = new Folder();
  try {
    const room = { folder: join(folder.path, ".kindling/runs"), limit: 500e6 };
    for (const [place, text] of texts.entries()) {
      const more = options(place);
      await run(folder.write("net.model.ts", text), { ...more, keep: { ...more.keep, ...room } });
    }
    const runs = listRuns(room.folder).reverse();
    const titles = distinctTitles(runs);
    return besideEachOther(runs.map((kept, place) => ({ kept, told: readRun(kept), title: titles[place]! })));
  } finally {
    folder.remove();
  }
}
