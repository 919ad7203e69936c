/** What a panel is told of the runs that its own parts from, and that part from it. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Families } from "../../src/extension/keptRuns/families.ts";
import { KeptRunList } from "../../src/extension/keptRuns/keptRunList.ts";
import type { KeptRunsWatch } from "../../src/extension/keptRuns/keptRunsWatch.ts";
import { Emitter } from "../../src/extension/shared/emitter.ts";
import { listRuns, removeRun, setLabel, type KeptRun } from "../../src/keep/keptRuns.ts";
import { readRun } from "../../src/keep/readRun.ts";
import { replayRequest } from "../../src/keep/replayRequest.ts";
import { defaultSampling, type Change } from "../../src/protocol/index.ts";
import { Folder, Job, run } from "../runner/job.ts";

const program = (steps: number): string => `import { manualSeed, nn, optim, randn } from "kindling";
manualSeed(4);
const model = new nn.Linear(4, 1);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
for (let i = 0; i < ${steps}; i++) {
  const x = randn(16, 4);
  const loss = model(x).sub(x.sum(1, true)).square().mean();
  optimizer.zeroGrad(); loss.backward(); optimizer.step();
}
`;

describe("the family of a run", function () {
  this.timeout(60_000);
  let folder: Folder;
  let families: Families;
  beforeEach(() => {
    folder = new Folder();
    families = new Families(new KeptRunList(), { onDidChange: new Emitter<void>().event } as unknown as KeptRunsWatch);
  });
  afterEach(() => {
    families.dispose();
    folder.remove();
  });

  const room = () => ({ folder: join(folder.path, ".kindling", "runs"), limit: 500e6 });
  const newest = (): KeptRun => listRuns(room().folder)[0]!;
  const familyOf = ({ info, id }: KeptRun) => families.of({ file: info.file, runId: id, startedAt: info.startedAt });

  /** Brings the run back to before that step, and hands it over there. */
  async function from(kept: KeptRun, step: number): Promise<Job> {
    const job = await Job.warm();
    job.start(kept.info.file, replayRequest(kept, step, { sampling: { ...defaultSampling, enabled: false }, limit: room().limit }));
    await job.untilState("paused");
    return job;
  }

  async function branch(kept: KeptRun, step: number, ...changes: readonly Change[]): Promise<KeptRun> {
    const job = await from(kept, step);
    for (const change of changes) job.send({ type: "steer", steering: { type: "change", change } });
    job.send({ type: "resume" });
    await job.ended();
    return newest();
  }

  async function otherCode(kept: KeptRun, step: number): Promise<KeptRun> {
    const weights = join(folder.path, "taken.safetensors");
    const job = await from(kept, step);
    job.send({ type: "steer", steering: { type: "capture", file: weights } });
    await job.until(({ type }) => type === "captured");
    job.send({ type: "stop" });
    await job.ended();
    const branchOf = { run: kept.id, step };
    await run(folder.write("net.model.ts", program(8)), {
      keep: room(),
      weights: { file: weights, origin: "there", declined: [], isMadeForRun: true, branchOf },
    });
    rmSync(weights);
    return newest();
  }

  const rate: Change = { kind: "option", optimizer: 0, group: 0, name: "lr", value: 0.05 };

  it("says of each run where it parts and what it did differently, and has the curves of the trunk", async () => {
    await run(folder.write("net.model.ts", program(20)), { keep: room() });
    const trunk = newest();
    assert.equal(await familyOf(trunk), null);
    const slower = await branch(trunk, 12, rate, { kind: "freeze", model: 0, path: "", frozen: true }, { ...rate, value: 0.02 });
    setLabel(slower, { name: "slower" });
    const same = await branch(trunk, 15);
    const edited = await otherCode(slower, 16);
    const again = await branch(edited, 5);
    const family = (await familyOf(again))!;
    assert.equal(family.shown, again.id);
    assert.deepEqual(
      family.runs.map(({ id, parent, from: begin, to, difference }) => [id, parent, begin, to, difference]),
      [
        [trunk.id, undefined, 0, 20, ""],
        [same.id, trunk.id, 15, 20, "unchanged"],
        [slower.id, trunk.id, 12, 20, "lr 0.1 → 0.05, Froze model, 1 more"],
        [edited.id, slower.id, 16, 24, "other code"],
        [again.id, edited.id, 21, 24, "unchanged"],
      ],
    );
    assert.deepEqual(
      family.runs.map(({ title }) => title === "slower"),
      [false, false, true, false, false],
    );
    // Its own file has the way from its beginning; what was before is the branch's that it goes on from.
    const losses = [...readRun(slower).run.curves.get("loss")!.values].slice(0, 16);
    const { until, curves } = family.trunk!;
    assert.equal(until, 5);
    assert.deepEqual([[...curves.get("loss")!.steps], [...curves.get("loss")!.values]], [Array.from({ length: 16 }, (_, i) => i - 16), losses]);
    const shown = await familyOf(slower);
    assert.deepEqual([shown!.trunk!.until, shown!.trunk!.curves.size], [12, 0]);
    assert.equal((await familyOf(trunk))!.trunk, undefined);
    removeRun(trunk);
    assert.deepEqual(
      (await familyOf(edited))!.runs.map(({ id }) => id),
      [slower.id, edited.id, again.id],
    );
    assert.equal(await familyOf(same), null);
  });
});
