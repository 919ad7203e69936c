/** What a running program can be told, in a real runner process. */
import assert from "node:assert/strict";
import type { RunEvent, StepStatistics } from "../../src/protocol/index.ts";
import { Folder, Job } from "./job.ts";

const head = `import { nn, optim, randn, manualSeed, log, type Tensor } from "kindling";
manualSeed(0);
const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 1));
const x = randn(16, 4), y = randn(16, 1), mse = new nn.MSELoss();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
function step(): void {
  optimizer.zeroGrad(); mse(model(x), y).backward(); optimizer.step();
}
`;

describe("a running program", function () {
  this.timeout(30_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const start = async (text: string, sampling = { enabled: true, bins: 8, budget: 0 }): Promise<Job> => {
    const job = await Job.warm();
    job.start(folder.write("net.model.ts", `${head}${text}`), { sampling });
    return job;
  };

  async function stop(job: Job): Promise<void> {
    job.send({ type: "stop" });
    await job.ended();
  }

  const stepOf = (job: Job): number => job.events.filter((event) => event.type === "progress").at(-1)?.progress.step ?? 0;
  const measured = (events: readonly RunEvent[]): StepStatistics[] =>
    events.flatMap((event) => (event.type === "statistics" && !event.statistics.afterwards ? [event.statistics] : []));

  it("that is asked to be measured now is, while it is paused too", async () => {
    const job = await start("for (;;) step();");
    await job.until((event) => event.type === "progress" && event.progress.step > 3000);
    job.send({ type: "pause" });
    await job.untilState("paused");
    const [step, before] = [stepOf(job), job.events.length];
    job.send({ type: "steer", steering: { type: "measure" } });
    job.send({ type: "resume" });
    await job.until(() => measured(job.events.slice(before)).length > 0);
    const [first] = measured(job.events.slice(before));
    assert.ok(first!.step - step <= 1, `step ${first!.step} was the first to be measured after step ${step}`);
    assert.ok(first!.modules.some(({ output }) => output));
    await stop(job);
  });
});
