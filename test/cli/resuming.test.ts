/** A program that saves itself as PyTorch's do goes on in another process where it was, and ends with the same bits. */
import assert from "node:assert/strict";
import { Folder } from "../runner/job.ts";
import { kindling } from "./command.ts";

const program = `import { data, getRngState, load, manualSeed, nn, optim, randn, save, setRngState } from "kindling";
const [mode] = process.argv.slice(2);
manualSeed(mode === "rest" ? 5 : 1);
const x = randn(50, 4, { generator: manualSeed(1) });
const model = new nn.Sequential(new nn.Linear(4, 8), new nn.BatchNorm1d(8), new nn.Dropout(0.2), new nn.Linear(8, 1));
const optimizer = new optim.AdamW(model.parameters(), { lr: 0.01 });
const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, 20);
const loader = new data.DataLoader(new data.TensorDataset(x, x.sum(1, true)), { batchSize: 8, shuffle: true });
let begin = 0;
if (mode === "rest") {
  const kept = load("kept.pt");
  model.loadStateDict(kept.model);
  optimizer.loadStateDict(kept.optimizer);
  scheduler.loadStateDict(kept.scheduler);
  loader.loadStateDict(kept.loader);
  setRngState(kept.rng);
  begin = kept.epoch;
}
for (let epoch = begin; epoch < 2; epoch++) {
  let batch = 0;
  for (const [input, target] of loader) {
    optimizer.zeroGrad();
    nn.functional.mseLoss(model(input), target).backward();
    optimizer.step();
    scheduler.step();
    if (mode !== "first" || epoch !== 1 || ++batch !== 2) continue;
    save({ epoch, model: model.stateDict(), optimizer: optimizer.stateDict(), scheduler: scheduler.stateDict(), loader: loader.stateDict(), rng: getRngState() }, "kept.pt");
    process.exit(0);
  }
}
for (const value of model.stateDict().values()) console.log(Buffer.from(value.toTypedArray().buffer).toString("hex"));
`;

describe("a program that saves itself", function () {
  this.timeout(60_000);

  it("goes on in another process where it was", async () => {
    const folder = new Folder();
    try {
      folder.write("a.model.ts", program);
      const run = (mode: string): ReturnType<typeof kindling> => kindling(["train", "a.model.ts", "--no-keep", "--", mode], { directory: folder.path });
      const straight = await run("straight");
      assert.equal((await run("first")).stdout, "");
      const rest = await run("rest");
      assert.equal(rest.code, 0, rest.stderr);
      assert.ok(straight.stdout.length > 100);
      assert.equal(rest.stdout, straight.stdout);
    } finally {
      folder.remove();
    }
  });
});
