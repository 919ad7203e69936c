/** A runner that tried itself out while it waited runs the user's program as one that didn't, only sooner. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { listRuns } from "../../src/keep/keptRuns.ts";
import { replayRequest } from "../../src/keep/replayRequest.ts";
import { defaultSampling, roomForRuns } from "../../src/protocol/index.ts";
import { eventually } from "../harness/wait.ts";
import { Folder, Job } from "./job.ts";

const program = `import { data, initialSeed, nn, optim, randn } from "kindling";
class Net extends nn.Module {
  fc = new nn.Linear(4, 1);
  drop = new nn.Dropout(0.5);
  override forward(x: import("kindling").Tensor) { return this.drop(this.fc(x)); }
}
const seed = initialSeed();
const net = new Net();
const optimizer = new optim.Adam(net.parameters());
const loader = new data.DataLoader(new data.TensorDataset(randn(32, 4)), { batchSize: 4, shuffle: true });
for (const [x] of loader) {
  optimizer.zeroGrad();
  net(x.mul(Math.random())).square().mean().backward();
  optimizer.step();
}
const numbers = [...net.parameters()].flatMap((one) => one.flatten().tolist());
console.log(JSON.stringify({ seed: String(seed), numbers, random: [Math.random(), Math.random()] }));
`;

describe("a runner that tried itself out while it waited", () => {
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  it("tells nothing of it, and runs the program as it is run elsewhere: a kept run is brought back there", async () => {
    const keep = { folder: join(folder.path, "runs"), limit: roomForRuns };
    const first = await Job.warm();
    first.start(folder.write("net.model.ts", program), { keep });
    await first.ended();
    assert.equal(first.states.at(-1), "finished", JSON.stringify(first.problems));
    const again = await Job.rehearsed();
    assert.deepEqual([again.events, again.stdout, again.stderr], [[], "", ""]);
    const request = replayRequest(listRuns(keep.folder)[0]!, 3, { sampling: defaultSampling, limit: keep.limit });
    again.start(request.file, request);
    await again.untilState("paused");
    again.send({ type: "resume" });
    await again.ended();
    assert.equal(again.states.at(-1), "finished", JSON.stringify(again.problems));
    assert.equal(again.stdout, first.stdout);
    assert.deepEqual(again.models, first.models);
  });

  it("has other random numbers each time where the program doesn't seed them", async () => {
    const file = folder.write("net.model.ts", program);
    const told = async (): Promise<{ seed: string; random: number[] }> => {
      const job = await Job.rehearsed();
      job.start(file);
      await job.ended();
      return JSON.parse(job.stdout);
    };
    const [one, another] = [await told(), await told()];
    assert.notEqual(one.seed, another.seed);
    assert.notEqual(one.random[0], another.random[0]);
  });

  it("leaves off when a job comes", async () => {
    const endless = folder.write(
      "endless.model.ts",
      `import { writeFileSync } from "node:fs";
import { nn, optim, randn } from "kindling";
const net = new nn.Linear(2, 1);
const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
for (;;) {
  optimizer.zeroGrad();
  net(randn(4, 2)).mean().backward();
  optimizer.step();
  writeFileSync(new URL("./stepped", import.meta.url), "");
}`,
    );
    const job = await Job.warm();
    job.send({ type: "rehearse", file: endless });
    job.start(folder.write("net.model.ts", program));
    await job.ended();
    assert.equal(job.states.at(-1), "finished", JSON.stringify(job.problems));
    const rehearsing = await Job.warm();
    rehearsing.send({ type: "rehearse", file: endless });
    await eventually(
      "the rehearsal's steps",
      () => existsSync(join(folder.path, "stepped")),
      (is) => is,
    );
    rehearsing.start(folder.write("net.model.ts", program));
    await rehearsing.ended();
    assert.equal(rehearsing.states.at(-1), "finished", JSON.stringify(rehearsing.problems));
    assert.equal(rehearsing.models[0]?.name, "net");
  });

  it("runs the job where what it was to try can't be run", async () => {
    const job = await Job.rehearsed(folder.write("broken.model.ts", `import { nn } from "kindling";\nnew nn.Linear(2, 1).call(3);`));
    job.start(folder.write("net.model.ts", program));
    await job.ended();
    assert.equal(job.states.at(-1), "finished", JSON.stringify(job.problems));
  });
});
